"""Which pictures come out, at what time, and in what shape?"""

from __future__ import annotations

import functools
import math
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, field
from typing import Any

import av
from av.container import InputContainer
from av.video.format import VideoFormat
from av.video.frame import VideoFrame
from av.video.reformatter import ColorRange, Colorspace, Interpolation, VideoReformatter
from av.video.stream import VideoStream

from saber.media.worker.clock import Clock
from saber.media.worker.deinterlace import Deinterlacer
from saber.media.worker.orientation import orientation_of
from saber.media.worker.source import begins_before, decode, demux, open_container, open_near
from saber.media.worker.survey import raw_time_s

__all__ = ["PictureOutcome", "read_keyframes", "read_pictures"]

_HD_LINES = 720
_UNSPECIFIED_COLOUR = 2
_KEYS_APART_S = 1.0
_MOST_KEYS = 60
_EARLY_S = 1e-3
"""A picture that stands so little before a stretch's start belongs to it: times are rounded."""


@dataclass
class PictureOutcome:
    """`end_s`: when the last picture ends; `sent` of the `decoded` pictures came out."""

    sent: int = 0
    decoded: int = 0
    damaged: int = 0
    unshown: int = 0
    end_s: float | None = None
    cut: bool = False
    """A limit ended the reading before the track ended."""
    packets_end_s: float = -math.inf
    """When the last packet ends, on the container's raw clock."""
    lost_packets: int = 0
    notes: list[str] = field(default_factory=list)


def read_pictures(
    fd: int,
    stream_index: int,
    clock: Clock,
    task: dict[str, Any],
    picture: dict[str, Any],
    emit: Callable[[dict[str, Any], memoryview], None],
) -> PictureOutcome:
    """Decodes the track, or a stretch of it, and hands each wanted picture to `emit` with its header."""
    outcome = PictureOutcome()
    start_s: float = task["start_s"]
    limit_s = start_s + task["max_duration_s"]
    end_s = math.inf if task["end_s"] is None else task["end_s"]
    near_s = clock.origin_s + start_s if start_s else None
    # Before the container is opened: it may read through the file, and both share its position.
    wanted = _sampler(fd, stream_index, task, clock.origin_s)
    with open_near(fd, stream_index, near_s) as container:
        video = container.streams[stream_index]
        assert isinstance(video, VideoStream)
        step_s = 1 / (picture["fps"] or 25.0)
        only_keys = task["sampling"] == "keyframes"
        if only_keys:
            video.codec_context.skip_frame = "NONKEY"
        video.codec_context.thread_count = task["threads"]
        video.codec_context.thread_type = "AUTO" if task["threads"] > 1 else "NONE"
        shape = _Shaper(task["max_side_px"], picture["stretch"])
        for frame in _decoded(container, video, outcome, near_s):
            lasts_s = raw_time_s(frame.duration or None, frame.time_base) or step_s
            time_s = clock.at(raw_time_s(frame.pts, frame.time_base), lasts_s)
            if time_s < start_s - _EARLY_S:
                continue
            if time_s >= end_s - _EARLY_S:
                break
            if time_s >= limit_s:
                outcome.cut = True
                outcome.notes.append(f"Pictures were read up to the limit of {task['max_duration_s']:g} s.")
                break
            outcome.decoded += 1
            outcome.damaged += frame.is_corrupt
            outcome.end_s = min(time_s + lasts_s, end_s)
            if not wanted(time_s):
                continue
            if outcome.sent == task["max_frames"]:
                outcome.cut = True
                outcome.notes.append(f"Pictures were read up to the limit of {task['max_frames']}.")
                break
            try:
                header, pixels = shape(frame)
            except MemoryError:
                raise
            except (av.FFmpegError, ValueError):  # a pixel format that can't be shown as RGB
                outcome.unshown += 1
                continue
            emit(
                {"type": "frame", "index": outcome.sent, "time_s": max(0.0, time_s - start_s), **header},
                pixels,
            )
            outcome.sent += 1
    if only_keys and outcome.end_s is not None and not outcome.cut:
        # What lies between the last keyframe and the end was not decoded, but it is there.
        outcome.end_s = min(max(outcome.end_s, outcome.packets_end_s - clock.origin_s), end_s)
    return outcome


def read_keyframes(
    fd: int,
    stream_index: int,
    clock: Clock,
    task: dict[str, Any],
    picture: dict[str, Any],
    emit: Callable[[dict[str, Any], memoryview], None],
) -> None:
    """Hands pictures that decode on their own to `emit`, none nearer than `_KEYS_APART_S` to the last.

    Packets between them are not decoded. What fails here is left to be counted when all are read.
    """
    start_s: float = task["start_s"]
    end_s = math.inf if task["end_s"] is None else task["end_s"]
    sent, next_s, last_s = 0, start_s, -1.0
    with open_near(fd, stream_index, clock.origin_s + start_s if start_s else None) as container:
        video = container.streams[stream_index]
        assert isinstance(video, VideoStream)
        video.codec_context.skip_frame = "NONKEY"
        video.codec_context.thread_count, video.codec_context.thread_type = 1, "NONE"
        shape = _Shaper(task["max_side_px"], picture["stretch"])
        for packet in demux(container, [video]):
            if packet is None or (packet.size and not packet.is_keyframe):
                continue
            if packet.size:
                raw_s = raw_time_s(packet.pts if packet.pts is not None else packet.dts, packet.time_base)
                if raw_s is None or not next_s <= raw_s - clock.origin_s < end_s:
                    continue
                next_s = raw_s - clock.origin_s + _KEYS_APART_S
            for frame in decode(packet)[0]:
                time_s = raw_time_s(frame.pts, frame.time_base)
                if time_s is None or not isinstance(frame, VideoFrame):
                    continue
                shown_s = max(0.0, time_s - clock.origin_s - start_s)
                if shown_s <= last_s or sent == _MOST_KEYS:
                    continue
                try:
                    header, pixels = shape(frame)
                except (av.FFmpegError, ValueError):
                    continue
                emit({"type": "frame", "index": sent, "time_s": shown_s, **header}, pixels)
                sent, last_s = sent + 1, shown_s


def _decoded(
    container: InputContainer, video: VideoStream, outcome: PictureOutcome, near_s: float | None
) -> Iterator[VideoFrame]:
    deinterlacer = Deinterlacer()
    for packet in demux(container, [video]):
        frames, failed = decode(packet)
        outcome.lost_packets += bool(failed and not begins_before(packet, near_s))
        if packet is not None and packet.pts is not None:
            end_s = raw_time_s(packet.pts + (packet.duration or 0), packet.time_base)
            outcome.packets_end_s = max(outcome.packets_end_s, end_s if end_s is not None else -math.inf)
        for frame in frames:
            if isinstance(frame, VideoFrame) and frame.width and frame.height:
                yield from deinterlacer.push(frame)
    yield from deinterlacer.flush()


class _Shaper:
    """Scales to square pixels and to size, and names what is left for the parent to do: turns,
    mirrors and alpha, which cost nothing there because numpy is loaded there."""

    def __init__(self, max_side_px: int, stretch: float) -> None:
        self._max_side_px = max_side_px
        self._stretch = stretch
        self._reformatter = VideoReformatter()
        self._upright: dict[str, bool] = {}

    def __call__(self, frame: VideoFrame) -> tuple[dict[str, Any], memoryview]:
        # Asked of the first picture only: PyAV ties a frame to its side data in a circle, and frames that
        # wait for the garbage collector fill the memory.
        self._upright = self._upright or asdict(orientation_of(frame))
        width, height = frame.width * self._stretch, float(frame.height)
        scale = min(1.0, self._max_side_px / max(width, height))
        alpha = _has_alpha(frame.format.name)
        shown = self._reformatter.reformat(
            frame,
            width=max(1, round(width * scale)),
            height=max(1, round(height * scale)),
            format="rgba" if alpha else "rgb24",
            src_colorspace=_colour_matrix(frame),
            src_color_range=_full_range(frame),
            dst_color_range=ColorRange.JPEG,
            interpolation=Interpolation.AREA if scale < 1 else Interpolation.BILINEAR,
            threads=1,
        )
        plane = shown.planes[0]
        header = {
            "width": shown.width,
            "height": shown.height,
            "channels": 4 if alpha else 3,
            "stride": plane.line_size,
            **self._upright,
        }
        return header, memoryview(plane).cast("B")[: plane.line_size * shown.height]


@functools.cache
def _has_alpha(pixel_format: str) -> bool:
    described = VideoFormat(pixel_format)
    return described.has_palette or any(component.is_alpha for component in described.components)


def _colour_matrix(frame: VideoFrame) -> int | None:
    """BT.709 for untagged HD pictures, as players do; None lets the tag, or BT.601, decide."""
    if frame.colorspace == _UNSPECIFIED_COLOUR and frame.height >= _HD_LINES and not frame.format.is_rgb:
        return int(Colorspace.ITU709)
    return None


def _full_range(frame: VideoFrame) -> int | None:
    return int(ColorRange.JPEG) if frame.format.name.startswith("yuvj") else None


def _sampler(fd: int, stream_index: int, task: dict[str, Any], origin_s: float) -> Callable[[float], bool]:
    if task["sampling"] == "keyframes":
        return lambda time_s: True
    if task["sampling"] == "count":
        end_s = math.inf if task["end_s"] is None else task["end_s"]
        times_s = [t for t in _packet_times(fd, stream_index, origin_s) if task["start_s"] <= t < end_s]
        return _Moments(_evenly(times_s, task["count"]))
    return _Rate(task["fps"])


class _Rate:
    """At most `fps` pictures a second on average, each as near to its due time as there is one."""

    def __init__(self, fps: float) -> None:
        self._step_s = 1 / fps
        self._due_s = -math.inf

    def __call__(self, time_s: float) -> bool:
        if time_s < self._due_s - 0.25 * self._step_s:
            return False
        self._due_s = max(self._due_s, time_s - self._step_s) + self._step_s
        if self._due_s <= time_s:
            self._due_s = time_s + self._step_s
        return True


class _Moments:
    """The first picture at or after each of the given times."""

    def __init__(self, times_s: list[float]) -> None:
        self._times_s = times_s

    def __call__(self, time_s: float) -> bool:
        hit = False
        while self._times_s and self._times_s[0] <= time_s + 1e-6:
            self._times_s.pop(0)
            hit = True
        return hit


def _packet_times(fd: int, stream_index: int, origin_s: float) -> list[float]:
    """When each picture is shown, from the container alone: nothing is decoded."""
    times = []
    with open_container(fd) as container:
        video = container.streams[stream_index]
        for packet in demux(container, [video]):
            if packet is not None and packet.size and not packet.is_discard:
                time_s = raw_time_s(packet.pts if packet.pts is not None else packet.dts, packet.time_base)
                times += [] if time_s is None else [time_s - origin_s]
    return sorted(t for t in times if t >= 0)


def _evenly(times_s: list[float], count: int) -> list[float]:
    """`count` of the times: those shown in the middle of `count` equal parts of the clip."""
    if len(times_s) <= count:
        return times_s
    step_s = (times_s[-1] - times_s[0]) / (len(times_s) - 1)
    length_s = times_s[-1] + step_s - times_s[0]
    middles = [times_s[0] + (i + 0.5) * length_s / count for i in range(count)]
    chosen, position = [], 0
    for middle_s in middles:
        while position + 1 < len(times_s) and times_s[position + 1] <= middle_s + 1e-6:
            position += 1
        chosen.append(times_s[position])
    return chosen
