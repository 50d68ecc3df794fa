"""How much of a clip is read, how densely, and under which limits?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

__all__ = ["FrameSampling", "MediaSettings"]


@dataclass(frozen=True)
class FrameSampling:
    """Which pictures come out.

    `fps`: every picture, thinned to `MediaSettings.fps` where the clip is faster.
    `count`: `count` pictures evenly spaced over the clip (fewer when it holds fewer).
    `keyframes`: only those that decode on their own; many times cheaper, for first-pass filters.
    """

    by: Literal["fps", "count", "keyframes"] = "fps"
    count: int = 8
    keyframes_first_s: float | None = None
    """Of a clip that lasts at least so long, `ClipReader.keyframes` gives pictures that decode on their own,
    a second or more apart, before all others are decoded: whoever sees enough in them need not go on."""

    def __post_init__(self) -> None:
        if self.count < 1:
            raise ValueError(f"count must be at least 1, not {self.count}")
        if self.keyframes_first_s is not None and self.keyframes_first_s < 0:
            raise ValueError(f"keyframes_first_s can't be negative, not {self.keyframes_first_s}")


@dataclass(frozen=True)
class MediaSettings:
    """Settings of the reader. Every limit is there because a clip may be hostile; what a limit cuts off
    is said in the clip's `losses`, and running past one of the last three raises ReaderStoppedError.
    """

    fps: float = 25.0
    """Pictures per second at most. Micro-expressions last under half a second: 25 gives them 12 pictures."""
    max_side_px: int = 640
    """Pictures are scaled down, never up, until their longer side fits."""
    max_frames: int = 15_000
    max_duration_s: float = 600.0
    sampling: FrameSampling = FrameSampling()
    sound: bool = True
    """False: leave the sound unread, for filters that only look."""
    audio_track: int | None = None
    """Counted from 0 among the audio tracks; None: choose the one with speech."""
    threads: int = 1
    """Decoder threads. The reader already runs beside its consumer; more threads speed it up where cores
    are idle, and lose the last few pictures of a clip whose end is damaged."""
    stall_s: float = 30.0
    """Longest wait for the next picture or piece of sound; a slow consumer does not count."""
    cpu_limit_s: int = 300
    """CPU seconds for the whole clip."""
    memory_limit_mb: int = 2048
    """Address space of the reading process; it starts at about 0.25 GB."""

    def __post_init__(self) -> None:
        for name in ("fps", "max_duration_s", "stall_s"):
            if not 0 < getattr(self, name) < float("inf"):
                raise ValueError(f"{name} must be a positive number, not {getattr(self, name)}")
        for name in ("max_frames", "threads", "cpu_limit_s"):
            if getattr(self, name) < 1:
                raise ValueError(f"{name} must be at least 1, not {getattr(self, name)}")
        if not 16 <= self.max_side_px <= 8192:
            raise ValueError(f"max_side_px must be 16 to 8192, not {self.max_side_px}")
        if self.memory_limit_mb < 256:
            raise ValueError(f"memory_limit_mb must be at least 256, not {self.memory_limit_mb}")
        if self.audio_track is not None and self.audio_track < 0:
            raise ValueError(f"audio_track is counted from 0, so it can't be {self.audio_track}")
