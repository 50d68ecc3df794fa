"""How far do raters agree beyond chance, and how sure is that?

Percent agreement, Cohen's kappa (Cohen 1960, two raters) and Krippendorff's alpha for nominal data
(Krippendorff 2011, "Computing Krippendorff's alpha-reliability"; any number of raters, missing ratings
allowed). Intervals: items are drawn with replacement (percentile bootstrap, Efron & Tibshirani 1993); of
shares the score interval (Wilson 1927).
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from saber.review.records import Figure

__all__ = ["FEWEST", "Ratings", "alpha", "kappa", "percent", "share"]

Ratings = Sequence[Mapping[str, str]]
"""Of each item: rater -> category; who did not rate it is missing."""

FEWEST = 5
"""Own choice: an interval over fewer items says more of chance than of the figure."""
_DRAWS = 2000
_SEED = 0
_Counts = NDArray[np.float64]


def percent(ratings: Ratings) -> Figure:
    """Share of pairs of ratings of one item that are the same, 0-1; each item counts alike."""
    rated = [list(one.values()) for one in ratings if len(one) > 1]
    if not rated:
        return Figure(value=None, n=0, why="No item was rated by two.")
    same = np.array([_same(values) for values in rated])
    return _with_interval(same[:, None], lambda sums, n: sums[..., 0] / n)


def kappa(ratings: Ratings) -> Figure:
    """Cohen's kappa, -1 to 1, of the items that both of two raters have rated."""
    raters = sorted({rater for one in ratings if len(one) > 1 for rater in one})
    if len(raters) != 2:
        return Figure(value=None, n=0, why=f"It is for two raters, and there are {len(raters)}.")
    pairs = [(one[raters[0]], one[raters[1]]) for one in ratings if len(one) > 1]
    names = sorted({name for pair in pairs for name in pair})
    k = len(names)
    columns = np.zeros((len(pairs), 2 * k + 1))
    for place, (a, b) in enumerate(pairs):
        columns[place, names.index(a)] = 1
        columns[place, k + names.index(b)] = 1
        columns[place, -1] = a == b

    def of(sums: _Counts, n: int) -> _Counts:
        expected = (sums[..., :k] * sums[..., k : 2 * k]).sum(-1) / n**2
        result: _Counts = (sums[..., -1] / n - expected) / (1 - expected)
        return result

    return _with_interval(
        columns, of, "Both said the same of every item: chance can't be told from agreement."
    )


def alpha(ratings: Ratings) -> Figure:
    """Krippendorff's alpha for nominal data: 1 agreement, 0 chance, below it systematic disagreement.

    Items with a single rating pair with nothing and are left out, as the measure has it.
    """
    rated = [Counter(one.values()) for one in ratings if len(one) > 1]
    names = sorted({name for counts in rated for name in counts})
    if not rated:
        return Figure(value=None, n=0, why="No item was rated by two.")
    k = len(names)
    columns = np.zeros((len(rated), k + 1))
    for place, counts in enumerate(rated):
        m = counts.total()
        columns[place, :k] = [counts[name] for name in names]
        # Observed disagreement: ordered pairs of different ratings over m - 1 (Krippendorff 2011, step C).
        columns[place, k] = (m * m - sum(n * n for n in counts.values())) / (m - 1)

    def of(sums: _Counts, _: int) -> _Counts:
        totals = sums[..., :k]
        n = totals.sum(-1)
        by_chance = n * n - (totals**2).sum(-1)
        result: _Counts = 1 - (n - 1) * sums[..., k] / by_chance
        return result

    return _with_interval(
        columns, of, "Only one category was used: there is nothing to agree beyond chance on."
    )


def share(hits: int, of: int, why: str = "Nothing was counted.") -> Figure:
    """A share with its 95 % score interval (Wilson 1927)."""
    if not of:
        return Figure(value=None, n=0, why=why)
    z = 1.959964
    p = hits / of
    middle = (p + z * z / (2 * of)) / (1 + z * z / of)
    half = z / (1 + z * z / of) * math.sqrt(p * (1 - p) / of + z * z / (4 * of * of))
    return Figure(value=p, low=max(0.0, middle - half), high=min(1.0, middle + half), n=of)


def _same(values: Sequence[str]) -> float:
    m = len(values)
    return (sum(n * n for n in Counter(values).values()) - m) / (m * (m - 1))


def _with_interval(columns: _Counts, of: Callable[[_Counts, int], _Counts], why: str = "") -> Figure:
    """A number made of sums over items, and its interval. None where it is not defined."""
    n = len(columns)
    with np.errstate(invalid="ignore", divide="ignore"):
        value = float(of(columns.sum(0), n))
        if not math.isfinite(value):
            return Figure(value=None, n=n, why=why)
        if n < FEWEST:
            return Figure(value=value, n=n, why=f"Too few items ({n}) for an interval.")
        rng = np.random.default_rng(_SEED)
        # Equal items are drawn together, so that memory hangs on what differs and not on how many there are.
        kinds, counts = np.unique(columns, axis=0, return_counts=True)
        drawn = of(rng.multinomial(n, counts / n, size=_DRAWS).astype(float) @ kinds, n)
    drawn = drawn[np.isfinite(drawn)]
    if len(drawn) < _DRAWS / 2 or np.ptp(drawn) < 1e-12:
        return Figure(
            value=value, n=n, why="Every draw says the same, which tells nothing of how sure it is."
        )
    low, high = np.percentile(drawn, [2.5, 97.5])
    return Figure(value=value, low=float(low), high=float(high), n=n)
