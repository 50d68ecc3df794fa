"""Did the head nod or shake, and when?"""

from __future__ import annotations

import itertools
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from saber.perceive.face.smoothing import smooth

__all__ = ["Swing", "swings"]

Floats = NDArray[np.float64]
_MIN_SWING_DEG = 3.0
_MAX_HALF_SWING_S = 0.6
_MIN_HALF_SWINGS = 2
_DRIFT_S = 1.2


class Swing(NamedTuple):
    """A to-and-fro of the head."""

    start_s: float
    apex_s: float
    end_s: float
    size_deg: float
    """The largest half-swing."""
    half_swings: int


def swings(times_s: Floats, angle_deg: Floats, other_deg: Floats, step_s: float) -> list[Swing]:
    """Nods (angle = pitch, other = yaw) or shakes (the other way round); samples without a gap.

    A swing is at least two half-swings to and fro, each 3 degrees or more and 0.6 s or less, after the
    slow drift of posture (1.2 s) is taken off, and larger than what the other angle does meanwhile.
    Own choice of the numbers: conversational nods are 2-5 Hz and a few degrees wide (Hadar et al. 1983,
    Kinematics of head movements accompanying speech: ordinary movements 1.8-3.7 Hz).
    """
    quick = angle_deg - smooth(angle_deg, step_s, _DRIFT_S)
    beside = other_deg - smooth(other_deg, step_s, _DRIFT_S)
    turns = _turning_points(quick)
    found: list[Swing] = []
    chain: list[int] = []
    for a, b in itertools.pairwise(turns):
        counts = abs(quick[b] - quick[a]) >= _MIN_SWING_DEG and times_s[b] - times_s[a] <= _MAX_HALF_SWING_S
        if counts:
            chain = [*chain, b] if chain and chain[-1] == a else [a, b]
        if (not counts or b == turns[-1]) and len(chain) > _MIN_HALF_SWINGS:
            found.append(_swing(times_s, quick, chain))
        if not counts:
            chain = []
    return [s for s in found if s.size_deg > np.ptp(beside[(times_s >= s.start_s) & (times_s <= s.end_s)])]


def _turning_points(curve: Floats) -> list[int]:
    """Extremes that alternate and differ by at least half a swing's size; ends included."""
    kept: list[int] = []
    candidates = [0, *(np.flatnonzero(np.diff(np.sign(np.diff(curve))) != 0) + 1).tolist(), len(curve) - 1]
    for i in candidates:
        if len(kept) >= 2 and (curve[kept[-1]] - curve[kept[-2]]) * (curve[i] - curve[kept[-1]]) >= 0:
            kept[-1] = i  # goes on the same way: the extreme moves along
        elif not kept or abs(curve[i] - curve[kept[-1]]) >= _MIN_SWING_DEG / 2:
            kept.append(i)
    return kept


def _swing(times_s: Floats, curve: Floats, chain: list[int]) -> Swing:
    sizes = np.abs(np.diff(curve[chain]))
    widest = int(np.argmax(sizes))
    return Swing(
        float(times_s[chain[0]]),
        float(times_s[chain[widest + 1]]),
        float(times_s[chain[-1]]),
        float(sizes[widest]),
        len(sizes),
    )
