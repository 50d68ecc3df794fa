"""What does a worker process do? Open a stage, then row after row until the driver has enough of it.

Started as a plain program and not through `multiprocessing`, so a script that calls `run` needs no
`__main__` guard. It gets pickles from the driver and answers in JSON, which can't do the driver any harm.
"""

from __future__ import annotations

import contextlib
import ctypes
import json
import os
import pickle
import resource
import signal
import sys
import time
from multiprocessing.connection import Connection
from typing import Any

from saber.core.errors import SaberError
from saber.flow.rows import Caught, Done, Task, item_of, settled, stumbled
from saber.flow.stage import ProcessStage

__all__ = ["serve"]

_KILL_WITH_PARENT = 1
"""PR_SET_PDEATHSIG of Linux's prctl."""


def serve(descriptor: int, driver: int) -> None:
    """Talk through the socket `descriptor` until it closes. `driver` is the process that started this one."""
    _die_with(driver)
    pipe = Connection(descriptor)
    with contextlib.suppress(EOFError, BrokenPipeError, ConnectionResetError):
        _work(pipe)


def _work(pipe: Connection) -> None:
    with Caught() as caught:
        stage, kinds, tools = pickle.loads(pipe.recv_bytes())
        _bound_memory(tools.memory_limit_mb)
        stage.open(tools)
    if caught.error is not None:
        remedy = getattr(caught.error, "remedy", "")
        _send(pipe, {"cannot_open": _sentence(caught.error), "remedy": remedy})
        return
    _send(pipe, {"opened": True})
    while tasks := pipe.recv():
        for task in tasks:
            pipe.send_bytes(_do(stage, kinds, task).to_json())
    stage.close()


def _do(stage: ProcessStage, kinds: dict[str, Any], task: Task) -> Done:
    """One row, whatever comes of it."""
    start = time.perf_counter()
    with Caught() as caught:
        answer = stage(item_of(task, kinds))
        return settled(task, answer, stage.makes, time.perf_counter() - start)
    assert caught.error is not None
    return stumbled(task, caught.error, time.perf_counter() - start)


def _send(pipe: Connection, message: dict[str, object]) -> None:
    pipe.send_bytes(json.dumps(message).encode())


def _sentence(error: Exception) -> str:
    return error.message if isinstance(error, SaberError) else f"{type(error).__name__}: {error}"


def _die_with(driver: int) -> None:
    """A killed driver must not leave workers behind, not even one that hangs. Linux only; elsewhere a
    worker notices when it next wants to talk."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_KILL_WITH_PARENT, signal.SIGKILL)
        if os.getppid() != driver:
            os._exit(1)


def _bound_memory(limit_mb: int | None) -> None:
    """The driver watches what is resident; this stops what grows faster than it looks."""
    if limit_mb and sys.platform == "linux":
        _, ceiling = resource.getrlimit(resource.RLIMIT_DATA)
        most = 2 * limit_mb * 2**20
        if ceiling == resource.RLIM_INFINITY or most < ceiling:
            resource.setrlimit(resource.RLIMIT_DATA, (most, ceiling))
