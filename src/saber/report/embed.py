"""In which form does the clip itself go into the page, and what does its sound look like?

The original when browsers play it and it is small enough, else a small preview, else nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from saber.core.errors import ClipError
from saber.core.records import ClipInfo, Sound
from saber.media import MediaSettings, open_clip
from saber.report.playable import browser_type
from saber.report.preview import Rung, encode_preview, rung_for

__all__ = ["MAX_ORIGINAL_BYTES", "Embedded", "Waveform", "embed", "waveform"]

MAX_ORIGINAL_BYTES = 24_000_000
"""Own choice: the page, a third larger, can still be mailed and opens on a phone."""
WAVEFORM_STEPS = 2_000


@dataclass(frozen=True)
class Waveform:
    """Lowest and highest sample of each of the equal steps from `start_s` to `end_s`, in per cent."""

    start_s: float
    end_s: float
    low: list[int]
    high: list[int]

    def as_json(self) -> dict[str, object]:
        return {"start": self.start_s, "end": self.end_s, "low": self.low, "high": self.high}


@dataclass(frozen=True)
class Embedded:
    """`mime` is None, and `data` empty, when there is nothing that a browser could play."""

    mime: str | None
    data: bytes
    is_preview: bool
    waveform: Waveform | None


def embed(clip: ClipInfo) -> Embedded:
    """The clip for the page. Never raises for a clip: what can't be embedded is left out."""
    path = Path(clip.path)
    mime, original = _as_it_is(path, clip)
    drawn, preview = None, None
    rung = rung_for(clip.duration_s)
    try:
        with open_clip(path, _settings(clip, rung)) as reader:
            sound = reader.sound
            drawn = None if sound is None else waveform(sound)
            if original is None:
                preview = encode_preview(iter(reader.frames()), sound, rung)
    except (ClipError, OSError):
        # It was readable when it was analysed and is not now: moved, or too slow for the limits.
        preview = None
    if original is not None:
        return Embedded(mime, original, False, drawn)
    if preview is None:
        return Embedded(None, b"", False, drawn)
    return Embedded("audio/webm" if clip.video is None else "video/webm", preview, True, drawn)


def _settings(clip: ClipInfo, rung: Rung) -> MediaSettings:
    """Only what the preview needs, and the sound track that was analysed."""
    return MediaSettings(
        fps=rung.max_fps,
        max_side_px=rung.max_side_px,
        audio_track=None if clip.audio is None else clip.audio.track,
    )


def _as_it_is(path: Path, clip: ClipInfo) -> tuple[str | None, bytes | None]:
    """The file's MIME type and bytes, when browsers play it and it is small enough."""
    try:
        if clip.size_bytes > MAX_ORIGINAL_BYTES:
            return None, None
        with path.open("rb") as file:
            mime = browser_type(clip, file.read(64))
            file.seek(0)
            return (mime, file.read()) if mime is not None else (None, None)
    except OSError:
        return None, None


def waveform(sound: Sound, steps: int = WAVEFORM_STEPS) -> Waveform | None:
    """The envelope of the sound, or None when it holds no sample."""
    count = len(sound.samples)
    if not count:
        return None
    edges = np.linspace(0, count, min(steps, count) + 1).astype(np.int64)[:-1]
    low = np.minimum.reduceat(sound.samples, edges)
    high = np.maximum.reduceat(sound.samples, edges)
    return Waveform(
        round(sound.start_s, 3),
        round(sound.end_s, 3),
        np.clip(np.round(low * 100), -100, 100).astype(int).tolist(),
        np.clip(np.round(high * 100), -100, 100).astype(int).tolist(),
    )
