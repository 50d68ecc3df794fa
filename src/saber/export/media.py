"""Which file goes with a row, and is the copy what was measured?"""

from __future__ import annotations

import hashlib
from pathlib import Path

from saber.storage import name_of

__all__ = ["FOLDER", "CopyError", "copy_media"]

FOLDER = "media"
_CHUNK = 1 << 20


class CopyError(Exception):
    """The file can't go with its row. `reason` is a slug."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def copy_media(clip: str, path: Path, export: Path, sha256: str | None = None) -> str:
    """Copy a clip's file into the export. Returns its path there, relative, with `/`.

    Raises CopyError: `media_missing`, or `media_changed` where it is not the file with that hash any more.
    OSError when the copy can't be written.
    """
    name = f"{FOLDER}/{name_of(clip)}{path.suffix.lower()}"
    copy = export / name
    if copy.exists():
        return name
    try:
        source = path.open("rb")
    except OSError as error:
        raise CopyError("media_missing") from error
    copy.parent.mkdir(exist_ok=True)
    digest = hashlib.sha256()
    with source, copy.open("wb") as target:
        while chunk := source.read(_CHUNK):
            digest.update(chunk)
            target.write(chunk)
    if sha256 is not None and digest.hexdigest() != sha256:
        copy.unlink()
        raise CopyError("media_changed")
    return name
