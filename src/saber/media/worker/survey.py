"""What is in the clip: which picture and sound track to read, where its clock starts, which way is up?"""

from __future__ import annotations

from array import array
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

import av
from av.audio.stream import AudioStream
from av.container import InputContainer
from av.stream import Disposition, Stream
from av.video.frame import VideoFrame
from av.video.stream import VideoStream

from saber.media.worker.orientation import UPRIGHT, orientation_of
from saber.media.worker.source import decode, demux, open_container
from saber.media.worker.speech_likeness import LISTEN_RATE_HZ, speech_likeness

__all__ = ["NothingInsideError", "Survey", "raw_time_s", "survey"]

LISTEN_S = 10.0
"""How much of each audio track is heard when there are several."""
_LOOK_PACKETS = 4000
_CLEARLY_MORE = 1.5
"""By how much the most speech-like track must beat the default one (own choice: near-equal tracks are
two mixes or languages of the same thing, where the file's own choice counts)."""
_MAX_STRETCH = 4.0
"""Wider or narrower pixels than this are a damaged header, and taken as square (own choice)."""
_DECLARE_THE_WHOLE = ("matroska,webm", "flv")
_ASIDES = (
    Disposition.comment | Disposition.visual_impaired | Disposition.clean_effects | Disposition.non_diegetic
)


class NothingInsideError(Exception):
    """The file opens, but there is no picture and no sound track that could be decoded."""


@dataclass
class Survey:
    """Stream indexes are the container's. `origin_s` is the raw time that is the clip's 0; all other
    times are on the clip's clock."""

    container: str
    duration_s: float
    """As declared; measured without decoding where the file does not say."""
    end_s: float | None
    """Declared end of the whole, in the formats that declare none for their tracks."""
    origin_s: float
    video: int | None
    audio: int | None
    audio_tracks: int
    video_end_s: float | None
    audio_end_s: float | None
    picture: dict[str, Any] | None
    sound: dict[str, Any] | None


@dataclass
class _Ear:
    """What was heard of one audio track."""

    start_s: float | None = None
    heard_s: float = 0.0
    samples: array[float] = field(default_factory=lambda: array("f"))
    resampler: av.AudioResampler = field(
        default_factory=lambda: av.AudioResampler("flt", "mono", LISTEN_RATE_HZ)
    )


def raw_time_s(pts: int | None, time_base: Fraction | None) -> float | None:
    return None if pts is None or time_base is None else float(pts * time_base)


def survey(fd: int, audio_track: int | None) -> Survey:
    """Reads the headers and decodes the first picture and the first sounds."""
    with open_container(fd) as container:
        video = _picture_track(container)
        tracks = [s for s in container.streams.audio if s.codec_context is not None and s.rate]
        if video is None and not tracks:
            raise NothingInsideError
        several = len(tracks) > 1 and audio_track is None
        ears = {stream.index: _Ear() for stream in tracks}
        frame = _look_and_listen(container, video, tracks, ears, LISTEN_S if several else 0.0)
        track, because = _choose(tracks, ears, audio_track)
        starts = [s for s in (ears[t.index].start_s for t in tracks) if s is not None]
        if video is not None:
            first_s = raw_time_s(frame.pts, frame.time_base) if frame is not None else None
            video_start_s = first_s if first_s is not None else raw_time_s(video.start_time, video.time_base)
            starts += [] if video_start_s is None else [video_start_s]
        origin_s = min(starts, default=0.0)
        chosen = tracks[track] if track is not None else None
        duration_s = container.duration / av.time_base if container.duration else 0.0
        declared = duration_s > 0
        if not declared:
            duration_s = _measured_end_s(fd) - origin_s
        return Survey(
            container=container.format.name,
            duration_s=max(0.0, duration_s),
            end_s=duration_s if declared and container.format.name in _DECLARE_THE_WHOLE else None,
            origin_s=origin_s,
            video=None if video is None else video.index,
            audio=None if chosen is None else chosen.index,
            audio_tracks=len(tracks),
            video_end_s=_declared_end_s(video, origin_s),
            audio_end_s=_declared_end_s(chosen, origin_s),
            picture=None
            if video is None
            else _describe_picture(container, video, frame, video_start_s, origin_s),
            sound=None
            if chosen is None
            else {
                "codec": chosen.codec_context.name,
                "rate_hz": chosen.rate,
                "channels": chosen.channels,
                "start_s": max(0.0, (ears[chosen.index].start_s or origin_s) - origin_s),
                "duration_s": _duration_s(chosen),
                "track": track,
                "tracks": len(tracks),
                "chosen_because": because,
            },
        )


def _picture_track(container: InputContainer) -> VideoStream | None:
    """The moving picture: cover art and thumbnails are none."""
    stills = Disposition.attached_pic | Disposition.still_image | Disposition.timed_thumbnails
    moving = [
        s for s in container.streams.video if s.codec_context is not None and not s.disposition & stills
    ]
    best = container.streams.best("video")
    return best if best in moving else next(iter(moving), None)


def _look_and_listen(
    container: InputContainer,
    video: VideoStream | None,
    tracks: list[AudioStream],
    ears: dict[int, _Ear],
    listen_s: float,
) -> VideoFrame | None:
    """The first picture, and in `ears` where each track starts and `listen_s` of its sound."""
    first: VideoFrame | None = None
    deaf = set(ears)
    streams: list[Stream] = [*tracks, *([] if video is None else [video])]
    for count, packet in enumerate(demux(container, streams)):
        if count >= _LOOK_PACKETS or (not deaf and (video is None or first is not None)):
            break
        if packet is None or (packet.stream is video and first is not None):
            continue
        frames, _ = decode(packet)  # failures are counted when the track is read
        for frame in frames:
            if isinstance(frame, VideoFrame):
                first = first or frame
            elif isinstance(frame, av.AudioFrame) and packet.stream.index in deaf:
                ear = ears[packet.stream.index]
                _hear(ear, frame, listen_s)
                if ear.heard_s >= listen_s:
                    deaf.discard(packet.stream.index)
    return first


def _hear(ear: _Ear, frame: av.AudioFrame, listen_s: float) -> None:
    if ear.start_s is None:
        ear.start_s = raw_time_s(frame.pts, frame.time_base)
    ear.heard_s += frame.samples / frame.sample_rate
    if listen_s:
        try:
            pieces = ear.resampler.resample(frame)
        except ValueError:  # the track changes its layout half way: what was heard so far must do
            return
        for piece in pieces:
            ear.samples.frombytes(bytes(piece.planes[0])[: piece.samples * 4])


def _choose(
    tracks: list[AudioStream], ears: dict[int, _Ear], asked_for: int | None
) -> tuple[int | None, str]:
    """Which track, counted among the audio tracks, and the slug that says why."""
    if asked_for is not None:
        return (asked_for, "asked_for") if asked_for < len(tracks) else (None, "")
    if len(tracks) < 2:
        return (0, "only_track") if tracks else (None, "")
    numbers = [i for i, s in enumerate(tracks) if not s.disposition & _ASIDES] or list(range(len(tracks)))
    default = next((i for i in numbers if tracks[i].disposition & Disposition.default), numbers[0])
    scores = {i: speech_likeness(ears[tracks[i].index].samples) for i in numbers}
    best = max(numbers, key=lambda i: scores[i])
    if best != default and scores[best] > _CLEARLY_MORE * scores[default]:
        return best, "most_speech"
    return default, "default_track"


def _describe_picture(
    container: InputContainer,
    video: VideoStream,
    frame: VideoFrame | None,
    start_s: float | None,
    origin_s: float,
) -> dict[str, Any]:
    """Fields of VideoInfo, and `stretch`: how much wider than high a pixel is."""
    ratio = video.sample_aspect_ratio
    stretch = float(ratio) if ratio else 1.0
    if not 1 / _MAX_STRETCH <= stretch <= _MAX_STRETCH:
        stretch = 1.0
    width = max(1, round((frame.width if frame else video.width) * stretch))
    height = max(1, frame.height if frame else video.height)
    up = orientation_of(frame) if frame else UPRIGHT
    rate = video.average_rate or video.guessed_rate
    return {
        "codec": video.codec_context.name,
        "pixel_format": frame.format.name if frame else video.pix_fmt,
        "width": height if up.transpose else width,
        "height": width if up.transpose else height,
        "fps": float(rate) if rate and 0 < rate <= 1000 else None,
        "rotation_deg": up.clockwise_deg,
        "start_s": max(0.0, (start_s if start_s is not None else origin_s) - origin_s),
        "duration_s": _duration_s(video),
        "tracks": len(container.streams.video),
        "stretch": stretch,
    }


def _measured_end_s(fd: int) -> float:
    """The latest end of any packet; a recording that was streamed does not say how long it is."""
    end_s = 0.0
    with open_container(fd) as container:
        streams: list[Stream] = [*container.streams.video, *container.streams.audio]
        for packet in demux(container, streams):
            if packet is not None and packet.pts is not None:
                ends = packet.pts + (packet.duration or 0)
                end_s = max(end_s, raw_time_s(ends, packet.time_base) or 0.0)
    return end_s


def _duration_s(stream: Stream) -> float | None:
    duration_s = raw_time_s(stream.duration, stream.time_base)
    return duration_s if duration_s is not None and duration_s > 0 else None


def _declared_end_s(stream: Stream | None, origin_s: float) -> float | None:
    if stream is None or (duration_s := _duration_s(stream)) is None:
        return None
    start_s = raw_time_s(stream.start_time, stream.time_base)
    return (start_s if start_s is not None else origin_s) - origin_s + duration_s
