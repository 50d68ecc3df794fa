"""Where does one shot end and another begin; what is black or frozen?

Hard cuts stand out of the change between neighbouring pictures. A gradual transition is one in which
the picture half-way is the mean of the ends, which neither movement of the camera nor of things
produces. Both work on tiny pictures, after the clip has been seen whole.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

import numpy as np
from numpy.typing import NDArray

__all__ = [
    "BLACK_PIXEL",
    "Pictures",
    "Stretch",
    "Transition",
    "black_stretches",
    "frozen_stretches",
    "shot_spans",
    "transitions",
]

Array = NDArray[np.float64]

# Thresholds are our own choice, checked on clips with known cuts. Histogram distance and mean luma
# change that make a cut certain on their own:
_CUT_HISTOGRAM = 0.35
_CUT_LUMA = 0.12
# A cut is this many times the usual change around it (half a second each way): fast movement is not.
_CUT_CONTRAST = 3.0
_AROUND_S = 0.5
# Cuts nearer together than this are one (a mixed picture in between).
_MIN_APART_S = 0.15
# A flash comes and goes within this time and leaves the picture as it was.
_FLASH_S = 0.25
# Lengths of gradual transitions that are looked for.
_GRADUAL_S = (0.5, 1.0, 2.0)
_MIN_GRADUAL_CHANGE = 0.08
_MAX_GRADUAL_RESIDUAL = 0.25
_MAX_LIKENESS = 0.6
# FFmpeg's blackdetect: a pixel under 0.10 is black, a picture with 98 % of them too. Its default length
# (2 s) is too long for clips of a few seconds.
BLACK_PIXEL = 0.10
_BLACK_SHARE = 0.98
_MIN_BLACK_S = 0.2
# Frozen: no value of the small picture changes by more than rounding (one and a half of 255). A mean
# over the picture, as in FFmpeg's freezedetect, misses the lips of a person who only speaks.
_FROZEN = 1.5 / 255
_MIN_FROZEN_S = 1.0


@dataclass(frozen=True)
class Pictures:
    """Every picture looked at for shots, in order; n of them."""

    times_s: Array
    """(n,)"""
    luma: NDArray[np.uint8]
    """(n, height, width) tiny"""
    histograms: Array
    """(n, 64) shares of 4 x 4 x 4 colours"""
    black_share: Array
    """(n,) share of black pixels"""
    change: Array
    """(n,) largest change of a luma value since the picture before, 0-1; 1 for the first"""


@dataclass(frozen=True, slots=True)
class Transition:
    kind: Literal["cut", "dissolve", "fade_in", "fade_out"]
    start_s: float
    end_s: float
    strength: float
    """How sure, 0-1."""

    @property
    def time_s(self) -> float:
        """Where one shot ends and the next begins: a fade belongs to the shot that is not black."""
        if self.kind == "fade_in":
            return self.start_s
        return self.end_s if self.kind == "fade_out" else (self.start_s + self.end_s) / 2


@dataclass(frozen=True, slots=True)
class Stretch:
    start_s: float
    end_s: float


def transitions(pictures: Pictures) -> list[Transition]:
    """Cuts, dissolves and fades, in order of time."""
    cuts = _cuts(pictures)
    return sorted([*cuts, *_gradual(pictures, cuts)], key=lambda t: t.start_s)


def shot_spans(found: list[Transition], black: list[Stretch], start_s: float, end_s: float) -> list[Stretch]:
    """The shots between transitions, without what is black or shorter than 0.2 s."""
    edges = [start_s, *(t.time_s for t in found), end_s]
    spans = [Stretch(a, b) for a, b in pairwise(edges) if b - a >= 0.2]

    def dark_s(span: Stretch) -> float:
        return sum(max(0.0, min(b.end_s, span.end_s) - max(b.start_s, span.start_s)) for b in black)

    return [span for span in spans if dark_s(span) < 0.8 * (span.end_s - span.start_s)]


def black_stretches(pictures: Pictures) -> list[Stretch]:
    return _lasting(pictures.black_share >= _BLACK_SHARE, pictures.times_s, _MIN_BLACK_S)


def frozen_stretches(pictures: Pictures) -> list[Stretch]:
    """Where the picture stands still though it is not black."""
    still = (pictures.change < _FROZEN) & (pictures.black_share < _BLACK_SHARE)
    return _lasting(still, pictures.times_s, _MIN_FROZEN_S)


def _lasting(condition: NDArray[np.bool_], times_s: Array, min_s: float) -> list[Stretch]:
    rows = np.flatnonzero(condition)
    result = []
    for run in np.split(rows, np.flatnonzero(np.diff(rows) > 1) + 1):
        # A picture lasts until the next; the last one as long as the one before.
        if len(run):
            after = run[-1] + 1
            usual = float(np.median(np.diff(times_s))) if len(times_s) > 1 else 0.0
            end_s = float(times_s[after]) if after < len(times_s) else float(times_s[-1]) + usual
            if end_s - float(times_s[run[0]]) >= min_s - 1e-9:
                result.append(Stretch(float(times_s[run[0]]), end_s))
    return result


def _distance(pictures: Pictures, a: int, b: int) -> float:
    """Change between two pictures; 1 is a certain cut."""
    histogram = float(np.abs(pictures.histograms[a] - pictures.histograms[b]).sum()) / 2
    luma = float(np.abs(pictures.luma[a].astype(np.int16) - pictures.luma[b]).mean()) / 255
    return max(histogram / _CUT_HISTOGRAM, luma / _CUT_LUMA)


def _cuts(pictures: Pictures) -> list[Transition]:
    n = len(pictures.times_s)
    steps = np.array([0.0, *(_distance(pictures, i - 1, i) for i in range(1, n))])
    rows = []
    for i in np.flatnonzero(steps >= 1.0).tolist():
        near = np.abs(pictures.times_s - pictures.times_s[i]) <= _AROUND_S
        near[[0, i]] = False
        usual = float(np.median(steps[near])) if near.any() else 0.0
        if steps[i] >= _CUT_CONTRAST * usual:
            rows.append(i)
    kept: list[int] = []
    for i in rows:
        flash = (
            kept
            and pictures.times_s[i] - pictures.times_s[kept[-1]] <= _FLASH_S
            and _distance(pictures, kept[-1] - 1, i) < 0.5
        )
        if flash:
            kept.pop()
        elif kept and pictures.times_s[i] - pictures.times_s[kept[-1]] <= _MIN_APART_S:
            kept[-1] = i if steps[i] > steps[kept[-1]] else kept[-1]
        else:
            kept.append(i)
    return [
        Transition(
            "cut",
            float(pictures.times_s[i]),
            float(pictures.times_s[i]),
            float(min(1.0, 0.5 + steps[i] / 4)),
        )
        for i in kept
    ]


def _gradual(pictures: Pictures, cuts: list[Transition]) -> list[Transition]:
    times_s, n = pictures.times_s, len(pictures.times_s)
    if n < 5:
        return []
    candidates: list[tuple[float, Transition]] = []
    for middle in range(0, n, max(1, n // max(1, round((times_s[-1] - times_s[0]) / 0.1)))):
        best: tuple[float, Transition] | None = None
        for length_s in reversed(_GRADUAL_S):
            found = _transition_around(pictures, float(times_s[middle]), length_s, cuts)
            # The shortest that holds (nearly) the whole change.
            if found is not None and (best is None or found[0] >= 0.95 * best[0]):
                best = found
        if best is not None:
            candidates.append(best)
    candidates.sort(key=lambda c: -c[0] * c[1].strength)
    kept: list[Transition] = []
    for _, candidate in candidates:
        if all(candidate.start_s >= k.end_s or candidate.end_s <= k.start_s for k in kept):
            kept.append(candidate)
    return kept


def _transition_around(
    pictures: Pictures, time_s: float, length_s: float, cuts: list[Transition]
) -> tuple[float, Transition] | None:
    """How large the change across this time is, and what transition it is, if it is one."""
    times_s = pictures.times_s
    start, end = time_s - length_s / 2, time_s + length_s / 2
    if start < times_s[0] - 1e-6 or end > times_s[-1] + 1e-6:
        return None
    if any(start - 0.1 <= cut.start_s <= end + 0.1 for cut in cuts):
        return None
    rows = [int(np.argmin(np.abs(times_s - (start + share * length_s)))) for share in (0, 0.25, 0.5, 0.75, 1)]
    if len(set(rows)) < 5:
        return None
    first, quarter, half, late, last = (pictures.luma[i].astype(np.float64) / 255 for i in rows)
    change = float(np.abs(first - last).mean())
    if change < _MIN_GRADUAL_CHANGE:
        return None
    blends = ((quarter, 0.25), (half, 0.5), (late, 0.75))
    residual = max(
        float(np.abs(picture - (1 - share) * first - share * last).mean()) / change
        for picture, share in blends
    )
    # Halves of different size are not a transition centred here.
    halves = float(np.abs(half - first).mean()), float(np.abs(last - half).mean())
    if residual > _MAX_GRADUAL_RESIDUAL or min(halves) < 0.5 * max(halves):
        return None
    flat = [bool(p.std() < 0.03 and p.mean() < 0.1) for p in (first, last)]
    kind: Literal["dissolve", "fade_in", "fade_out"]
    if flat[0] != flat[1]:
        kind = "fade_in" if flat[0] else "fade_out"
    elif (
        min(first.std(), last.std()) > 1e-3
        and float(np.corrcoef(first.ravel(), last.ravel())[0, 1]) < _MAX_LIKENESS
    ):
        kind = "dissolve"
    else:
        return None
    return change, Transition(kind, start, end, float(1.0 - residual))
