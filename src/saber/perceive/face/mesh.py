"""Where are the faces in one picture, and where is every part of them?"""

from __future__ import annotations

from typing import Any, NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from saber.perceive.face.landmarks import LANDMARKS, USED
from saber.perceive.face.outline import OUTLINE
from saber.perceive.face.settings import FaceSettings
from saber.perceive.mediapipe_graphs import solutions

__all__ = ["FaceFinder", "FaceMesher", "SeenFace", "overlap"]

# One landmark on the wire: field 1, 15 bytes long, holding x, y and z as fixed 32-bit fields 1, 2 and 3.
_WIRE = np.dtype(
    [("head", "u1", 2), ("tx", "u1"), ("x", "<f4"), ("ty", "u1"), ("y", "<f4"), ("tz", "u1"), ("z", "<f4")]
)
_TAGS = (0x0A, 15, 0x0D, 0x15, 0x1D)
_SAME_FACE_OVERLAP = 0.5
_COUNT_EVERY = 5
_SETTLING_LOOKS = 2


class SeenFace(NamedTuple):
    """One face in one picture."""

    points: NDArray[np.float32]
    """(k, 3) in pixels: x right, y down, z away from the camera."""
    box: tuple[float, float, float, float]
    """Left, top, right, bottom of the whole mesh, in pixels; may reach outside the picture."""
    outline: NDArray[np.float32] | None = None
    """(95, 2) in pixels: the lines of `FACE_LINES`, to be drawn and never measured; None: not known."""


class FaceFinder(Protocol):
    """What finds faces in pictures: MediaPipe's mesh, or another that gives the same landmarks."""

    def find(self, rgb: NDArray[np.uint8]) -> list[SeenFace]:
        """The faces in a picture, (height, width, 3)."""

    def close(self) -> None:
        """Frees what it holds; safe to call twice."""


class FaceMesher:
    """MediaPipe's attention mesh (Grishchenko et al. 2020), with tracking from picture to picture.

    A graph that may find several faces runs its detector on every picture in which it holds fewer, half
    again the mesh's cost. So while there is one face or none, a graph for one face follows it, and the
    other only counts, at every fifth picture: a second face is noticed up to 0.2 s late. (What it sees
    of a single face is not used: its crop is five pictures old, and the mesh twice as noisy for it.)
    """

    def __init__(self, settings: FaceSettings, *, photos: bool = False) -> None:
        """photos: unrelated pictures, so no tracking. Raises MissingPieceError without MediaPipe."""
        self._photos = photos
        self._one = _Tracker(settings, 1)
        self._several = _Tracker(settings, settings.max_faces) if settings.max_faces > 1 else None
        self._crowded = False
        self._until_count = 0

    def find(self, rgb: NDArray[np.uint8]) -> list[SeenFace]:
        """The faces in a picture, (height, width, 3); each once, though the tracker may hold one twice."""
        if self._photos:
            tracker = self._several or self._one
            tracker.forget()
            return tracker.look(rgb)
        if self._several is not None:
            if self._crowded or self._until_count == 0:
                seen = self._several.look(rgb)
                if len(seen) > 1:
                    self._crowded = True
                    return seen
                self._until_count = _COUNT_EVERY
            if self._crowded:
                self._crowded = False
                self._one.forget()
            self._until_count -= 1
        return self._one.look(rgb)

    def close(self) -> None:
        """Frees the graphs; safe to call twice."""
        for tracker in (self._one, self._several):
            if tracker is not None:
                tracker.close()


class _Tracker:
    """One graph, which looks again at a picture in which it has found a new face.

    A new face is cropped as the detector saw it; later ones as the mesh of the picture before lay, which
    is what the mesh was trained for. On a still picture shown over and over, the first mesh is up to 2 and
    the second up to 1 degree of intensity away from where it settles, the third 0.3: expressions
    invented at the start of every clip. So the picture is shown twice more.
    """

    def __init__(self, settings: FaceSettings, faces: int) -> None:
        self._held = 0
        self._graph: Any = solutions().face_mesh.FaceMesh(
            max_num_faces=faces,
            refine_landmarks=True,
            min_detection_confidence=settings.min_detection_confidence,
            min_tracking_confidence=settings.min_tracking_confidence,
        )

    def look(self, rgb: NDArray[np.uint8]) -> list[SeenFace]:
        seen = _faces(self._graph, rgb)
        if len(seen) > self._held:
            for _ in range(_SETTLING_LOOKS):
                seen = _faces(self._graph, rgb)
        self._held = len(seen)
        return seen

    def forget(self) -> None:
        """The next picture has nothing to do with those before."""
        self._graph.reset()
        self._held = 0

    def close(self) -> None:
        if self._graph is not None:
            self._graph.close()
            self._graph = None


def _faces(graph: Any, rgb: NDArray[np.uint8]) -> list[SeenFace]:
    height, width = rgb.shape[:2]
    scale = np.array((width, height, width), np.float32)  # z is in units of the width
    seen: list[SeenFace] = []
    for landmarks in graph.process(rgb).multi_face_landmarks or ():
        points = _coordinates(landmarks) * scale
        left, top = points[:, :2].min(0)
        right, bottom = points[:, :2].max(0)
        box = (float(left), float(top), float(right), float(bottom))
        face = SeenFace(points[USED], box, points[OUTLINE, :2])
        if all(overlap(face.box, other.box) < _SAME_FACE_OVERLAP for other in seen):
            seen.append(face)
    return seen


def overlap(a: tuple[float, float, float, float], b: tuple[float, float, float, float]) -> float:
    """Intersection over union of two boxes, 0-1."""
    wide = min(a[2], b[2]) - max(a[0], b[0])
    high = min(a[3], b[3]) - max(a[1], b[1])
    if wide <= 0 or high <= 0:
        return 0.0
    union = (a[2] - a[0]) * (a[3] - a[1]) + (b[2] - b[0]) * (b[3] - b[1]) - wide * high
    return wide * high / union


def _coordinates(landmarks: Any) -> NDArray[np.float32]:
    """(478, 3) of a NormalizedLandmarkList. Its bytes are read at once, twenty times faster than its
    478 messages one by one; a message of any other layout takes the slow way."""
    wire = landmarks.SerializeToString()
    if len(wire) == LANDMARKS * _WIRE.itemsize:
        table = np.frombuffer(wire, _WIRE)
        tags = (table["head"][:, 0], table["head"][:, 1], table["tx"], table["ty"], table["tz"])
        if all((tag == expected).all() for tag, expected in zip(tags, _TAGS, strict=True)):
            return np.stack([table["x"], table["y"], table["z"]], axis=1)
    return np.array([(p.x, p.y, p.z) for p in landmarks.landmark], np.float32)
