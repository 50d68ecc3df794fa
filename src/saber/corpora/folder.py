"""Which clips lie in a folder of which nothing else is known?"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from saber.core.dataset import Source
from saber.core.errors import UsageError
from saber.corpora.layout import MEDIA_SUFFIXES, folder_of, media_under
from saber.corpora.reading import Notes
from saber.corpora.settings import SourceSettings

__all__ = ["read_folder"]


def read_folder(folder: Path, settings: SourceSettings, notes: Notes) -> Iterator[Source]:
    """Every media file under `folder`, hidden ones left out. Names are not read for labels or speakers."""
    found = media_under(folder_of(folder))
    if not found:
        raise UsageError(
            f"There is no media file in {folder}.",
            remedy=f"Files are told by their endings: {' '.join(sorted(MEDIA_SUFFIXES))}.",
        )
    for path in found:
        yield Source(
            id=f"{settings.name or 'folder'}/{path}",
            corpus="folder",
            path=str((folder / path).absolute()),
            language=settings.language,
            terms=settings.terms,
        )
