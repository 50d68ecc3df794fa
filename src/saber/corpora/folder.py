"""Which clips lie in a folder of which nothing else is known?"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from saber.core.dataset import Source
from saber.core.errors import UsageError
from saber.corpora.reading import Notes
from saber.corpora.settings import SourceSettings

__all__ = ["MEDIA_SUFFIXES", "read_folder"]

MEDIA_SUFFIXES = frozenset(
    f".{ending}"
    for ending in (
        *("3gp", "avi", "flv", "m2ts", "m4v", "mkv", "mov", "mp4", "mpeg", "mpg", "mts", "ogv", "ts", "vob"),
        *("webm", "wmv", "aac", "aif", "aiff", "flac", "m4a", "mp3", "oga", "ogg", "opus", "wav", "wma"),
    )
)
"""Of files that are taken for clips. Whether they are, their content decides, when they are cleaned."""


def read_folder(folder: Path, settings: SourceSettings, notes: Notes) -> Iterator[Source]:
    """Every media file under `folder`, hidden ones left out. Names are not read for labels or speakers."""
    if not folder.is_dir():
        raise UsageError(f"There is no folder {folder}.", remedy="Give the folder that holds the clips.")
    found = sorted(
        path.relative_to(folder)
        for path in folder.rglob("*")
        if path.suffix.lower() in MEDIA_SUFFIXES
        and not any(part.startswith(".") for part in path.relative_to(folder).parts)
        and path.is_file()
    )
    if not found:
        raise UsageError(
            f"There is no media file in {folder}.",
            remedy=f"Files are told by their endings: {' '.join(sorted(MEDIA_SUFFIXES))}.",
        )
    for path in found:
        yield Source(
            id=f"{settings.name or 'folder'}/{path.as_posix()}",
            corpus="folder",
            path=str((folder / path).absolute()),
            language=settings.language,
            terms=settings.terms,
        )
