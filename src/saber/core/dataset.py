"""Which records flow through the data factory?

    Source   -clean->    Clip      -perceive-> Perceived -annotate-> Annotated
             -hear->     Heard     -verify->   Verified  -compare->  Compared -split-> Assigned
             -instruct-> Example

Each stage adds its own record to an item and reads those of earlier stages;
none is copied into another.
"""

from __future__ import annotations

import typing
from typing import Any, Literal

from pydantic import Field, model_validator

from saber.core.records import (
    Annotation,
    Aside,
    ClipInfo,
    Consistency,
    EmotionEstimate,
    ModalityEstimate,
    Record,
    Seconds,
)
from saber.core.taxonomy import Dimension, Emotion, Modality

__all__ = [
    "Annotated",
    "Assigned",
    "Check",
    "Clip",
    "Compared",
    "Example",
    "Fingerprints",
    "Half",
    "Heard",
    "Message",
    "Opinion",
    "Perceived",
    "Source",
    "Unique",
    "Verified",
    "Writer",
]


Half = Literal["consistent", "inconsistent", "unclear"]
"""Do what is seen and what is heard tell the same? `unclear`: nobody could tell, or not everybody agreed."""


class Source(Record):
    """A raw clip as its corpus names it, before anything is measured. None: the corpus does not say."""

    id: str
    """Stable and unique in a dataset: `corpus/path/inside/it`, and `#t=1.2-4.8` for a stretch of a file."""
    corpus: str
    """Key of the table of corpora, `folder` or `manifest`."""
    path: str
    """The media file."""
    start_s: Seconds | None = None
    end_s: Seconds | None = None
    """The stretch of the file that is meant; both None: all of it."""
    size_bytes: int | None = None
    modified_at: float | None = None
    """Size of the file and its last change, in seconds since 1970, when it was listed: where another lies
    under the same name later, it is cleaned and measured anew. None: it could not be told."""
    speaker: str | None = None
    """Who is seen or heard, unique over all corpora (`crema-d:1001`)."""
    group: str | None = None
    """A dialogue, session or film whose clips must stay in one split (`meld:train/dia3`)."""
    language: str | None = None
    """BCP-47 primary tag."""
    transcript: str | None = None
    """What is said, by the corpus's own transcribers."""
    label: Emotion | None = None
    """The corpus's label as one of the seven; None too when it names none of them (`label_said` keeps it)."""
    label_said: str | None = None
    label_from: Literal["intended", "annotators", "self_report"] | None = None
    """Whose judgement the label is: the actor's instruction, raters, or the person's own."""
    unimodal: dict[Modality, Emotion] = Field(default_factory=dict)
    """Labels of single modalities: what was acted with that one, or seen or heard by those to whom nothing
    else was shown."""
    terms: str
    """Key of the table of terms; `unknown` forbids what any terms might forbid."""
    extra: dict[str, str | float] = Field(default_factory=dict)
    """Further labels as the corpus gives them (`intensity`, `valence`, `intent`, ...)."""

    @model_validator(mode="after")
    def _stretch_fits(self) -> Source:
        if (self.start_s is None) != (self.end_s is None):
            raise ValueError("a stretch has a start and an end")
        if self.start_s is not None and self.end_s is not None and self.end_s <= self.start_s:
            raise ValueError(f"the stretch ends ({self.end_s}) before it starts ({self.start_s})")
        return self

    def holding_for(self, item: str) -> Source:
        """What is true of the item of that id: of one that was cut out of this source everything but what the
        corpus says of the whole (transcript, labels)."""
        if item == self.id:
            return self
        of_the_whole = ("transcript", "label", "label_said", "label_from")
        return self.model_copy(update={**dict.fromkeys(of_the_whole), "unimodal": {}, "extra": {}})


class Check(Record):
    """One question put to a clip or to what was written of it, and the answer.

    `passed` None: it could not be told, which is never counted as passed.
    """

    name: str
    """Slug: `sharpness`, `speech`, `visual_caption`, ..."""
    passed: bool | None
    score: float | None = None
    limit: float | None = None
    """The threshold that the score was held against."""
    unit: str = ""
    reason: str = ""
    """Slug where it did not pass, or why it can't be told."""
    detail: str = ""
    """One sentence or a quotation, for a person."""
    judge: str
    """Who judged: `measured`, `corpus`, the name of a recogniser, a model's spec, or `person:NAME`."""
    dimension: Dimension | None = None
    """Which of the six texts it is about."""


class Fingerprints(Record):
    """What near-duplicates share, however they were re-encoded."""

    picture: tuple[str, ...] = ()
    """64-bit hashes as hex, a few frames in order of time; empty without a picture."""
    sound: tuple[str, ...] = ()
    """64-bit hashes as hex, in order of time; empty without sound."""


class Clip(Record):
    """A source that passed cleaning."""

    media_path: str
    """The file that later stages read: the source's own, or the cut stretch in the workspace."""
    info: ClipInfo
    checks: typing.Annotated[tuple[Check, ...], Aside()]
    """Every check of cleaning with its score, also those passed: what a calibration report is made of. Aside:
    a limit that is moved and still passed need not have the clip measured again."""
    fingerprints: Fingerprints


class Unique(Record):
    """A clip that repeats no other one that was kept. The nearest kept one is named, however far it is."""

    nearest: str | None = None
    """None: nothing comes near in picture or sound."""
    picture_distance: float | None = None
    """Share of differing bits, 0 to 1, at the best alignment; None without a picture in both."""
    sound_distance: float | None = None


class Perceived(Record):
    """Where a clip's cues are: they are large, so they lie beside the ledger and not in it."""

    cues_path: str
    """gzip-compressed JSON of `Cues`, relative to the workspace."""
    sha256: str
    """Of the uncompressed JSON."""
    seconds: typing.Annotated[float, Aside()]


class Writer(Record):
    """Who wrote one of the six texts, and what it took."""

    model: str
    """`embedded`, a model's spec, `corpus`, or a reviewer (`person:NAME`)."""
    prompt_sha256: str | None = None
    seconds: typing.Annotated[float | None, Aside()] = None
    cost: typing.Annotated[float | None, Aside()] = None
    attempt: int = 1
    """Above 1: written again after a check failed."""


class Annotated(Record):
    """The six dimensions of a clip and who wrote each; beside them what was measured of the emotion."""

    annotation: Annotation
    written_by: dict[Dimension, Writer]
    language: str
    """That the annotation is written in."""
    emotion_said: Emotion | None
    """The label that the writer gave to the whole; None: none, or none of the seven."""
    emotion: EmotionEstimate
    """Measured, all modalities together."""
    modalities: dict[Modality, ModalityEstimate]
    consistency: Consistency
    provenance: typing.Annotated[dict[str, Any], Aside()] = Field(default_factory=dict)


class Heard(Record):
    """What a recogniser heard that had no part in the clip's transcript."""

    transcript: str | None
    """As it wrote it, "" where it heard no words; None: nobody could be asked, and `reason` says why."""
    language: str | None
    """BCP-47 primary tag that it was heard in; None where nobody heard."""
    recogniser: str | None
    """Its name; `measured` for a clip without sound; None where nobody heard."""
    sha256: str | None = None
    """Of the recogniser's weights."""
    reason: str = ""
    """Slug: `no_other_recogniser`, `no_sound`."""
    detail: str = ""
    """One sentence for a person."""
    seconds: typing.Annotated[float, Aside()] = 0.0


class Verified(Record):
    """An annotation after its checks; the one that passed may differ from the first one written."""

    annotated: Annotated | None
    """The annotation as it was written again; None: the one of the stage before stands."""
    checks: typing.Annotated[tuple[Check, ...], Aside()]
    """Of the annotation that stands, every check, also those that nobody could make."""
    required: typing.Annotated[tuple[str, ...], Aside()] = ()
    """Names of the checks that had to pass; the others are only reported. `review` among them: people
    decided, and what they decided needs no other check to pass."""
    attempts: int = 1
    """How often texts were written: 1 when the first ones passed."""
    provenance: typing.Annotated[dict[str, Any], Aside()] = Field(default_factory=dict)
    """What came of each attempt before the last, what the models were asked and what it took."""

    def stands(self, first: Annotated) -> Annotated:
        """The annotation that passed: the one written again, or the `first` one."""
        return first if self.annotated is None else self.annotated


class Opinion(Record):
    """What one judge says of a clip's visual evidence beside its acoustic evidence."""

    judge: str
    """`measured`, a model's spec, or a reviewer (`person:NAME`)."""
    verdict: Half | None
    """None: unknown, because the judge gave no usable answer."""
    visual: Emotion | None = None
    """What the visual side shows; None: it can't be told, or not one of the seven."""
    acoustic: Emotion | None = None
    reason: str = ""
    """One sentence; for an unknown verdict what was wrong with the answer."""
    prompt_sha256: str | None = None
    attempts: int = 0
    """Requests that it took."""


class Compared(Record):
    """Is a clip consistent? By everybody who was asked, and what follows from it."""

    half: Half
    because: Literal["agreed", "disagreed", "not_everybody", "nobody", "reviewed"]
    """`agreed`: all who count said the same. `disagreed`: one said consistent, one inconsistent.
    `not_everybody`: somebody could not tell, where everybody has to. `nobody` could tell. `reviewed`: a
    person decided, whatever the others say."""
    opinions: tuple[Opinion, ...]


class Assigned(Record):
    """Where a clip goes."""

    split: Literal["train", "validation", "test"]
    half: Half
    half_judges: tuple[str, ...]
    """Who said so: `measured`, model specs, reviewers. Of an unclear clip everybody who was asked."""
    saber_test: bool = False
    """One of SABER-Test's clips; only clips of the test split are."""


class Message(Record):
    role: Literal["system", "user", "assistant"]
    content: str


class Example(Record):
    """One conversation to train on, in the field's usual row form. Only clips of the train split have one."""

    messages: tuple[Message, ...]
    videos: tuple[str, ...] = ()
    audios: tuple[str, ...] = ()
    language: str
