"""How does a stage name its files, and write them so that a kill leaves none half done?"""

from __future__ import annotations

import hashlib
import os
import threading
from pathlib import Path

from saber.core.errors import ClipError

__all__ = ["inside", "name_of", "write_whole"]


def inside(workspace: Path, path: str) -> Path:
    """Where a record's path is: one that a stage wrote is relative to the workspace, a source's own absolute.

    So a workspace can be moved as a whole, and the raw clips stay where they are. Raises ClipError for a
    relative path that leads out of the workspace: no stage writes such a record.
    """
    if ".." in Path(path).parts:
        raise ClipError(
            f"The path {path!r} of a record leads out of the workspace {workspace}.",
            reason="path_outside",
        )
    return workspace / path


def name_of(item: str) -> str:
    """A file name for an item, whatever characters its id has: 24 hexadecimal digits of its SHA-256."""
    return hashlib.sha256(item.encode()).hexdigest()[:24]


def write_whole(path: Path, content: bytes) -> None:
    """All of it or nothing: a temporary file in the same folder, renamed when it is complete."""
    path.parent.mkdir(parents=True, exist_ok=True)
    half = path.with_name(f".{path.name}.{os.getpid()}.{threading.get_ident()}")
    try:
        half.write_bytes(content)
        os.replace(half, path)
    finally:
        half.unlink(missing_ok=True)
