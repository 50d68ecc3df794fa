"""What was seen of a person in one picture, before anything is concluded from it?

All positions are pixels of the picture as the models got it: x to the right, y down. "Left" and
"right" are the person's own, for a picture that is not mirrored.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

__all__ = [
    "EARS",
    "ELBOWS",
    "FACE_POINTS",
    "HIPS",
    "SHOULDERS",
    "WRISTS",
    "Face",
    "Hand",
    "Sighting",
    "shown",
]

# Rows of the pose array: MediaPipe's 33 points; (left, right).
EARS = (7, 8)
SHOULDERS = (11, 12)
ELBOWS = (13, 14)
WRISTS = (15, 16)
HIPS = (23, 24)
# The face detector's six points in the pose's numbering: right eye, left eye, nose, mouth (the mean of
# its two corners), right ear, left ear.
FACE_POINTS = ((5,), (2,), (0,), (9, 10), (8,), (7,))


@dataclass(frozen=True, slots=True)
class Face:
    """A detected face: box (x, y, width, height) and its six points, shape (6, 2), in pixels."""

    box_px: tuple[float, float, float, float]
    points_px: NDArray[np.float64]
    score: float

    @property
    def height_px(self) -> float:
        return self.box_px[3]

    @property
    def centre_px(self) -> NDArray[np.float64]:
        x, y, w, h = self.box_px
        return np.array([x + w / 2, y + h / 2])


@dataclass(frozen=True, slots=True)
class Hand:
    """A detected hand: 21 points, shape (21, 2), pixels; `side_prob` is the model's own."""

    points_px: NDArray[np.float64]
    side: Literal["left", "right"]
    side_prob: float


@dataclass(frozen=True, slots=True)
class Sighting:
    """One sampled picture. `pose` is (33, 3): x and y in pixels, visibility 0-1; None where no person
    was seen. `hands` is None where they were not looked for, () where none was found. `stretch` counts
    the unbroken appearances of a person; None where no person was seen."""

    time_s: float
    size_px: tuple[int, int]
    face: Face | None = None
    pose: NDArray[np.float64] | None = None
    hands: tuple[Hand, ...] | None = None
    stretch: int | None = None

    @property
    def person(self) -> bool:
        return self.stretch is not None


def shown(pose: NDArray[np.float64], size_px: tuple[int, int], rows: tuple[int, ...]) -> bool:
    """Are all these points of the pose inside the picture and rated visible?

    The model invents points outside the picture and rates some of them visible, hence both tests; 0.5
    is the middle of its scale.
    """
    points = pose[list(rows)]
    width, height = size_px
    return bool(
        np.all(points[:, 2] >= 0.5)
        and np.all((points[:, 0] >= 0) & (points[:, 0] < width))
        and np.all((points[:, 1] >= 0) & (points[:, 1] < height))
    )
