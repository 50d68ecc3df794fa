"""Is the pose that the model reports a person's, and the same person's as before?

The pose model reports bodies in clouds, lettering and animated animals with visibility 0.99, so its own
confidence can't decide. A body counts when a second, independent model (the face detector) puts eyes,
nose, mouth and ears where the pose puts them. A person who then turns away or covers the face stays
one for a short while, as long as the pose moves on without a jump.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from saber.perceive.body.settings import BodySettings
from saber.perceive.body.sighting import EARS, FACE_POINTS, SHOULDERS, Face

__all__ = ["PersonGate", "head_error"]

# Farthest that a head can plausibly get between two looks, in face heights, and how much its size may
# change. Own choice: a fast head turn or nod covers about half a face height in 1/6 s; the pose's
# head-to-shoulder distance also changes with a nod, hence more play there.
_MAX_STEP_RATIO = 1.0
_MAX_FACE_SCALE_STEP = 1.4
_MAX_POSE_SCALE_STEP = 1.6


def head_error(pose: NDArray[np.float64], face: Face) -> float:
    """Mean distance between the two models' head points, in face heights."""
    posed = np.stack([pose[list(rows), :2].mean(axis=0) for rows in FACE_POINTS])
    apart = np.linalg.norm(posed - face.points_px, axis=1)
    return float(apart.mean() / max(face.height_px, 1e-9))


class PersonGate:
    """Decides picture by picture, in order of time."""

    def __init__(self, settings: BodySettings) -> None:
        self._settings = settings
        self._vouched_s: float | None = None
        self._face: Face | None = None
        self._pose: NDArray[np.float64] | None = None
        self._stretch = -1

    def worth_a_look(self, time_s: float, faces: tuple[Face, ...]) -> bool:
        """Whether a pose could be admitted at all: a face is there, or was a moment ago."""
        return bool(self._large_enough(faces)) or self._holds(time_s)

    def admit(
        self, time_s: float, pose: NDArray[np.float64] | None, faces: tuple[Face, ...]
    ) -> tuple[int | None, Face | None]:
        """The stretch the person belongs to (None: not a person), and the face that vouched, if any."""
        if pose is None:
            return None, None
        face = min(self._large_enough(faces), key=lambda f: head_error(pose, f), default=None)
        if face is not None and head_error(pose, face) <= self._settings.max_head_error_ratio:
            if not (self._holds(time_s) and self._same_face(face)):
                self._stretch += 1
            self._vouched_s, self._face, self._pose = time_s, face, pose
            return self._stretch, face
        if self._holds(time_s) and self._moves_on(pose):
            self._pose = pose
            return self._stretch, None
        return None, None

    def _large_enough(self, faces: tuple[Face, ...]) -> list[Face]:
        return [f for f in faces if f.height_px >= self._settings.min_face_px]

    def _holds(self, time_s: float) -> bool:
        return self._vouched_s is not None and time_s - self._vouched_s <= self._settings.hold_s

    def _same_face(self, face: Face) -> bool:
        assert self._face is not None
        step_px = float(np.linalg.norm(face.centre_px - self._face.centre_px))
        scale = face.height_px / self._face.height_px
        return (
            step_px <= _MAX_STEP_RATIO * self._face.height_px
            and 1 / _MAX_FACE_SCALE_STEP <= scale <= _MAX_FACE_SCALE_STEP
        )

    def _moves_on(self, pose: NDArray[np.float64]) -> bool:
        assert self._face is not None
        assert self._pose is not None
        step_px = float(np.linalg.norm(pose[:11, :2].mean(axis=0) - self._pose[:11, :2].mean(axis=0)))
        scale = _neck_px(pose) / max(_neck_px(self._pose), 1e-9)
        return (
            step_px <= _MAX_STEP_RATIO * self._face.height_px
            and 1 / _MAX_POSE_SCALE_STEP <= scale <= _MAX_POSE_SCALE_STEP
        )


def _neck_px(pose: NDArray[np.float64]) -> float:
    """Distance from between the ears to between the shoulders: it survives a turn of the body."""
    return float(np.linalg.norm(pose[list(EARS), :2].mean(axis=0) - pose[list(SHOULDERS), :2].mean(axis=0)))
