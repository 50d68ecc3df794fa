"""Which clips of the test split make up SABER-Test?

Half of them consistent, half inconsistent, and in each half the corpora, the languages and the emotions as
even as the clips allow. The halves are to differ in nothing else, so clips are first taken in pairs, one of
each half with the same corpus, language and emotion; only when no pair is left they are taken singly. Each
step takes the cell whose corpus, language and emotion have been taken least so far, added up as shares of an
even number each (the greedy step of least squares).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

__all__ = ["Choice", "choose"]

Cell = tuple[int, int, int]
"""Corpus, language, emotion."""


@dataclass(frozen=True)
class Choice:
    """What was chosen: indices of clips; and how many of each half matched one of the other in pairs."""

    consistent: tuple[int, ...]
    inconsistent: tuple[int, ...]
    pairs: int
    available: tuple[int, int]
    """Consistent and inconsistent clips that there were to choose from."""


def choose(
    consistent: NDArray[np.int64],
    inconsistent: NDArray[np.int64],
    cells: NDArray[np.int64],
    speakers: NDArray[np.uint64],
    lots: NDArray[np.uint64],
    clips: int,
) -> Choice:
    """At most `clips` / 2 of each half, and as many of the one as of the other.

    Args:
        consistent, inconsistent: indices of the clips to choose from.
        cells: shape (n, 3), corpus, language and emotion of every clip.
        speakers: shape (n,), who is seen; clips of a cell are taken from its speakers in turn.
        lots: shape (n,), decides among the clips of one speaker in one cell.
        clips: wanted, both halves together.
    """
    stock = tuple(_stock(half, cells, speakers, lots) for half in (consistent, inconsistent))
    wanted = min(clips // 2, len(consistent), len(inconsistent))
    taken: tuple[list[int], list[int]] = ([], [])
    there = cells[np.concatenate([consistent, inconsistent])]
    counts = (_Counts(there), _Counts(there))
    pairs = 0
    while len(taken[0]) < wanted:
        both = [cell for cell in stock[0] if cell in stock[1]]
        if not both:
            break
        cell = min(both, key=lambda c: (counts[0].load(c), c))
        for half in (0, 1):
            taken[half].append(_take(stock[half], cell))
            counts[half].add(cell)
        pairs += 1
    for half in (0, 1):
        while len(taken[half]) < wanted:
            cell = min(stock[half], key=lambda c: (counts[half].load(c), c))
            taken[half].append(_take(stock[half], cell))
            counts[half].add(cell)
    return Choice(tuple(taken[0]), tuple(taken[1]), pairs, (len(consistent), len(inconsistent)))


class _Counts:
    """How much was taken of each corpus, language and emotion; `cells` are those that there are."""

    def __init__(self, cells: NDArray[np.int64]) -> None:
        self._kinds = [len(np.unique(cells[:, axis])) for axis in range(3)]
        self._taken: tuple[dict[int, int], ...] = ({}, {}, {})

    def load(self, cell: Cell) -> int:
        # One of two languages is to get half of the clips, one of seven emotions a seventh.
        return sum(
            kinds * taken.get(value, 0)
            for kinds, taken, value in zip(self._kinds, self._taken, cell, strict=True)
        )

    def add(self, cell: Cell) -> None:
        for taken, value in zip(self._taken, cell, strict=True):
            taken[value] = taken.get(value, 0) + 1


def _stock(
    half: NDArray[np.int64],
    cells: NDArray[np.int64],
    speakers: NDArray[np.uint64],
    lots: NDArray[np.uint64],
) -> dict[Cell, list[int]]:
    """Cell -> its clips, the next one to take last: of every speaker one, then of every speaker another."""
    by_speaker: dict[tuple[Cell, int], list[int]] = {}
    for clip in half[np.argsort(lots[half], kind="stable")]:
        corpus, language, emotion = (int(v) for v in cells[clip])
        by_speaker.setdefault(((corpus, language, emotion), int(speakers[clip])), []).append(int(clip))
    turns: dict[Cell, list[tuple[int, int, int]]] = {}
    for (cell, _), clips in by_speaker.items():
        turns.setdefault(cell, []).extend((turn, int(lots[clip]), clip) for turn, clip in enumerate(clips))
    return {cell: [clip for *_, clip in sorted(turn, reverse=True)] for cell, turn in turns.items()}


def _take(stock: dict[Cell, list[int]], cell: Cell) -> int:
    clip = stock[cell].pop()
    if not stock[cell]:
        del stock[cell]
    return clip
