"""How good is an answer: does its reasoning follow from its evidence, and the evidence from the clip?

Parts, each 0 to 1, each recorded with what decided it:

    structure    is it read without a problem (1), with a repair (0.5); a broken one has no other part; one
                 that names none of the seven emotions is broken where a label was asked for
    entailed     what the reasoning says of the person stands in the evidence, and the emotion that it names
                 lies on the side, in valence and arousal, to which at least one modality's evidence points
    consistent   no two of its texts contradict each other (1); halved by each contradiction
    grounded     share of its measurable claims that the clip's measured cues support
    balanced     how evenly the reasoning rests on what is seen and what is heard: 2 min / (seen + heard) of
                 the mentions of each; told only where the evidence offers both
    dominance    both what is seen and what is heard move its conclusion (`dominance`, where it is computed)
    label        it names the known emotion, and its reasoning gives each modality the one known of it; the
                 mean over what is known
    judge        a model's opinion of it, where one is asked (`judge`)

What can't be told of an answer is left out of its mean, and never counted as good or bad.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from saber.core.taxonomy import AFFECT, Dimension, Emotion
from saber.grounding import (
    Claim,
    Summary,
    check_claims,
    emotions_by_channel,
    find_claims,
    inner_consistency,
)
from saber.sed import SECTIONS, Answer, read_answer
from saber.train.pairs.affect import affect_of
from saber.train.pairs.records import PARTS, Facts, Scores
from saber.train.pairs.settings import ScoreWeights

__all__ = ["score", "with_part"]

SEEN = (Dimension.FACE, Dimension.BODY)
HEARD = (Dimension.ACOUSTIC, Dimension.SPEECH)

LEAST_POLE = 0.25
"""Own choice: an emotion whose valence or arousal is nearer to 0 has no side (neutral; sadness has -0.27)."""

_MENTIONS = {
    "seen": re.compile(
        r"\b(?:face|facial|expression|smil\w*|brow\w*|eye\w*|mouth|lips?|gaze|posture|body|gestur\w*|visual\w*)\b"
        r"|脸|面部|表情|微笑|笑容|眉|眼|嘴|目光|姿|身体|手势|视觉",
        re.IGNORECASE,
    ),
    "heard": re.compile(
        r"\b(?:voice|vocal|tone|pitch\w*|loud\w*|quiet\w*|speech|pace|rate|words?|audio|acoustic\w*"
        r"|sound\w*)\b"
        r"|声|语|音|话|说|听",
        re.IGNORECASE,
    ),
}


def score(
    text: str, facts: Facts, weights: ScoreWeights, *, judged: float | None = None, labelled: bool = True
) -> Scores:
    """The parts and their weighted mean.

    Args:
        text: the answer as the model wrote it.
        facts: what is known of the clip.
        weights: of the parts.
        judged: the judge's part; None without one.
        labelled: a label was asked for.
    """
    answer = read_answer(text, language=facts.language)
    problems = [str(p) for p in answer.problems]
    if not answer.valid or answer.annotation is None:
        return Scores(structure=0.0, total=0.0, why={"structure": ", ".join(problems) or "no annotation"})
    if labelled and answer.emotion is None:
        return Scores(structure=0.0, total=0.0, why={"structure": "names none of the seven emotions"})
    why: dict[str, str] = {}
    parts: dict[str, float | None] = {"structure": 0.5 if problems else 1.0}
    if problems:
        why["structure"] = ", ".join(problems)
    claims = {
        d: [c for c in find_claims(answer.annotation.text_of(d), d) if c.family != "quote"] for d in Dimension
    }
    parts["entailed"] = _entailed(answer, claims, why)
    clashes = inner_consistency(answer.annotation)
    parts["consistent"] = 0.5 ** len(clashes)
    if clashes:
        why["consistent"] = "; ".join(f"“{c.a.text}” against “{c.b.text}”" for c in clashes[:3])
    parts["grounded"] = None
    if facts.cues is not None:
        found = Summary.of(check_claims(answer.annotation, facts.cues))
        parts["grounded"] = found.supported_share
        why["grounded"] = f"{found.supported} of {found.measurable} measurable claims"
    parts["balanced"] = _balanced(answer, claims, why)
    parts["label"] = _labelled(answer, facts, why) if labelled else None
    parts["judge"] = judged
    return Scores(**parts, total=_mean(parts, weights), why=why)


def with_part(scores: Scores, name: str, value: float | None, why: str, weights: ScoreWeights) -> Scores:
    """The same with one more part in it."""
    parts: dict[str, float | None] = {part: getattr(scores, part) for part in PARTS} | {name: value}
    return Scores(**parts, total=_mean(parts, weights), why={**scores.why, name: why})


def _mean(parts: Mapping[str, float | None], weights: ScoreWeights) -> float:
    told = {name: value for name, value in parts.items() if value is not None and getattr(weights, name) > 0}
    whole: float = sum(getattr(weights, name) for name in told)
    if not whole:
        return 0.0
    total: float = sum(getattr(weights, name) * value for name, value in told.items())
    return round(total / whole, 6)


def _entailed(answer: Answer, claims: Mapping[Dimension, list[Claim]], why: dict[str, str]) -> float | None:
    """Mean of: share of the reasoning's claims that the evidence holds; the emotion's valence and arousal lie
    where some modality points. None: the reasoning claims nothing and names nothing that has a side."""
    stated = {_kind(c) for d in Dimension if d is not Dimension.REASONING for c in claims[d]}
    used = [c for c in claims[Dimension.REASONING] if not c.hedged]
    found: list[float] = []
    if used:
        missing = [c.text for c in used if _kind(c) not in stated]
        found.append(1 - len(missing) / len(used))
        if missing:
            why["entailed"] = "not in the evidence: " + "; ".join(f"“{text}”" for text in missing[:3])
    if answer.emotion is not None:
        found += _sides(answer.emotion, claims, why)
    return sum(found) / len(found) if found else None


def _sides(emotion: Emotion, claims: Mapping[Dimension, list[Claim]], why: dict[str, str]) -> list[float]:
    """For valence and arousal, where the emotion has a side and the evidence points anywhere: 1 when some
    modality's evidence points to that side, 0 when all that points points to the other."""
    found = []
    for aspect, said in zip(("valence", "arousal"), AFFECT[emotion], strict=True):
        if abs(said) < LEAST_POLE:
            continue
        points = [
            sign
            for side in (SEEN, HEARD)
            if (sign := getattr(affect_of(c for d in side for c in claims[d]), aspect))
        ]
        if points:
            agrees = any((sign > 0) == (said > 0) for sign in points)
            found.append(float(agrees))
            if not agrees:
                why.setdefault("entailed", f"the {aspect} of {emotion} is against all evidence")
    return found


def _balanced(answer: Answer, claims: Mapping[Dimension, list[Claim]], why: dict[str, str]) -> float | None:
    if not all(
        any(answer.texts.get(name, "").strip() for name in side) for side in (SECTIONS[:3], SECTIONS[3:5])
    ):
        return None
    reasoning = answer.texts["reasoning"]
    counts = {side: len(pattern.findall(reasoning)) for side, pattern in _MENTIONS.items()}
    seen, heard = counts["seen"], counts["heard"]
    why["balanced"] = f"{seen} mentions of what is seen, {heard} of what is heard"
    if not seen + heard:
        return 0.0
    return 2 * min(seen, heard) / (seen + heard)


def _labelled(answer: Answer, facts: Facts, why: dict[str, str]) -> float | None:
    """Share of the known labels that it meets. A modality to which the reasoning gives several emotions meets
    its label in part, one to which it gives none does not. None: no label is known."""
    found: list[float] = []
    told: list[str] = []
    if facts.label is not None:
        found.append(float(answer.emotion is facts.label))
        told.append(f"said {answer.emotion or 'nothing'}, known {facts.label}")
    named = emotions_by_channel(answer.texts["reasoning"]) if facts.unimodal else {}
    for modality, label in facts.unimodal.items():
        given = named.get(modality, ())
        found.append(1 / len(given) if label in given else 0.0)
        told.append(f"{modality} said {' and '.join(given) or 'nothing'}, known {label}")
    why |= {"label": "; ".join(told)} if told else {}
    return sum(found) / len(found) if found else None


def _kind(claim: Claim) -> tuple[str, str, bool]:
    return claim.family, claim.direction, claim.negated
