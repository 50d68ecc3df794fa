"""Which clips of different splits look and sound alike, however they were encoded?

Each clip has a few 64-bit hashes of its picture and of its sound, in order of time. Two clips are compared
when one hash of the one agrees with one of the other in a whole band of bits (a quarter of the 64, or a
third when there are many hashes), and are alike when at the best alignment few bits differ. Missed is a pair
whose every two hashes differ in all bands, or whose bands are shared by too many clips.

A picture alone says little where there is sound: actors before one wall look alike. So two clips are the
same when picture and sound are alike, or the one that both have; alike in one of two is told apart.
"""

from __future__ import annotations

from array import array
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from saber.split.sharing import Sharing

__all__ = ["Alike", "Pair", "Prints", "alignment_distance", "alike_across"]

BITS = 64
MOST = 100
"""Own choice: a band's value that more hashes share than this tells nothing."""

MANY = 200_000
"""Own choice: above as many hashes, bands of a third are compared, or chance would give too many pairs."""

MOST_PAIRS = 500_000
"""Own choice: a minute's work."""

TELLING = (6, 58)
"""Own choice: a hash with fewer or more bits set is of a blank picture or of silence."""


Pair = tuple[int, int, float | None, float | None]


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

    def empty(self) -> NDArray[np.bool_]:
        """Per clip: it has none."""
        return np.asarray(np.diff(np.asarray(self._ends, np.int64), prepend=0) == 0, np.bool_)


@dataclass(frozen=True)
class Alike:
    """Pairs of clips with the distance of their pictures and of their sounds (None: not both have it)."""

    same: tuple[Pair, ...]
    look: tuple[Pair, ...]
    """Alike in the picture, and not in the sound."""
    sound: tuple[Pair, ...]
    not_compared: int
    """Hashes whose band too many clips share, and pairs beyond the most that are looked at."""


def alike_across(
    pictures: Prints, sounds: Prints, split: NDArray[np.int8], max_picture: float, max_sound: float
) -> Alike:
    """Clips of different splits no further apart than these shares of differing bits; nearest first."""
    by_picture, skipped = _candidates(pictures, split, max_picture)
    by_sound, more = _candidates(sounds, split, max_sound)
    same: list[Pair] = []
    look: list[Pair] = []
    sound: list[Pair] = []
    for key in np.union1d(by_picture, by_sound).tolist():
        a, b = divmod(key, len(split))
        seen, heard = (_distance(prints, a, b) for prints in (pictures, sounds))
        near = [d <= most for d, most in ((seen, max_picture), (heard, max_sound)) if d is not None]
        if all(near):
            same.append((a, b, seen, heard))
        elif seen is not None and seen <= max_picture:
            look.append((a, b, seen, heard))
        elif heard is not None and heard <= max_sound:
            sound.append((a, b, seen, heard))
    for pairs in (same, look, sound):
        pairs.sort(key=_nearest)
    return Alike(tuple(same), tuple(look), tuple(sound), skipped + more)


def _nearest(pair: Pair) -> tuple[float, int, int]:
    a, b, *distances = pair
    return sum(d for d in distances if d is not None), a, b


def _distance(prints: Prints, a: int, b: int) -> float | None:
    first, second = prints.of(a), prints.of(b)
    return alignment_distance(first, second) if len(first) and len(second) else None


def _candidates(
    prints: Prints, split: NDArray[np.int8], max_distance: float
) -> tuple[NDArray[np.int64], int]:
    """Pairs worth comparing, as (smaller clip * number of clips + larger); and what was left out."""
    hashes, owner = prints.hashes, prints.owners()
    set_bits = np.bitwise_count(hashes)
    telling = np.flatnonzero((set_bits >= TELLING[0]) & (set_bits <= TELLING[1]))
    hashes, owner = hashes[telling], owner[telling]
    bands = 3 if len(hashes) > MANY else 4
    width = BITS // bands
    # Single hashes of two clips may differ more than the mean of all.
    most_bits = int(max_distance * BITS * 1.5)
    found = np.zeros(0, np.int64)
    crowded, beyond = 0, 0
    for band in range(bands):
        value = (hashes >> np.uint64(band * width)) & np.uint64(2**width - 1)
        sharing = Sharing(value, MOST)
        crowded = max(crowded, sharing.crowded)
        for a, b in sharing.pairs():
            near = np.bitwise_count(hashes[a] ^ hashes[b]) <= most_bits
            first, second = owner[a[near]], owner[b[near]]
            across = split[first] != split[second]
            first, second = first[across], second[across]
            found = np.union1d(found, np.minimum(first, second) * len(split) + np.maximum(first, second))
            beyond += max(0, len(found) - MOST_PAIRS)
            found = found[:MOST_PAIRS]
    return found, crowded + beyond


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
