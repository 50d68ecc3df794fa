"""What makes an item worth a look, and how much?

The points are own choices: nobody has published such weights. They are told one by one beside their reasons,
so that the order of the queue can be followed. A check that failed counts most, then one that nobody could
make, then one that was nearly failed; what is merely unusual counts least.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from saber.core.decisions import REVIEW
from saber.review.records import KINDS, Kind, Worth

__all__ = ["BITS", "LAPSED", "distance", "near", "worth_of"]

LAPSED = "review_outdated"
BITS: dict[Kind, int] = {kind: 1 << place for place, kind in enumerate(KINDS)}
"""Kind -> its bit in the index."""

_POINTS: dict[str, float] = {
    "quarantined": 2.0,
    "failed_check": 3.0,
    "failed_unrequired": 0.5,
    "unknown_check": 1.5,
    "near_limit": 1.0,
    "judges_disagree": 2.0,
    "not_everybody": 0.75,
    "contradicted_claims": 1.0,
    "transcript_differs": 1.0,
    "inconsistent": 0.75,
    "emotion_differs": 1.0,
    "outdated": 2.0,
}
_NEAR = 0.15
"""Of a ratio or a rate of errors: nearer than this to its limit is near. Own choice."""
_AT_LEAST = frozenset({"reasoning_emotion"})
"""Checks whose score must be at least the limit; of the others it must be at most that."""
_CLAIMS = frozenset({"visual_claims", "acoustic_claims", "reasoning_evidence"})
_LEAST_DIFFERENCE = 0.05
"""Of the words; own choice. Two recognisers always differ by a little."""


def worth_of(
    status: str,
    reason: str,
    annotated: Mapping[str, Any],
    verified: Mapping[str, Any] | None,
    compared: Mapping[str, Any] | None,
) -> tuple[Worth, ...]:
    """Why this item is worth a look, the weightiest first; empty: nothing stands out.

    Args:
        status: at `verify`: kept, dropped or quarantined; `reason` its slug.
        annotated, verified, compared: the records as JSON objects, `annotated` being the one that stands.
    """
    found: list[Worth] = []
    if status == "quarantined":
        found.append(_worth("quarantined", "quarantined", f"The checks could not be made: {reason}."))
    checks: Sequence[Mapping[str, Any]] = verified["checks"] if verified is not None else ()
    required = set(verified["required"]) if verified is not None else set()
    found += _of_checks([c for c in checks if c["name"] != REVIEW], required)
    if any(c["name"] == REVIEW and c["reason"] == LAPSED for c in checks):
        found.append(_worth("outdated", "outdated", "It was reviewed, and has changed since."))
    if compared is not None:
        found += _of_judges(compared)
    consistency = annotated["consistency"]
    if consistency["verdict"] == "inconsistent":
        score = consistency["score"]
        share = 1.0 if score is None else 1.0 - score
        told = "" if score is None else f" (consistency {score:.2f} of 1)"
        words = f"What is seen and what is heard were measured to disagree{told}."
        found.append(_worth("inconsistent", "inconsistent", words, share=share, score=score))
    said, measured = annotated["emotion_said"], annotated["emotion"]["label"]
    if said is not None and measured is not None and said != measured:
        words = f"The writer says {said}, measured is {measured}."
        found.append(_worth("emotion_differs", "emotion_differs", words))
    return tuple(sorted(found, key=lambda one: -one.points))


def distance(check: Mapping[str, Any]) -> float | None:
    """How far a score lies from its limit, in the check's unit; None without either."""
    score, limit = check["score"], check["limit"]
    return None if score is None or limit is None else abs(score - limit)


def near(check: Mapping[str, Any]) -> float:
    """1 at the limit, 0 from `_NEAR` on; 0 too for the best score there is: nothing stands against it."""
    apart = distance(check)
    if apart is None or check["score"] == (1.0 if check["name"] in _AT_LEAST else 0.0):
        return 0.0
    return max(0.0, 1.0 - apart / _NEAR)


def _of_checks(checks: Sequence[Mapping[str, Any]], required: set[str]) -> list[Worth]:
    found = []
    told: set[str] = set()
    for check in checks:
        name, needed = check["name"], check["name"] in required
        about = name if check["dimension"] is None else f"{name}/{check['dimension']}"
        at: dict[str, Any] = {"about": about, "score": check["score"], "limit": check["limit"]}
        if check["passed"] is False:
            points = "failed_check" if needed else "failed_unrequired"
            found.append(_worth("failed_check", points, f"{_name(check)} failed: {check['reason']}.", **at))
        elif check["passed"] is None and needed and not _told_by_another(check, checks) and about not in told:
            told.add(about)
            words = f"{_name(check)} could not be made: {check['reason']}."
            found.append(_worth("unknown_check", "unknown_check", words, **at))
        elif check["passed"] and (close := near(check)):
            words = f"{_name(check)} passed narrowly: {check['score']:.2f}, the limit is {check['limit']:g}."
            found.append(_worth("near_limit", "near_limit", words, share=close, **at))
        if name in _CLAIMS and check["score"] and check["detail"]:
            words = f"Measurements speak against {_text(check)}: {check['detail']}"
            share = min(1.0, check["score"])
            found.append(_worth("contradicted_claims", "contradicted_claims", words, share=share, **at))
        if name == "speech" and check["score"] and check["score"] >= _LEAST_DIFFERENCE:
            share = min(1.0, check["score"])
            words = f"{check['judge']} heard other words: {100 * check['score']:.0f} % differ."
            found.append(_worth("transcript_differs", "transcript_differs", words, share=share, **at))
    return found


def _told_by_another(check: Mapping[str, Any], checks: Sequence[Mapping[str, Any]]) -> bool:
    """Whether another judge could tell the same of the same text."""
    same = (check["name"], check["dimension"])
    return any((c["name"], c["dimension"]) == same and c["passed"] is not None for c in checks)


def _of_judges(compared: Mapping[str, Any]) -> list[Worth]:
    because = compared["because"]
    said = ", ".join(f"{o['judge']}: {o['verdict'] or 'unknown'}" for o in compared["opinions"])
    if because == "disagreed":
        return [_worth("judges_disagree", "judges_disagree", f"The judges of the half disagree ({said}).")]
    if because == "not_everybody":
        return [
            _worth("judges_disagree", "not_everybody", f"Not every judge of the half could tell ({said}).")
        ]
    return []


def _worth(
    kind: Kind,
    points: str,
    words: str,
    *,
    share: float = 1.0,
    about: str = "",
    score: float | None = None,
    limit: float | None = None,
) -> Worth:
    return Worth(
        kind=kind,
        points=round(_POINTS[points] * share, 4),
        words=words,
        about=about,
        score=score,
        limit=limit,
    )


def _name(check: Mapping[str, Any]) -> str:
    of = "" if check["dimension"] is None else f" of {_text(check)}"
    return f"The check {check['name']}{of} (by {check['judge']})"


def _text(check: Mapping[str, Any]) -> str:
    dimension = check["dimension"]
    return "the texts of what is seen" if dimension is None else f"the {dimension} text"
