"""How does a file become a clip: its description, its sound, and its pictures as they are decoded?"""

from __future__ import annotations

import hashlib
import os
import stat
import threading
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import Any, NamedTuple, Self

import numpy as np
from numpy.typing import NDArray
from pydantic import ValidationError

from saber.core.errors import UnreadableClipError, UsageError
from saber.core.records import AudioInfo, ClipInfo, Frame, Losses, Sound, VideoInfo
from saber.media.child import Child
from saber.media.containers import bytes_missing, why_unreadable
from saber.media.settings import MediaSettings
from saber.media.wire import SOUND_RATE_HZ

__all__ = ["ClipReader", "Counts", "open_clip", "probe"]

_BLOCK_BYTES = 1 << 20
_MAX_TEXT = 300
_LATEST_S = 86_400.0


def probe(path: str | Path, settings: MediaSettings | None = None) -> ClipInfo:
    """What is in the file, from its headers, its first picture and its first sounds.

    `duration_s` is the declared one. Raises UnreadableClipError or ReaderStoppedError.
    """
    with ClipReader(path, settings or MediaSettings(), probe_only=True) as reader:
        return reader.info


def open_clip(
    path: str | Path,
    settings: MediaSettings | None = None,
    *,
    stretch: tuple[float, float] | None = None,
) -> ClipReader:
    """The clip, being read in an isolated process; use it in a `with` statement.

    stretch: start and end in seconds. Only this part is read, as if it were a clip of its own: its start is
    0. Then `info.sha256` is empty, since reading a long film whole for each of its stretches costs too much.

    Raises UnreadableClipError (nothing in it can be decoded, or it is no such file) or
    ReaderStoppedError (the isolated process ran past a limit, or died).
    """
    return ClipReader(path, settings or MediaSettings(), stretch=stretch)


class Counts(NamedTuple):
    """How much was decoded of the picture track and of the sound track."""

    pictures: int
    damaged: int
    """Pictures that the decoder itself calls damaged."""
    sounds: int
    """Pieces of sound, a packet's worth each."""


class ClipReader:
    """One clip: `info` at once, then `sound`, then `frames()` in order of time, then `finished_info()`.

    Pictures are decoded while they are consumed, one or two ahead, so memory stays flat however long the
    clip is. `sound` may be taken in another thread while `frames()` has not begun.
    """

    def __init__(
        self,
        path: str | Path,
        settings: MediaSettings,
        *,
        probe_only: bool = False,
        stretch: tuple[float, float] | None = None,
    ) -> None:
        if stretch is not None and not 0 <= stretch[0] < stretch[1] < float("inf"):
            raise ValueError(f"a stretch starts at 0 or later and ends after its start, not {stretch}")
        self.path = Path(path)
        self._settings = settings
        self._stretch = stretch
        self._lock = threading.RLock()
        self._sound: Sound | None = None
        self._sound_read = False
        self._end: dict[str, Any] | None = None
        self._frames = 0
        self._last_s = 0.0
        self._ahead = settings.sampling.keyframes_first_s is not None and not probe_only
        self._fd, self._size_bytes = _open_regular(self.path)
        self.bytes_missing = max(0, bytes_missing(self._fd, self._size_bytes))
        digest = _Digest(self._fd, whole=stretch is None)
        try:
            self._child = Child(self._fd, settings, probe_only=probe_only, stretch=stretch)
            try:
                self.info = self._receive_info(digest)
            except BaseException:
                self._child.end()
                raise
        finally:
            digest.cancel()
            os.close(self._fd)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """End the reading process now, read to the end or not."""
        self._child.end()

    @property
    def counts(self) -> Counts | None:
        """What was decoded, whether or not it was handed out; None until `frames()` has ended."""
        if self._end is None:
            return None
        return Counts(self._end["decoded"], self._end["damaged"], self._end["audio_decoded"])

    @property
    def pid(self) -> int:
        """The reading process's id."""
        return self._child.pid

    @property
    def sound(self) -> Sound | None:
        """All sound of the chosen track, mono at 16 kHz, or None when there is none to decode."""
        with self._lock:
            if not self._sound_read:
                self._sound = self._receive_sound()
                self._sound_read = True
            return self._sound

    def keyframes(self) -> Iterator[Frame]:
        """The keyframes that `FrameSampling.keyframes_first_s` asks for; none otherwise, nor of a clip that
        is shorter. To be taken before `frames()`, which passes over them."""
        _ = self.sound
        while self._ahead:
            frame = self._receive_frame("keys_end")
            if frame is None:
                self._ahead = False
                self._frames, self._last_s = 0, 0.0
            else:
                yield frame

    def frames(self) -> Iterator[Frame]:
        """The pictures not yet taken. At the end raises UnreadableClipError if nothing at all, neither
        picture nor sound, could be decoded."""
        sound = self.sound
        for _ in self.keyframes():
            pass
        while self._end is None:
            frame = self._receive_frame("end")
            if frame is not None:
                yield frame
        if self._settings.sound and sound is None and self._frames == 0 and not self._end["decoded"]:
            if self._stretch is not None:
                raise self._unreadable("holds nothing from {:g} to {:g} s".format(*self._stretch))
            raise self._unreadable("holds tracks, but nothing in them can be decoded")

    def finished_info(self) -> ClipInfo:
        """The description with true durations and what was lost; reads on to the end if need be."""
        for _ in self.frames():
            pass
        assert self._end is not None
        end, info, sound = self._end, self.info, self.sound
        video, audio = info.video, info.audio
        ends_s = [0.0]
        if video is not None:
            end_s = end["video_end_s"]
            if end_s is None:
                video = None
            else:
                ends_s.append(end_s)
                lasts_s = max(0.0, end_s - video.start_s)
                fps = video.fps or (end["decoded"] / lasts_s if lasts_s else None)
                video = video.model_copy(update={"duration_s": lasts_s, "fps": fps})
        if audio is not None and self._settings.sound:
            if sound is None:
                audio = None
            else:
                ends_s.append(sound.end_s)
                audio = audio.model_copy(update={"start_s": sound.start_s, "duration_s": sound.duration_s})
        return info.model_copy(
            update={
                "duration_s": max(ends_s),
                "video": video,
                "audio": audio,
                "losses": Losses(
                    video_packets=end["video_packets"],
                    audio_packets=end["audio_packets"],
                    notes=(*info.losses.notes, *end["notes"]),
                ),
            }
        )

    def _receive(self, *expected: str) -> dict[str, Any]:
        header = self._child.receive()
        kind = header["type"]
        if kind == "stopped" and header.get("reason") == "memory":
            raise self._child.out_of_memory()
        if kind == "stopped":
            raise self._child.failed(str(header.get("detail"))[:400])
        if kind not in expected:
            raise self._child.nonsense(f"{kind[:40]!r} instead of {' or '.join(expected)}")
        if header["bytes"] and kind not in ("sound", "frame"):
            raise self._child.nonsense(f"{kind} with a payload")
        return header

    def _receive_info(self, digest: _Digest) -> ClipInfo:
        header = self._receive("info", "unreadable")
        if header["type"] == "unreadable":
            if header.get("why") == "empty":
                raise self._unreadable("holds neither moving pictures nor sound")
            raise self._unreadable(why_unreadable(self._fd, self._size_bytes))
        asked_for, tracks = self._settings.audio_track, header.get("audio_tracks")
        if asked_for is not None and isinstance(tracks, int) and 0 < tracks <= asked_for:
            raise UsageError(
                f"{self.path} has no audio track {asked_for}.", remedy=f"Choose 0 to {tracks - 1}."
            )
        try:
            video = dict(header["video"]) if header["video"] is not None else None
            texts = [v for part in (header, video or {}, header["audio"] or {}) for v in part.values()]
            if not all(_is_plain(text) for text in texts if isinstance(text, str)):
                raise self._child.nonsense("names that can't be printed")
            if video is not None:
                del video["stretch"]
            return ClipInfo(
                path=str(self.path),
                sha256=self._checked(digest),
                size_bytes=self._size_bytes,
                container=header["container"],
                duration_s=header["duration_s"] or 0.0,
                video=None if video is None else VideoInfo(**video),
                audio=None if header["audio"] is None else AudioInfo(**header["audio"]),
                losses=Losses(notes=self._missing_note()),
            )
        except (KeyError, TypeError, ValidationError) as error:
            raise self._child.nonsense("a description that does not fit") from error

    def _missing_note(self) -> tuple[str, ...]:
        missing = self.bytes_missing
        return (f"The file is {missing} bytes shorter than it declares.",) if missing else ()

    def _receive_sound(self) -> Sound | None:
        limit = round(self._settings.max_duration_s * SOUND_RATE_HZ)
        pieces: list[NDArray[np.float32]] = []
        samples = 0
        while True:
            header = self._receive("sound", "sound_end")
            if header["type"] == "sound_end":
                break
            size = header["bytes"]
            samples += size // 4
            if size == 0 or size % 4 or samples > limit:
                raise self._child.nonsense(f"a piece of sound of {size} bytes")
            pieces.append(self._child.receive_bytes(size).view(np.float32))
        if not pieces:
            return None
        start_s = self._time(header, "start_s")
        joined = np.concatenate(pieces)
        if not np.isfinite(joined).all():
            joined = np.nan_to_num(joined, nan=0.0, posinf=1.0, neginf=-1.0)
        return Sound(np.clip(joined, -1.0, 1.0, out=joined), SOUND_RATE_HZ, start_s)

    def _receive_frame(self, end: str) -> Frame | None:
        header = self._receive("frame", end)
        if header["type"] == "keys_end":
            return None
        if header["type"] == "end":
            self._end = self._checked_end(header)
            self._child.end()
            return None
        side = self._settings.max_side_px
        width, height = self._count(header, "width"), self._count(header, "height")
        channels, stride = self._count(header, "channels"), self._count(header, "stride")
        if (
            not (1 <= width <= side and 1 <= height <= side)
            or channels not in (3, 4)
            or not width * channels <= stride <= width * channels + 4096
            or header["bytes"] != stride * height
        ):
            raise self._child.nonsense("a picture of impossible shape")
        time_s = self._time(header, "time_s")
        if (
            (self._frames and time_s <= self._last_s)
            or header.get("index") != self._frames
            or self._frames >= self._settings.max_frames
        ):
            raise self._child.nonsense("a picture out of order")
        data = self._child.receive_bytes(stride * height)
        pixels = data.reshape(height, stride)[:, : width * channels].reshape(height, width, channels)
        self._frames += 1
        self._last_s = time_s
        return Frame(self._frames - 1, time_s, _upright(pixels, header))

    def _checked_end(self, header: dict[str, Any]) -> dict[str, Any]:
        for name in ("decoded", "damaged", "audio_decoded", "video_packets", "audio_packets"):
            self._count(header, name)
        if header.get("video_end_s") is not None:
            self._time(header, "video_end_s")
        notes = header.get("notes")
        if not isinstance(notes, list) or not all(map(_is_plain, notes)):
            raise self._child.nonsense("notes that are none")
        return header

    def _checked(self, digest: _Digest) -> str:
        try:
            return digest.result()
        except OSError as error:
            raise self._unreadable(f"can't be read to its end: {error.strerror}") from error

    def _count(self, header: dict[str, Any], name: str) -> int:
        value = header.get(name)
        if not isinstance(value, int) or isinstance(value, bool) or value < 0:
            raise self._child.nonsense(f"{name} {value!r:.40}")
        return value

    def _time(self, header: dict[str, Any], name: str) -> float:
        value = header.get(name)
        if not isinstance(value, int | float) or isinstance(value, bool) or not 0 <= value <= _LATEST_S:
            raise self._child.nonsense(f"{name} {value!r:.40}")
        return float(value)

    def _unreadable(self, what: str) -> UnreadableClipError:
        return UnreadableClipError(f"{self.path} {what}.", remedy="Use another copy of the clip.")


def _upright(pixels: NDArray[np.uint8], header: dict[str, Any]) -> NDArray[np.uint8]:
    """RGB, turned as the header says; what is transparent is shown on black."""
    if pixels.shape[2] == 4:
        alpha = pixels[:, :, 3:].astype(np.uint16)
        pixels = ((pixels[:, :, :3] * alpha + 127) // 255).astype(np.uint8)
    if header.get("transpose") is True:
        pixels = pixels.transpose(1, 0, 2)
    if header.get("flip_x") is True:
        pixels = pixels[:, ::-1]
    if header.get("flip_y") is True:
        pixels = pixels[::-1]
    return np.ascontiguousarray(pixels)


def _is_plain(text: object) -> bool:
    return isinstance(text, str) and len(text) <= _MAX_TEXT and text.isprintable()


def _open_regular(path: Path) -> tuple[int, int]:
    """The file, open for reading, and its size. Never waits, also not on a pipe that nobody feeds."""
    try:
        fd = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    except FileNotFoundError:
        raise UnreadableClipError(f"There is no file {path}.", remedy="Check the path.") from None
    except PermissionError:
        raise UnreadableClipError(
            f"{path} may not be read by this user.", remedy="Change its permissions."
        ) from None
    except (OSError, ValueError) as error:
        raise UnreadableClipError(f"{path} can't be opened: {error}.", remedy="Check the path.") from None
    status = os.fstat(fd)
    what = None
    if stat.S_ISDIR(status.st_mode):
        what = "is a folder, not a clip"
    elif not stat.S_ISREG(status.st_mode):
        what = "is a device or a pipe, not a file"
    elif status.st_size == 0:
        what = "is empty (0 bytes)"
    if what is not None:
        os.close(fd)
        raise UnreadableClipError(f"{path} {what}.", remedy="Name a media file.")
    return fd, status.st_size


class _Digest:
    """SHA-256 of the file, computed beside the reading process's start; empty unless `whole`."""

    def __init__(self, fd: int, *, whole: bool) -> None:
        self._fd = fd
        self._whole = whole
        self._sum = hashlib.sha256()
        self._error: OSError | None = None
        self._cancelled = False
        self._thread = threading.Thread(target=self._run, name="saber-sha256")
        self._thread.start()

    def _run(self) -> None:
        position = 0
        try:
            while (
                self._whole and not self._cancelled and (block := os.pread(self._fd, _BLOCK_BYTES, position))
            ):
                self._sum.update(block)
                position += len(block)
        except OSError as error:
            self._error = error

    def result(self) -> str:
        """Raises the OSError that kept the file from being read."""
        self._thread.join()
        if self._error is not None:
            raise self._error
        return self._sum.hexdigest() if self._whole else ""

    def cancel(self) -> None:
        """After this the file is no longer touched."""
        self._cancelled = True
        self._thread.join()
