"""How many words (or Chinese characters) of a transcript are wrong?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from saber.core.transcripts.normalise import tokens
from saber.core.transcripts.numbers import STYLES

__all__ = ["Difference", "ErrorCount", "aligned", "compare", "differences"]


@dataclass(frozen=True)
class ErrorCount:
    """Edits that turn the hypothesis into the reference. Add them up to pool several clips."""

    substitutions: int
    deletions: int
    """Said, but not in the hypothesis."""
    insertions: int
    """In the hypothesis, but not said."""
    reference_length: int

    @property
    def errors(self) -> int:
        return self.substitutions + self.deletions + self.insertions

    @property
    def rate(self) -> float | None:
        """Errors per reference token, 0 or more (above 1 when much was invented); None when the
        reference is empty, because nothing can be missed then."""
        return self.errors / self.reference_length if self.reference_length else None

    def __add__(self, other: ErrorCount) -> ErrorCount:
        return ErrorCount(
            self.substitutions + other.substitutions,
            self.deletions + other.deletions,
            self.insertions + other.insertions,
            self.reference_length + other.reference_length,
        )


@dataclass(frozen=True)
class Difference:
    """A place where two transcripts differ; an empty side: nothing stands there."""

    reference: tuple[str, ...]
    hypothesis: tuple[str, ...]


def compare(reference: str, hypothesis: str, language: str) -> ErrorCount:
    """Word (zh: character) errors after normalising both; numbers count as right in any usual reading.

    Every pair of reading styles is tried and the one with the fewest errors taken: "1813" matches
    "eighteen thirteen" as well as "one thousand eight hundred thirteen".
    """
    return _closest(reference, hypothesis, language)[0]


def differences(reference: str, hypothesis: str, language: str) -> tuple[Difference, ...]:
    """The places where the two differ, in order, by the alignment that `compare` counts."""
    _, references, hypotheses = _closest(reference, hypothesis, language)
    found: list[Difference] = []
    said: list[str] = []
    heard: list[str] = []
    for one, other in (*_aligned(references, hypotheses), ("", "")):
        if one != other:
            said += [one] if one else []
            heard += [other] if other else []
        elif said or heard:
            found.append(Difference(tuple(said), tuple(heard)))
            said, heard = [], []
    return tuple(found)


def aligned(reference: str, hypothesis: str, language: str) -> tuple[tuple[str, str], ...]:
    """Token beside token of the whole of both, in order; "" where nothing stands opposite."""
    _, references, hypotheses = _closest(reference, hypothesis, language)
    return tuple(_aligned(references, hypotheses))


def _closest(reference: str, hypothesis: str, language: str) -> tuple[ErrorCount, list[str], list[str]]:
    """The count of the two readings that differ least, and the readings."""
    pairs = [
        (_edits(r, h), r, h) for r in _readings(reference, language) for h in _readings(hypothesis, language)
    ]
    return min(pairs, key=lambda pair: pair[0].errors)


def _readings(text: str, language: str) -> list[list[str]]:
    found: list[list[str]] = []
    for style in STYLES:
        reading = tokens(text, language, style)
        if reading not in found:
            found.append(reading)
    return found


def _edits(reference: Sequence[str], hypothesis: Sequence[str]) -> ErrorCount:
    """Levenshtein alignment; among equally short ones, the one with the most substitutions."""
    # Per cell: (errors, substitutions, deletions, insertions), compared in that order but for the
    # number of substitutions, of which more is better, as in the usual scoring tools.
    row = [(j, 0, 0, j) for j in range(len(hypothesis) + 1)]
    for i, said in enumerate(reference, 1):
        above, row = row, [(i, 0, i, 0)]
        for j, heard in enumerate(hypothesis, 1):
            e, s, d, n = above[j - 1]
            same = said == heard
            best = (e, s, d, n) if same else (e + 1, s + 1, d, n)
            e, s, d, n = above[j]
            best = min(best, (e + 1, s, d + 1, n), key=_order)
            e, s, d, n = row[j - 1]
            best = min(best, (e + 1, s, d, n + 1), key=_order)
            row.append(best)
    _, s, d, n = row[-1]
    return ErrorCount(s, d, n, len(reference))


def _aligned(reference: Sequence[str], hypothesis: Sequence[str]) -> list[tuple[str, str]]:
    """Token beside token of one shortest alignment; "" where nothing stands opposite."""
    costs = [list(range(len(hypothesis) + 1))]
    for i, said in enumerate(reference, 1):
        above = costs[-1]
        row = [i]
        for j, heard in enumerate(hypothesis, 1):
            row.append(min(above[j - 1] + (said != heard), above[j] + 1, row[j - 1] + 1))
        costs.append(row)
    pairs: list[tuple[str, str]] = []
    i, j = len(reference), len(hypothesis)
    while i or j:
        if i and j and costs[i][j] == costs[i - 1][j - 1] + (reference[i - 1] != hypothesis[j - 1]):
            i, j = i - 1, j - 1
            pairs.append((reference[i], hypothesis[j]))
        elif i and costs[i][j] == costs[i - 1][j] + 1:
            i -= 1
            pairs.append((reference[i], ""))
        else:
            j -= 1
            pairs.append(("", hypothesis[j]))
    return pairs[::-1]


def _order(cell: tuple[int, int, int, int]) -> tuple[int, int]:
    return cell[0], -cell[1]
