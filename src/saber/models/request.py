"""What is a model asked, and what does it answer?

A request names what to write and carries what the model may see; a reply carries the text and what it cost.
Both are plain data, so that a cache can key them and a test can compare them.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

__all__ = ["Kind", "Media", "Reply", "Request", "Sampling", "Send", "Usage"]


class Kind(StrEnum):
    """What a model can take besides text."""

    FRAMES = "frames"
    VIDEO = "video"
    AUDIO = "audio"


class Send(StrEnum):
    """The most that may leave this process for the model, in rising order."""

    CUES = "cues"
    """Measurements and the transcript, as text: no picture and no sound."""
    FRAMES = "frames"
    """Still pictures as well."""
    MEDIA = "media"
    """Video and sound as well."""

    @property
    def allows(self) -> frozenset[Kind]:
        return {
            Send.CUES: frozenset[Kind](),
            Send.FRAMES: frozenset({Kind.FRAMES}),
            Send.MEDIA: frozenset(Kind),
        }[self]


@dataclass(frozen=True)
class Media:
    """Encoded media: frames are one JPEG each, audio is a 16 kHz mono WAV, video a file as it is."""

    kind: Kind
    mime: str
    data: bytes = field(repr=False)
    time_s: float = 0.0
    """When in the clip it is (a frame) or starts."""
    lasts_s: float | None = None
    """How long a video is, where known: what it costs depends on it."""

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.data).hexdigest()


@dataclass(frozen=True)
class Sampling:
    """How the answer is drawn. The defaults are greedy: a measurement should repeat."""

    temperature: float = 0.0
    top_p: float = 1.0
    max_tokens: int = 2048
    n: int = 1
    seed: int | None = 0

    def __post_init__(self) -> None:
        if not (0 <= self.temperature <= 2 and 0 < self.top_p <= 1 and self.max_tokens > 0 and self.n > 0):
            raise ValueError("temperature is 0-2, top_p above 0 up to 1, max_tokens and n at least 1")


@dataclass(frozen=True)
class Request:
    """One question to a model. `schema` is the JSON schema of the answer, where it can be enforced."""

    user: str
    system: str = ""
    media: tuple[Media, ...] = ()
    schema: dict[str, Any] | None = field(default=None, hash=False)
    sampling: Sampling = Sampling()
    clip: str = ""
    """Which clip it is about, for messages; not part of the key."""

    @property
    def needs(self) -> frozenset[Kind]:
        return frozenset(m.kind for m in self.media)

    def key(self, model: str) -> str:
        """SHA-256 of everything that decides the answer: model, texts, media, schema, sampling."""
        content = {
            "model": model,
            "system": self.system,
            "user": self.user,
            "media": [(m.kind, m.mime, m.sha256, m.time_s) for m in self.media],
            "schema": self.schema,
            "sampling": vars(self.sampling),
        }
        return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()


@dataclass(frozen=True)
class Usage:
    """Tokens of one call; None where the backend did not say."""

    prompt_tokens: int | None = None
    answer_tokens: int | None = None
    video_tokens: int | None = None
    audio_tokens: int | None = None

    @property
    def total_tokens(self) -> int | None:
        """Of prompt and answer, which include those of video and audio; None where neither is known."""
        known = [count for count in (self.prompt_tokens, self.answer_tokens) if count is not None]
        return sum(known) if known else None


@dataclass(frozen=True)
class Reply:
    """What came back: `n` texts, in the order in which the model gave them."""

    texts: tuple[str, ...]
    model: str
    """The name that the backend itself reports, which may be more exact than what was asked for."""
    usage: Usage = Usage()
    seconds: float = 0.0
    cost: float | None = None
    """In the currency of the price table; None when no price is known."""
    cut_off: bool = False
    """The answer ended at `max_tokens`."""
    attempts: int = 1
    cached: bool = False

    @property
    def text(self) -> str:
        return self.texts[0]
