"""What does an exported row say of a clip?

The six texts stand under the released keys. Every row has every column; what is not known is null.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Literal

from saber.core.dataset import (
    Annotated,
    Assigned,
    Check,
    Clip,
    Compared,
    Half,
    Source,
    Verified,
)
from saber.core.records import EmotionEstimate, ModalityEstimate, Probs, Record
from saber.core.taxonomy import Dimension, Emotion, Modality
from saber.corpora import terms_of
from saber.flow import Item
from saber.sed import ReleasedRecord
from saber.storage import inside

__all__ = ["KINDS", "Row", "RowTerms", "row_of", "row_of_released"]

KINDS: dict[str, type[Record]] = {
    "source": Source,
    "clean": Clip,
    "annotate": Annotated,
    "verify": Verified,
    "compare": Compared,
    "split": Assigned,
}
"""Stages that a row is made of, the last one last: only what was split is exported."""


class Shares(Record):
    """Over the seven emotions; they sum to 1."""

    neutral: float
    happiness: float
    sadness: float
    anger: float
    fear: float
    disgust: float
    surprise: float


class RowEmotion(Record):
    label: Emotion | None
    valence: float | None
    arousal: float | None
    probs: Shares | None


class RowModality(Record):
    modality: Modality
    present: bool
    valence: float | None
    arousal: float | None
    confidence: float | None
    reason: str | None
    probs: Shares | None


class RowOpinion(Record):
    judge: str
    verdict: Half | None
    visual: Emotion | None
    acoustic: Emotion | None
    reason: str
    prompt_sha256: str | None


class RowCheck(Record):
    stage: Literal["clean", "verify"]
    name: str
    passed: bool | None
    required: bool | None
    score: float | None
    limit: float | None
    unit: str
    reason: str
    detail: str
    judge: str
    dimension: Dimension | None


class RowWriter(Record):
    dimension: Dimension
    model: str
    prompt_sha256: str | None
    attempt: int
    seconds: float | None
    cost: float | None


class RowTerms(Record):
    key: str
    name: str
    url: str
    media: bool | None
    texts: bool | None
    commercial: bool | None


class RowAudio(Record):
    acoustic_feat: str | None
    speech_content: str | None


class Row(Record):
    """One clip."""

    id: str
    """Stable and unique in the dataset."""
    split: Literal["train", "validation", "test"] | None
    """No speaker, dialogue or near-duplicate is in two of them."""
    half: Half | None
    """Does what is seen fit what is heard? `unclear`: nobody could tell, or the judges disagree."""
    saber_test: bool
    """One of the SABER-Test clips."""
    corpus: str | None
    """Where the clip comes from."""
    speaker: str | None
    """Null where the corpus does not say, as in the columns that follow."""
    group: str | None
    """Dialogue, session or film."""
    language: str | None
    """That the six texts are written in."""
    spoken_language: str | None
    """By the corpus."""
    transcript: str | None
    """By the corpus' own transcribers."""
    label: Emotion | None
    """The corpus' label as one of the seven emotions; null when it names none of them."""
    label_said: str | None
    """The label in the corpus' own word."""
    label_from: Literal["intended", "annotators", "self_report"] | None
    """Whose judgement the label is."""
    video_desc: str | None
    """Scene."""
    facial_exp_desc: str | None
    """Facial expression."""
    body_lang_desc: str | None
    """Body language."""
    audio_desc: RowAudio | None
    """Acoustic features and speech content."""
    sentiment_analysis: str | None
    """Reasoning about the emotion."""
    emotion_said: Emotion | None
    """The label that the writer of the texts gave."""
    emotion: RowEmotion | None
    """Measured, all modalities together; null label: not enough evidence."""
    modalities: tuple[RowModality, ...]
    """Measured, each modality alone."""
    consistency: Literal["consistent", "inconsistent", "unclear"] | None
    """Measured: do the modalities agree?"""
    consistency_score: float | None
    """0 (contradiction) to 1 (agreement)."""
    opinions: tuple[RowOpinion, ...]
    """What each judge said of the visual beside the acoustic evidence; `half` follows from them."""
    half_judges: tuple[str, ...]
    """The judges that count for `half`."""
    media: str | None
    """The clip's file, relative to this dataset where it was copied; null where it is not passed on."""
    media_sha256: str | None
    """Of the file that was measured."""
    duration_s: float | None
    """Of the clip, in seconds."""
    start_s: float | None
    """Where the clip begins in the corpus' file, and ends; null: it is all of it."""
    end_s: float | None
    """In seconds, as `start_s`."""
    has_picture: bool | None
    """Whether the file has a picture that can be decoded."""
    has_sound: bool | None
    """The same for sound."""
    terms: RowTerms
    """Of the corpus: may the media, the texts be passed on, may they be used commercially? Null: no statement
    was found, which counts as no."""
    checks: tuple[RowCheck, ...]
    """Of cleaning and verification, each with its score. `passed` null: it could not be told."""
    writers: tuple[RowWriter, ...]
    """Who wrote each of the six texts."""
    extra: str
    """Further labels of the corpus, as a JSON object."""
    provenance: str
    """How the texts came about, as a JSON object."""
    rest: str
    """Of an imported record: what it held besides the six texts, as a JSON object."""

    def texts(self) -> dict[Dimension, str]:
        """The six texts, those that are there."""
        audio = self.audio_desc
        texts = {
            Dimension.SCENE: self.video_desc,
            Dimension.FACE: self.facial_exp_desc,
            Dimension.BODY: self.body_lang_desc,
            Dimension.ACOUSTIC: None if audio is None else audio.acoustic_feat,
            Dimension.SPEECH: None if audio is None else audio.speech_content,
            Dimension.REASONING: self.sentiment_analysis,
        }
        return {dimension: text for dimension, text in texts.items() if text is not None}

    def released(self) -> ReleasedRecord:
        """The record in the released form; of an imported one, all that it was made of."""
        return ReleasedRecord(self.texts(), json.loads(self.rest))


def row_of(workspace: Path, item: Item) -> Row:
    """The row of a clip that was split; `media` is the absolute path of its file.

    The record of the stage `cut`, where the item has one, stands for that of the source.
    """
    source = item.of("cut" if "cut" in item.records else "source", Source)
    clip = item.of("clean", Clip)
    verified = item.of("verify", Verified)
    compared = item.of("compare", Compared)
    assigned = item.of("split", Assigned)
    stands = verified.stands(item.of("annotate", Annotated))
    text = stands.annotation
    return Row(
        id=item.id,
        split=assigned.split,
        half=assigned.half,
        saber_test=assigned.saber_test,
        corpus=source.corpus,
        speaker=source.speaker,
        group=source.group,
        language=stands.language,
        spoken_language=source.language,
        transcript=source.transcript,
        label=source.label,
        label_said=source.label_said,
        label_from=source.label_from,
        video_desc=text.scene,
        facial_exp_desc=text.face,
        body_lang_desc=text.body,
        audio_desc=RowAudio(acoustic_feat=text.audio.acoustic, speech_content=text.audio.speech),
        sentiment_analysis=text.reasoning,
        emotion_said=stands.emotion_said,
        emotion=_emotion(stands.emotion),
        modalities=tuple(_modality(name, one) for name, one in sorted(stands.modalities.items())),
        consistency=stands.consistency.verdict,
        consistency_score=stands.consistency.score,
        opinions=tuple(
            RowOpinion(**one.model_dump(include=set(RowOpinion.model_fields))) for one in compared.opinions
        ),
        half_judges=assigned.half_judges,
        media=str(inside(workspace, clip.media_path).absolute()),
        media_sha256=clip.info.sha256,
        duration_s=clip.info.duration_s,
        start_s=source.start_s,
        end_s=source.end_s,
        has_picture=clip.info.video is not None,
        has_sound=clip.info.audio is not None,
        terms=row_terms(source.terms),
        checks=(
            *(_check("clean", one, None) for one in clip.checks),
            *(_check("verify", one, one.name in verified.required) for one in verified.checks),
        ),
        writers=tuple(
            RowWriter(dimension=dimension, **stands.written_by[dimension].model_dump())
            for dimension in Dimension
            if dimension in stands.written_by
        ),
        extra=_json({**{f"label.{m}": e for m, e in source.unimodal.items()}, **source.extra}),
        provenance=_json({"annotate": stands.provenance, "verify": verified.provenance}),
        rest="{}",
    )


def row_of_released(name: str, record: ReleasedRecord, terms: str) -> Row:
    """The row of an imported record: its texts, and null for all that such a record does not say."""
    texts = record.texts
    acoustic, speech = texts.get(Dimension.ACOUSTIC), texts.get(Dimension.SPEECH)
    known: dict[str, Any] = {
        "id": name,
        "saber_test": False,
        "video_desc": texts.get(Dimension.SCENE),
        "facial_exp_desc": texts.get(Dimension.FACE),
        "body_lang_desc": texts.get(Dimension.BODY),
        "audio_desc": None
        if acoustic is None and speech is None
        else RowAudio(acoustic_feat=acoustic, speech_content=speech),
        "sentiment_analysis": texts.get(Dimension.REASONING),
        "terms": row_terms(terms),
        "modalities": (),
        "opinions": (),
        "half_judges": (),
        "checks": (),
        "writers": (),
        "extra": "{}",
        "provenance": "{}",
        # ASCII: half a character pair can only be written as an escape.
        "rest": json.dumps(dict(record.rest)),
    }
    return Row(**{name: None for name in Row.model_fields if name not in known}, **known)


def row_terms(key: str) -> RowTerms:
    """Raises UsageError when there are no such terms."""
    terms = terms_of(key)
    return RowTerms(
        key=terms.key,
        name=terms.name,
        url=terms.url,
        media=terms.media,
        texts=terms.texts,
        commercial=terms.commercial,
    )


def _emotion(found: EmotionEstimate) -> RowEmotion:
    return RowEmotion(
        label=found.label, valence=found.valence, arousal=found.arousal, probs=_shares(found.probs)
    )


def _modality(name: Modality, found: ModalityEstimate) -> RowModality:
    values = found.model_dump(exclude={"probs"})
    return RowModality(modality=name, probs=_shares(found.probs), **values)


def _shares(probs: Probs | None) -> Shares | None:
    return None if probs is None else Shares(**{emotion.value: probs[emotion] for emotion in Emotion})


def _check(stage: Literal["clean", "verify"], check: Check, required: bool | None) -> RowCheck:
    return RowCheck(stage=stage, required=required, **check.model_dump())


def _json(value: dict[str, Any]) -> str:
    return json.dumps(value, ensure_ascii=False, allow_nan=False)
