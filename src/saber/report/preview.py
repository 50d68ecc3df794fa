"""How is a clip that browsers can't play, or that is too large, made into a small WebM?

VP9 and Opus: BSD-licensed encoders, played by all current browsers. The input is what the isolated
reader decoded, never the file itself.
"""

from __future__ import annotations

import io
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from itertools import chain
from typing import TYPE_CHECKING

import numpy as np

from saber.core.records import Frame, Sound

if TYPE_CHECKING:
    from av import Packet, VideoStream
    from av.container import OutputContainer
    from av.stream import Stream

__all__ = ["RUNGS", "Rung", "encode_preview", "rung_for"]

_AUDIO_BITS_S = 32_000
_MILLISECONDS = Fraction(1, 1000)


@dataclass(frozen=True)
class Rung:
    """How large the preview of a clip of up to `max_duration_s` may be, and how dense its frames."""

    max_duration_s: float
    max_side_px: int
    max_fps: float
    video_bits_s: int


# Own choice: each rung stays under about 12 MB at its longest, so that a page can still be mailed.
RUNGS = (
    Rung(60, 640, 25.0, 700_000),
    Rung(300, 480, 15.0, 250_000),
    Rung(1200, 320, 6.0, 60_000),
    Rung(float("inf"), 240, 1.0, 15_000),
)


def rung_for(duration_s: float) -> Rung:
    """The first rung that is long enough."""
    return next(r for r in RUNGS if duration_s <= r.max_duration_s)


def encode_preview(frames: Iterator[Frame], sound: Sound | None, rung: Rung) -> bytes | None:
    """A WebM of these frames (at their own times) and this sound; None when there is neither."""
    import av

    first = next(frames, None)
    if first is None and (sound is None or not len(sound.samples)):
        return None
    width, height = (0, 0) if first is None else _size(first, rung.max_side_px)
    target = io.BytesIO()
    with av.open(target, "w", format="webm") as container:
        # Every stream must exist before the first packet is muxed.
        picture = None if first is None else _video_stream(container, rung, width, height)
        heard = deque(_encoded(container, sound))
        if first is not None and picture is not None:
            last_ms = -1
            for frame in chain([first], frames):
                time_ms = round(frame.time_s * 1000)
                if time_ms <= last_ms:
                    continue
                last_ms = time_ms
                image = av.VideoFrame.from_ndarray(np.ascontiguousarray(frame.rgb), format="rgb24")
                image = image.reformat(width, height, "yuv420p")
                image.pts, image.time_base = time_ms, _MILLISECONDS
                while heard and _time_s(heard[0]) <= frame.time_s:
                    container.mux(heard.popleft())
                container.mux(picture.encode(image))
            container.mux(picture.encode(None))
        container.mux(list(heard))
    return target.getvalue()


def _video_stream(container: OutputContainer, rung: Rung, width: int, height: int) -> VideoStream:
    stream = container.add_stream("libvpx-vp9", rate=Fraction(rung.max_fps).limit_denominator(1000))
    stream.width, stream.height, stream.pix_fmt = width, height, "yuv420p"
    stream.bit_rate = rung.video_bits_s
    stream.codec_context.time_base = _MILLISECONDS
    stream.codec_context.options = {
        "deadline": "realtime",
        "cpu-used": "7",
        "row-mt": "1",
        "crf": "34",
        # A keyframe every two seconds: each evidence link is a seek.
        "g": str(max(1, round(2 * rung.max_fps))),
    }
    return stream


def _encoded(container: OutputContainer, sound: Sound | None) -> list[Packet[Stream]]:
    """The whole sound as Opus packets, at its own times; small, so it may wait for the picture."""
    import av

    if sound is None or not len(sound.samples):
        return []
    stream = container.add_stream("libopus", rate=sound.rate_hz, layout="mono")
    stream.bit_rate = _AUDIO_BITS_S
    resampler = av.AudioResampler(format=stream.codec_context.format, layout="mono", rate=sound.rate_hz)
    packets: list[Packet[Stream]] = []
    start = round(sound.start_s * sound.rate_hz)
    for offset in range(0, len(sound.samples), sound.rate_hz):
        piece = np.clip(sound.samples[offset : offset + sound.rate_hz], -1.0, 1.0)
        block = av.AudioFrame.from_ndarray(piece[np.newaxis, :].astype(np.float32), "fltp", "mono")
        block.sample_rate = sound.rate_hz
        block.pts, block.time_base = start + offset, Fraction(1, sound.rate_hz)
        for ready in resampler.resample(block):
            packets += stream.encode(ready)
    for ready in resampler.resample(None):
        packets += stream.encode(ready)
    return packets + list(stream.encode(None))


def _time_s(packet: Packet[Stream]) -> float:
    return 0.0 if packet.pts is None or packet.time_base is None else float(packet.pts * packet.time_base)


def _size(frame: Frame, max_side_px: int) -> tuple[int, int]:
    """Width and height of the preview: even, not larger than the frame."""
    height, width = frame.rgb.shape[:2]
    scale = min(1.0, max_side_px / max(width, height))
    return max(2, round(width * scale / 2) * 2), max(2, round(height * scale / 2) * 2)
