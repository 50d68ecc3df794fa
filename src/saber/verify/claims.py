"""Does what a text says of face, body, scene and voice hold against what was measured?"""

from __future__ import annotations

from collections.abc import Iterable

from saber.core.dataset import Annotated, Check
from saber.core.records import Cues
from saber.core.taxonomy import Dimension
from saber.grounding import CheckedClaim, check_claims
from saber.verify.settings import ACOUSTIC, VISUAL

__all__ = ["MEASURED", "claims_checks", "told"]

MEASURED = "measured"

GROUPS: dict[str, tuple[Dimension, ...]] = {
    VISUAL: (Dimension.SCENE, Dimension.FACE, Dimension.BODY),
    ACOUSTIC: (Dimension.ACOUSTIC,),
}
MOST_QUOTED = 4


def claims_checks(clip: Annotated, cues: Cues, limit: float) -> tuple[Check, ...]:
    """A check for each of the four texts of what is seen and heard.

    The score is the confidence of the contradicted claims over that of all measurable ones, 0-1; `limit` is
    the most that passes. A text that makes no measurable claim can't be told (`nothing_measurable`).
    """
    checked = check_claims(clip.annotation, cues)
    return tuple(
        _check(name, dimension, [c for c in checked if c.claim.dimension is dimension], limit)
        for name, dimensions in GROUPS.items()
        for dimension in dimensions
    )


def told(claim: CheckedClaim) -> str:
    """The claim and the measurement that decides it, in a few words."""
    value = f"{claim.value:.3g}" if isinstance(claim.value, float) else claim.value
    number = "" if value is None else f" {value}{f' {claim.unit}' if claim.unit else ''}"
    level = f" ({claim.level})" if claim.level else ""
    when = "" if claim.start_s is None else f", {claim.start_s:.1f}-{claim.end_s:.1f} s"
    return f"“{claim.claim.text}”: {claim.cue}{number}{level}{when}"


def _check(name: str, dimension: Dimension, claims: list[CheckedClaim], limit: float) -> Check:
    against = [c for c in claims if c.verdict == "contradicted"]
    weight = _weight(c for c in claims if c.verdict != "not_measurable")
    if not weight:
        made = f"{len(claims)} claims, none of them measurable" if claims else "no claim that could be found"
        return Check(
            name=name,
            passed=None,
            reason="nothing_measurable",
            detail=f"The text makes {made}.",
            judge=MEASURED,
            dimension=dimension,
        )
    score = _weight(against) / weight
    worst = sorted(against, key=lambda c: -c.confidence)[:MOST_QUOTED]
    return Check(
        name=name,
        passed=score <= limit,
        score=round(score, 4),
        limit=limit,
        unit="ratio",
        reason="" if score <= limit else "claims_contradicted",
        detail="; ".join(told(claim) for claim in worst),
        judge=MEASURED,
        dimension=dimension,
    )


def _weight(claims: Iterable[CheckedClaim]) -> float:
    return sum(claim.confidence for claim in claims)
