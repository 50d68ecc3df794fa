"""Which texts are said in more than one split, word for word or nearly so?

Acted corpora have every actor say the same few sentences, so that equal texts are counted by text and not
by pairs of clips. Nearly equal are two texts whose sets of three tokens in a row overlap much (Jaccard);
candidates come from MinHash (Broder 1997) in 8 bands of 2: a pair with an overlap of 0.8 is missed once in
3,000 times.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from hashlib import blake2b

import numpy as np
from numpy.typing import NDArray

from saber.core.transcripts import tokens
from saber.split.roster import scramble
from saber.split.sharing import Sharing

__all__ = ["Said", "Texts"]

BANDS, ROWS = 8, 2
MOST = 200
SHINGLE = 3
LEAST_TOKENS = {"zh": 6}
FEWEST = 4
"""Own choices: texts of fewer tokens ("yes, of course") recur by chance. A Chinese token is a character."""


@dataclass(frozen=True)
class Said:
    """One text, in normalised tokens, and how many clips of each split say it."""

    text: str
    counts: tuple[int, int, int]
    example: int
    """One of its clips."""

    @property
    def clips(self) -> int:
        return sum(self.counts)


class Texts:
    """Every distinct text with where it is said."""

    def __init__(self) -> None:
        self._index: dict[str, int] = {}
        self._counts: list[list[int]] = []
        self._example: list[int] = []
        self.short = 0
        """Clips with a text too short to tell anything, or none."""

    def add(self, clip: int, text: str, language: str, split: int) -> None:
        said = tokens(text, language)
        if len(said) < LEAST_TOKENS.get(language, FEWEST):
            self.short += 1
            return
        key = " ".join(said)
        index = self._index.setdefault(key, len(self._index))
        if index == len(self._counts):
            self._counts.append([0, 0, 0])
            self._example.append(clip)
        self._counts[index][split] += 1

    def equal_across(self) -> list[Said]:
        """Texts of more than one split, the most frequent first."""
        found = [s for s in self._said() if sum(c > 0 for c in s.counts) > 1]
        return sorted(found, key=lambda s: (-s.clips, s.text))

    def near_across(self, min_overlap: float) -> list[tuple[Said, Said, float]]:
        """Pairs of different texts, not both in one split alone, that overlap at least so much."""
        said = list(self._said())
        if len(said) < 2:
            return []
        where = np.array([[c > 0 for c in s.counts] for s in said])
        both: set[tuple[int, int]] = set()
        for band in _bands(s.text for s in said):
            for a, b in Sharing(band, MOST).pairs():
                across = (where[a] | where[b]).sum(axis=1) > 1
                first, second = np.minimum(a, b)[across], np.maximum(a, b)[across]
                both.update(zip(first.tolist(), second.tolist(), strict=True))
        pairs = []
        for i, j in both:
            one, other = _shingles(said[i].text), _shingles(said[j].text)
            overlap = len(one & other) / len(one | other)
            if overlap >= min_overlap:
                pairs.append((said[i], said[j], overlap))
        return sorted(pairs, key=lambda p: (-p[2], p[0].text, p[1].text))

    def _said(self) -> Iterable[Said]:
        for text, index in self._index.items():
            one, two, three = self._counts[index]
            yield Said(text, (one, two, three), self._example[index])


def _bands(texts: Iterable[str]) -> Iterator[NDArray[np.uint64]]:
    """Band after band one value per text; texts that are alike share some."""
    hashes, starts = array("Q"), array("Q")
    for text in texts:
        starts.append(len(hashes))
        hashes.extend(_hash(shingle) for shingle in _shingles(text))
    flat, first = np.frombuffer(hashes, np.uint64), np.asarray(starts, np.int64)
    for band in range(BANDS):
        value = np.zeros(len(first), np.uint64)
        for row in range(ROWS):
            least = np.minimum.reduceat(scramble(flat, band * ROWS + row), first)
            value = scramble(value ^ least, row)
        yield value


def _shingles(text: str) -> set[str]:
    said = text.split(" ")
    return {" ".join(said[i : i + SHINGLE]) for i in range(max(1, len(said) - SHINGLE + 1))}


def _hash(text: str) -> int:
    return int.from_bytes(blake2b(text.encode(), digest_size=8).digest(), "little")
