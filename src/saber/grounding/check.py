"""Is a claim supported or contradicted by what was measured, or can't that be told?

The cue that says most for a claim decides: a smile seen for an instant supports "smiles" though the mouth is
at rest otherwise. A cue that is absent, unsure, or in between clearly so and clearly not decides nothing.
"""

from __future__ import annotations

from dataclasses import dataclass

from saber.core.catalogue import CATALOGUE, level_of
from saber.core.records import Annotation, Cue, Cues
from saber.core.taxonomy import DIMENSIONS
from saber.grounding.families import FAMILIES, NONE, QUOTE, STANCES, Ground, Stance
from saber.grounding.find import find_claims
from saber.grounding.quotes import check_quote
from saber.grounding.records import CheckedClaim, Claim, Verdict
from saber.grounding.times import SOME_TIME

__all__ = ["check_claim", "check_claims"]

HEDGED = 0.5
"""Own choice: how much less a verdict on a hedged claim counts."""

EVENT_LEEWAY = 0.1
"""Own choice: an event within this share of the clip of the stretch that a text names is in it; people and
models don't read clocks."""


def check_claims(annotation: Annotation, cues: Cues) -> tuple[CheckedClaim, ...]:
    """Every claim of the six texts with its verdict, in the order of the texts."""
    claims = (claim for d in DIMENSIONS for claim in find_claims(annotation.text_of(d), d))
    return tuple(check_claim(claim, cues) for claim in claims)


def check_claim(claim: Claim, cues: Cues) -> CheckedClaim:
    """The verdict on one claim, on whichever person in the clip it fits best."""
    if claim.family == QUOTE:
        return check_quote(claim, cues)
    if claim.ended:  # what fades was there before; nothing measures that it is so no more
        before = claim.model_copy(update={"negated": False, "ended": False, "when": SOME_TIME})
        return check_claim(before, cues).model_copy(update={"claim": claim})
    grounds = FAMILIES[claim.family][claim.direction]
    if not grounds:
        return CheckedClaim(claim=claim, verdict="not_measurable", reason="no_measure")
    measurements = [m for ground in grounds for m in _measurements(ground, cues)]
    if not measurements:
        return _open(claim, grounds, cues)
    best = min(measurements, key=lambda m: STANCES.index(m.stance))
    if happened := [m for m in measurements if m.stance in ("yes", "faint") and _happens(m.cue)]:
        at_the_time = [m for m in happened if _at_the_time(m.cue, claim, cues)]
        if not at_the_time:
            return _said(claim, happened[0], "not_measurable", "other_time")
        if claim.when is not None:
            best = min(at_the_time, key=lambda m: STANCES.index(m.stance))
    verdict = _verdict(best.stance, claim)
    if verdict == "contradicted" and claim.when is not None and not _denies_any_time(best):
        return _said(claim, best, "not_measurable", "other_time")
    return _said(claim, best, verdict, "in_between" if verdict == "not_measurable" else None)


@dataclass(frozen=True)
class _Measurement:
    cue: Cue
    level: str
    stance: Stance


def _verdict(stance: Stance, claim: Claim) -> Verdict:
    if stance == "hardly" and claim.degree == "strong":
        stance = "no"  # not even clearly so, let alone very
    if claim.negated:
        return {"yes": "contradicted", "faint": "not_measurable"}.get(stance, "supported")  # type: ignore[return-value]
    return {"hardly": "not_measurable", "no": "contradicted"}.get(stance, "supported")  # type: ignore[return-value]


def _said(claim: Claim, best: _Measurement, verdict: Verdict, reason: str | None) -> CheckedClaim:
    cue = best.cue
    return CheckedClaim(
        claim=claim,
        verdict=verdict,
        cue=cue.name,
        value=cue.value,
        unit=cue.unit,
        level=best.level,
        start_s=cue.start_s,
        end_s=cue.end_s,
        reason=reason,
        confidence=0.0 if reason else cue.confidence * (HEDGED if claim.hedged else 1.0),
    )


def _measurements(ground: Ground, cues: Cues) -> list[_Measurement]:
    """What the measured, sufficiently sure cues of that name say, of any person."""
    spec, found = CATALOGUE[ground.cue], []
    for cue in _cues(ground.cue, cues):
        if cue.status != "measured" or cue.confidence < spec.min_confidence:
            continue
        level = level_of(spec, cue)
        slug = level.slug if level is not None else NONE
        stance = ground.stance(slug)
        if stance is not None:
            found.append(_Measurement(cue, slug, stance))
    return found


def _cues(name: str, cues: Cues) -> list[Cue]:
    return [c for c in cues.of(name.split(".")[0]).cues if c.name == name]


def _denies_any_time(best: _Measurement) -> bool:
    """May it contradict what is said of a part of the clip? An event in that part may, and so may a peak
    that stayed below the lowest level; an average of the whole clip may not."""
    return best.level == NONE or _happens(best.cue)


def _happens(cue: Cue) -> bool:
    return CATALOGUE[cue.name].kind == "event" or cue.apex_s is not None


def _at_the_time(cue: Cue, claim: Claim, cues: Cues) -> bool:
    """Did it happen when the claim says?"""
    if claim.when is None:
        return True
    start_s, end_s = claim.when.span_s(cues.clip.duration_s)
    leeway_s = EVENT_LEEWAY * cues.clip.duration_s
    return cue.start_s <= end_s + leeway_s and cue.end_s >= start_s - leeway_s


def _open(claim: Claim, grounds: tuple[Ground, ...], cues: Cues) -> CheckedClaim:
    """Why nothing measured decides the claim: by the first cue that would."""
    named = [cue for ground in grounds for cue in _cues(ground.cue, cues)]
    name, reason = grounds[0].cue, "not_seen"
    if measured := next((c for c in named if c.status == "measured"), None):
        low = measured.confidence < CATALOGUE[measured.name].min_confidence
        name, reason = measured.name, "low_confidence" if low else "in_between"
    elif named:
        name, reason = named[0].name, named[0].reason or "not_seen"
    elif why := cues.of(name.split(".")[0]).absent_reason:
        reason = why
    return CheckedClaim(claim=claim, verdict="not_measurable", cue=name, reason=reason)
