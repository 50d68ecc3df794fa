"""Who is at work in this workspace?"""

from __future__ import annotations

import errno
import fcntl
import json
import os
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from pathlib import Path
from typing import Any

from saber.core.errors import BusyWorkspaceError, WorkspaceError

__all__ = ["holder", "locked"]

NAME = "run.lock"


@contextmanager
def locked(workspace: Path) -> Iterator[None]:
    """Hold the workspace, which is made if need be. Raises BusyWorkspaceError, saying who holds it.

    The system lets go of the lock when its process ends, however it ends, so a killed run leaves none: only
    a file that says who it was, which the next run overwrites.
    """
    try:
        workspace.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(workspace / NAME, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
    except OSError as error:
        raise WorkspaceError(
            f"The workspace {workspace} can't be made or written: {error.strerror}.",
            remedy="Name a folder in which you may write, with --workspace.",
        ) from error
    try:
        _take(descriptor, workspace)
        try:
            me = {"pid": os.getpid(), "host": socket.gethostname(), "since": time.time()}
            os.ftruncate(descriptor, 0)
            os.pwrite(descriptor, json.dumps(me).encode(), 0)
        except OSError as error:
            raise WorkspaceError(
                f"{workspace / NAME} can't be written: {error.strerror}.", remedy="Make room on that disk."
            ) from error
        yield
    finally:
        os.close(descriptor)


def _take(descriptor: int, workspace: Path) -> None:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        if error.errno not in (errno.EWOULDBLOCK, errno.EACCES):
            raise WorkspaceError(
                f"{workspace / NAME} can't be locked: {error.strerror}.",
                remedy="Use a workspace on a file system that knows locks (a local disk, NFS 4).",
            ) from error
        who = _read(descriptor)
        since = datetime.fromtimestamp(who["since"]).isoformat(" ", "seconds") if "since" in who else "?"
        raise BusyWorkspaceError(
            f"Another run is at work in {workspace}: process {who.get('pid', '?')} on "
            f"{who.get('host', '?')}, since {since}.",
            remedy="Wait for it (`saber status` shows how far it is), stop it, or use another workspace.",
        ) from None


def holder(workspace: Path) -> dict[str, Any] | None:
    """`pid`, `host` and `since` of the run that is at work; None when there is none."""
    with suppress(OSError):
        descriptor = os.open(workspace / NAME, os.O_RDONLY)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except OSError:
            return _read(descriptor)
        finally:
            os.close(descriptor)
    return None


def _read(descriptor: int) -> dict[str, Any]:
    with suppress(OSError, ValueError):
        found = json.loads(os.pread(descriptor, 4096, 0))
        if isinstance(found, dict):
            return found
    return {}
