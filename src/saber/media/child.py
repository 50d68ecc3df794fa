"""How is the reading process started, watched and ended, and what does its silence mean?"""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import select
import signal
import subprocess
import sys
import time
import weakref
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from saber.core.errors import ReaderStoppedError
from saber.media import wire
from saber.media.settings import MediaSettings

__all__ = ["Child"]

_BOOT = Path(__file__).with_name("worker") / "boot.py"
_PIPE_BYTES = 1024 * 1024
_KEPT = ("LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH", "TZ")


class Child:
    """One reading process for one clip, which it gets as an open file and never as a name."""

    def __init__(
        self,
        clip_fd: int,
        settings: MediaSettings,
        *,
        probe_only: bool,
        stretch: tuple[float, float] | None = None,
    ) -> None:
        self._settings = settings
        task = {
            "python_path": [os.path.abspath(entry) for entry in sys.path if entry],
            "probe_only": probe_only,
            "start_s": 0.0 if stretch is None else stretch[0],
            "end_s": None if stretch is None else stretch[1],
            "fps": settings.fps,
            "max_side_px": settings.max_side_px,
            "max_frames": settings.max_frames,
            "max_duration_s": settings.max_duration_s,
            "sampling": settings.sampling.by,
            "count": settings.sampling.count,
            "keyframes_first_s": settings.sampling.keyframes_first_s,
            "sound": settings.sound,
            "audio_track": settings.audio_track,
            "threads": settings.threads,
            "cpu_limit_s": settings.cpu_limit_s,
            "memory_limit_mb": settings.memory_limit_mb,
        }
        environment = {name: os.environ[name] for name in _KEPT if name in os.environ}
        self._process = subprocess.Popen(
            [sys.executable, "-I", "-S", str(_BOOT), json.dumps(task)],
            stdin=clip_fd,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            bufsize=0,
            # One malloc arena: each reserves address space, which is what the memory limit counts.
            env={**environment, "MALLOC_ARENA_MAX": "2"},
            cwd="/",
        )
        assert self._process.stdout is not None
        self._pipe = self._process.stdout.fileno()
        os.set_blocking(self._pipe, False)
        with contextlib.suppress(AttributeError, OSError):  # Linux only, and only up to the user's quota
            fcntl.fcntl(self._pipe, fcntl.F_SETPIPE_SZ, _PIPE_BYTES)
        self._end = weakref.finalize(self, _end, self._process)

    @property
    def pid(self) -> int:
        return self._process.pid

    def receive(self) -> dict[str, Any]:
        """The next message's header. Raises ReaderStoppedError when none comes, or nonsense."""
        if not self._end.alive:
            raise RuntimeError("the clip is closed")
        self._deadline_s = time.monotonic() + self._settings.stall_s
        try:
            return wire.read_header(lambda size: self._exactly(bytearray(size)))
        except wire.BadMessageError as error:
            raise self.nonsense(str(error)) from error

    def receive_bytes(self, size: int) -> NDArray[np.uint8]:
        """The payload of the message just received; the caller has checked that `size` is sane."""
        data = np.empty(size, np.uint8)
        self._exactly(data)
        return data

    def _exactly(self, into: Any) -> Any:
        view = memoryview(into)
        while view.nbytes:
            try:
                count = os.readv(self._pipe, [view])
            except BlockingIOError:
                wait_s = self._deadline_s - time.monotonic()
                if wait_s <= 0 or not _readable(self._pipe, wait_s):
                    raise self._stalled() from None
                continue
            if count == 0:
                raise self._died()
            view = view[count:]
        return into

    def nonsense(self, what: str) -> ReaderStoppedError:
        self.end()
        return ReaderStoppedError(
            f"The clip's reader said something that makes no sense ({what}).",
            remedy="The clip may be hostile; leave it out.",
            reason="crash",
        )

    def failed(self, detail: str) -> ReaderStoppedError:
        self.end()
        printable = "".join(c if c.isprintable() else " " for c in detail)
        return ReaderStoppedError(
            f"The clip's reader failed ({printable}).",
            remedy="Leave the clip out, and report it if it plays elsewhere.",
            reason="crash",
        )

    def out_of_memory(self) -> ReaderStoppedError:
        self.end()
        return ReaderStoppedError(
            f"Reading the clip needs more than {self._settings.memory_limit_mb} MB of memory.",
            remedy="Raise media.memory_limit_mb if you trust the clip.",
            reason="memory",
        )

    def _stalled(self) -> ReaderStoppedError:
        self.end()
        return ReaderStoppedError(
            f"The clip's reader gave no sign of life for {self._settings.stall_s:g} s.",
            remedy="Raise media.stall_s if the machine is slow.",
            reason="timeout",
        )

    def _died(self) -> ReaderStoppedError:
        code = self._process.wait()
        self.end()
        if code == -signal.SIGXCPU:
            return ReaderStoppedError(
                f"Reading the clip takes more than {self._settings.cpu_limit_s} s of CPU time.",
                remedy="Raise media.cpu_limit_s if you trust the clip.",
                reason="timeout",
            )
        how = f"was ended by signal {-code}" if code < 0 else f"ended with exit code {code}"
        return ReaderStoppedError(
            f"The clip's reader {how}.", remedy="Decoding this clip crashes; leave it out.", reason="crash"
        )

    def end(self) -> None:
        """Ends the process, whatever it is doing, and leaves no zombie; may be called twice."""
        self._end()


def _readable(fd: int, wait_s: float) -> bool:
    poll = select.poll()
    poll.register(fd, select.POLLIN)
    return bool(poll.poll(wait_s * 1000))


def _end(process: subprocess.Popen[bytes]) -> None:
    process.kill()
    if process.stdout is not None:
        process.stdout.close()
    process.wait()
