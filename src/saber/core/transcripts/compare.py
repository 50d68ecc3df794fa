"""How many words (or Chinese characters) of a transcript are wrong?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from saber.core.transcripts.normalise import tokens
from saber.core.transcripts.numbers import STYLES

__all__ = ["ErrorCount", "compare"]


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


def compare(reference: str, hypothesis: str, language: str) -> ErrorCount:
    """Word (zh: character) errors after normalising both; numbers count as right in any usual reading.

    Every pair of reading styles is tried and the one with the fewest errors taken: "1813" matches
    "eighteen thirteen" as well as "one thousand eight hundred thirteen".
    """
    references = _readings(reference, language)
    hypotheses = _readings(hypothesis, language)
    return min((_edits(r, h) for r in references for h in hypotheses), key=lambda count: count.errors)


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


def _order(cell: tuple[int, int, int, int]) -> tuple[int, int]:
    return cell[0], -cell[1]
