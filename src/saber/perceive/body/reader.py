"""Where do the packaged models see faces, a pose and hands in a picture?"""

from __future__ import annotations

from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from saber.perceive.body.sighting import Face, Hand
from saber.perceive.mediapipe_graphs import solutions

__all__ = ["LandmarkReader", "MediaPipeReader"]


class LandmarkReader(Protocol):
    """From a picture (uint8, (height, width, 3)) to points in its pixels."""

    def faces(self, rgb: NDArray[np.uint8]) -> tuple[Face, ...]: ...

    def pose(self, rgb: NDArray[np.uint8]) -> NDArray[np.float64] | None:
        """(33, 3): x, y in pixels and visibility; None when no body is found."""

    def hands(self, rgb: NDArray[np.uint8]) -> tuple[Hand, ...]: ...

    def close(self) -> None: ...


class MediaPipeReader:
    """MediaPipe's packaged graphs, each loaded when first needed.

    The pose's own smoothing is off: it assumes 30 pictures a second, and at a few per second it would
    make the body trail behind.
    """

    def __init__(self) -> None:
        self._solutions: Any = solutions()
        self._faces: Any = None
        self._pose: Any = None
        self._hands: Any = None

    def faces(self, rgb: NDArray[np.uint8]) -> tuple[Face, ...]:
        if self._faces is None:
            self._faces = self._solutions.face_detection.FaceDetection(
                model_selection=0, min_detection_confidence=0.5
            )
        height, width = rgb.shape[:2]
        scale = np.array([width, height], dtype=np.float64)
        found = []
        for detection in self._faces.process(rgb).detections or ():
            box = detection.location_data.relative_bounding_box
            points = [(p.x, p.y) for p in detection.location_data.relative_keypoints]
            found.append(
                Face(
                    box_px=(box.xmin * width, box.ymin * height, box.width * width, box.height * height),
                    points_px=np.array(points, dtype=np.float64) * scale,
                    score=float(detection.score[0]),
                )
            )
        return tuple(found)

    def pose(self, rgb: NDArray[np.uint8]) -> NDArray[np.float64] | None:
        if self._pose is None:
            self._pose = self._solutions.pose.Pose(model_complexity=1, smooth_landmarks=False)
        height, width = rgb.shape[:2]
        found = self._pose.process(rgb).pose_landmarks
        if found is None:
            return None
        return np.array([(p.x * width, p.y * height, p.visibility) for p in found.landmark], dtype=np.float64)

    def hands(self, rgb: NDArray[np.uint8]) -> tuple[Hand, ...]:
        if self._hands is None:
            self._hands = self._solutions.hands.Hands(max_num_hands=2, model_complexity=1)
        height, width = rgb.shape[:2]
        found = self._hands.process(rgb)
        hands = []
        pairs = zip(found.multi_hand_landmarks or (), found.multi_handedness or (), strict=True)
        for landmarks, handedness in pairs:
            guess = handedness.classification[0]
            points = np.array([(p.x * width, p.y * height) for p in landmarks.landmark], dtype=np.float64)
            # The model names sides for mirrored (selfie) pictures; clips are not mirrored.
            hands.append(Hand(points, "right" if guess.label == "Left" else "left", float(guess.score)))
        return tuple(hands)

    def close(self) -> None:
        for graph in (self._faces, self._pose, self._hands):
            if graph is not None:
                graph.close()
        self._faces = self._pose = self._hands = None
