"""Does the reasoning rest on what was perceived and only on that, and does its emotion follow?"""

from __future__ import annotations

from saber.core.dataset import Annotated, Check
from saber.core.records import Cues, Probs
from saber.core.taxonomy import DIMENSIONS, Dimension, Emotion
from saber.core.transcripts import tokens
from saber.grounding import CheckedClaim, Claim, check_claim, find_claims
from saber.verify.claims import MEASURED, told
from saber.verify.feelings import feelings_in
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
    """The emotion that is said, and every one that the reasoning names, must be one that was measured.

    The score is the least of their greatest shares, over the distribution of all modalities together and
    those of each; `limit` is the least that passes (`emotion_unmeasured`). Unknown where nothing was measured
    (`nothing_measured`), or an emotion was and the writer says none (`no_emotion_said`).
    """
    shares = _greatest(clip)
    named = list(feelings_in(clip.annotation.text_of(Dimension.REASONING)))
    if clip.emotion_said is not None:
        named.insert(0, clip.emotion_said)
    if clip.emotion_said is None and clip.emotion.label is not None:
        return _open("no_emotion_said", f"Measured is {clip.emotion.label}, and the writer says none.")
    if not shares:
        if clip.emotion_said is None:
            return _emotion(True, None, limit, "", "No emotion was measured and none is said.")
        return _open("nothing_measured", f"Said is {clip.emotion_said}, and no emotion could be measured.")
    if not named:
        return _emotion(True, None, limit, "", "No emotion is said, as none stands out among the measured.")
    least = min(named, key=lambda emotion: shares[emotion])
    passed = shares[least] >= limit
    detail = "" if passed else f"“{least}” is said; measured, its greatest share is {shares[least]:.0%}."
    return _emotion(passed, shares[least], limit, "" if passed else "emotion_unmeasured", detail)


def _stands(claim: Claim, evidence: list[Claim], spoken: str) -> bool:
    """Does one of the other texts say the same?"""
    if claim.family == QUOTE:
        words, said = tokens(plain(claim.text), "zh"), tokens(plain(spoken), "zh")
        return bool(words) and any(said[i : i + len(words)] == words for i in range(len(said)))
    key = (claim.family, claim.direction, claim.negated)
    return any((e.family, e.direction, e.negated) == key for e in evidence)


def _why(checked: CheckedClaim) -> str:
    return f"can't be measured ({(checked.reason or 'unknown').replace('_', ' ')})"


def _greatest(clip: Annotated) -> dict[Emotion, float]:
    """Each emotion's greatest share, all modalities together or one of them; empty: nothing was measured."""
    read: list[Probs] = [clip.emotion.probs] if clip.emotion.probs is not None else []
    read += [m.probs for m in clip.modalities.values() if m.present and m.probs is not None]
    return {e: max(probs[e] for probs in read) for e in Emotion} if read else {}


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
