"""How does a stretch of a long video become a file of its own?

By encoding it again. Copying packets would begin at the keyframe before, with up to ten seconds of what does
not belong, or hide them behind an edit list that many readers ignore. And copying means to parse the hostile
file here; encoding starts from what the isolated reader decoded.
"""

from __future__ import annotations

import io
from collections import deque
from collections.abc import Iterable, Iterator
from fractions import Fraction
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from saber.core.dataset import Source
from saber.core.records import ClipInfo, Frame, Sound
from saber.media import MediaSettings, open_clip
from saber.storage import write_whole

if TYPE_CHECKING:
    from av import Packet, VideoStream
    from av.container import OutputContainer
    from av.stream import Stream

__all__ = ["KEPT", "stretch_of", "write_stretch"]

KEPT = MediaSettings(fps=60.0, max_side_px=1280)
"""What of a stretch is kept: more than any sense reads (25 pictures a second, 640 px)."""

_FLAC_BLOCK = 4096
_MILLISECONDS = Fraction(1, 1000)
_QUALITY = {"crf": "24", "deadline": "realtime", "cpu-used": "7", "g": "60"}
"""VP9 at a constant quality that the eye can't tell from the source; own choice."""


def stretch_of(source: Source) -> tuple[float, float] | None:
    """Start and end of the stretch that a source means; None: all of the file."""
    if source.start_s is None or source.end_s is None:
        return None
    return source.start_s, source.end_s


def write_stretch(path: Path, stretch: tuple[float, float], target: Path) -> ClipInfo:
    """Write a stretch as an MP4 file of its own and say what is in it. Raises ClipError.

    VP9 and FLAC: encoders under BSD licences; the sound, mono at 16 kHz as every stage hears it, is kept to
    16 bits, so that the voice measures the same.
    """
    with open_clip(path, KEPT, stretch=stretch) as clip:
        content = _encoded(clip.frames(), clip.sound, clip.info)
    write_whole(target, content)
    with open_clip(target) as written:
        return written.finished_info()


def _encoded(frames: Iterator[Frame], sound: Sound | None, info: ClipInfo) -> bytes:
    import av

    first = next(frames, None)
    target = io.BytesIO()
    with av.open(target, "w", format="mp4") as container:
        declared_fps = None if info.video is None else info.video.fps
        fps = min(KEPT.fps, declared_fps or KEPT.fps)
        # Every stream must exist before the first packet is muxed.
        picture = None if first is None else _video_stream(container, first, fps)
        heard = deque(_sound_packets(container, sound))
        if first is not None and picture is not None:
            for packet in _picture_packets(picture, chain([first], frames)):
                while heard and _time_s(heard[0]) <= _time_s(packet):
                    container.mux(heard.popleft())
                container.mux(packet)
        container.mux(list(heard))
    return target.getvalue()


def _video_stream(container: OutputContainer, first: Frame, fps: float) -> VideoStream:
    stream = container.add_stream("libvpx-vp9", rate=Fraction(fps).limit_denominator(1001))
    height, width = first.rgb.shape[:2]
    # Colour is kept for every second pixel, so sides are even.
    stream.width, stream.height = max(2, width // 2 * 2), max(2, height // 2 * 2)
    stream.pix_fmt = "yuv420p"
    stream.bit_rate = 0
    stream.codec_context.time_base = _MILLISECONDS
    stream.codec_context.options = dict(_QUALITY)
    return stream


def _picture_packets(stream: VideoStream, frames: Iterable[Frame]) -> Iterator[Packet[Stream]]:
    import av

    last_ms = -1
    for frame in frames:
        rgb = np.ascontiguousarray(frame.rgb[: stream.height, : stream.width])
        image = av.VideoFrame.from_ndarray(rgb, format="rgb24").reformat(
            stream.width, stream.height, "yuv420p"
        )
        last_ms = max(last_ms + 1, round(frame.time_s * 1000))
        image.pts, image.time_base = last_ms, _MILLISECONDS
        yield from stream.encode(image)
    yield from stream.encode(None)


def _sound_packets(container: OutputContainer, sound: Sound | None) -> list[Packet[Stream]]:
    """The whole sound at its own times; small, so it may wait for the picture."""
    import av

    if sound is None or not len(sound.samples):
        return []
    stream = container.add_stream("flac", rate=sound.rate_hz, layout="mono", format="s16")
    packets: list[Packet[Stream]] = []
    samples = np.round(np.clip(sound.samples, -1, 1) * 32767).astype(np.int16)
    start = round(sound.start_s * sound.rate_hz)
    for offset in range(0, len(samples), _FLAC_BLOCK):
        piece = np.ascontiguousarray(samples[offset : offset + _FLAC_BLOCK])
        block = av.AudioFrame.from_ndarray(piece[None], "s16", "mono")
        block.sample_rate = sound.rate_hz
        block.pts, block.time_base = start + offset, Fraction(1, sound.rate_hz)
        packets += stream.encode(block)
    return packets + list(stream.encode(None))


def _time_s(packet: Packet[Stream]) -> float:
    return 0.0 if packet.pts is None or packet.time_base is None else float(packet.pts * packet.time_base)
