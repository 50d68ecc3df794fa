"""What may the reading process use? Set on itself, before it looks at a byte of the clip."""

from __future__ import annotations

import contextlib
import os
import resource
import signal

__all__ = ["limit_itself", "lock_files"]


def limit_itself(*, cpu_s: int, memory_mb: int) -> None:
    """No core dump, no file written, CPU and address space bounded; deaf to the terminal's Ctrl-C,
    because the parent decides when this process ends."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    _lower(resource.RLIMIT_CORE, 0)
    _lower(resource.RLIMIT_FSIZE, 0)
    _lower(resource.RLIMIT_CPU, cpu_s, hard=cpu_s + 1)
    _lower(resource.RLIMIT_AS, memory_mb * 2**20)


def lock_files() -> None:
    """From here on no file, pipe or socket can be opened: only 0 (the clip), 1 (the pipe) and 2 remain.

    The last line behind the allow-lists: even a demuxer that wanted to could not follow a name.
    """
    os.closerange(3, 256)
    _lower(resource.RLIMIT_NOFILE, 3)


def _lower(what: int, soft: int, hard: int | None = None) -> None:
    _, ceiling = resource.getrlimit(what)
    hard = soft if hard is None else hard
    if ceiling != resource.RLIM_INFINITY:
        soft, hard = min(soft, ceiling), min(hard, ceiling)
    with contextlib.suppress(ValueError):  # macOS refuses some of these; the other barriers stand
        resource.setrlimit(what, (soft, hard))
