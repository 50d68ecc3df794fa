"""How well do reviewers agree, and how often do they accept what the checks passed, and what they failed?

Reviewers are compared by what they said before they could see each other's decisions. Of a text it is counted
whether they accepted or corrected it, of the emotion and the half what they said, of the item whether they
kept it. The checks are compared with what they had said of the very record that the reviewer saw, and only
where no person had decided about it before.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from typing import Literal

from saber.core.taxonomy import Dimension
from saber.review.agreement import Ratings, alpha, kappa, percent, share
from saber.review.records import (
    FIELDS,
    AgreementReport,
    CheckAgainstPeople,
    FieldAgreement,
    FieldName,
    Figure,
)
from saber.review.seen import CheckSeen
from saber.review.settle import ITEM, KEEP, REJECT, voice
from saber.review.store import Made, Store

__all__ = ["agreement_report"]

_Outcome = Literal["passed", "failed", "unknown"]
_Counts = dict[tuple[str, Dimension | None, str], Counter[tuple[_Outcome, bool]]]
_FIELDS: tuple[FieldName | Literal["item"], ...] = (ITEM, *FIELDS)
_GROUP = (Dimension.SCENE, Dimension.FACE, Dimension.BODY)
"""What a check of what is seen altogether is about."""


def agreement_report(store: Store) -> AgreementReport:
    """Of all decisions that were ever made and not taken back. They are read item by item."""
    ratings: dict[FieldName | Literal["item"], list[dict[str, str]]] = defaultdict(list)
    checks: _Counts = defaultdict(Counter)
    machine: _Counts = defaultdict(Counter)
    for made in _by_item(store):
        blind = _first_words(made)
        for field in FIELDS:
            ratings[field].append(_rated(blind, field))
        ratings[ITEM].append(
            {
                m.reviewer: REJECT if m.body.verdict == "reject" else KEEP
                for m in blind
                if m.body.verdict in ("accept", "reject") or _speaks(m)
            }
        )
        for m in blind:
            if m.seen.machine:
                _against(m, checks, machine)
    return AgreementReport(
        fields=tuple(_agreement(field, ratings[field]) for field in _FIELDS),
        checks=tuple(_compared(key, checks[key]) for key in sorted(checks, key=str)),
        machine=tuple(_compared(key, machine[key]) for key in sorted(machine, key=str)),
    )


def _by_item(store: Store) -> Iterator[list[Made]]:
    last = ""
    while page := store.rows(
        "SELECT DISTINCT item FROM decision WHERE item > ? ORDER BY item LIMIT 500", (last,)
    ):
        for (item,) in page:
            yield store.of(item)
        last = page[-1][0]


def _first_words(made: Sequence[Made]) -> list[Made]:
    """Of each reviewer the last word that was said blind and not taken back: one that the same reviewer
    replaced by an adjudication counts, for that one was not blind."""
    found: dict[str, Made] = {}
    for one in made:  # oldest first
        if one.body.adjudicates or not one.seen.blind:
            continue
        later = [m for m in made if m.reviewer == one.reviewer and m.id > one.id]
        if one.ended is None or any(m.body.adjudicates or not m.seen.blind for m in later):
            found[one.reviewer] = one
        else:
            found.pop(one.reviewer, None)
    return list(found.values())


def _rated(made: Sequence[Made], field: FieldName) -> dict[str, str]:
    found = {}
    for one in made:
        if (said := voice(one, field)) is None:
            continue
        if field in ("emotion", "half"):
            found[one.reviewer] = said.value
        else:
            found[one.reviewer] = "correct" if said.corrected else "accept"
    return found


def _speaks(made: Made) -> bool:
    return any(voice(made, field) is not None for field in FIELDS)


def _agreement(field: FieldName | Literal["item"], ratings: Ratings) -> FieldAgreement:
    by_several = [one for one in ratings if len(one) > 1]
    return FieldAgreement(
        field=field,
        items=len(by_several),
        decisions=sum(len(one) for one in by_several),
        percent=percent(ratings),
        kappa=kappa(ratings),
        alpha=alpha(ratings),
        categories=dict(Counter(name for one in by_several for name in one.values()).most_common()),
    )


def _against(made: Made, checks: _Counts, machine: _Counts) -> None:
    """Count what a decision says of each check, and of what the machine came to."""
    seen = made.seen
    texts: dict[Dimension, bool] = {}
    for dimension in Dimension:
        if (said := voice(made, dimension.value)) is not None:
            texts[dimension] = not said.corrected
    for check in seen.checks:
        accepted = _accepted(check, texts)
        if accepted is not None:
            checks[check.name, check.dimension, check.judge][_outcome(check.passed), accepted] += 1
    verify: dict[str, _Outcome] = {"kept": "passed", "dropped": "failed"}
    if made.body.verdict == "reject":
        machine["verify", None, "verify"][verify.get(seen.status, "unknown"), False] += 1
    elif len(texts) == len(Dimension):
        whole = all(texts.values())
        machine["verify", None, "verify"][verify.get(seen.status, "unknown"), whole] += 1
    if (label := voice(made, "emotion")) is not None:
        outcome: _Outcome = "unknown" if seen.emotion is None else "passed"
        machine["emotion", None, "writer"][outcome, not label.corrected] += 1
    if (half := voice(made, "half")) is not None and seen.half is not None:
        outcome = "unknown" if seen.half == "unclear" else "passed"
        machine["half", None, "compare"][outcome, half.value == seen.half] += 1


def _accepted(check: CheckSeen, texts: dict[Dimension, bool]) -> bool | None:
    """Whether the text that a check is about was accepted; None: nothing was said of it."""
    if check.dimension is not None:
        return texts.get(check.dimension)
    if all(d in texts for d in _GROUP):
        return all(texts[d] for d in _GROUP)
    return None


def _outcome(passed: bool | None) -> _Outcome:
    return "unknown" if passed is None else "passed" if passed else "failed"


def _compared(
    key: tuple[str, Dimension | None, str], counts: Counter[tuple[_Outcome, bool]]
) -> CheckAgainstPeople:
    name, dimension, judge = key

    def of(outcome: _Outcome) -> Figure:
        yes, no = counts[outcome, True], counts[outcome, False]
        return share(yes, yes + no, "No such text was reviewed.")

    return CheckAgainstPeople(
        check=name,
        dimension=dimension,
        judge=judge,
        accepted_when_passed=of("passed"),
        accepted_when_failed=of("failed"),
        accepted_when_unknown=of("unknown"),
    )
