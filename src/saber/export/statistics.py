"""What is in an export? Counted while it is written, so that a card can say it."""

from __future__ import annotations

import bisect
import hashlib
from collections import Counter
from dataclasses import dataclass, field

from saber.core.taxonomy import Dimension
from saber.export.row import Row, RowTerms

__all__ = ["BIN_EDGES_S", "UNKNOWN", "CheckTally", "Statistics", "emotion_of"]

UNKNOWN = "unknown"
BIN_EDGES_S = (1.0, 2.0, 3.0, 5.0, 8.0, 12.0, 20.0)
"""Of the durations that are counted together; the last bin has no end."""


@dataclass
class CheckTally:
    """One check of one text, or of the clip, by one judge: how often it passed, and its scores."""

    passed: int = 0
    failed: int = 0
    unknown: int = 0
    limits: Counter[float] = field(default_factory=Counter)
    unit: str = ""
    scores: Counter[float] = field(default_factory=Counter)
    """Rounded to three digits, so that there are never many."""

    def quantile(self, share: float) -> float | None:
        """The score that this share of the clips does not exceed; None without scores."""
        left = share * self.scores.total()
        for score in sorted(self.scores):
            left -= self.scores[score]
            if left <= 0:
                return score
        return None


@dataclass
class Statistics:
    """Counters over rows; memory grows with what is different, not with the rows."""

    rows: int = 0
    seconds: float = 0.0
    durations: list[int] = field(default_factory=lambda: [0] * (len(BIN_EDGES_S) + 1))
    without_duration: int = 0
    speakers: set[bytes] = field(default_factory=set)
    without_speaker: int = 0
    saber_test: Counter[str] = field(default_factory=Counter)
    cells: Counter[tuple[str, str, str, str]] = field(default_factory=Counter)
    """(split, half, emotion, language)."""
    corpora: Counter[tuple[str, str]] = field(default_factory=Counter)
    """(corpus, split)."""
    terms: dict[str, tuple[RowTerms, int]] = field(default_factory=dict)
    writers: Counter[tuple[Dimension, str, str, bool]] = field(default_factory=Counter)
    """(dimension, model, prompt's hash or "", written again?)."""
    checks: dict[tuple[str, str, str, str, bool | None], CheckTally] = field(default_factory=dict)
    """(stage, name, dimension or "", judge, required)."""
    judges: Counter[tuple[str, ...]] = field(default_factory=Counter)
    characters: dict[tuple[Dimension, str], list[int]] = field(default_factory=dict)
    """(dimension, language) -> [texts, characters]."""

    def see(self, row: Row) -> None:
        """Count one row."""
        split = row.split or UNKNOWN
        half = row.half or UNKNOWN
        self.rows += 1
        if row.duration_s is None:
            self.without_duration += 1
        else:
            self.seconds += row.duration_s
            self.durations[bisect.bisect_right(BIN_EDGES_S, row.duration_s)] += 1
        if row.speaker is None:
            self.without_speaker += 1
        else:
            self.speakers.add(hashlib.blake2b(row.speaker.encode(), digest_size=8).digest())
        if row.saber_test:
            self.saber_test[half] += 1
        self.cells[split, half, emotion_of(row), row.language or UNKNOWN] += 1
        self.corpora[row.corpus or UNKNOWN, split] += 1
        self.terms[row.terms.key] = (row.terms, self.terms.get(row.terms.key, (row.terms, 0))[1] + 1)
        for writer in row.writers:
            self.writers[writer.dimension, writer.model, writer.prompt_sha256 or "", writer.attempt > 1] += 1
        self.judges[row.half_judges] += 1
        self._checks(row)
        for dimension, text in row.texts().items():
            tally = self.characters.setdefault((dimension, row.language or UNKNOWN), [0, 0])
            tally[0] += 1
            tally[1] += len(text)

    def along(self, place: int) -> Counter[str]:
        """Clips by split (0), half (1), emotion (2) or language (3)."""
        counts: Counter[str] = Counter()
        for cell, count in self.cells.items():
            counts[cell[place]] += count
        return counts

    def _checks(self, row: Row) -> None:
        for check in row.checks:
            key = (check.stage, check.name, check.dimension or "", check.judge, check.required)
            tally = self.checks.get(key)
            if tally is None:
                tally = self.checks[key] = CheckTally()
            tally.unit = check.unit or tally.unit
            if check.passed is None:
                tally.unknown += 1
            elif check.passed:
                tally.passed += 1
            else:
                tally.failed += 1
            if check.limit is not None:
                tally.limits[check.limit] += 1
            if check.score is not None:
                tally.scores[float(f"{check.score:.3g}")] += 1


def emotion_of(row: Row) -> str:
    """The corpus' label; without one the writer's; without that the measured one, as for SABER-Test."""
    measured = None if row.emotion is None else row.emotion.label
    return row.label or row.emotion_said or measured or UNKNOWN
