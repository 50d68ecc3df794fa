"""Into which split does each component go?

Each component has a place between 0 and 1 by the hash of its names (`components`), and each split a
stretch of that line as long as its ratio. Where every share of a corpus comes out within the tolerance,
that is all: a component's split then hangs on nothing but its own names, so clips that are added move none
that are there. In a corpus of few or uneven components the shares come out wrong, and then

1. components larger than the tolerance go one by one, larger ones first (in steps of two, so that a clip
   more changes no order), equal ones by their place, each to the split that lacks the most clips;
2. the others line up by their places, and the line is cut where the shares are right. So only those near a
   cut go elsewhere than their hash says, and when clips are added only those near a cut move.

No share is then further off than the tolerance, or twice the largest component if that is more. Greedy and
not an optimiser: the result can be followed by hand, and an optimum would be another one after each clip.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from saber.split.components import Components

__all__ = ["assign"]

TEST_FIRST = (2, 1)
"""When there are fewer components than splits: without a test nothing can be told at all."""


def assign(
    found: Components, ratios: Sequence[float], tolerance: float
) -> tuple[NDArray[np.int8], NDArray[np.bool_]]:
    """Split of each component (0, 1, 2 as in `ratios`), and whether it differs from its hash's own.

    Corpus by corpus. Last, where a split of a positive ratio is empty over all corpora, it gets the
    smallest component of the largest split that has more than one.
    """
    targets = np.asarray(ratios, np.float64)
    by_hash = _by_place(found.place, targets)
    split = by_hash.copy()
    for corpus in np.unique(found.corpus):
        here = np.flatnonzero(found.corpus == corpus)
        size, place = found.size[here], found.place[here]
        share = np.bincount(split[here], size, 3) / size.sum()
        if np.abs(share - targets).max() > tolerance:
            split[here] = _balanced(size, place, targets, tolerance * size.sum())
    _fill_empty(split, found, targets)
    return split, split != by_hash


def _by_place(place: NDArray[np.float64], targets: NDArray[np.float64]) -> NDArray[np.int8]:
    """The split in whose stretch each place lies."""
    return np.searchsorted(np.cumsum(targets)[:2], place, side="right").astype(np.int8)


def _balanced(
    size: NDArray[np.int64], place: NDArray[np.float64], targets: NDArray[np.float64], most: float
) -> NDArray[np.int8]:
    split = np.zeros(len(size), np.int8)
    lacking = targets * size.sum()
    large = np.flatnonzero(size > most)
    for one in large[np.lexsort((place[large], -np.frexp(size[large])[1]))]:
        split[one] = to = int(np.argmax(lacking))
        lacking[to] -= size[one]
    small = np.flatnonzero(size <= most)
    small = small[np.argsort(place[small], kind="stable")]
    if len(small):
        lacking = np.maximum(lacking, 0)
        middle = (np.cumsum(size[small]) - size[small] / 2) / size[small].sum()
        split[small] = _by_place(middle, lacking / lacking.sum())
    return split


def _fill_empty(split: NDArray[np.int8], found: Components, targets: NDArray[np.float64]) -> None:
    for empty in TEST_FIRST:
        if targets[empty] <= 0 or (split == empty).any():
            continue
        clips = np.bincount(split, found.size, 3)
        for giver in np.argsort(-clips, kind="stable"):
            members = np.flatnonzero(split == giver)
            if len(members) > 1:
                split[members[np.lexsort((found.place[members], found.size[members]))[0]]] = empty
                break
