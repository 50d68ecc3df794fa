"""How do cues become six written dimensions, an emotion and a verdict? The embedded analyst's main flow.

No language model has a part in it: which cues are told, in which order and in which words follows from
the cues, the catalogue and the tables of `wording` alone. The same cues give the same text.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from saber.annotate.consistency import ConsistencySettings, judge_consistency
from saber.annotate.facts import check_known, why_absent
from saber.annotate.fuse import fuse, readable
from saber.annotate.passages import describe, number
from saber.annotate.reasoning import reason
from saber.annotate.wording import wording_for
from saber.core.catalogue import CATALOGUE, CueSpec
from saber.core.records import (
    Annotation,
    AudioDescription,
    Consistency,
    Cues,
    EmotionEstimate,
    Evidence,
    ModalityEstimate,
    Reading,
)
from saber.core.taxonomy import MODALITIES, Dimension, Language, Modality

__all__ = ["Embedded", "annotate"]


MOST_ASKED = 3
"""How many of the cues that a reading rests on are told even when unremarkable in themselves."""


@dataclass(frozen=True)
class Embedded:
    """What the embedded analyst makes of one clip's cues."""

    annotation: Annotation
    emotion: EmotionEstimate
    modalities: dict[Modality, ModalityEstimate]
    consistency: Consistency
    evidence: tuple[Evidence, ...]


def annotate(
    cues: Cues,
    *,
    language: Language,
    settings: ConsistencySettings | None = None,
    catalogue: Mapping[str, CueSpec] = CATALOGUE,
) -> Embedded:
    """The six dimensions, first what is seen, then what is heard, then what that suggests.

    Every sentence on scene, face, body and sound rests on a measured cue or says what could not be
    perceived; the evidence lists them in order of the text, each `claim` a word-for-word piece of it. The
    reasoning uses the readings of the modalities and names no fact that was not told before.
    `annotation.audio.speech` is the transcript as recognised, event tags in place, in the language spoken; it
    is empty when no words were recognised, and the acoustic text then says so.

    Raises:
        ValueError: a cue is not in the catalogue.
    """
    check_known(cues, catalogue)
    words = wording_for(language)
    readings = {m: _reading(cues, m) for m in MODALITIES}
    grounds = {name for r in readings.values() if r is not None for name in r.rests_on[:MOST_ASKED]}

    scene = describe(cues, Dimension.SCENE, words, catalogue, asked_for=grounds)
    face = describe(cues, Dimension.FACE, words, catalogue, asked_for=grounds)
    body = describe(cues, Dimension.BODY, words, catalogue, asked_for=grounds)
    acoustic = describe(cues, Dimension.ACOUSTIC, words, catalogue, asked_for=grounds)
    perceived = (scene, face, body, acoustic)

    emotion, weights = fuse(readings)
    consistency = judge_consistency(readings, {m: cues.of(m.value).moments for m in MODALITIES}, settings)
    reasoning = reason(cues, perceived, readable(readings), emotion, weights, consistency, words)

    return Embedded(
        annotation=Annotation(
            scene=scene.text(words),
            face=face.text(words),
            body=body.text(words),
            audio=AudioDescription(
                acoustic=acoustic.text(words), speech=cues.transcript.text if cues.transcript else ""
            ),
            reasoning=reasoning.text(words),
        ),
        emotion=emotion,
        modalities={m: _estimate(cues, m, readings[m]) for m in MODALITIES},
        consistency=consistency,
        evidence=number((*perceived, reasoning)),
    )


def _reading(cues: Cues, modality: Modality) -> Reading | None:
    """What the modality suggests over the whole clip; None when it is absent or says nothing."""
    sense = cues.of(modality.value)
    return sense.overall if sense.present else None


def _estimate(cues: Cues, modality: Modality, reading: Reading | None) -> ModalityEstimate:
    if reading is None:
        sense = cues.of(modality.value)
        return ModalityEstimate(present=sense.present, reason=why_absent(cues, modality.value))
    return ModalityEstimate(
        present=True,
        probs=reading.probs,
        valence=reading.valence,
        arousal=reading.arousal,
        confidence=reading.confidence,
    )
