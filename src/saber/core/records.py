"""Which records flow between the stages?

    ClipInfo + Frame* + Sound -perceive-> Cues -annotate-> Analysis

Records that cross a disk or a model are pydantic and frozen; pixels and samples are small frozen
dataclasses. All times are seconds on the clip's own clock, 0 = the earliest timestamp of any stream.
Missing is None with a reason beside it: never 0, never "neutral".
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Literal, Self

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, Field, model_validator

from saber.core.taxonomy import EMOTIONS, Dimension, Emotion, Modality

__all__ = [
    "Analysis",
    "Annotation",
    "Aside",
    "AudioDescription",
    "AudioInfo",
    "ClipInfo",
    "Conflict",
    "Consistency",
    "Cue",
    "Cues",
    "EmotionEstimate",
    "Evidence",
    "Failure",
    "Frame",
    "Losses",
    "ModalityEstimate",
    "ModelInfo",
    "Perception",
    "Probs",
    "Provenance",
    "Reading",
    "Sound",
    "Span",
    "Track",
    "Transcript",
    "VideoInfo",
    "Word",
]

Ratio = Annotated[float, Field(ge=0.0, le=1.0)]
Signed = Annotated[float, Field(ge=-1.0, le=1.0)]
Seconds = Annotated[float, Field(ge=0.0)]
Probs = dict[Emotion, float]
"""A distribution over all seven emotions; sums to 1."""


class Record(BaseModel):
    """Base of every record: frozen, no unknown keys, no NaN or infinity in the JSON."""

    model_config = ConfigDict(
        frozen=True, extra="forbid", allow_inf_nan=False, populate_by_name=True, use_attribute_docstrings=True
    )


@dataclass(frozen=True)
class Aside:
    """Marks a field that says what it took to make a record, or to decide on it, not what the record says.

    `seconds: typing.Annotated[float, Aside()]`. No stage may read such a field of an earlier one. Two records
    that differ in such fields only are the same to whatever rests on them: making one again need not re-run
    what follows.
    """


# --- media -----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Frame:
    """One picture, upright: `rgb` is uint8, shape (height, width, 3)."""

    index: int
    time_s: float
    rgb: NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class Sound:
    """Mono sound: `samples` float32 in -1..1, shape (n,), the first one heard at `start_s`."""

    samples: NDArray[np.float32]
    rate_hz: int = 16_000
    start_s: float = 0.0

    @property
    def duration_s(self) -> float:
        return len(self.samples) / self.rate_hz

    @property
    def end_s(self) -> float:
        return self.start_s + self.duration_s


class Span(Record):
    """A stretch of the clip, start included, end excluded."""

    start_s: Seconds
    end_s: Seconds

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        if self.end_s < self.start_s:
            raise ValueError(f"span ends ({self.end_s}) before it starts ({self.start_s})")
        return self

    @property
    def duration_s(self) -> float:
        return self.end_s - self.start_s


class VideoInfo(Record):
    """The picture track. Width and height in pixels after rotation is applied."""

    codec: str
    pixel_format: str | None
    width: int
    height: int
    fps: float | None
    """Average frames per second as declared or counted; None when the file does not say."""
    rotation_deg: int
    """Clockwise rotation applied to show the picture upright: 0, 90, 180 or 270."""
    start_s: Seconds
    duration_s: Seconds | None
    tracks: int


class AudioInfo(Record):
    """The sound track that was chosen (`track`, counted from 0 among `tracks` audio tracks)."""

    codec: str
    rate_hz: int
    channels: int
    start_s: Seconds
    duration_s: Seconds | None
    track: int
    tracks: int
    chosen_because: str
    """Slug: `only_track`, `default_track`, `most_speech`, `asked_for`."""


class Losses(Record):
    """What could not be decoded. All zero and no notes: nothing was lost."""

    video_packets: int = 0
    audio_packets: int = 0
    notes: tuple[str, ...] = ()
    """Sentences, e.g. that the file ends before its declared duration."""

    @property
    def any(self) -> bool:
        return bool(self.video_packets or self.audio_packets or self.notes)


class ClipInfo(Record):
    """A media file as found: what is in it, and what of it was lost."""

    path: str
    sha256: str
    size_bytes: int
    container: str
    duration_s: Seconds
    """End of the last decoded picture or sound; the declared duration when only probed."""
    video: VideoInfo | None
    audio: AudioInfo | None
    losses: Losses = Losses()


# --- perception ------------------------------------------------------------------------------


class Cue(Record):
    """One measured quantity, over a stretch of time; `name` is a key of the catalogue.

    `status="absent"` says that it could not be measured and `reason` (a slug: `no_face`,
    `no_voice`, `too_short`, `model_missing`, ...) says why; `value` is then None.
    """

    name: str
    status: Literal["measured", "absent"] = "measured"
    value: float | str | None = None
    unit: str = ""
    start_s: Seconds = 0.0
    end_s: Seconds = 0.0
    apex_s: Seconds | None = None
    """When an event is strongest; None for a summary over the span."""
    confidence: Ratio = 1.0
    z: float | None = None
    """(value - mean) / sd of the catalogue's norm, where it states one."""
    reason: str | None = None
    person: int | None = None
    """Which person, counted from 0 in order of screen presence; None: not tied to one."""

    @model_validator(mode="after")
    def _value_fits_status(self) -> Self:
        if self.status == "absent" and (self.value is not None or not self.reason):
            raise ValueError(f"absent cue {self.name} must have a reason and no value")
        if self.status == "measured" and self.value is None:
            raise ValueError(f"measured cue {self.name} must have a value")
        return self


class Track(Record):
    """A quantity over time; a None in `values` is a moment at which it could not be measured."""

    name: str
    unit: str
    times_s: tuple[float, ...]
    values: tuple[float | None, ...]

    @model_validator(mode="after")
    def _same_length(self) -> Self:
        if len(self.times_s) != len(self.values):
            raise ValueError(f"track {self.name}: {len(self.times_s)} times, {len(self.values)} values")
        return self


class Reading(Record):
    """What one modality alone suggests about the emotion in a stretch of time."""

    modality: Modality
    start_s: Seconds
    end_s: Seconds
    probs: Probs
    valence: Signed
    arousal: Signed
    confidence: Ratio
    """How much this reading may weigh: quality of the measurement times validity of the method."""
    rests_on: tuple[str, ...] = ()
    """Names of the cues that moved it, the strongest first."""

    @model_validator(mode="after")
    def _is_distribution(self) -> Self:
        _check_probs(self.probs)
        return self


class Word(Record):
    """One word (or CJK character group) as recognised; `prob` is the recogniser's own."""

    text: str
    start_s: Seconds
    end_s: Seconds
    prob: Ratio


class Transcript(Record):
    """Speech as text. `text` may hold event tags in place (`<laughter>`); `words` never does."""

    text: str
    language: str
    """BCP-47 primary tag (`en`, `zh`)."""
    language_prob: Ratio
    words: tuple[Word, ...]
    confidence: Ratio
    """exp(mean log-probability) of the recogniser over the transcript."""


class ModelInfo(Record):
    """A model that had a part in the result."""

    role: str
    """What it did: `face_mesh`, `speech_recognition`, ..."""
    name: str
    version: str
    sha256: str | None = None
    licence: str
    source: Literal["packaged", "user", "hub", "rules"]


class Perception(Record):
    """What one sense perceived in one clip.

    `present=False` with `absent_reason` when there was nothing to perceive; cues that need it are
    then listed as absent. `overall` is None when no emotion can be read from it.
    """

    sense: Literal["scene", "face", "body", "voice", "speech"]
    present: bool
    absent_reason: str | None = None
    cues: tuple[Cue, ...] = ()
    tracks: tuple[Track, ...] = ()
    overall: Reading | None = None
    moments: tuple[Reading, ...] = ()
    """Readings of shorter stretches, in order of time, for locating conflicts."""
    models: tuple[ModelInfo, ...] = ()

    def cue(self, name: str) -> Cue | None:
        """The first measured cue of that name, or None."""
        return next((c for c in self.cues if c.name == name and c.status == "measured"), None)

    def track(self, name: str) -> Track | None:
        return next((t for t in self.tracks if t.name == name), None)


class Cues(Record):
    """Everything measured in one clip."""

    clip: ClipInfo
    scene: Perception
    face: Perception
    body: Perception
    voice: Perception
    speech: Perception
    voice_activity: tuple[Span, ...] = ()
    transcript: Transcript | None = None

    def of(self, sense: str) -> Perception:
        perception: Perception = getattr(self, sense)
        return perception

    @property
    def senses(self) -> tuple[Perception, ...]:
        return (self.scene, self.face, self.body, self.voice, self.speech)


# --- analysis: the public result -------------------------------------------------------------


class AudioDescription(Record):
    acoustic: str = Field(alias="acoustic_feat")
    speech: str = Field(alias="speech_content")


class Annotation(Record):
    """The six dimensions. Aliases are exactly the released SABER keys."""

    scene: str = Field(alias="video_desc")
    face: str = Field(alias="facial_exp_desc")
    body: str = Field(alias="body_lang_desc")
    audio: AudioDescription = Field(alias="audio_desc")
    reasoning: str = Field(alias="sentiment_analysis")

    def text_of(self, dimension: Dimension) -> str:
        """The text of one of the six dimensions."""
        return {
            Dimension.SCENE: self.scene,
            Dimension.FACE: self.face,
            Dimension.BODY: self.body,
            Dimension.ACOUSTIC: self.audio.acoustic,
            Dimension.SPEECH: self.audio.speech,
            Dimension.REASONING: self.reasoning,
        }[dimension]


class EmotionEstimate(Record):
    """The clip's emotion, all modalities together. Label None: not enough evidence to say."""

    label: Emotion | None
    probs: Probs | None
    valence: Signed | None
    arousal: Signed | None

    @model_validator(mode="after")
    def _is_distribution(self) -> Self:
        if self.probs is not None:
            _check_probs(self.probs)
        return self


class ModalityEstimate(Record):
    """What one modality alone says. All None when it is absent; `reason` says why."""

    present: bool
    probs: Probs | None = None
    valence: Signed | None = None
    arousal: Signed | None = None
    confidence: Ratio | None = None
    reason: str | None = None


class Conflict(Record):
    """Two modalities that disagree, about what, and when."""

    between: tuple[Modality, Modality]
    about: Literal["emotion", "valence", "arousal"]
    says: tuple[str, str]
    """What each of the two says, e.g. ("happiness", "anger") or ("positive", "negative")."""
    start_s: Seconds
    end_s: Seconds
    strength: Ratio


class Consistency(Record):
    """Do the modalities agree? Score 0 (flat contradiction) to 1 (agreement); None when unclear
    because fewer than two modalities could be read."""

    verdict: Literal["consistent", "inconsistent", "unclear"]
    score: Ratio | None
    conflicts: tuple[Conflict, ...] = ()


class Evidence(Record):
    """One claim in the annotation and the measurement that decides it.

    The embedded analyst writes only what was measured, so its claims are all supported. A model's claims
    are found in its text and checked: where no cue measures what a claim is about, `cue` is "".
    """

    id: str
    """`e1`, `e2`, ... in order of the text; the annotation's sentences carry no ids."""
    dimension: Dimension
    claim: str
    start_s: Seconds
    end_s: Seconds
    cue: str
    value: float | str | None
    unit: str
    confidence: Ratio
    verdict: Literal["supported", "contradicted", "not_measurable"] = "supported"


class Provenance(Record):
    version: str
    """Version of saber."""
    model: str
    """Which annotator wrote the annotation (`embedded`, or a model spec)."""
    language: str
    models: tuple[ModelInfo, ...]
    settings: dict[str, object]
    seconds: dict[str, float]
    """Wall seconds per stage."""


class Analysis(Record):
    """What `saber analyze` answers for one clip."""

    clip: ClipInfo
    annotation: Annotation
    emotion: EmotionEstimate
    modalities: dict[Modality, ModalityEstimate]
    consistency: Consistency
    evidence: tuple[Evidence, ...]
    provenance: Provenance
    cues: Cues | None = Field(default=None, exclude=True, repr=False)
    """All measurements, for the report and for code; left out of the JSON."""


class Failure(Record):
    """What stands in an `Analysis`' place when a clip could not be analysed."""

    path: str
    reason: str
    message: str
    remedy: str = ""


def _check_probs(probs: Probs) -> None:
    if set(probs) != set(EMOTIONS):
        raise ValueError("probs must name all seven emotions")
    total = sum(probs.values())
    if min(probs.values()) < 0 or abs(total - 1) > 1e-6:
        raise ValueError(f"probs must be >= 0 and sum to 1, not {total}")
