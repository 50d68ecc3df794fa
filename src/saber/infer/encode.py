"""How do pictures, sound and a video file become what a request can carry?"""

from __future__ import annotations

import hashlib
import io
import wave
from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path

import numpy as np

from saber.core.errors import ClipError, UnreadableClipError
from saber.core.records import Frame, Sound
from saber.models import Kind, Media

__all__ = ["jpegs", "video_file", "wav"]

_JPEG_SCALE = 3
"""Quantiser of the JPEG encoder, 2 (best) to 31; own choice: faces show no blocks at it."""

_MIME = {
    ".mp4": "video/mp4",
    ".m4v": "video/mp4",
    ".mov": "video/quicktime",
    ".webm": "video/webm",
    ".mkv": "video/x-matroska",
    ".avi": "video/x-msvideo",
    ".mpg": "video/mpeg",
    ".mpeg": "video/mpeg",
}


def jpegs(frames: Sequence[Frame]) -> tuple[Media, ...]:
    """One JPEG per frame, without any metadata of the file that they come from."""
    return tuple(Media(Kind.FRAMES, "image/jpeg", _jpeg(f), round(f.time_s, 3)) for f in frames)


def wav(sound: Sound) -> Media:
    """16-bit mono WAV at the sound's own rate (16 kHz from the reader)."""
    samples = (np.clip(sound.samples, -1.0, 1.0) * 32767.0).round().astype("<i2")
    out = io.BytesIO()
    with wave.open(out, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(sound.rate_hz)
        file.writeframes(samples.tobytes())
    return Media(Kind.AUDIO, "audio/wav", out.getvalue(), round(sound.start_s, 3))


def video_file(path: Path, sha256: str, lasts_s: float) -> Media:
    """The file as it is. Raises ClipError when it is no longer the file that was analysed."""
    try:
        data = path.read_bytes()
    except OSError as error:
        raise UnreadableClipError(f"{path} can't be read again: {error.strerror}.") from error
    if hashlib.sha256(data).hexdigest() != sha256:
        raise ClipError(f"{path} has changed since it was analysed.", reason="clip_changed")
    return Media(Kind.VIDEO, _MIME.get(path.suffix.lower(), "video/mp4"), data, lasts_s=lasts_s)


def _jpeg(frame: Frame) -> bytes:
    import av
    from av.video.frame import VideoFrame

    height, width = frame.rgb.shape[:2]
    codec = av.CodecContext.create("mjpeg", "w")
    assert isinstance(codec, av.VideoCodecContext)
    codec.width, codec.height, codec.pix_fmt = width, height, "yuv420p"
    codec.color_range = 2  # full range, as JPEG has it
    codec.qmin = codec.qmax = _JPEG_SCALE
    codec.time_base = Fraction(1, 25)  # asked for by the encoder; a single picture has no pace
    picture = VideoFrame.from_ndarray(frame.rgb, format="rgb24").reformat(
        format="yuv420p", dst_color_range="JPEG", dst_colorspace="ITU601"
    )
    return b"".join(bytes(packet) for packet in (*codec.encode(picture), *codec.encode(None)))
