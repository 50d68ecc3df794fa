"""How does a clip become an analysis? The main flow, in the order in which it happens.

    clip file -media-> frames + sound -perceive-> Cues -annotate-> Analysis

With a model, the model writes the annotation (`infer`), and its claims are checked against the cues
(`grounding`); emotion, modalities and consistency stay what was measured.

Sound is heard in one thread while the frames are watched in another: the models release the
interpreter lock, so both cores work. Nothing here measures or decides; each step's own package does.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from saber.annotate import ConsistencySettings, annotate
from saber.core.errors import UsageError
from saber.core.records import (
    Analysis,
    ClipInfo,
    Cues,
    Frame,
    ModelInfo,
    Perception,
    Provenance,
    Sound,
    Span,
    Transcript,
)
from saber.core.settings import build, read_toml, resolved
from saber.core.taxonomy import Language
from saber.grounding import checked_evidence
from saber.infer import ClipMedia, InferSettings, Written, write_annotation
from saber.media import ClipReader, MediaSettings, open_clip
from saber.models import Caller, ModelSettings, make_caller
from saber.perceive.body import BodyPerceiver, BodySettings
from saber.perceive.face import FacePerceiver, FaceSettings
from saber.perceive.scene import ScenePerceiver, SceneSettings
from saber.perceive.speech import SpeechResult, SpeechSettings, perceive_speech
from saber.perceive.voice import VoiceSettings, perceive_voice, voice_activity
from saber.version import __version__

__all__ = ["Progress", "Settings", "Watcher", "analyze", "load_settings", "perceive", "warm_up"]

Progress = Callable[[float], None]
"""Called with the share of the clip that has been watched, 0-1."""


class Watcher:
    """Is told what is found while a clip is analysed; override what you want to know.

    `words` and the `perceived` of speech and voice come from a second thread. Whatever a method raises ends
    the analysis and comes out of it.
    """

    def stage(self, name: str) -> None:
        """This begins: `watch`, `listen` (frames are seen, words not yet heard), `conclude`, `annotate`, and
        with a model `model` and `grounding`."""

    def opened(self, clip: ClipInfo) -> None:
        """The clip as its headers describe it; nothing is decoded yet."""

    def progress(self, share: float) -> None:
        """The share of the clip that has been watched, 0-1."""

    def sight(
        self, time_s: float, faces: tuple[NDArray[np.float32], ...], body: NDArray[np.float64] | None
    ) -> None:
        """Each frame: what can be drawn over it, as `FacePerceiver.see` and `BodyPerceiver.see` return it."""

    def words(self, transcript: Transcript) -> None:
        """What was said."""

    def perceived(self, perception: Perception) -> None:
        """A sense has concluded."""

    def text(self, piece: str) -> None:
        """The model's words, as they are written."""


@dataclass(frozen=True)
class Settings:
    """Settings of every stage; each is a table of the same name in a TOML file."""

    media: MediaSettings = field(default_factory=MediaSettings)
    face: FaceSettings = field(default_factory=FaceSettings)
    body: BodySettings = field(default_factory=BodySettings)
    scene: SceneSettings = field(default_factory=SceneSettings)
    voice: VoiceSettings = field(default_factory=VoiceSettings)
    speech: SpeechSettings = field(default_factory=SpeechSettings)
    consistency: ConsistencySettings = field(default_factory=ConsistencySettings)
    model: ModelSettings = field(default_factory=ModelSettings)
    infer: InferSettings = field(default_factory=InferSettings)


def load_settings(path: Path | None) -> Settings:
    """Defaults, overridden by the TOML file at `path`. UsageError names an unknown or wrong key."""
    return Settings() if path is None else build(Settings, read_toml(path), path.name)


def analyze(
    clip: str | Path,
    *,
    language: Language | str = Language.ENGLISH,
    model: str | Caller = "embedded",
    settings: Settings | None = None,
    progress: Progress | None = None,
    on_text: Callable[[str], None] | None = None,
    watcher: Watcher | None = None,
) -> Analysis:
    """What the person in `clip` shows, says and seems to feel, and what that rests on.

    Args:
        clip: path of a media file; picture, sound or both.
        language: of the written annotation, `en` or `zh`; the clip may be in another.
        model: who writes the annotation. `embedded` is deterministic and needs no network; any other
            spec of `saber.models`; or an open `Caller`, so that many clips share budget and connections.
        settings: of the stages; None takes the defaults.
        progress: called now and then with the share of the clip that is done.
        on_text: called with the model's words as they are written.
        watcher: told of everything that is found, as soon as it is.

    Raises:
        ClipError: this clip can't be read.
        ModelError: the model gave no usable annotation.
        MissingPieceError: a package that perception can't do without is not installed.
        UsageError: unknown language or model.
    """
    settings = settings or Settings()
    language = _language(language)
    caller = model if isinstance(model, Caller) else make_caller(model, settings.model)
    clock = Stopwatch()
    # An answer is asked for as a stream only where somebody listens.
    hear = on_text or (watcher.text if watcher is not None else None)
    watcher = watcher or Watcher()
    with clock("total"):
        cues = perceive(clip, settings=settings, progress=progress, clock=clock, watcher=watcher)
        watcher.stage("annotate")
        with clock("annotate"):
            measured = annotate(cues, language=language, settings=settings.consistency)
        annotation, evidence, written = measured.annotation, measured.evidence, None
        if caller is not None:
            watcher.stage("model")
            try:
                with clock("model"):
                    media = ClipMedia(clip, settings.media)
                    written = write_annotation(cues, media, caller, settings.infer, language, hear)
            finally:
                if caller is not model:
                    caller.close()
            annotation = written.require()
            watcher.stage("grounding")
            with clock("grounding"):
                evidence = checked_evidence(annotation, cues)
    return Analysis(
        clip=cues.clip,
        annotation=annotation,
        emotion=measured.emotion,
        modalities=measured.modalities,
        consistency=measured.consistency,
        evidence=evidence,
        provenance=_provenance(cues, language, settings, written, clock),
        cues=cues,
    )


def perceive(
    clip: str | Path,
    *,
    settings: Settings | None = None,
    progress: Progress | None = None,
    clock: Stopwatch | None = None,
    watcher: Watcher | None = None,
) -> Cues:
    """Everything that is measured in a clip: the first half of `analyze`. Same errors."""
    settings = settings or Settings()
    clock = clock or Stopwatch()
    watcher = watcher or Watcher()
    with clock("open"):
        reader = open_clip(clip, settings.media)
    with (
        reader,
        closing(FacePerceiver(settings.face)) as face,
        closing(BodyPerceiver(settings.body)) as body,
        ThreadPoolExecutor(max_workers=1, thread_name_prefix="hearing") as hearing,
    ):
        watcher.opened(reader.info)
        watcher.stage("watch")
        scene = ScenePerceiver(settings.scene)
        heard_later = hearing.submit(_hear, reader.sound, settings, clock, watcher)
        _watch(reader, face, body, scene, progress, clock, watcher)
        watcher.stage("listen")
        heard = heard_later.result()
        info = reader.finished_info()
        watcher.stage("conclude")
        with clock("conclude"):
            seen_face = face.conclude(voice_activity=heard.activity, duration_s=info.duration_s)
            watcher.perceived(seen_face)
            seen_body = body.conclude(duration_s=info.duration_s)
            watcher.perceived(seen_body)
            seen_scene = scene.conclude(face=seen_face, duration_s=info.duration_s)
            watcher.perceived(seen_scene)
    return Cues(
        clip=info,
        scene=seen_scene,
        face=seen_face,
        body=seen_body,
        voice=heard.voice,
        speech=heard.speech.perception,
        voice_activity=heard.activity,
        transcript=heard.speech.transcript,
    )


def warm_up(settings: Settings | None = None) -> None:
    """Loads everything that perceiving loads, so that the first clip need not wait for it. Takes seconds.

    Raises what `analyze` raises when a package or a model is missing.
    """
    settings = settings or Settings()
    noise = np.random.default_rng(0).standard_normal(16_000).astype(np.float32) * np.float32(0.01)
    frame = Frame(0, 0.0, np.zeros((64, 64, 3), np.uint8))
    with closing(FacePerceiver(settings.face)) as face, closing(BodyPerceiver(settings.body)) as body:
        face.see(frame)
        body.see(frame)
    voice_activity(Sound(noise), settings.voice)
    # Noise that is declared to be speech: the recogniser has to load to find no words in it.
    perceive_speech(Sound(noise), (Span(start_s=0.0, end_s=1.0),), settings.speech)


def _watch(
    reader: ClipReader,
    face: FacePerceiver,
    body: BodyPerceiver,
    scene: ScenePerceiver,
    progress: Progress | None,
    clock: Stopwatch,
    watcher: Watcher,
) -> None:
    """Every frame once, past each of the watching senses; no frame is kept."""
    frames = iter(reader.frames())
    duration_s = reader.info.duration_s
    while True:
        with clock("decode"):
            frame = next(frames, None)
        if frame is None:
            break
        with clock("face"):
            outlines = face.see(frame)
        with clock("body"):
            pose = body.see(frame)
        with clock("scene"):
            scene.see(frame)
        watcher.sight(frame.time_s, outlines, pose)
        if duration_s:
            share = min(1.0, frame.time_s / duration_s)
            watcher.progress(share)
            if progress is not None:
                progress(share)


@dataclass(frozen=True)
class Heard:
    """What listening found."""

    activity: tuple[Span, ...]
    voice: Perception
    speech: SpeechResult


def _hear(sound: Sound | None, settings: Settings, clock: Stopwatch, watcher: Watcher) -> Heard:
    """Voice activity first; then the words, whose times refine the speech rate; then the voice."""
    with clock("voice activity"):
        activity = () if sound is None else voice_activity(sound, settings.voice)
    with clock("speech"):
        speech = perceive_speech(sound, activity, settings.speech)
    if speech.transcript is not None:
        watcher.words(speech.transcript)
    watcher.perceived(speech.perception)
    with clock("voice"):
        words = speech.transcript.words if speech.transcript else ()
        voice = perceive_voice(sound, activity, settings.voice, words)
    watcher.perceived(voice)
    return Heard(activity, voice, speech)


class Stopwatch:
    """Adds up wall seconds per stage; stages of different threads may overlap."""

    def __init__(self) -> None:
        self._seconds: dict[str, float] = {}

    @contextmanager
    def __call__(self, stage: str) -> Iterator[None]:
        start = time.perf_counter()
        try:
            yield
        finally:
            self._seconds[stage] = self._seconds.get(stage, 0.0) + time.perf_counter() - start

    @property
    def seconds(self) -> dict[str, float]:
        return {stage: round(value, 4) for stage, value in self._seconds.items()}


def _provenance(
    cues: Cues, language: Language, settings: Settings, written: Written | None, clock: Stopwatch
) -> Provenance:
    # Each model once, in the order in which the senses named it.
    models = {(m.role, m.name): m for sense in cues.senses for m in sense.models}
    used = resolved(settings)
    if written is not None:
        used["written"] = written.provenance()
        author = ModelInfo(
            role="annotation",
            name=written.answered_by or written.model,
            version="as served",
            licence="as its provider states",
            source="user",
        )
        models[author.role, author.name] = author
    return Provenance(
        version=__version__,
        model=written.model if written is not None else "embedded",
        language=language.value,
        models=tuple(models.values()),
        settings=used,
        seconds=clock.seconds,
    )


def _language(language: Language | str) -> Language:
    try:
        return Language(language)
    except ValueError:
        known = ", ".join(Language)
        raise UsageError(f"There is no language {language!r}.", remedy=f"Known languages: {known}.") from None
