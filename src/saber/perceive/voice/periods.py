"""How regular are the voice's single periods, in length (jitter) and in strength (shimmer)?

Period marks by cross-correlation: from the strongest point of a voiced stretch, the next mark on either
side is where one period of the wave repeats best. The similarity peak is interpolated by a parabola, so
that lengths are finer than the 62.5 microseconds of a sample.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from saber.perceive.voice.framing import RATE_HZ, STEP, Floats, Grid
from saber.perceive.voice.pitch import Pitch

__all__ = ["Periods", "mark_periods"]

_MAX_RATIO = 1.3
"""Neighbouring periods that differ by more are not compared: a mark was missed (Praat's period factor)."""
_MIN_SIMILARITY = 0.4
_MIN_PAIRS = 10
"""Fewer neighbouring pairs give no jitter or shimmer: own choice, about 0.1 s of voice."""


@dataclass(frozen=True)
class Periods:
    """Neighbouring pairs of periods, shape (n,): when, both lengths in seconds, both strengths."""

    times_s: Floats
    lengths_s: Floats
    """(n, 2)"""
    strengths: Floats
    """(n, 2), greatest magnitude near the mark, full scale."""

    def between(self, start_s: float, end_s: float) -> Periods:
        part = (self.times_s >= start_s) & (self.times_s < end_s)
        return Periods(self.times_s[part], self.lengths_s[part], self.strengths[part])

    @property
    def jitter(self) -> float | None:
        """Jitter (local): mean difference of neighbouring periods over their mean; None: too few."""
        return _unevenness(self.lengths_s)

    @property
    def shimmer(self) -> float | None:
        """Shimmer (local): the same of the strengths; None: too few periods."""
        return _unevenness(self.strengths)


def mark_periods(grid: Grid, pitch: Pitch) -> Periods:
    """All pairs of neighbouring periods inside the voiced stretches of the grid."""
    times: list[float] = []
    lengths: list[tuple[float, float]] = []
    strengths: list[tuple[float, float]] = []
    edges = np.flatnonzero(np.diff(np.concatenate([[0], pitch.voiced.astype(np.int8), [0]])))
    for first, last in zip(edges[::2], edges[1::2], strict=True):
        marks = _marks(grid.samples, first * STEP, last * STEP, pitch.hz[first:last])
        if len(marks) < 3:
            continue
        period = np.diff(marks)
        peaks = [_strength(grid.samples, mark, p) for mark, p in zip(marks[1:], period, strict=True)]
        ratio = period[1:] / period[:-1]
        whole = (ratio < _MAX_RATIO) & (ratio > 1 / _MAX_RATIO)
        for i in np.flatnonzero(whole):
            times.append(float(marks[i + 1]) / RATE_HZ)
            lengths.append((period[i] / RATE_HZ, period[i + 1] / RATE_HZ))
            strengths.append((peaks[i], peaks[i + 1]))
    return Periods(np.array(times), np.array(lengths).reshape(-1, 2), np.array(strengths).reshape(-1, 2))


def _marks(samples: NDArray[np.float32], first: int, last: int, hz: Floats) -> Floats:
    """Positions in samples, in order, of one mark per period between two samples."""
    middle = (first + last) // 2
    around = round(RATE_HZ / hz[len(hz) // 2])
    low = max(first, middle - around)
    seed = low + int(np.abs(samples[low : min(last, middle + around)]).argmax())
    marks = [float(seed)]
    for direction in (1, -1):
        mark = float(seed)
        while True:
            period = RATE_HZ / hz[min(len(hz) - 1, max(0, (round(mark) - first) // STEP))]
            lag = _best_lag(samples, round(mark), period, direction)
            if lag is None or not first <= mark + direction * lag < last:
                break
            mark += direction * lag
            marks.append(mark)
    return np.sort(np.array(marks))


def _best_lag(samples: NDArray[np.float32], mark: int, period: float, direction: int) -> float | None:
    """Distance to the best repetition of the period around `mark`, 0.8 to 1.25 periods away."""
    half = round(period / 2)
    near, far = int(0.8 * period), int(1.25 * period) + 1
    low, high = (mark + near, mark + far) if direction > 0 else (mark - far, mark - near)
    if min(low, mark) - half < 0 or max(high, mark) + half + 1 > len(samples):
        return None
    here = samples[mark - half : mark + half + 1].astype(np.float64)
    there = samples[low - half : high + half + 1].astype(np.float64)
    energy = np.convolve(there**2, np.ones(len(here)), "valid")
    similarity = np.correlate(there, here, "valid") / np.sqrt(np.maximum(energy * (here @ here), 1e-30))
    best = int(similarity.argmax())
    if similarity[best] < _MIN_SIMILARITY:
        return None
    shift = 0.0
    if 0 < best < len(similarity) - 1:
        left, mid, right = similarity[best - 1 : best + 2]
        shift = 0.5 * (left - right) / min(left - 2 * mid + right, -1e-12)
    return abs(low + best + shift - mark)


def _strength(samples: NDArray[np.float32], mark: float, period: float) -> float:
    """Greatest magnitude within a fifth of a period of the mark; wider would hear the neighbours."""
    reach = max(1, round(0.2 * period))
    part = np.abs(samples[max(0, round(mark) - reach) : round(mark) + reach + 1]).astype(np.float64)
    top = int(part.argmax())
    if not 0 < top < len(part) - 1:
        return float(part[top])
    left, mid, right = part[top - 1 : top + 2]
    return float(mid - 0.125 * (right - left) ** 2 / min(left - 2 * mid + right, -1e-12))


def _unevenness(pairs: Floats) -> float | None:
    if len(pairs) < _MIN_PAIRS:
        return None
    return float(np.mean(np.abs(pairs[:, 1] - pairs[:, 0])) / np.mean(pairs))
