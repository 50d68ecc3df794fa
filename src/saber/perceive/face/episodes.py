"""When does an expression begin, peak and end?"""

from __future__ import annotations

import itertools
import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from saber.perceive.face.actions import ACTION_COLUMN

__all__ = ["KINDS", "MICRO_ONSET_S", "MICRO_S", "Episode", "Kind", "find_episodes", "is_micro"]

Floats = NDArray[np.float64]
MICRO_S = 0.5
MICRO_ONSET_S = 0.26
"""Yan et al. 2013 (How fast are the leaked facial expressions): a micro-expression lasts up to 0.5 s in
all, or 0.26 s from onset to apex."""
_MICRO_HEIGHT = 1.5
_LEAVES = 0.1
"""Share of its height at which an episode has begun, or has not yet ended. Own choice: in a curve that
rises in a few pictures this is within one of them."""
_MIN_HEIGHT = 1.0
"""FACS's A, a trace: less is no expression."""
_MIN_OVER_NOISE = 4.0
_MIN_S = 0.12


class Kind(NamedTuple):
    """A kind of episode and the actions of which the strongest makes it."""

    slug: str
    actions: tuple[str, ...]
    speech_shorter_s: float
    """While the person talks, shorter ones are speech: talking moves these parts too."""
    near_eyes: bool = False
    """A blink moves these parts too."""


KINDS: tuple[Kind, ...] = (
    Kind("smile", ("au12",), 1.0),
    Kind("brow_raise", ("au01", "au02"), 0.0, near_eyes=True),
    Kind("frown", ("au04",), 0.0, near_eyes=True),
    Kind("eyes_widened", ("au05",), 0.0, near_eyes=True),
    Kind("nose_wrinkle", ("au09",), 0.0, near_eyes=True),
    Kind("lip_raise", ("au10",), math.inf),
    Kind("corners_down", ("au15",), math.inf),
    Kind("chin_raise", ("au17",), math.inf),
    Kind("pucker", ("au18",), math.inf),
    Kind("lip_stretch", ("au20",), math.inf),
    Kind("lip_press", ("au24",), math.inf),
    Kind("mouth_open", ("au26",), math.inf),
)


class Episode(NamedTuple):
    """One rise and fall of an intensity."""

    start_s: float
    apex_s: float
    end_s: float
    height: float
    """Intensity at the apex, 0-5."""
    rise_seen: bool
    """It began in view: the clip does not begin with it, nor the face come in with it."""
    whole: bool
    """Both its beginning and its end were seen: not cut off by the clip or by the face leaving."""


def strength(actions: Floats, kind: Kind) -> Floats:
    """The kind's curve, (n,), from intensities (n, len(ACTIONS))."""
    return np.asarray(actions[:, [ACTION_COLUMN[slug] for slug in kind.actions]].max(1))


def find_episodes(times_s: Floats, curve: Floats, noise: float) -> list[Episode]:
    """Episodes in one curve (n,) whose samples follow each other without a gap.

    noise: standard deviation of the curve's noise; an episode stands 4 of them, and 1 in intensity, above
    the valley it rises from.
    """
    enough = max(_MIN_HEIGHT, _MIN_OVER_NOISE * noise)
    found = []
    for first, apex, last in _hills(curve, enough):
        start = _crossing(times_s, curve, apex, first)
        end = _crossing(times_s, curve, apex, last)
        if end - start < _MIN_S:
            continue
        half = curve[apex] / 2
        rise_seen = bool(first > 0 and curve[first] < half)
        whole = rise_seen and bool(last < len(curve) - 1 and curve[last] < half)
        found.append(Episode(start, float(times_s[apex]), end, float(curve[apex]), rise_seen, whole))
    return found


def is_micro(episode: Episode) -> bool:
    """Whether an episode is as short as a micro-expression: seen whole, at most 0.5 s, up in 0.26 s.

    And more than a trace (1.5; own choice), because short bumps of the mesh are common.
    """
    return (
        episode.whole
        and episode.height >= _MICRO_HEIGHT
        and episode.end_s - episode.start_s <= MICRO_S
        and episode.apex_s - episode.start_s <= MICRO_ONSET_S
    )


def _hills(curve: Floats, enough: float) -> list[tuple[int, int, int]]:
    """(foot, top, foot) of each hill, as samples: `enough` high, and standing out by that much.

    Tops between which the curve does not sink to less than half of the lower are one expression that
    wavers. A foot is where the curve stops falling once it is well down, or the valley to the next hill.
    """
    kept: list[int] = []
    for top in _tops(curve, enough):
        if kept and curve[kept[-1] : top + 1].min() > min(curve[kept[-1]], curve[top]) / 2:
            if curve[top] > curve[kept[-1]]:
                kept[-1] = top
        else:
            kept.append(top)
    valleys = [0]
    valleys += [a + int(np.argmin(curve[a : b + 1])) for a, b in itertools.pairwise(kept)]
    valleys.append(len(curve) - 1)
    return [
        (_foot(curve, top, valleys[i], enough), top, _foot(curve, top, valleys[i + 1], enough))
        for i, top in enumerate(kept)
    ]


def _tops(curve: Floats, enough: float) -> list[int]:
    """Maxima at least `enough` high that one can't leave for a higher one without sinking by `enough`."""
    padded = np.concatenate([[0.0], curve, [0.0]])
    rises = np.sign(np.diff(padded))
    rises = rises[rises != 0]
    steps = np.flatnonzero(np.diff(padded) != 0)
    maxima = [int(steps[i]) + 1 for i in np.flatnonzero((rises[:-1] > 0) & (rises[1:] < 0))]
    tops = []
    for top in maxima:
        height = padded[top]
        if height < enough:
            continue
        valleys = []
        for side in (padded[:top][::-1], padded[top + 1 :]):
            higher = np.flatnonzero(side > height)
            valleys.append(side[: higher[0]].min() if len(higher) else side.min())
        if height - max(valleys) >= enough:
            tops.append(top - 1)
    return tops


def _foot(curve: Floats, top: int, valley: int, enough: float) -> int:
    step = -1 if valley < top else 1
    i = top
    while i != valley:
        if curve[i] < max(enough / 2, curve[top] / 4) and curve[i + step] >= curve[i] - 0.01 * curve[top]:
            break
        i += step
    return i


def _crossing(times_s: Floats, curve: Floats, apex: int, edge: int) -> float:
    """When, between the apex and the edge of its hill, the curve was last 10 % up, linearly interpolated."""
    step = -1 if edge < apex else 1
    level = curve[edge] + _LEAVES * (curve[apex] - curve[edge])
    i = apex
    while i != edge and curve[i + step] > level:
        i += step
    if i == edge:
        return float(times_s[edge])
    outer, inner = curve[i + step], curve[i]
    share = (inner - level) / (inner - outer) if inner > outer else 1.0
    return float(times_s[i] + share * (times_s[i + step] - times_s[i]))
