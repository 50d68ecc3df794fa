"""Which earlier clips come near a clip in picture and sound, among hundreds of thousands?

A clip is a few 64-bit hashes of its picture and of its sound. Clips are compared when one hash of the one
agrees with one of the other in 24 bits in a row (locality-sensitive hashing by bits, Indyk & Motwani 1998)
and the moments around are alike too. Where a key is shared by very many clips (hum, a jingle, a clip of
which there are a thousand copies), each is compared with the first of them only.
"""

from __future__ import annotations

import hashlib
from array import array
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from saber.core.dataset import Fingerprints

__all__ = ["Near", "Prints", "alignment_distance", "candidates", "compare"]

Hashes = NDArray[np.uint64]
Pairs = NDArray[np.int64]

BITS = 64
_KEY_BITS = 24
_KEY_STARTS = (0, 10, 20, 30, 40)
"""Keys overlap: errors of a bit lie anywhere."""
_FIRST = 8
"""Own choice: with so many that share a key a clip is compared."""
_AROUND = (-6, -4, -2, 2, 4, 6)
_MOST_AROUND = 0.3
"""Own choice: the mean share of bits that differ before and after what agrees; chance is 0.5."""
_TELLING = (6, 58)
"""Own choice: a hash with fewer or more bits set is of a blank picture or of silence."""


class _Track:
    """The hashes of one kind of all clips, clip after clip."""

    def __init__(self) -> None:
        self._hashes = array("Q")
        self._ends = array("Q")

    def add(self, hashes: Sequence[str]) -> None:
        self._hashes.extend(int(h, 16) for h in hashes)
        self._ends.append(len(self._hashes))

    def of(self, clip: int) -> Hashes:
        start = self._ends[clip - 1] if clip else 0
        return self.all()[start : self._ends[clip]]

    def all(self) -> Hashes:
        return np.frombuffer(self._hashes, np.uint64) if self._hashes else np.zeros(0, np.uint64)

    def lengths(self) -> NDArray[np.int64]:
        """(n,) of each clip."""
        ends = np.asarray(self._ends, np.int64)
        return ends - np.concatenate(([0], ends[:-1])) if len(ends) else ends

    @property
    def bytes(self) -> int:
        return self._hashes.itemsize * len(self._hashes) + self._ends.itemsize * len(self._ends)


class Prints:
    """All clips' fingerprints, in the order in which they were added, as little memory as that takes."""

    def __init__(self) -> None:
        self.picture = _Track()
        self.sound = _Track()
        self._files = bytearray()
        self._names = bytearray()
        self._name_ends = array("Q")

    def __len__(self) -> int:
        return len(self._name_ends)

    def add(self, name: str, fingerprints: Fingerprints, file: str = "") -> None:
        """One clip; `file` is whatever is the same for the same bytes, and empty when that is unknown."""
        self.picture.add(fingerprints.picture)
        self.sound.add(fingerprints.sound)
        self._files += hashlib.sha256(file.encode()).digest()[:8] if file else bytes(8)
        self._names += name.encode()
        self._name_ends.append(len(self._names))

    def name(self, clip: int) -> str:
        start = self._name_ends[clip - 1] if clip else 0
        return self._names[start : self._name_ends[clip]].decode()

    def files(self) -> Hashes:
        """(n,): 64 bits of each file's digest, 0 where it is unknown."""
        return np.frombuffer(self._files, np.uint64) if self._files else np.zeros(0, np.uint64)

    @property
    def bytes(self) -> int:
        """What is held, without the keys that `candidates` makes."""
        own = len(self._files) + len(self._names) + self._name_ends.itemsize * len(self._name_ends)
        return self.picture.bytes + self.sound.bytes + own


@dataclass(frozen=True, slots=True)
class Near:
    """Two clips and how far apart they are: shares of differing bits, None where not both have any.

    `earlier` and `later` are their places in the order in which they were added.
    """

    earlier: int
    later: int
    picture: float | None
    sound: float | None
    same_file: bool


def candidates(prints: Prints) -> Iterator[tuple[int, int]]:
    """Every pair worth comparing, earlier and later, in order of the later clip, then of the earlier."""
    everybody = np.ones(len(prints), np.bool_)
    sounds = prints.sound.lengths() > 0
    found = [_same_files(prints.files()), _candidates(prints.sound, everybody)]
    if not sounds.all():
        # The sound can't tell these; a picture can, of pairs in which one has no sound.
        found.append(_candidates(prints.picture, ~sounds))
    for pair in np.unique(np.concatenate(found)).tolist():
        later, earlier = divmod(pair, 1 << 32)
        yield earlier, later


def compare(prints: Prints, earlier: int, later: int) -> Near:
    """How far apart two clips are."""
    files = prints.files()
    return Near(
        earlier,
        later,
        _distance(prints.picture, earlier, later),
        _distance(prints.sound, earlier, later),
        bool(files[earlier] == files[later] != 0),
    )


def _distance(track: _Track, a: int, b: int) -> float | None:
    first, second = track.of(a), track.of(b)
    return alignment_distance(first, second) if len(first) and len(second) else None


def _same_files(files: Hashes) -> Pairs:
    """Each clip with the first one of the same bytes."""
    known = np.flatnonzero(files)
    _, first, which = np.unique(files[known], return_index=True, return_inverse=True)
    earlier, later = known[first[which]], known
    return _paired(earlier[earlier != later], later[earlier != later])


def _candidates(track: _Track, wanted: NDArray[np.bool_]) -> Pairs:
    """Pairs of clips that share a key and agree around it, at least one of the two `wanted`."""
    hashes = track.all()
    owner = np.repeat(np.arange(len(wanted), dtype=np.int32), track.lengths())
    ones = np.bitwise_count(hashes)
    places = np.flatnonzero((ones >= _TELLING[0]) & (ones <= _TELLING[1])).astype(np.uint64)
    mask = np.uint64((1 << _KEY_BITS) - 1)
    found = []
    for start in _KEY_STARTS:
        keys = (hashes[places] >> np.uint64(start)) & mask
        for a, b in _sharing(keys, places):
            apart = (owner[a] != owner[b]) & (wanted[owner[a]] | wanted[owner[b]])
            a, b = a[apart], b[apart]
            near = _agree_around(hashes, owner, a, b)
            found.append(_paired(owner[a[near]], owner[b[near]]))
    return np.unique(np.concatenate(found)) if found else np.zeros(0, np.int64)


def _sharing(keys: Hashes, places: Hashes) -> Iterator[tuple[Pairs, Pairs]]:
    """Places of hashes that share a key of up to 32 bits, each with the first few that do: earlier, later."""
    rows = np.sort((keys << np.uint64(32)) | places)
    keys = rows >> np.uint64(32)
    where = (rows & np.uint64(0xFFFFFFFF)).astype(np.int64)
    del rows
    if not len(keys):
        return
    starts = np.flatnonzero(np.concatenate(([True], keys[1:] != keys[:-1])))
    sizes = np.diff(starts, append=len(keys))
    begin = np.repeat(starts[sizes > 1], sizes[sizes > 1])
    members = np.flatnonzero(np.repeat(sizes > 1, sizes))
    for first in range(_FIRST):
        after = members - begin > first
        yield where[begin[after] + first], where[members[after]]


def _agree_around(hashes: Hashes, owner: NDArray[np.int32], a: Pairs, b: Pairs) -> NDArray[np.bool_]:
    """Whether the moments around two hashes are alike too, or there are none: chance and hum are not."""
    differ = np.zeros(len(a), np.int32)
    compared = np.zeros(len(a), np.int32)
    for step in _AROUND:
        c, d = a + step, b + step
        there = (c >= 0) & (d >= 0) & (c < len(hashes)) & (d < len(hashes))
        c, d = np.where(there, c, a), np.where(there, d, b)
        there &= (owner[c] == owner[a]) & (owner[d] == owner[b])
        differ += np.where(there, np.bitwise_count(hashes[c] ^ hashes[d]), 0)
        compared += there
    return np.asarray(differ <= _MOST_AROUND * BITS * compared, np.bool_)


def _paired(earlier: NDArray[np.integer], later: NDArray[np.integer]) -> Pairs:
    """later * 2**32 + earlier: in this order they are asked for."""
    return np.unique((later.astype(np.int64) << 32) + earlier.astype(np.int64))


def alignment_distance(first: Hashes, second: Hashes) -> float:
    """Least mean share of differing bits over all shifts at which at least half of the shorter one overlaps.

    0 to 1; chance is 0.5. Moments at which both are blank say nothing, and don't count; 1 when none does.
    """
    least = (min(len(first), len(second)) + 1) // 2
    best = 1.0
    for shift in range(least - len(second), len(first) - least + 1):
        a, b = first[max(shift, 0) :], second[max(-shift, 0) :]
        n = min(len(a), len(b))
        a, b = a[:n], b[:n]
        says = (a | b) != 0
        if np.count_nonzero(says) >= least:
            best = min(best, float(np.bitwise_count(a[says] ^ b[says]).mean()) / BITS)
    return best
