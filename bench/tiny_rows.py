"""What does SmolLM2 read of a clip, and what is it to answer?

It reads in words, without numbers, what was measured of the face and of the voice and is most worth telling.
It is to write SED text: what the factory's annotation says of the face and of the voice, shortened and
without times, which emotion either suggests, and the emotion of the whole. Scene and body are left open:
nothing of them is in the question. So is what is said, for RAVDESS has two sentences.

The emotions are those that the factory's writer found, or those that are known: what the photograph shows and
what the actor was told to act, as the labels of a corpus would say. The evidence is the factory's either way.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from saber.core.catalogue import CATALOGUE, level_of
from saber.core.records import Cue, Cues
from saber.core.taxonomy import Emotion, Modality
from saber.sed import LABEL, render_texts, texts_of
from tiny_clips import Known

SYSTEM = "You set down what is seen and heard of a person, and reason from that alone."
ASKED = (
    "Write, each in its tags: <visual_evidence><scene><face><body></visual_evidence>"
    "<acoustic_evidence><voice><speech></acoustic_evidence><reasoning><emotion>"
)
OPEN = "It can't be told."
MOST_CLAUSES = 6
LONGEST = 120
"""Characters of a described sense."""

_CONCLUDED = ("face.expression", "face.speaker", "face.speech_match")
"""A reading of the emotion, and what is the same for all photographs."""
_STILL = "the lips stay still while a voice is heard"
"""What photographs that do not speak say of every clip."""
_TIMES = re.compile(
    r"^(?:From [\d.]+ s to [\d.]+ s|At [\d.]+ s|Over the whole clip|Over the same stretch|At the same time|"
    r"Overall|Later|In between)(?:, from [\d.]+ s to [\d.]+ s)?, "
    r"|,? (?:strongest |most of all )?at (?:[\d.]+(?:, | and ))*[\d.]+ s"
    r"|,? (?:twice, |\w+ times, )?(?:from|between) [\d.]+ s (?:to|and) [\d.]+ s"
)


@dataclass(frozen=True)
class Case:
    """A clip as a question and an answer, and what is known of it."""

    name: str
    speaker: str
    part: str
    cues: Cues
    face: Emotion
    voice: Emotion
    question: str
    answer: str

    @property
    def consistent(self) -> bool:
        return self.face is self.voice

    @property
    def learnable(self) -> bool:
        """Does the answer give an emotion?"""
        return f"<{LABEL}>" in self.answer

    def row(self) -> dict[str, Any]:
        told = {"system": SYSTEM, "user": self.question, "assistant": self.answer}
        return {"messages": [{"role": role, "content": words} for role, words in told.items()]}


def case_of(known: Known, *, told: bool) -> Case:
    """The question and the answer that the factory's annotation makes.

    told: each sense is given the emotion that is known of it, not the one that the factory's writer found.
    """
    annotated = known.annotated
    described = texts_of(annotated.annotation)
    seen, heard = (_likeliest(annotated.modalities[m].probs) for m in (Modality.FACE, Modality.VOICE))
    if told:
        seen, heard = known.face, known.voice
    agree = "They agree." if seen is heard else "They disagree."
    texts = {
        "scene": OPEN,
        "face": short(described["face"]),
        "body": OPEN,
        "voice": short(described["voice"]),
        "speech": "",
        "reasoning": f"The face suggests {seen or 'nothing'}, the voice {heard or 'nothing'}. {agree}",
    }
    label = _known_label(known) if told else annotated.emotion_said
    if label is not None:
        texts[LABEL] = label.value
    lines = [
        f"Seen: {'; '.join(clauses(known.cues, 'face')) or 'nothing'}.",
        f"Heard: {'; '.join(clauses(known.cues, 'voice')) or 'nothing'}.",
        ASKED,
    ]
    return Case(
        name=known.id,
        speaker=known.person,
        part=known.split,
        cues=known.cues,
        face=known.face,
        voice=known.voice,
        question="\n".join(lines),
        answer=render_texts(texts),
    )


def _known_label(known: Known) -> Emotion | None:
    """Of the whole: what face and voice share; where they differ, the one that was measured likelier."""
    if known.face is known.voice:
        return known.face
    probs = known.annotated.emotion.probs
    return max((known.face, known.voice), key=lambda e: probs[e]) if probs else None


def clauses(cues: Cues, sense: str) -> list[str]:
    """What may be said of one sense, the notable and salient first to be kept, in the catalogue's order."""
    found: dict[str, tuple[bool, float]] = {}
    for cue in cues.of(sense).cues:
        if told := _clause(cue):
            words, weight = told
            found[words] = max(weight, found.get(words, weight))
    kept = set(sorted(found, key=lambda words: found[words], reverse=True)[:MOST_CLAUSES])
    return [words for words in found if words in kept]


def _clause(cue: Cue) -> tuple[str, tuple[bool, float]] | None:
    spec = CATALOGUE[cue.name]
    level = level_of(spec, cue)
    if level is None or cue.name in _CONCLUDED or cue.confidence < spec.min_confidence:
        return None
    words = re.sub(r" (?:by|for|of) \{value\} ?\{unit\}| by \{value\} semitones", "", level.en)
    if "{" in words:
        return None
    return words, (level.notable, spec.salience * cue.confidence)


def _likeliest(probs: Mapping[Emotion, float] | None) -> Emotion | None:
    return max(probs, key=lambda e: probs[e]) if probs else None


def short(text: str) -> str:
    """Whole sentences from the beginning, without times, of `LONGEST` characters together, at least one."""
    kept = ""
    for sentence in re.split(r"(?<=\.) ", text):
        plain = _TIMES.sub("", sentence)
        for told, left in ((f", {_STILL} and ", " and "), (f" and {_STILL}", ""), (f", {_STILL}", "")):
            plain = plain.replace(told, left)
        plain = plain[:1].upper() + plain[1:]
        if kept and len(kept) + len(plain) > LONGEST:
            break
        kept = f"{kept} {plain}".strip()
    return kept
