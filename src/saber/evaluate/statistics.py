"""How sure is a figure, when samples of one speaker are no independent draws?

Whole clusters (speakers, dialogues) are drawn with replacement, within each stratum as many as there are
(Davison & Hinkley 1997, section 3.8). All figures of a run share the same draws, so that a difference of
two of them is a paired one. Intervals are percentile or bias-corrected and accelerated (BCa, Efron 1987).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import groupby

import numpy as np
from numpy.typing import NDArray

__all__ = ["FEWEST_CLUSTERS", "Among", "Array", "Bootstrap", "Measured", "Values", "bca_limits"]

Array = NDArray[np.float64]
Values = Sequence[float] | Array
Among = Sequence[bool] | NDArray[np.bool_] | None
FEWEST_CLUSTERS = 5
"""Own choice: an interval over fewer says more of chance than of the figure. Below 20 or 30 clusters they
are still somewhat too narrow (Cameron, Gelbach & Miller 2008)."""

Combine = Callable[[Array], Array]
"""From shape (..., k) to (...): makes one number of k."""


@dataclass(frozen=True)
class Measured:
    """A number with its interval; None limits: not to be had."""

    value: float | None
    n: int
    clusters: int
    low: float | None = None
    high: float | None = None
    drawn: Array | None = None
    """The number in every resample, where the draws are kept."""


class Bootstrap:
    """Draws once; then measures as many means, and numbers made of sums, as wanted.

    Args:
        clusters: per sample, what it is drawn with.
        strata: per sample, within what its cluster is drawn; None: all clusters are one stratum. A cluster
            that occurs in two strata counts as two.
        keep: hand out each number's value in every resample too, to be compared with another run's.
    """

    def __init__(
        self,
        clusters: Sequence[str],
        strata: Sequence[str] | None = None,
        *,
        method: str = "bca",
        level: float = 0.95,
        resamples: int = 2000,
        seed: int = 0,
        keep: bool = False,
    ) -> None:
        self.n = len(clusters)
        self._method, self._level, self._resamples = method, level, resamples
        self._keep = keep
        keys = list(zip(strata or [""] * self.n, clusters, strict=True))
        order = {key: place for place, key in enumerate(sorted(set(keys)))}
        self._of: NDArray[np.int64] = np.array([order[key] for key in keys], dtype=np.int64)
        self.clusters = len(order)
        rng = np.random.default_rng(seed)
        self._draws: list[tuple[slice, Array]] = []
        """Per stratum: its clusters, and how often each resample holds each of them."""
        begin = 0
        for _, group in groupby(order, key=lambda key: key[0]):
            size = sum(1 for _ in group)
            self._draws.append((slice(begin, begin + size), _counts(rng, size, resamples)))
            begin += size

    def mean(self, values: Values, among: Among = None) -> Measured:
        """The mean of the values of the samples `among` those; NaN ones are left out."""
        return self.of_means([(values, among)], lambda means: means[..., 0])

    def of_means(self, parts: Sequence[tuple[Values, Among]], combine: Combine) -> Measured:
        """A number made of several means: their average, a difference, a harmonic mean. None when one of the
        means has no sample; resamples in which one has none are left out."""
        k = len(parts)
        columns = np.zeros((self.n, 2 * k))
        counted = np.zeros(self.n, bool)
        for place, (values, among) in enumerate(parts):
            given, there = _usable(values, among)
            columns[there, place] = given[there]
            columns[there, k + place] = 1
            counted |= there
        return self.of_sums(columns, lambda sums: combine(sums[..., :k] / sums[..., k:]), counted)

    def of_sums(self, columns: Array, combine: Combine, counted: Among = None) -> Measured:
        """A number made of sums over samples.

        Args:
            columns: shape (n, k); each column is summed up.
            combine: makes the number of the k sums.
            counted: which samples stand in a denominator; None: all.
        """
        within = np.ones(self.n, bool) if counted is None else np.asarray(counted, bool)
        of = self._of[within]
        summed = [np.bincount(of, column, self.clusters) for column in columns[within].T]
        by_cluster: Array = np.stack(summed, axis=1)
        touched = np.flatnonzero(np.bincount(of, minlength=self.clusters))
        n = int(within.sum())
        total = by_cluster.sum(0)
        with np.errstate(invalid="ignore", divide="ignore"):
            value = float(combine(total)) if n else float("nan")
            if not np.isfinite(value):
                return Measured(None, n, len(touched))
            without = combine(total - by_cluster[touched])
            sums = np.zeros((self._resamples, columns.shape[1]))
            for inside, counts in self._draws:
                if by_cluster[inside].any():
                    sums += counts @ by_cluster[inside]
            drawn = combine(sums)
        low, high = self._limits(drawn[np.isfinite(drawn)], value, without[np.isfinite(without)])
        return Measured(value, n, len(touched), low, high, drawn if self._keep else None)

    def _limits(self, drawn: Array, value: float, without: Array) -> tuple[float | None, float | None]:
        if len(without) < FEWEST_CLUSTERS or len(drawn) < 2 or np.ptp(drawn) < 1e-12:
            # Every draw gives the same: that says nothing of how sure the figure is.
            return None, None
        limits = bca_limits(drawn, value, without, self._level) if self._method == "bca" else None
        if limits is None:
            low, high = np.percentile(drawn, [(1 - self._level) * 50, (1 + self._level) * 50])
            limits = float(low), float(high)
        return limits


def bca_limits(drawn: Array, value: float, without: Array, level: float) -> tuple[float, float] | None:
    """BCa limits from a bootstrap distribution and the values without each cluster (jackknife).

    None where they are not defined: the value lies outside of the distribution, or nothing varies.
    """
    from scipy.special import ndtr, ndtri

    share = (np.mean(drawn < value) + np.mean(drawn <= value)) / 2
    if not 0 < share < 1 or len(without) < 2:
        return None
    away = without.mean() - without
    spread = float(np.sum(away**2))
    if spread < 1e-24:
        return None
    bias, acceleration = ndtri(share), np.sum(away**3) / (6 * spread**1.5)
    tails = ndtri(np.array([(1 - level) / 2, (1 + level) / 2]))
    shifted = bias + (bias + tails) / (1 - acceleration * (bias + tails))
    low, high = np.percentile(drawn, ndtr(shifted) * 100)
    return float(low), float(high)


def _counts(rng: np.random.Generator, size: int, resamples: int) -> Array:
    """How often each of `size` clusters is in each resample; shape (resamples, size)."""
    drawn = rng.integers(size, size=(resamples, size)) + size * np.arange(resamples)[:, None]
    return np.bincount(drawn.ravel(), minlength=resamples * size).reshape(resamples, size).astype(float)


def _usable(values: Values, among: Among) -> tuple[Array, NDArray[np.bool_]]:
    given = np.asarray(values, dtype=float)
    there = np.isfinite(given)
    if among is not None:
        there &= np.asarray(among, dtype=bool)
    return given, there
