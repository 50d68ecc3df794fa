"""Does what a text says of face, body, scene and voice hold against what was measured?"""

from __future__ import annotations

from collections.abc import Iterable

from saber.core.dataset import Annotated, Check
from saber.core.records import Cues
from saber.core.taxonomy import Dimension
from saber.grounding import CheckedClaim, check_claims
from saber.models import EMBEDDED
from saber.verify.settings import ACOUSTIC, VISUAL

__all__ = ["MEASURED", "claims_checks", "told"]

MEASURED = "measured"

GROUPS: dict[str, tuple[Dimension, ...]] = {
    VISUAL: (Dimension.SCENE, Dimension.FACE, Dimension.BODY),
    ACOUSTIC: (Dimension.ACOUSTIC,),
}
MOST_QUOTED = 4
LEFT_OPEN = frozenset({"in_between", "other_time", "not_seen"})
"""Why a measurement that there is does not decide a claim: it might have supported it, and does not."""


def claims_checks(
    clip: Annotated, cues: Cues, max_contradicted: float, max_unsupported: float
) -> tuple[Check, ...]:
    """The checks of the four texts of what is seen and heard.

    Of each text: the confidence of its contradicted claims over that of all decided ones, 0-1
    (`claims_contradicted`). Of texts by the embedded analyst, which writes nothing but what was measured,
    besides, those of one sense together: the share of their claims that the measurements don't support
    (`claims_unsupported`); a person or a model may well say what they leave open. A text without a decided
    claim can't be told (`nothing_measurable`).
    """
    checked = check_claims(clip.annotation, cues)
    found: list[Check] = []
    for name, dimensions in GROUPS.items():
        for dimension in dimensions:
            of_it = [c for c in checked if c.claim.dimension is dimension]
            found.append(_contradicted(name, dimension, of_it, max_contradicted))
        embedded = [d for d in dimensions if clip.written_by[d].model == EMBEDDED]
        if embedded:
            of_them = [c for c in checked if c.claim.dimension in embedded]
            found.append(_unsupported(name, dimensions, of_them, max_unsupported))
    return tuple(found)


def told(claim: CheckedClaim) -> str:
    """The claim and the measurement that decides it, in a few words."""
    value = f"{claim.value:.3g}" if isinstance(claim.value, float) else claim.value
    number = "" if value is None else f" {value}{f' {claim.unit}' if claim.unit else ''}"
    level = f" ({claim.level})" if claim.level else f" ({claim.reason})" if claim.reason else ""
    when = "" if claim.start_s is None else f", {claim.start_s:.1f}-{claim.end_s:.1f} s"
    return f"“{claim.claim.text}”: {claim.cue}{number}{level}{when}"


def _contradicted(name: str, dimension: Dimension, claims: list[CheckedClaim], limit: float) -> Check:
    against = [c for c in claims if c.verdict == "contradicted"]
    weight = _weight(c for c in claims if c.verdict != "not_measurable")
    if not weight:
        return _open(name, dimension, claims)
    worst = sorted(against, key=lambda c: -c.confidence)
    return _scored(name, dimension, _weight(against) / weight, limit, "claims_contradicted", worst)


def _unsupported(
    name: str, dimensions: tuple[Dimension, ...], claims: list[CheckedClaim], limit: float
) -> Check:
    dimension = dimensions[0] if len(dimensions) == 1 else None
    measured = [c for c in claims if c.verdict != "not_measurable" or c.reason in LEFT_OPEN]
    without = [c for c in measured if c.verdict != "supported"]
    if not measured:
        return _open(name, dimension, claims)
    return _scored(name, dimension, len(without) / len(measured), limit, "claims_unsupported", without)


def _scored(
    name: str, dimension: Dimension | None, score: float, limit: float, slug: str, against: list[CheckedClaim]
) -> Check:
    return Check(
        name=name,
        passed=score <= limit,
        score=round(score, 4),
        limit=limit,
        unit="ratio",
        reason="" if score <= limit else slug,
        detail="; ".join(told(claim) for claim in against[:MOST_QUOTED]),
        judge=MEASURED,
        dimension=dimension,
    )


def _open(name: str, dimension: Dimension | None, claims: list[CheckedClaim]) -> Check:
    made = f"{len(claims)} claims, none of them decided" if claims else "no claim that could be found"
    return Check(
        name=name,
        passed=None,
        reason="nothing_measurable",
        detail=f"The text makes {made}.",
        judge=MEASURED,
        dimension=dimension,
    )


def _weight(claims: Iterable[CheckedClaim]) -> float:
    return sum(claim.confidence for claim in claims)
