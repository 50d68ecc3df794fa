"""What do the perceived facts suggest, do they agree, and how sure is the whole?"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from unicodedata import east_asian_width

from saber.annotate.facts import SPEAKER, Fact, told_as, why_absent
from saber.annotate.passages import Passage, Sentence, claim_of, clause_of, time_of
from saber.annotate.wording import Doubt, Ground, Opinion, Sureness, Time, Wording
from saber.core.records import Conflict, Consistency, Cues, EmotionEstimate, Probs, Reading
from saber.core.taxonomy import EMOTIONS, MODALITIES, Dimension, Emotion, Modality
from saber.core.transcripts import strip_tags

__all__ = ["MOST_REASONS", "reason"]

# Own choices, all of them: a share is told as a finding from 0.2 on (chance among seven is 0.14), two
# that are less than 0.05 apart can't be told apart, a lead under 0.15 is small.
LEAST_SHARE = 0.2
TIE = 0.05
LEAST_AFFECT = 0.15
SMALL_LEAD = 0.15
CLEAR_SHARE = 0.5
LOW_SHARE = 0.3
SECOND_SHARE = 0.1
WEAK_CONFIDENCE = 0.35

MOST_REASONS = 2
"""The most facts named as grounds of one modality's reading."""

MOST_CONFLICTS = 3
"""The most pairs of modalities whose conflict is told."""

ASPECTS = ("emotion", "valence", "arousal")

MOST_QUOTED = 60
"""Width of the transcript quoted; a CJK character counts as two, as it does on a screen."""


def reason(
    cues: Cues,
    perceived: Sequence[Passage],
    readings: Mapping[Modality, Reading],
    emotion: EmotionEstimate,
    weights: Mapping[Modality, float],
    consistency: Consistency,
    wording: Wording,
) -> Passage:
    """The reasoning: each modality's reading and its grounds, their agreement, the outcome, the doubt.

    Args:
        perceived: what was told before; no other fact is named.
        readings: of the modalities that can be read, and only those.
    """
    facts: dict[str, Fact] = {}
    for fact in sorted((f for p in perceived for f in p.facts), key=lambda f: f.weight):
        facts[fact.spec.name] = fact
    return Passage(
        Dimension.REASONING,
        (
            *_opinions(cues, readings, facts, wording),
            *_silent(cues, readings, wording),
            *_verdict(consistency, [m for m in MODALITIES if m in readings], wording),
            *_speaker(facts, wording),
            *_joint(cues, emotion, weights, consistency, readings, wording),
        ),
    )


def _opinions(
    cues: Cues, readings: Mapping[Modality, Reading], facts: Mapping[str, Fact], wording: Wording
) -> list[Sentence]:
    """One sentence for each modality that was read."""
    sentences: list[Sentence] = []
    before: dict[Emotion, Modality] = {}
    contrasts = 0
    for modality in MODALITIES:
        if modality not in readings:
            continue
        reading = readings[modality]
        names = dict.fromkeys(told_as(name, facts) for name in reading.rests_on)
        grounds = [facts[name] for name in names if name in facts][:MOST_REASONS]
        top = _top(reading.probs)
        single = top[0][0] if len(top) == 1 else None
        like = before.get(single) if single is not None else None
        differs = single is not None and like is None and bool(before)
        contrasts += differs
        text = wording.opinion(
            Opinion(
                modality,
                top,
                reading.confidence,
                reading.valence,
                reading.arousal,
                because=_grounds(grounds, cues, wording) if top or _stirred(reading) else (),
                quote=_quote(cues) if modality is Modality.SPEECH else "",
                like=like,
                contrasts=contrasts if differs else 0,
            )
        )
        if single is not None:
            before.setdefault(single, modality)
        sentences.append(Sentence(text, tuple(claim_of(f, text) for f in grounds[:1])))
    return sentences


def _stirred(reading: Reading) -> bool:
    """Has a reading without one emotion anything to explain?"""
    return max(abs(reading.valence), abs(reading.arousal)) >= LEAST_AFFECT


def _grounds(facts: Sequence[Fact], cues: Cues, wording: Wording) -> tuple[Ground, ...]:
    """The facts' clauses, those of the same time together."""
    by_time: dict[Time, list[str]] = {}
    for fact in facts:
        time = time_of(fact, cues.clip.duration_s)
        shown = replace(time, start_s=round(time.start_s, 1), end_s=round(time.end_s, 1), apex_s=None)
        by_time.setdefault(shown, []).append(clause_of(fact, wording))
    return tuple(Ground(tuple(clauses), time) for time, clauses in by_time.items())


def _silent(cues: Cues, readings: Mapping[Modality, Reading], wording: Wording) -> list[Sentence]:
    """The modalities that say nothing: perceived but not telling, or not perceived at all."""
    quiet = [m for m in MODALITIES if m not in readings]
    perceived = [m for m in quiet if cues.of(m).present]
    absent = [(m, why_absent(cues, m)) for m in quiet if not cues.of(m).present]
    sentences = []
    if perceived:
        sentences.append(Sentence(wording.no_opinion(perceived)))
    if absent:
        sentences.append(Sentence(wording.left_out(absent)))
    return sentences


def _verdict(consistency: Consistency, read: Sequence[Modality], wording: Wording) -> list[Sentence]:
    """Agreement or conflict; a pair's conflicts over the same stretch share a sentence."""
    score = consistency.score
    if consistency.verdict == "unclear" or score is None:
        return [Sentence(wording.undecided(read, score))]
    if consistency.verdict == "consistent":
        return [Sentence(wording.agreement(read, score))]
    pairs: dict[object, list[Conflict]] = {}
    for conflict in sorted(consistency.conflicts, key=lambda c: (-c.strength, ASPECTS.index(c.about))):
        pairs.setdefault((conflict.between, conflict.start_s, conflict.end_s), []).append(conflict)
    told = [
        Sentence(wording.conflict(pair, turn))
        for turn, pair in enumerate(list(pairs.values())[:MOST_CONFLICTS])
    ]
    return [*told, Sentence(wording.conflict_note(score))]


def _speaker(facts: Mapping[str, Fact], wording: Wording) -> list[Sentence]:
    """Whether the voice may be somebody else's: then a conflict with it says little."""
    fact = facts.get(SPEAKER)
    if fact is None or fact.level.slug == "main_person":
        return []
    text = wording.other_speaker(clause_of(fact, wording))
    return [Sentence(text, (claim_of(fact, text),))]


def _joint(
    cues: Cues,
    emotion: EmotionEstimate,
    weights: Mapping[Modality, float],
    consistency: Consistency,
    readings: Mapping[Modality, Reading],
    wording: Wording,
) -> list[Sentence]:
    """What all of it together suggests."""
    if emotion.probs is None:
        return [Sentence(wording.cannot_tell(()))]
    if emotion.label is None:
        return [Sentence(wording.cannot_tell(_ranked(emotion.probs)[:2])), *_affect(emotion, wording)]
    sentences = []
    counted = {m: w for m, w in sorted(weights.items(), key=lambda item: (-item[1], item[0])) if w > 0}
    if len(counted) > 1:
        sentences.append(Sentence(wording.weights(counted)))
    ranked = _ranked(emotion.probs)
    share = emotion.probs[emotion.label]
    second = next(item for item in ranked if item[0] is not emotion.label)
    sentences.append(
        Sentence(wording.outcome(emotion.label, share, second if second[1] >= SECOND_SHARE else None))
    )
    sentences.extend(_affect(emotion, wording))
    doubts = _doubts(share, share - second[1], cues, consistency, readings)
    sentences.append(Sentence(wording.sureness(_sureness(share, doubts), doubts)))
    return sentences


def _affect(emotion: EmotionEstimate, wording: Wording) -> list[Sentence]:
    if emotion.valence is None or emotion.arousal is None:
        return []
    return [Sentence(wording.affect(emotion.valence, emotion.arousal))]


def _doubts(
    share: float,
    lead: float,
    cues: Cues,
    consistency: Consistency,
    readings: Mapping[Modality, Reading],
) -> list[Doubt]:
    doubts: list[Doubt] = []
    if consistency.verdict == "inconsistent":
        doubts.append("conflict")
    if lead < SMALL_LEAD:
        doubts.append("narrow")
    elif share < CLEAR_SHARE:
        doubts.append("spread")
    if all(r.confidence < WEAK_CONFIDENCE for r in readings.values()):
        doubts.append("weak")
    if not all(cues.of(m).present for m in MODALITIES):
        doubts.append("missing")
    return doubts


def _sureness(share: float, doubts: Sequence[Doubt]) -> Sureness:
    grave = [d for d in doubts if d != "missing"]
    if len(grave) > 1 or share < LOW_SHARE:
        return "little"
    return "some" if grave else "fair"


def _top(probs: Probs) -> tuple[tuple[Emotion, float], ...]:
    """The emotion that stands out, or two that can't be told apart, or none."""
    first, second, *_ = _ranked(probs)
    if first[1] < LEAST_SHARE:
        return ()
    return (first, second) if first[1] - second[1] < TIE else (first,)


def _ranked(probs: Probs) -> list[tuple[Emotion, float]]:
    return sorted(((e, probs[e]) for e in EMOTIONS), key=lambda item: -item[1])


def _quote(cues: Cues) -> str:
    """The start of what was said, in whole words and without event tags; "" when nothing was."""
    said = strip_tags(cues.transcript.text) if cues.transcript else ""
    if _width(said) <= MOST_QUOTED:
        return said
    kept = ""
    for piece in re.findall(r"\s*(?:[^\s\u2e80-\uffff]+|\S)", said):
        if _width(kept + piece) > MOST_QUOTED:
            break
        kept += piece
    return f"{kept.rstrip(' ,;:，、；：')}…"


def _width(text: str) -> int:
    return sum(2 if east_asian_width(c) in "WF" else 1 for c in text)
