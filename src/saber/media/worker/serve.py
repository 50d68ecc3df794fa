"""The reading process: in which order does it look, listen and watch, and what does it say of failures?

Messages, in order: `info`; `sound`* and `sound_end`; where asked for, `frame`* of keyframes and `keys_end`;
`frame`* and `end`. Instead of any of them,
`unreadable` or `stopped` ends the talk.
"""

from __future__ import annotations

import os
import sys
from types import TracebackType
from typing import Any

import av

from saber.media import wire
from saber.media.worker.clock import Clock
from saber.media.worker.limits import limit_itself, lock_files
from saber.media.worker.pictures import PictureOutcome, read_keyframes, read_pictures
from saber.media.worker.sound import SoundOutcome, read_sound
from saber.media.worker.survey import NothingInsideError, Survey, survey

__all__ = ["serve"]

CLIP, PIPE = 0, 1
_CUT_SHORT_S = 0.25
"""A track that ends this much before its declared end was cut off: longer than any codec's priming or
a picture at 5 fps (own choice)."""


def serve(task: dict[str, Any]) -> None:
    """Reads the clip on standard input as `task` says. Whatever goes wrong is told to the parent."""
    limit_itself(cpu_s=task["cpu_limit_s"], memory_mb=task["memory_limit_mb"])
    lock_files()
    sys.excepthook = _tell
    try:
        _read(task)
    except MemoryError:
        wire.send(PIPE, {"type": "stopped", "reason": "memory"})
    except NothingInsideError:
        wire.send(PIPE, {"type": "unreadable", "why": "empty"})
    except BrokenPipeError:
        os._exit(0)  # the parent has had enough


def _tell(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    """What would be a traceback on a terminal becomes the last message."""
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    where = "" if trace is None else f" in {trace.tb_frame.f_code.co_name}, line {trace.tb_lineno}"
    detail = f"{kind.__name__}: {error}"[:300] + where
    wire.send(PIPE, {"type": "stopped", "reason": "error", "detail": detail})


def _read(task: dict[str, Any]) -> None:
    try:
        found = survey(CLIP, task["audio_track"])
    except MemoryError:
        raise
    except av.FFmpegError:
        wire.send(PIPE, {"type": "unreadable", "why": "format"})
        return
    wire.send(
        PIPE,
        {
            "type": "info",
            "container": found.container,
            "duration_s": _within(task, 0.0, found.duration_s)["duration_s"],
            "video": _narrowed(task, found.picture),
            "audio": _narrowed(task, found.sound),
            "audio_tracks": found.audio_tracks,
        },
    )
    if task["probe_only"]:
        return
    heard = _listen(task, found)
    if task["keyframes_first_s"] is not None:
        _look_ahead(task, found)
    seen = _watch(task, found)
    notes = [*heard.notes, *seen.notes]
    if found.sound is not None and task["sound"] and not heard.cut:
        _note_cut_off(notes, "sound", heard.end_s, _earlier(task, found.audio_end_s))
    if found.picture is not None and not seen.cut:
        _note_cut_off(notes, "picture", seen.end_s, _earlier(task, found.video_end_s))
    if task["sound"] and not heard.cut and not seen.cut:
        ends_s = [end_s for end_s in (heard.end_s, seen.end_s) if end_s is not None]
        if ends_s:
            _note_cut_off(notes, "clip", max(ends_s), _earlier(task, found.end_s))
    wire.send(
        PIPE,
        {
            "type": "end",
            "decoded": seen.decoded,
            "damaged": seen.damaged,
            "audio_decoded": heard.decoded,
            "video_end_s": None if seen.end_s is None else max(0.0, seen.end_s - task["start_s"]),
            "video_packets": seen.lost_packets,
            "audio_packets": heard.lost_packets,
            "notes": notes,
        },
    )


def _earlier(task: dict[str, Any], end_s: float | None) -> float | None:
    """A declared end, or that of the stretch where it comes before."""
    return end_s if end_s is None or task["end_s"] is None else min(end_s, task["end_s"])


def _within(task: dict[str, Any], start_s: float, duration_s: float | None) -> dict[str, float | None]:
    """Where a track lies in the task's stretch, on the stretch's own clock."""
    if duration_s is None:
        return {"start_s": max(0.0, start_s - task["start_s"]), "duration_s": None}
    end_s = _earlier(task, start_s + duration_s) or 0.0
    begins_s = max(0.0, start_s - task["start_s"])
    return {"start_s": begins_s, "duration_s": max(0.0, end_s - task["start_s"] - begins_s)}


def _narrowed(task: dict[str, Any], track: dict[str, Any] | None) -> dict[str, Any] | None:
    if track is None or (task["start_s"] == 0.0 and task["end_s"] is None):
        return track
    return {**track, **_within(task, track["start_s"], track["duration_s"])}


def _listen(task: dict[str, Any], found: Survey) -> SoundOutcome:
    heard = SoundOutcome()
    if found.audio is not None and task["sound"]:
        clock = Clock(found.origin_s, max(found.audio_end_s or 0.0, found.duration_s))
        heard = read_sound(
            CLIP,
            found.audio,
            clock,
            task["max_duration_s"],
            lambda data: wire.send(PIPE, {"type": "sound"}, data),
            task["start_s"],
            task["end_s"],
        )
        _note_repairs(heard.notes, "sound", clock.impossible)
    start_s = None if heard.start_s is None else heard.start_s - task["start_s"]
    wire.send(PIPE, {"type": "sound_end", "start_s": start_s})
    return heard


def _look_ahead(task: dict[str, Any], found: Survey) -> None:
    lasts_s = _within(task, 0.0, found.duration_s)["duration_s"] or 0.0
    if found.video is not None and found.picture is not None and lasts_s >= task["keyframes_first_s"]:
        clock = Clock(found.origin_s, found.duration_s)
        read_keyframes(
            CLIP,
            found.video,
            clock,
            task,
            found.picture,
            lambda header, pixels: wire.send(PIPE, header, pixels),
        )
    wire.send(PIPE, {"type": "keys_end"})


def _watch(task: dict[str, Any], found: Survey) -> PictureOutcome:
    if found.video is None or found.picture is None:
        return PictureOutcome()
    clock = Clock(found.origin_s, max(found.video_end_s or 0.0, found.duration_s))
    seen = read_pictures(
        CLIP,
        found.video,
        clock,
        task,
        found.picture,
        lambda header, pixels: wire.send(PIPE, header, pixels),
    )
    _note_repairs(seen.notes, "picture", clock.impossible + clock.missing)
    if seen.unshown:
        seen.notes.append(f"{seen.unshown} pictures have a format that can't be shown.")
    if seen.damaged:
        seen.notes.append(f"{seen.damaged} of {seen.decoded} pictures are damaged.")
    return seen


def _note_repairs(notes: list[str], what: str, repaired: int) -> None:
    if repaired:
        notes.append(f"{repaired} {what} timestamps were missing or impossible and had to be guessed.")


def _note_cut_off(notes: list[str], what: str, end_s: float | None, declared_s: float | None) -> None:
    if end_s is None:
        notes.append(f"Nothing of the {what} could be decoded.")
    elif declared_s is not None and declared_s - end_s > _CUT_SHORT_S:
        notes.append(f"The {what} ends at {end_s:.2f} s, before its declared end at {declared_s:.2f} s.")
