"""How does a request with encoded media become a talk with frames and sound, in this process?"""

from __future__ import annotations

import io
import tempfile
import wave
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from saber.core.errors import RefusedCallError, SaberError
from saber.media import FrameSampling, MediaSettings, open_clip, probe
from saber.models.request import Kind, Media, Request
from saber.omni import Heard, InputSettings, Message, Seen, Words, frame_count

__all__ = ["talk_of"]

_RATE_HZ = 16_000
_ALONE_S = 0.5
"""A single frame stands for half a second; with one grid there is no second time to measure from."""


def talk_of(request: Request, settings: InputSettings) -> list[Message]:
    """The request as the turns of a talk: what is seen, then what is heard, then the words.

    A video file is decoded in the isolated reader. Raises RefusedCallError when media can't be used.
    """
    seen: list[Seen | Heard] = []
    frames = [media for media in request.media if media.kind is Kind.FRAMES]
    if frames:
        seen.append(_stills(frames))
    for media in request.media:
        if media.kind is Kind.VIDEO:
            seen.append(_film(media, settings))
    for media in request.media:
        if media.kind is Kind.AUDIO:
            seen.append(_sound(media))
    talk = [Message("system", (Words(request.system),))] if request.system else []
    return [*talk, Message("user", (*seen, Words(request.user)))]


def _stills(frames: Sequence[Media]) -> Seen:
    """Pictures of one clip are its video, only sparser: that is the form that the model was trained on."""
    ordered = sorted(frames, key=lambda frame: frame.time_s)
    times_s = [frame.time_s for frame in ordered]
    return Seen([_jpeg(frame.data) for frame in ordered], _step_s(times_s))


def _film(media: Media, settings: InputSettings) -> Seen:
    with tempfile.NamedTemporaryFile(prefix="saber-", suffix=".media") as file:
        file.write(media.data)
        file.flush()
        path = Path(file.name)
        try:
            info = probe(path)
            rate = info.video.fps if info.video is not None and info.video.fps else 0.0
            # The pictures' own length: sound may go on for longer.
            lasts_s = info.video.duration_s if info.video is not None else None
            count = frame_count(lasts_s or media.lasts_s or info.duration_s, rate, settings)
            sampling = FrameSampling(by="count", count=count)
            with open_clip(path, MediaSettings(sampling=sampling, sound=False)) as reader:
                found = list(reader.frames())
        except SaberError as error:
            message = error.message.replace(str(path), "The video of the request")
            raise RefusedCallError(message, reason="bad_media", remedy=error.remedy) from error
    if not found:
        raise RefusedCallError("The video of the request holds no picture.", reason="bad_media")
    return Seen([frame.rgb for frame in found], _step_s([frame.time_s for frame in found]))


def _sound(media: Media) -> Heard:
    try:
        with wave.open(io.BytesIO(media.data)) as file:
            form = (file.getnchannels(), file.getsampwidth(), file.getframerate())
            raw = file.readframes(file.getnframes())
    except (wave.Error, EOFError) as error:
        raise RefusedCallError(
            f"The sound of the request is no WAV file: {error}.", reason="bad_media"
        ) from error
    if form != (1, 2, _RATE_HZ):
        raise RefusedCallError(
            f"The sound of the request has {form[0]} channels of {8 * form[1]} bits at {form[2]} Hz.",
            reason="bad_media",
            remedy="Give one channel of 16 bits at 16000 Hz.",
        )
    return Heard(np.frombuffer(raw, "<i2").astype(np.float32) / 32768.0)


def _jpeg(data: bytes) -> NDArray[np.uint8]:
    import av

    codec = av.CodecContext.create("mjpeg", "r")
    assert isinstance(codec, av.VideoCodecContext)
    try:
        frames = [*codec.decode(av.Packet(data)), *codec.decode(None)]
    except av.FFmpegError as error:
        raise RefusedCallError("A picture of the request is no JPEG.", reason="bad_media") from error
    if not frames:
        raise RefusedCallError("A picture of the request is no JPEG.", reason="bad_media")
    return np.ascontiguousarray(frames[0].to_ndarray(format="rgb24"))


def _step_s(times_s: Sequence[float]) -> float:
    return (times_s[-1] - times_s[0]) / (len(times_s) - 1) if len(times_s) > 1 else _ALONE_S
