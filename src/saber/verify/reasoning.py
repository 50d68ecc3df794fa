"""Does the reasoning rest on what was perceived and only on that, and does its emotion follow?"""

from __future__ import annotations

from saber.core.dataset import Annotated, Check
from saber.core.records import Cues, Probs
from saber.core.taxonomy import DIMENSIONS, Dimension, Modality
from saber.core.transcripts import tokens
from saber.grounding import CheckedClaim, Claim, Feeling, check_claim, feelings_in, find_claims
from saber.verify.claims import MEASURED, told
from saber.verify.settings import EMOTION, EVIDENCE
from saber.verify.words import plain

__all__ = ["emotion_check", "evidence_check"]

QUOTE = "quote"
MOST_QUOTED = 4


def evidence_check(clip: Annotated, cues: Cues, limit: float) -> Check:
    """Each claim of the reasoning must stand in one of the five other texts, or be supported by a cue, and
    no cue may contradict it.

    The score is the share of claims for which that is not so, 0-1. A reasoning without any claim that can be
    found uses nothing that was perceived, as far as can be told: unknown (`no_claims`).
    """
    reasoning = clip.annotation.text_of(Dimension.REASONING)
    claims = find_claims(reasoning, Dimension.REASONING)
    others = [d for d in DIMENSIONS if d is not Dimension.REASONING]
    evidence = [c for d in others for c in find_claims(clip.annotation.text_of(d), d)]
    spoken = clip.annotation.text_of(Dimension.SPEECH)
    if not claims:
        return Check(
            name=EVIDENCE,
            passed=None,
            reason="no_claims",
            detail="The reasoning names nothing that was seen or heard, as far as can be found.",
            judge=MEASURED,
            dimension=Dimension.REASONING,
        )
    contradicted: list[str] = []
    invented: list[str] = []
    for claim in claims:
        checked = check_claim(claim, cues)
        if checked.verdict == "contradicted":
            contradicted.append(told(checked))
        elif checked.verdict != "supported" and not _stands(claim, evidence, spoken):
            invented.append(f"“{claim.text}” stands in none of the other texts and {_why(checked)}")
    score = (len(contradicted) + len(invented)) / len(claims)
    reason = "" if score <= limit else "reasoning_contradicted" if contradicted else "reasoning_invented"
    return Check(
        name=EVIDENCE,
        passed=not reason,
        score=round(score, 4),
        limit=limit,
        unit="ratio",
        reason=reason,
        detail="; ".join([*contradicted, *invented][:MOST_QUOTED]),
        judge=MEASURED,
        dimension=Dimension.REASONING,
    )


def emotion_check(clip: Annotated, limit: float) -> Check:
    """The emotion that is said, and every one that the reasoning names, must be near the likeliest measured.

    An emotion's score is its measured share over that of the likeliest emotion, where that is greatest: in
    all modalities together or in one of them; where the reasoning ascribes it to one channel, there. The
    check's score is the least of them, `limit` the least that passes (`emotion_unmeasured`). Unknown where
    nothing was measured (`nothing_measured`), or an emotion was and the writer says none
    (`no_emotion_said`).
    """
    said = clip.emotion_said
    if said is None and clip.emotion.label is not None:
        return _open("no_emotion_said", f"Measured is {clip.emotion.label}, and the writer says none.")
    named = list(feelings_in(clip.annotation.text_of(Dimension.REASONING)))
    if said is not None:
        named.insert(0, Feeling(said, None))
    if not named:
        return _emotion(True, None, limit, "", "No emotion is said, and none stands out among the measured.")
    if not any(shares is not None for shares in _read(clip).values()):
        return _open("nothing_measured", f"“{named[0].emotion}” is said, and no emotion could be measured.")
    least = min(named, key=lambda feeling: _nearness(clip, feeling))
    near = _nearness(clip, least)
    if near >= limit:
        return _emotion(True, near, limit, "", "")
    where = "any channel" if least.channel is None else f"the {least.channel}"
    detail = (
        f"“{least.emotion}” is named; in {where} it is at most {near:.2f} times as likely as the likeliest."
    )
    return _emotion(False, near, limit, "emotion_unmeasured", detail)


def _stands(claim: Claim, evidence: list[Claim], spoken: str) -> bool:
    """Does one of the other texts say the same?"""
    if claim.family == QUOTE:
        words, said = tokens(plain(claim.text), "zh"), tokens(plain(spoken), "zh")
        return bool(words) and any(said[i : i + len(words)] == words for i in range(len(said)))
    key = (claim.family, claim.direction, claim.negated)
    return any((e.family, e.direction, e.negated) == key for e in evidence)


def _why(checked: CheckedClaim) -> str:
    return f"can't be measured ({(checked.reason or 'unknown').replace('_', ' ')})"


def _read(clip: Annotated) -> dict[Modality | None, Probs | None]:
    """The measured distributions: of each modality, and under None of all together."""
    read: dict[Modality | None, Probs | None] = {None: clip.emotion.probs}
    for modality, estimate in clip.modalities.items():
        read[modality] = estimate.probs if estimate.present else None
    return read


def _nearness(clip: Annotated, feeling: Feeling) -> float:
    read = _read(clip)
    asked = read.values() if feeling.channel is None else [read.get(feeling.channel)]
    return max((probs[feeling.emotion] / max(probs.values()) for probs in asked if probs), default=0.0)


def _open(reason: str, detail: str) -> Check:
    return Check(
        name=EMOTION,
        passed=None,
        reason=reason,
        detail=detail,
        judge=MEASURED,
        dimension=Dimension.REASONING,
    )


def _emotion(passed: bool, score: float | None, limit: float, reason: str, detail: str) -> Check:
    return Check(
        name=EMOTION,
        passed=passed,
        score=None if score is None else round(score, 4),
        limit=limit,
        unit="ratio",
        reason=reason,
        detail=detail,
        judge=MEASURED,
        dimension=Dimension.REASONING,
    )
