"""How do tests get clips whose content they know? Small ones, made on the spot with PyAV."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
from av.audio.frame import AudioFrame
from av.stream import Disposition
from av.video.frame import VideoFrame
from numpy.typing import NDArray

__all__ = ["QUADRANTS", "make_clip", "make_sound", "quadrants"]

SOUND_RATE_HZ = 48_000
_TICKS = 12_800
QUADRANTS = {
    (0, 0): (220, 30, 30),
    (0, 1): (30, 200, 30),
    (1, 0): (30, 30, 220),
    (1, 1): (230, 230, 230),
}
"""Colour by (row, column): red, green / blue, white. No turn or mirror leaves it as it is."""


def quadrants(width: int, height: int) -> NDArray[np.uint8]:
    """A picture that shows which way is up."""
    picture = np.zeros((height, width, 3), np.uint8)
    for (row, column), colour in QUADRANTS.items():
        rows = slice(0, height // 2) if row == 0 else slice(height // 2, height)
        columns = slice(0, width // 2) if column == 0 else slice(width // 2, width)
        picture[rows, columns] = colour
    return picture


def make_sound(kind: str, seconds: float, rate_hz: int = SOUND_RATE_HZ) -> NDArray[np.float32]:
    """`tone` (440 Hz), `noise`, `silence`, `click` (one at 0.5 s), or `speech`: four syllables a second,
    each a hiss and then a buzz of 120 Hz, with a pause after every second."""
    t = np.arange(round(seconds * rate_hz)) / rate_hz
    noise = np.random.default_rng(0).standard_normal(len(t)) * 0.1
    if kind == "tone":
        sound = 0.3 * np.sin(2 * np.pi * 440 * t)
    elif kind == "noise":
        sound = noise
    elif kind == "silence":
        sound = np.zeros(len(t))
    elif kind == "click":
        sound = np.zeros(len(t))
        sound[round(0.5 * rate_hz) : round(0.51 * rate_hz)] = 0.8
    elif kind == "speech":
        buzz = sum(np.sin(2 * np.pi * 120 * k * t) / k for k in range(1, 12)) * 0.15
        phase = (t * 4) % 1
        sound = np.where(phase < 0.3, noise, np.where(phase < 0.8, buzz, 0.0)) * (t % 1 < 0.75)
    else:
        raise ValueError(kind)
    return sound.astype(np.float32)


def make_clip(
    path: Path,
    *,
    seconds: float = 1.0,
    fps: int = 25,
    size: tuple[int, int] = (64, 48),
    codec: str | None = "mpeg4",
    pixel_format: str = "yuv420p",
    picture: Callable[[int], NDArray[np.uint8]] | None = None,
    times_s: Sequence[float] | None = None,
    keyframe_every: int = 12,
    picture_start_s: float = 0.0,
    rotate_deg: float = 0.0,
    mirror: bool = False,
    pixel_stretch: Fraction = Fraction(1),
    sound: str | NDArray[np.float32] | None = "tone",
    more_sounds: Sequence[str] = (),
    sound_seconds: float | None = None,
    sound_start_s: float = 0.0,
    sound_codec: str = "aac",
    layout: str = "mono",
    rate_hz: int = SOUND_RATE_HZ,
    default_sound: int = 0,
    format: str | None = None,
    muxer_options: dict[str, str] | None = None,
) -> Path:
    """Writes a clip and returns its path; the container follows the name's ending unless `format` says.

    picture: index -> RGB of `size`; the default is `quadrants`. codec=None: no pictures.
    times_s: when each picture is shown (variable frame rate) instead of `seconds` at `fps`.
    sound: a kind of `make_sound`, samples, or None; `more_sounds` become further tracks.
    rotate_deg: counter-clockwise turn in the display matrix, after `mirror` (left-right).
    """
    width, height = size
    with av.open(str(path), "w", format=format, options=muxer_options or {}) as out:
        video = None
        if codec is not None:
            video = out.add_stream(codec, rate=fps)
            video.width, video.height, video.pix_fmt = width, height, pixel_format
            video.sample_aspect_ratio = pixel_stretch
            # MPEG-1 and -2 know only a fixed rate.
            video.codec_context.time_base = Fraction(
                1, fps if codec.startswith(("mpeg1", "mpeg2")) else _TICKS
            )
            video.codec_context.gop_size = keyframe_every
            video.codec_context.bit_rate = 4_000_000
            video.codec_context.thread_count = 1
            if rotate_deg or mirror:
                video.set_display_rotation(rotate_deg, hflip=mirror)
        tracks = []
        for number, kind in enumerate([] if sound is None else [sound, *more_sounds]):
            track = out.add_stream(sound_codec, rate=rate_hz, layout=layout)
            track.disposition = Disposition.default if number == default_sound else Disposition(0)
            tracks.append((track, kind))
        if video is not None:
            shown = picture or (lambda _: quadrants(width, height))
            at_s = times_s if times_s is not None else [i / fps for i in range(round(seconds * fps))]
            for index, time_s in enumerate(at_s):
                frame = VideoFrame.from_ndarray(shown(index), format="rgb24").reformat(format=pixel_format)
                frame.pts = round((time_s + picture_start_s) * _TICKS)
                frame.time_base = Fraction(1, _TICKS)
                out.mux(video.encode(frame))
            out.mux(video.encode(None))
        for track, kind in tracks:
            lasts_s = seconds if sound_seconds is None else sound_seconds
            samples = make_sound(kind, lasts_s, rate_hz) if isinstance(kind, str) else kind
            mono = (samples * 32767).astype(np.int16).reshape(1, -1)
            channels = len(track.codec_context.layout.channels)
            frame = AudioFrame.from_ndarray(np.repeat(mono, channels, 1), format="s16", layout=layout)
            frame.sample_rate = rate_hz
            frame.time_base = Fraction(1, rate_hz)
            frame.pts = round(sound_start_s * rate_hz)
            resampler = av.AudioResampler(
                track.codec_context.format, layout, rate_hz, frame_size=track.codec_context.frame_size
            )
            for piece in (frame, None):
                for part in resampler.resample(piece):
                    out.mux(track.encode(part))
            out.mux(track.encode(None))
    return path
