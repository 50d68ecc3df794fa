"""How does the pitch move: its level, range, slopes, rises and falls?"""

from __future__ import annotations

import itertools
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from saber.perceive.voice.framing import STEP_S, Floats

__all__ = ["Movement", "final_slope", "movements", "semitones", "slope"]

_BRIDGE_S = 0.1
"""Voiceless gaps up to this long (a stop consonant) do not end a movement: own choice."""
_MIN_MOVEMENT_ST = 4.0
"""Own choice, above the 3 st that 't Hart (1981, JASA 69:811) found to matter in speech."""
_GLISSANDO = 0.32
"""A glide is heard as a glide when its slope exceeds 0.32 / T^2 st/s ('t Hart, Collier & Cohen 1990)."""
_FINAL_S = 0.3


@dataclass(frozen=True)
class Movement:
    """One rise (positive) or fall of the pitch."""

    start_s: float
    end_s: float
    semitones: float


def semitones(hz: Floats, reference_hz: float) -> Floats:
    """12 log2(hz / reference)."""
    return np.asarray(12 * np.log2(hz / reference_hz), dtype=np.float64)


def slope(times_s: Floats, values: Floats, min_s: float) -> float | None:
    """Least-squares slope per second of the finite values; None when they span less than `min_s`."""
    part = np.isfinite(values)
    if part.sum() < 5 or np.ptp(times_s[part]) < min_s:
        return None
    return float(np.polyfit(times_s[part] - times_s[part].mean(), values[part], 1)[0])


def final_slope(times_s: Floats, st: Floats) -> float | None:
    """Slope in st/s over the last 0.3 s that end in voice; None when less than half of it is voiced."""
    voiced = np.flatnonzero(np.isfinite(st))
    if len(voiced) == 0:
        return None
    last = voiced[-1]
    first = max(0, last + 1 - round(_FINAL_S / STEP_S))
    part = st[first : last + 1]
    if np.isfinite(part).sum() < _FINAL_S / STEP_S / 2:
        return None
    return slope(times_s[first : last + 1], part, _FINAL_S / 2)


def movements(times_s: Floats, st: Floats) -> list[Movement]:
    """Rises and falls of at least 4 st that are steep enough to be heard as glides, in order of time."""
    found: list[Movement] = []
    voiced = np.flatnonzero(np.isfinite(st))
    if len(voiced) == 0:
        return found
    for run in np.split(voiced, np.flatnonzero(np.diff(voiced) * STEP_S > _BRIDGE_S) + 1):
        if len(run) < 8:
            continue
        inside = np.arange(run[0], run[-1] + 1)
        curve = np.interp(inside, run, _median5(st[run]))
        curve = np.convolve(np.pad(curve, 2, mode="edge"), np.ones(5) / 5, "valid")
        turns = _turns(curve)
        for a, b in itertools.pairwise(turns.tolist()):
            change = float(curve[b] - curve[a])
            # A plateau at either end is no part of the movement: it holds the middle 80 % of the change.
            gone = (curve[a : b + 1] - curve[a]) / change
            b, a = a + int(np.argmax(gone >= 0.9)), a + int(np.flatnonzero(gone <= 0.1)[-1])
            length_s = max(1, b - a) * STEP_S
            if abs(change) >= _MIN_MOVEMENT_ST and abs(change) / length_s >= _GLISSANDO / length_s**2:
                found.append(Movement(float(times_s[inside[a]]), float(times_s[inside[b]]), change))
    return found


def _median5(values: Floats) -> Floats:
    view = np.lib.stride_tricks.sliding_window_view(np.pad(values, 2, mode="edge"), 5)
    return np.asarray(np.median(view, axis=1), dtype=np.float64)


def _turns(curve: Floats, least_st: float = 1.0) -> NDArray[np.intp]:
    """Indices where the curve turns by at least `least_st`, both ends included."""
    turns = [0]
    high = low = 0
    direction = 0
    for i in range(1, len(curve)):
        high = i if curve[i] > curve[high] else high
        low = i if curve[i] < curve[low] else low
        if direction >= 0 and curve[high] - curve[i] >= least_st:
            if high > turns[-1]:
                turns.append(high)
            direction, high, low = -1, i, i
        elif direction <= 0 and curve[i] - curve[low] >= least_st:
            if low > turns[-1]:
                turns.append(low)
            direction, high, low = 1, i, i
    last = high if direction > 0 else low
    if direction and last > turns[-1]:
        turns.append(last)
    return np.array(turns, dtype=np.intp)
