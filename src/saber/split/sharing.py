"""Which of many entries have the same value?"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

__all__ = ["Sharing"]


class Sharing:
    """Pairs of entries with equal values, without ever holding all of them.

    A value that more than `most` entries have is left out: its pairs would be too many to look at, and what
    so many clips share (a black frame, a common phrase) tells nothing of two of them. `crowded` counts them.
    """

    def __init__(self, values: NDArray[np.uint64], most: int) -> None:
        order = np.argsort(values, kind="stable")
        ranked = values[order]
        starts = np.flatnonzero(np.concatenate([[True], ranked[1:] != ranked[:-1]])) if len(ranked) else order
        lengths = np.diff(np.append(starts, len(ranked)))
        fits = np.repeat((lengths > 1) & (lengths <= most), lengths)
        self._order, self._ranked = order[fits], ranked[fits]
        self.crowded = int(lengths[lengths > most].sum())

    def pairs(self) -> Iterator[tuple[NDArray[np.int64], NDArray[np.int64]]]:
        """Indices of the two entries of each pair, each pair once."""
        for apart in range(1, len(self._ranked)):
            same = np.flatnonzero(self._ranked[apart:] == self._ranked[:-apart])
            if not len(same):
                return
            yield self._order[same], self._order[same + apart]
