"""What would the models report of a person whose body is known? Synthetic points for the tests.

The figure sits facing the camera in a 640 x 480 picture: face box 100 px high around (320, 150),
shoulders 200 px apart at y = 270, elbows at y = 370, hips at y = 470.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from saber.perceive.body.sighting import Face, Hand, Sighting

SIZE_PX = (640, 480)
FACE_PX = 100.0
FPS = 6.0
# Right eye, left eye, nose, mouth, right ear, left ear, relative to the middle of the face box.
_FACE_POINTS = np.array([(-20, -25), (20, -25), (0, 0), (0, 22), (-42, -15), (42, -15)], dtype=float)
_UPRIGHT = {
    0: (320, 150), 2: (340, 125), 5: (300, 125), 7: (362, 135), 8: (278, 135), 9: (330, 172), 10: (310, 172),
    11: (420, 270), 12: (220, 270), 13: (430, 370), 14: (210, 370), 15: (425, 465), 16: (215, 465),
    23: (390, 470), 24: (250, 470),
}  # fmt: skip


def pose(
    moved: dict[int, tuple[float, float]] | None = None, hidden: tuple[int, ...] = ()
) -> NDArray[np.float64]:
    """(33, 3). `moved` places points anew; `hidden` ones get visibility 0.1. Legs are below the picture."""
    points = np.zeros((33, 3))
    points[:, 0], points[:, 1] = 320, 900
    points[:, 2] = 0.02
    for row in range(11):
        points[row] = (320, 140, 0.99)
    for row, (x, y) in {**_UPRIGHT, **(moved or {})}.items():
        points[row] = (x, y, 0.99)
    # The points between those that are given lie beside them, as on a real head.
    for row, like in ((1, 2), (3, 2), (4, 5), (6, 5)):
        points[row] = points[like]
    for row in hidden:
        points[row, 2] = 0.1
    return points


def shifted(
    points: NDArray[np.float64], right: float, down: float, scale: float = 1.0
) -> NDArray[np.float64]:
    """Moved as a whole, and grown by `scale` around the nose."""
    result = points.copy()
    nose = points[0, :2]
    result[:, :2] = (points[:, :2] - nose) * scale + nose + (right, down)
    return result


def face(right: float = 0.0, down: float = 0.0, scale: float = 1.0, score: float = 0.95) -> Face:
    """The face of the upright figure, moved and grown."""
    side = FACE_PX * scale
    centre = np.array([320.0 + right, 150.0 + down])
    return Face(
        box_px=(centre[0] - side / 2, centre[1] - side / 2, side, side),
        points_px=centre + _FACE_POINTS * scale,
        score=score,
    )


def hand(
    x: float,
    y: float,
    *,
    length: float = 50.0,
    side: str = "right",
    open_hand: bool = True,
    prob: float = 0.97,
) -> Hand:
    """A hand with the wrist at (x, y), pointing up; `length` from the wrist to the middle knuckle."""
    points = np.zeros((21, 2))
    points[0] = (x, y)
    for finger in range(5):
        across = (finger - 2) * length * 0.2
        for joint in range(4):
            reach = length * (0.9 + 0.3 * joint) if open_hand else length * (0.9, 1.2, 1.0, 0.7)[joint]
            points[1 + finger * 4 + joint] = (x + across, y - reach)
    points[9] = (x, y - length)
    return Hand(points, "left" if side == "left" else "right", prob)


def sightings(
    poses: list[NDArray[np.float64]],
    faces: list[Face | None] | None = None,
    hands: list[tuple[Hand, ...] | None] | None = None,
    stretches: list[int] | None = None,
) -> tuple[Sighting, ...]:
    """One admitted person per pose, 6 a second."""
    n = len(poses)
    faces = faces if faces is not None else [face()] * n
    hands = hands if hands is not None else [()] * n
    return tuple(
        Sighting(i / FPS, SIZE_PX, faces[i], poses[i], hands[i], stretches[i] if stretches else 0)
        for i in range(n)
    )
