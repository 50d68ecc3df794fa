"""Which distances on a face seen from the front tell what its muscles do?

A measure is a height, a width or an opening in inter-ocular distances (IOD), the mean of both sides.
Heights are over the line of the eyes' corners, which no expression moves. Only the view from the
front (x, y) is used: depth from one camera is the mesh's guess.
"""

from __future__ import annotations

from typing import Literal, NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

from saber.perceive.face.landmarks import MIRROR, ROW, average_face

__all__ = ["COLUMN", "MEASURES", "REST_MEAN", "REST_SD", "Measure", "Region", "measure"]

Region: TypeAlias = Literal["brows", "lids", "nose", "mouth"]
"""Regions rest and move on their own: each finds its own moments of rest."""


class Measure(NamedTuple):
    """One measure, its region, and how much people at rest differ in it."""

    name: str
    region: Region
    rest_sd: float
    """Standard deviation between people at rest, IOD. Own choice: about 2-3 mm for the places and sizes
    of features and 1 mm for lids and lips, the order of the spreads that craniofacial anthropometry
    tabulates, over the mean adult pupil distance of 63 mm. The few people of `bench/average_face.py` differ
    by about as much (it prints both): too few to take each measure's own from them."""


MEASURES: tuple[Measure, ...] = (
    Measure("brow_inner", "brows", 0.040),
    Measure("brow_outer", "brows", 0.040),
    Measure("brow_gap", "brows", 0.050),
    Measure("lid_upper", "lids", 0.016),
    Measure("lid_lower", "lids", 0.016),
    Measure("cheek", "nose", 0.030),
    Measure("nose_wing", "nose", 0.030),
    Measure("nose_width", "nose", 0.040),
    Measure("lip_to_nose", "mouth", 0.030),
    Measure("lip_upper_thickness", "mouth", 0.020),
    Measure("lip_lower_thickness", "mouth", 0.020),
    Measure("mouth_width", "mouth", 0.060),
    Measure("corner", "mouth", 0.060),
    Measure("corner_curve", "mouth", 0.030),
    Measure("mouth_gap", "mouth", 0.016),
    Measure("lip_to_chin", "mouth", 0.040),
    Measure("chin", "mouth", 0.090),
)
COLUMN: dict[str, int] = {m.name: i for i, m in enumerate(MEASURES)}


def measure(points: NDArray[np.float64]) -> NDArray[np.float64]:
    """The measures of faces seen from the front: (n, k, 3) in IOD -> (n, len(MEASURES)).

    brow_inner, brow_outer: height of the brow's inner and outer half. brow_gap: width between the
    brows' inner ends. lid_upper, lid_lower: height of the lids' middle third (the lower is negative).
    cheek: height of the skin under the lower lid. nose_wing: height of the wings; nose_width: across
    them. lip_to_nose: from the nose's base down to the upper lip's edge. lip_*_thickness: of the red
    of the lips. mouth_width: corner to corner. corner: the corners' height; corner_curve: over the
    middle of the lips. mouth_gap: between the lips. lip_to_chin: from the lower lip's edge to the
    chin's boss. chin: height of the chin's tip (lower with the jaw; it slides with the skin).
    """
    y = points[..., 1]
    x = points[..., 0]

    def height(*right: int, middle: tuple[int, ...] = ()) -> NDArray[np.float64]:
        return np.asarray(y[:, [ROW[i] for i in (*right, *(MIRROR[i] for i in right), *middle)]].mean(1))

    def width(*right: int) -> NDArray[np.float64]:
        return np.asarray((x[:, [ROW[MIRROR[i]] for i in right]] - x[:, [ROW[i] for i in right]]).mean(1))

    upper_edge, upper_inner = height(37, middle=(0,)), height(82, middle=(13,))
    lower_inner, lower_edge = height(87, middle=(14,)), height(84, middle=(17,))
    corner = height(61)
    columns = {
        "brow_inner": height(55, 107, 65, 66),
        "brow_outer": height(46, 53, 63, 70, 105, 52),
        "brow_gap": width(55, 107),
        "lid_upper": height(158, 159, 160),
        "lid_lower": height(144, 145, 153),
        "cheek": height(101, 118, 119, 50),
        "nose_wing": height(98, 129, 64),
        "nose_width": width(98, 129, 64),
        "lip_to_nose": height(97, middle=(2,)) - upper_edge,
        "lip_upper_thickness": upper_edge - upper_inner,
        "lip_lower_thickness": lower_inner - lower_edge,
        "mouth_width": width(61),
        "corner": corner,
        "corner_curve": corner - (upper_inner + lower_inner) / 2,
        "mouth_gap": upper_inner - lower_inner,
        "lip_to_chin": lower_edge - y[:, ROW[199]],
        "chin": height(148, middle=(152, 175)),
    }
    return np.stack([columns[m.name] for m in MEASURES], axis=1)


REST_MEAN: NDArray[np.float64] = measure(average_face()[None])[0]
"""The measures of the average face at rest (`average_face`)."""
REST_SD: NDArray[np.float64] = np.array([m.rest_sd for m in MEASURES])
