"""What does a dataset look like that is made by hand for the splits' tests?"""

from __future__ import annotations

from typing import Any

from saber.core.dataset import Annotated, Compared, Opinion, Source, Unique, Verified, Writer
from saber.core.records import (
    Annotation,
    AudioDescription,
    Conflict,
    Consistency,
    EmotionEstimate,
    ModalityEstimate,
    Probs,
)
from saber.core.taxonomy import DIMENSIONS, EMOTIONS, Emotion, Modality
from saber.flow import Item

ENGLISH = Annotation(
    scene="A plain room in low light.",
    face="The lip corners rise from 2.1 s.",
    body="The person leans forward at 1.9 s.",
    audio=AudioDescription(acoustic="It is pitched high and moves widely.", speech="Oh great."),
    reasoning="The smile and the hard voice disagree.",
)
CHINESE = Annotation(
    scene="房间普通，光线偏暗。",
    face="2.1 秒起嘴角上扬。",
    body="1.9 秒时身体前倾。",
    audio=AudioDescription(acoustic="音调偏高，起伏较大。", speech="太好了。"),
    reasoning="笑容与生硬的嗓音相互矛盾。",
)


def mostly(emotion: Emotion, share: float = 0.7) -> Probs:
    rest = (1 - share) / 6
    return {e: share if e is emotion else rest for e in EMOTIONS}


def reads(emotion: Emotion | None) -> ModalityEstimate:
    """A modality that shows this emotion; None: it is absent."""
    if emotion is None:
        return ModalityEstimate(present=False, reason="absent")
    return ModalityEstimate(present=True, probs=mostly(emotion), confidence=0.8)


def annotated(
    annotation: Annotation = ENGLISH,
    language: str = "en",
    *,
    verdict: str = "consistent",
    between: tuple[Modality, Modality] | None = None,
    face: Emotion | None = Emotion.HAPPINESS,
    body: Emotion | None = None,
    voice: Emotion | None = Emotion.HAPPINESS,
    speech: Emotion | None = None,
    emotion: Emotion | None = Emotion.HAPPINESS,
) -> Annotated:
    conflicts = ()
    if between is not None:
        conflicts = (
            Conflict(
                between=between,
                about="emotion",
                says=("happiness", "anger"),
                start_s=1,
                end_s=2,
                strength=0.8,
            ),
        )
    return Annotated(
        annotation=annotation,
        written_by=dict.fromkeys(DIMENSIONS, Writer(model="embedded")),
        language=language,
        emotion_said=emotion,
        emotion=EmotionEstimate(label=Emotion.SADNESS, probs=None, valence=None, arousal=None),
        modalities={
            Modality.FACE: reads(face),
            Modality.BODY: reads(body),
            Modality.VOICE: reads(voice),
            Modality.SPEECH: reads(speech),
        },
        consistency=Consistency(
            verdict=verdict,  # type: ignore[arg-type]
            score=None if verdict == "unclear" else 0.8,
            conflicts=conflicts,
        ),
    )


PLAIN = annotated()


def compared(half: str) -> Compared:
    verdict: Any = half
    return Compared(half=verdict, because="agreed", opinions=(Opinion(judge="measured", verdict=verdict),))


def clip(
    name: str,
    corpus: str = "a",
    *,
    speaker: str | None = None,
    group: str | None = None,
    file: str | None = None,
    language: str = "en",
    label: Emotion | None = None,
    half: str = "consistent",
    near: str | None = None,
    distance: float = 0.1,
    first: Annotated = PLAIN,
    again: Annotated | None = None,
) -> Item:
    """What the split gets of one clip."""
    return Item(
        id=f"{corpus}/{name}",
        records={
            "source": Source(
                id=f"{corpus}/{name}",
                corpus=corpus,
                path=file or f"/{corpus}/{name}.mp4",
                speaker=speaker,
                group=group,
                language=language,
                label=label,
                terms="unknown",
            ),
            "annotate": first,
            "verify": Verified(annotated=again, checks=()),
            "duplicates": Unique(nearest=near, picture_distance=distance if near else None),
            "compare": compared(half),
        },
    )
