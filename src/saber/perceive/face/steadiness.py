"""Can what a region of the face does be believed, or do the mesh's points jump there?

The mesh gives every point in every picture, also of a mouth behind a hand: it then invents it, anew in
each picture. What it sees moves smoothly, what it invents jumps; so the jumps tell one from the other.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from saber.perceive.face.landmarks import MIRROR, ROW
from saber.perceive.face.measures import Region
from saber.perceive.face.smoothing import rolling_rms, smooth

__all__ = ["MIN_STEADINESS", "steadiness"]

Floats = NDArray[np.float64]
_UPPER = (46, 52, 53, 55, 63, 65, 66, 70, 105, 107, 33, 133)
_POINTS: dict[Region, tuple[int, ...]] = {
    "brows": _UPPER,
    "lids": _UPPER,  # the lids themselves jump in every blink
    "nose": (50, 101, 118, 119, 64, 97, 98, 129),
    "mouth": (37, 61, 82, 84, 87),
}
_HALF_IOD = 0.010
"""Jump at which half of a region's word is taken. Own choice, from four clips: lips in view jump 0.001-0.005,
0.007 when a smile breaks out, and 0.010-0.027 while a hand moves before them."""
_WINDOW_S = 0.4
MIN_STEADINESS = 0.5
"""Below, it is more likely invented than seen."""


def steadiness(points: Floats, stretches: list[tuple[int, int]], step_s: float) -> dict[Region, Floats]:
    """How far each region can be believed in each picture, 0-1, (n,), from points (n, k, 3) in IOD.

    stretches: pictures that follow each other, as (first, past the last). A jump is the root mean square,
    over a region's points and 0.4 s, of what is left of their movement (x, y) when it is smoothed. In a
    stretch too short to smooth no jump is found.
    """
    found: dict[Region, Floats] = {}
    for region, right in _POINTS.items():
        rows = [ROW[i] for i in (*right, *(MIRROR[i] for i in right))]
        paths = points[:, rows, :2].reshape(len(points), -1)
        jumps = [
            rolling_rms((paths[a:b] - smooth(paths[a:b], step_s)).T, step_s, _WINDOW_S) for a, b in stretches
        ]
        found[region] = 1 / (1 + (np.concatenate(jumps) / _HALF_IOD) ** 4)
    return found
