"""Which numbers do true and answered labels give?

The formulas of scikit-learn's `precision_recall_fscore_support(average="weighted", zero_division=0)`,
written as sums over samples so that a bootstrap needs no copies. The weighted recall is the accuracy.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

__all__ = ["label_sums", "rank_correlation", "weighted_f1", "weighted_precision"]

Array = NDArray[np.float64]


def label_sums(truth: Sequence[str], answers: Sequence[str]) -> Array:
    """Columns to be summed up, shape (n, 3 * labels): per label, whether a sample is a hit, was answered so,
    and is so. Answers outside of the true labels count against recall only, as in scikit-learn."""
    kinds = {label: place for place, label in enumerate(sorted({*truth, *answers}))}
    true = np.zeros((len(truth), len(kinds)))
    said = np.zeros_like(true)
    rows = np.arange(len(truth))
    true[rows, [kinds[label] for label in truth]] = 1
    said[rows, [kinds[label] for label in answers]] = 1
    return np.concatenate([true * said, said, true], axis=1)


def weighted_precision(sums: Array) -> Array:
    """From sums of `label_sums`: mean of the labels' precisions, each as often as the label is true."""
    hits, said, true = np.split(sums, 3, axis=-1)
    return _averaged(_ratio(hits, said), true)


def weighted_f1(sums: Array) -> Array:
    """Likewise of the labels' F1."""
    hits, said, true = np.split(sums, 3, axis=-1)
    return _averaged(_ratio(2 * hits, said + true), true)


def rank_correlation(a: Sequence[float], b: Sequence[float]) -> float | None:
    """Spearman's: Pearson's correlation of the ranks, equal values sharing theirs. None when one side does
    not vary."""
    if len(a) < 2:
        return None
    x, y = _ranks(np.asarray(a, float)), _ranks(np.asarray(b, float))
    if np.ptp(x) == 0 or np.ptp(y) == 0:
        return None
    return float(np.corrcoef(x, y)[0, 1])


def _ratio(part: Array, whole: Array) -> Array:
    return np.divide(part, whole, out=np.zeros_like(part), where=whole > 0)


def _averaged(values: Array, weights: Array) -> Array:
    averaged: Array = (values * weights).sum(-1) / weights.sum(-1)
    return averaged


def _ranks(values: Array) -> Array:
    _, inverse, counts = np.unique(values, return_inverse=True, return_counts=True)
    shared: Array = (np.cumsum(counts) - (counts - 1) / 2)[inverse]
    return shared
