"""How do people choose between two answers without knowing where these come from, and what comes of it?"""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby, pairwise
from pathlib import Path
from typing import Any, Literal

from saber.core.errors import UsageError
from saber.review.agreement import alpha, share
from saber.review.candidates import CANDIDATES, PAIRS, Candidates, Two, answer_id
from saber.review.choices import ChoiceStore, Chosen
from saber.review.records import (
    BlindPair,
    ChoiceIn,
    ChoiceMade,
    ChoiceReport,
    GapBand,
    PreferenceAnswer,
    PreferencesView,
)
from saber.storage import write_whole

__all__ = ["CHOICES", "UNDECIDED", "PreferenceRoom"]

CHOICES, UNDECIDED = "choices.jsonl", "undecided.jsonl"
_GAPS = (0.0, 0.1, 0.2, 0.3, 0.5, 1.0)
"""Between the scores of two answers; own choice."""

Outcome = Literal["decided", "tie", "both_bad", "split"]


@dataclass(frozen=True)
class _Verdict:
    """What people came to on one question."""

    question: str
    outcome: Outcome
    chosen: str
    rejected: str
    """The texts; of an undecided question in the order of their ids."""
    by: tuple[str, ...]
    why: tuple[str, ...]


class PreferenceRoom:
    """The choice between answers that `saber pairs` drew. Each call opens what it needs and closes it.

    Methods raise UsageError when the folder holds no answers, or something is asked for that is not there.
    """

    def __init__(self, pairs: Path) -> None:
        self.pairs = pairs
        self._read: tuple[tuple[tuple[int, int], ...], Candidates] | None = None

    def next_pair(self, reviewer: str) -> PreferencesView:
        """The first question that this reviewer has not decided; the report once there is none."""
        candidates = self._candidates()
        with self._store() as store:
            done = store.done_by(reviewer)
        left = next((q for q in candidates.questions if q not in done), None)
        count = sum(q in done for q in candidates.questions)
        return PreferencesView(
            pair=None if left is None else _blind(candidates.of(left), reviewer),
            done=count,
            total=len(candidates.questions),
            report=self.report() if left is None else None,
        )

    def pair(self, question: str, reviewer: str) -> BlindPair:
        """The two answers to that question, in the order in which this reviewer always sees them."""
        return _blind(self._candidates().of(question), reviewer)

    def media_of(self, question: str) -> Path:
        """The file of the clip that is asked about. UsageError `no_media` when it is not there."""
        media = self._candidates().of(question).media
        if media is None:
            raise UsageError(f"The media of the question {question!r} are not there.", reason="no_media")
        return media

    def choose(self, choice: ChoiceIn) -> ChoiceMade:
        """Keep a choice. UsageError `record_changed` when other answers stand there by now."""
        candidates = self._candidates()
        two = candidates.of(choice.question)
        texts = {answer_id(text): text for text in (two.better, two.worse)}
        if {choice.a, choice.b} != set(texts):
            raise UsageError(
                f"The answers to {choice.question!r} have changed since you saw them.",
                remedy="Look at the question again.",
                reason="record_changed",
            )
        with self._store() as store:
            store.put(choice, texts[choice.a], texts[choice.b])
            done = store.done_by(choice.reviewer)
        return ChoiceMade(
            question=choice.question,
            done=sum(q in done for q in candidates.questions),
            total=len(candidates.questions),
        )

    def choices(self) -> str:
        """The decided questions as the JSON lines that `saber pairs` reads (`choices` in its settings)."""
        with self._store() as store:
            return "".join(
                _line(
                    {"row": v.question, "chosen": v.chosen, "rejected": v.rejected, "by": v.by, "why": v.why}
                )
                for v in _verdicts(store)
                if v.outcome == "decided"
            )

    def undecided(self) -> str:
        """The others as JSON lines: ties, both bad, and those on which people are split."""
        with self._store() as store:
            return "".join(
                _line(
                    {
                        "row": v.question,
                        "outcome": v.outcome,
                        "answers": [v.chosen, v.rejected],
                        "by": v.by,
                        "why": v.why,
                    }
                )
                for v in _verdicts(store)
                if v.outcome != "decided"
            )

    def write(self, folder: Path | None = None) -> tuple[Path, Path]:
        """Writes `choices.jsonl` and `undecided.jsonl`, beside the pairs unless said otherwise."""
        folder = folder or self.pairs
        paths = folder / CHOICES, folder / UNDECIDED
        for path, text in zip(paths, (self.choices(), self.undecided()), strict=True):
            write_whole(path, text.encode())
        return paths

    def report(self) -> ChoiceReport:
        """What people prefer, how far they agree, and how often the scorer prefers the same."""
        candidates = self._candidates()
        known = set(candidates.questions)
        with self._store() as store:
            chosen = list(store.all())
            verdicts = list(_verdicts(store))
        outcomes = Counter(v.outcome for v in verdicts)
        scored: list[tuple[float, bool]] = []
        for verdict in (v for v in verdicts if v.outcome == "decided" and v.question in known):
            two = candidates.of(verdict.question)
            # A pair that was made anew since, or that the scorer can't tell apart, says nothing of it.
            if {verdict.chosen, verdict.rejected} == {two.better, two.worse} and two.gap > 0:
                scored.append((two.gap, verdict.chosen == two.better))
        places = [c.body.choice for c in chosen if c.body.choice in ("a", "b")]
        return ChoiceReport(
            choices=len(chosen),
            reviewers=len({c.reviewer for c in chosen}),
            decided=outcomes["decided"],
            ties=outcomes["tie"],
            both_bad=outcomes["both_bad"],
            split=outcomes["split"],
            scorer=share(sum(hit for _, hit in scored), len(scored), "No decided pair has two scores."),
            by_gap=tuple(
                _band(low, high, [hit for gap, hit in scored if low < gap <= high])
                for low, high in pairwise(_GAPS)
            ),
            alpha=alpha(_ratings(chosen)),
            first_shown=share(places.count("a"), len(places)),
        )

    def _candidates(self) -> Candidates:
        """As they lie there now; read again when the files are others."""
        stamp = tuple(_stamp(self.pairs / name) for name in (CANDIDATES, PAIRS))
        if self._read is None or self._read[0] != stamp:
            self._read = stamp, Candidates(self.pairs)
        return self._read[1]

    def _store(self) -> ChoiceStore:
        return ChoiceStore(self.pairs)


def _blind(two: Two, reviewer: str) -> BlindPair:
    answers = [PreferenceAnswer(id=answer_id(text), text=text) for text in (two.better, two.worse)]
    # Random over questions and reviewers, and the same when it is shown again.
    if hashlib.sha256(f"{reviewer}\0{two.question}".encode()).digest()[0] & 1:
        answers.reverse()
    return BlindPair(
        question=two.question,
        prompt=two.prompt,
        clip=two.clip,
        has_media=two.media is not None,
        a=answers[0],
        b=answers[1],
    )


def _verdicts(store: ChoiceStore) -> Iterator[_Verdict]:
    """On each question what more than half of the choices say; else it is split."""
    for question, group in groupby(store.all(), key=lambda one: one.question):
        said = list(group)
        most, count = Counter(one.picked for one in said).most_common(1)[0]
        texts = {one.body.a: one.a_text for one in said} | {one.body.b: one.b_text for one in said}
        outcome: Outcome = "split"
        ids = sorted({said[-1].body.a, said[-1].body.b})
        if 2 * count > len(said):
            outcome = most if most in ("tie", "both_bad") else "decided"  # type: ignore[assignment]
        if outcome == "decided":
            of = next(one for one in said if one.picked == most)
            ids = [most, of.body.b if most == of.body.a else of.body.a]
        yield _Verdict(
            question,
            outcome,
            texts[ids[0]],
            texts[ids[1]],
            tuple(one.reviewer for one in said if outcome != "decided" or one.picked == most),
            tuple(one.body.why for one in said if one.body.why),
        )


def _ratings(chosen: list[Chosen]) -> list[dict[str, str]]:
    """Of each question: reviewer -> first, second (by the answers' ids, which mean nothing), tie or
    both_bad."""
    found = []
    for _, group in groupby(chosen, key=lambda one: one.question):
        rated = {}
        for one in group:
            ids = sorted((one.body.a, one.body.b))
            rated[one.reviewer] = {ids[0]: "first", ids[1]: "second"}.get(one.picked, one.picked)
        found.append(rated)
    return found


def _band(low: float, high: float, hits: list[bool]) -> GapBand:
    return GapBand(low=low, high=high, agreement=share(sum(hits), len(hits)))


def _stamp(path: Path) -> tuple[int, int]:
    try:
        stat = path.stat()
    except FileNotFoundError:
        return (0, 0)
    return (stat.st_mtime_ns, stat.st_size)


def _line(told: dict[str, Any]) -> str:
    return json.dumps(told, ensure_ascii=False) + "\n"
