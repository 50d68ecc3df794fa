"""Which clips of different splits look or sound alike, however they were encoded?

Each clip has a few 64-bit hashes of its picture and of its sound, in order of time. Two clips are compared
when one hash of the one agrees with one of the other in a whole band of bits (a quarter of the 64, or a
third when there are many hashes), and are alike when at the best alignment few bits differ. A pair whose
every two hashes differ in all bands is missed: within 10 % of differing bits that takes hashes that all
differ, in every band, by a bit or more.
"""

from __future__ import annotations

from array import array
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from saber.split.sharing import Sharing

__all__ = ["Alike", "Prints", "alignment_distance", "alike_across"]

BITS = 64
MOST = 100
"""Own choice: a band's value that more hashes share than this tells nothing."""

MANY = 200_000
"""Own choice: above as many hashes, bands of a third are compared, or chance would give too many pairs."""

TELLING = (6, 58)
"""Own choice: a hash with fewer or more bits set is of a blank picture or of silence."""


class Prints:
    """The hashes of all clips, clip after clip."""

    def __init__(self) -> None:
        self._hashes = array("Q")
        self._ends = array("Q")

    def add(self, hashes: Sequence[str]) -> None:
        """One clip's hashes, as hexadecimal."""
        self._hashes.extend(int(h, 16) for h in hashes)
        self._ends.append(len(self._hashes))

    @property
    def hashes(self) -> NDArray[np.uint64]:
        return np.frombuffer(self._hashes, np.uint64) if self._hashes else np.zeros(0, np.uint64)

    def owners(self) -> NDArray[np.int64]:
        """The clip of each hash."""
        ends = np.asarray(self._ends, np.int64)
        return np.repeat(np.arange(len(ends)), np.diff(ends, prepend=0))

    def of(self, clip: int) -> NDArray[np.uint64]:
        return self.hashes[self._ends[clip - 1] if clip else 0 : self._ends[clip]]

    def without(self) -> int:
        """Clips that have none."""
        return int(np.count_nonzero(np.diff(np.asarray(self._ends, np.int64), prepend=0) == 0))


@dataclass(frozen=True)
class Alike:
    """`pairs`: clip, clip, share of differing bits; nearest first. `crowded`: hashes not compared, because
    too many clips share a band of theirs."""

    pairs: tuple[tuple[int, int, float], ...]
    crowded: int


def alike_across(prints: Prints, split: NDArray[np.int8], max_distance: float) -> Alike:
    """Clips of different splits that are no further apart than `max_distance`."""
    hashes, owner = prints.hashes, prints.owners()
    set_bits = np.bitwise_count(hashes)
    telling = np.flatnonzero((set_bits >= TELLING[0]) & (set_bits <= TELLING[1]))
    hashes, owner = hashes[telling], owner[telling]
    bands = 3 if len(hashes) > MANY else 4
    width = BITS // bands
    # Of two hashes that are alike on the whole, one pair of many may be much nearer than the mean.
    most_bits = int(max_distance * BITS * 2)
    found: set[tuple[int, int]] = set()
    crowded = 0
    for band in range(bands):
        value = (hashes >> np.uint64(band * width)) & np.uint64(2**width - 1)
        sharing = Sharing(value, MOST)
        crowded = max(crowded, sharing.crowded)
        for a, b in sharing.pairs():
            close = split[owner[a]] != split[owner[b]]
            a, b = a[close], b[close]
            near = np.bitwise_count(hashes[a] ^ hashes[b]) <= most_bits
            first, second = owner[a[near]], owner[b[near]]
            found.update(
                zip(np.minimum(first, second).tolist(), np.maximum(first, second).tolist(), strict=True)
            )
    pairs = ((a, b, alignment_distance(prints.of(a), prints.of(b))) for a, b in found)
    return Alike(tuple(sorted((p for p in pairs if p[2] <= max_distance), key=lambda p: (p[2], p))), crowded)


def alignment_distance(first: NDArray[np.uint64], second: NDArray[np.uint64]) -> float:
    """Least mean share of differing bits over all shifts at which at least half of the shorter one overlaps;
    1 when one is empty."""
    if not len(first) or not len(second):
        return 1.0
    least = (min(len(first), len(second)) + 1) // 2
    best = 1.0
    for shift in range(least - len(second), len(first) - least + 1):
        a, b = first[max(shift, 0) :], second[max(-shift, 0) :]
        n = min(len(a), len(b))
        best = min(best, float(np.bitwise_count(a[:n] ^ b[:n]).mean()) / BITS)
    return best
