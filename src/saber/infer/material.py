"""What does a model get of a clip: which media, and which cues as text for the rest?

What leaves is what is allowed (`--send`), what the model can take and what there is: never more than any of
the three. What a model neither sees nor hears it gets as measured cues.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from functools import cache

from saber.core.records import ClipInfo
from saber.infer.cues_text import ACOUSTIC, VISUAL, Group
from saber.infer.encode import jpegs, video_file, wav
from saber.infer.settings import InferSettings
from saber.infer.source import MediaSource
from saber.models import Kind, Media, Model, Send, default_send

__all__ = ["Gatherer", "Material", "Stage", "allowed", "as_files", "statement"]


class Stage(StrEnum):
    """One request's part in the work."""

    ONE = "one"
    VISUAL = "visual"
    ACOUSTIC = "acoustic"
    REASONING = "reasoning"
    OWN = "own"
    """The user's own prompt."""


@dataclass(frozen=True)
class Material:
    """What one stage gets."""

    media: tuple[Media, ...] = ()
    groups: tuple[Group, ...] = ()
    """Cues that are told as text."""
    notes: tuple[str, ...] = ()
    """Slugs: what was allowed and taken, but did not go, and why."""

    @property
    def heard(self) -> bool:
        """The model gets the sound itself. Most models take only the pictures of a video file."""
        return any(m.kind is Kind.AUDIO for m in self.media)


def allowed(model: Model, settings: InferSettings) -> frozenset[Kind]:
    """What may leave for this model and can be taken by it."""
    return Send(settings.send or default_send(model.spec)).allows & model.takes


class Gatherer:
    """Gathers the material of a clip's stages; each medium is read and encoded once."""

    def __init__(
        self, clip: ClipInfo, source: MediaSource | None, model: Model, settings: InferSettings
    ) -> None:
        self._clip = clip
        self._settings = settings
        self._may = allowed(model, settings) if source is not None else frozenset[Kind]()
        self._limit_bytes = settings.most_media_mb * 1e6
        self._frames: Callable[[], tuple[Media, ...]] = cache(lambda: self._read_frames(source))
        self._sound: Callable[[], Media | None] = cache(lambda: self._read_sound(source))
        self._video: Callable[[], Media | None] = cache(lambda: self._read_video(source))

    def gather(self, stage: Stage) -> Material:
        """What this stage gets. The visual stage never gets a video file: it holds the sound as well."""
        notes: list[str] = []
        sight = self._see(stage, notes) if stage is not Stage.ACOUSTIC else ()
        sound = self._hear(notes) if stage is not Stage.VISUAL else ()
        if stage is Stage.OWN:
            return Material((*sight, *sound), (), tuple(notes))
        every = self._settings.describe == "all"
        told = _told(stage, seen=bool(sight) and not every, heard=bool(sound) and not every)
        return Material((*sight, *sound), told, tuple(notes))

    def _see(self, stage: Stage, notes: list[str]) -> tuple[Media, ...]:
        if self._clip.video is None:
            return ()
        if Kind.VIDEO in self._may and stage is not Stage.VISUAL:
            video = self._video()
            if video is not None:
                return (video,)
            notes.append("video_too_large")
        if Kind.FRAMES not in self._may:
            return ()
        frames = self._frames()
        if not frames:
            notes.append("no_frames")
        return frames

    def _hear(self, notes: list[str]) -> tuple[Media, ...]:
        if self._clip.audio is None or Kind.AUDIO not in self._may:
            return ()
        sound = self._sound()
        if sound is None:
            notes.append("no_sound")
        elif len(sound.data) > self._limit_bytes:
            notes.append("sound_too_long")
        else:
            return (sound,)
        return ()

    def _read_frames(self, source: MediaSource | None) -> tuple[Media, ...]:
        assert source is not None
        return jpegs(source.frames(self._settings.frames, self._settings.frame_side_px))

    def _read_sound(self, source: MediaSource | None) -> Media | None:
        assert source is not None
        sound = source.sound()
        return None if sound is None else wav(sound)

    def _read_video(self, source: MediaSource | None) -> Media | None:
        assert source is not None
        if self._clip.size_bytes > self._limit_bytes:
            return None
        return video_file(source.path, self._clip.sha256, self._clip.duration_s)


def as_files(clip: ClipInfo) -> Material:
    """What a model gets in one request that takes video and sound as files, without their content: the
    video where there is a picture, the sound where there is sound, and cues for what there is not."""
    media = [Media(Kind.VIDEO, "", b"")] if clip.video is not None else []
    media += [Media(Kind.AUDIO, "", b"")] if clip.audio is not None else []
    told = _told(Stage.ONE, seen=clip.video is not None, heard=clip.audio is not None)
    return Material(tuple(media), told)


def statement(model: Model, settings: InferSettings) -> str | None:
    """One sentence: what is about to be sent, and to where. None when nothing leaves the machine."""
    if model.goes_to is None:
        return None
    may = allowed(model, settings)
    if settings.prompt_file is not None:
        things = ["your prompt"]
    else:
        things = ["measured cues and the transcript as text"]
    if Kind.VIDEO in may:
        things.append("the video file with its sound")
    if Kind.FRAMES in may and Kind.VIDEO not in may:
        things.append(f"up to {settings.frames} pictures")
    if Kind.AUDIO in may:
        things.append("the sound")
    end = "." if may else "; no picture and no sound."
    return f"Sending to {model.goes_to} for each clip: {_list(things)}{end}"


def _told(stage: Stage, *, seen: bool, heard: bool) -> tuple[Group, ...]:
    """The cues that are told as text: of what the model does not get itself."""
    told: list[Group] = []
    if stage is not Stage.ACOUSTIC and not seen:
        told += VISUAL
    if stage is not Stage.VISUAL and not heard:
        told += ACOUSTIC
    if stage is Stage.ONE and told:
        told.insert(len(VISUAL) if VISUAL[0] in told else 0, Group.TOGETHER)
    return tuple(told)


def _list(things: list[str]) -> str:
    return things[0] if len(things) == 1 else f"{', '.join(things[:-1])} and {things[-1]}"
