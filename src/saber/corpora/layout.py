"""Which files does a corpus' folder hold, and is it that corpus at all?"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path, PurePosixPath
from typing import Any

from saber.core.dataset import Source
from saber.core.errors import UsageError
from saber.corpora.reading import LeftOut, Notes
from saber.corpora.settings import SourceSettings

__all__ = [
    "MEDIA_SUFFIXES",
    "PICTURE_SUFFIXES",
    "clip",
    "fetched",
    "find_file",
    "folder_of",
    "media_under",
    "picture_first",
    "stem",
    "takes",
    "unlike",
]

PICTURE_SUFFIXES = frozenset(
    f".{ending}"
    for ending in (
        *("3gp", "avi", "flv", "m2ts", "m4v", "mkv", "mov", "mp4", "mpeg", "mpg", "mts", "ogv", "ts", "vob"),
        *("webm", "wmv"),
    )
)
MEDIA_SUFFIXES = PICTURE_SUFFIXES | frozenset(
    f".{ending}"
    for ending in ("aac", "aif", "aiff", "flac", "m4a", "mp3", "oga", "ogg", "opus", "wav", "wma")
)
"""Of files that are taken for clips. Whether they are, their content decides, when they are cleaned."""

_LFS = b"version https://git-lfs.github.com/spec/"


def folder_of(folder: Path) -> Path:
    """The same folder. Raises UsageError when it is none."""
    if folder.is_file():
        raise UsageError(
            f"{folder} is a file, not a folder of clips.",
            remedy='A list of clips is read with `--corpus manifest`, or corpus = "manifest" in [[source]].',
        )
    if not folder.is_dir():
        raise UsageError(f"There is no folder {folder}.", remedy="Give the folder that holds the clips.")
    return folder


def media_under(folder: Path, beneath: str = "") -> list[str]:
    """The media files below `folder/beneath`, relative to `folder`, sorted; hidden ones are left out.

    Names that begin with a dot are hidden: archives made on a Mac hold a `._NAME.mp4` beside every clip,
    which is no clip. Raises UsageError for a folder below that can't be read, instead of passing over it.
    """
    found: list[str] = []
    for place, folders, names in os.walk(folder / beneath, onerror=_unreadable):
        folders[:] = [name for name in folders if not name.startswith(".")]
        at = Path(place).relative_to(folder)
        found += [
            (at / name).as_posix()
            for name in names
            if not name.startswith(".") and os.path.splitext(name)[1].lower() in MEDIA_SUFFIXES
        ]
    return sorted(found)


def _unreadable(error: OSError) -> None:
    if not isinstance(error, FileNotFoundError):
        raise UsageError(f"Can't read the folder {error.filename}: {error.strerror}.") from error


def find_file(folder: Path, *names: str, depth: int = 3) -> Path | None:
    """The file or folder of one of these names, the least deep one, at most `depth` folders down.

    People unpack archives into the folder itself, or each into one of its own. Raises UsageError when two
    are equally near.
    """
    level = [folder]
    try:
        for _ in range(depth):
            found = sorted({at / name for at in level for name in names if (at / name).exists()})
            if len(found) > 1:
                raise UsageError(
                    f"{found[0]} and {found[1]} could both be meant.",
                    remedy="Give the folder that holds one.",
                )
            if found:
                return found[0]
            level = [
                Path(below.path)
                for at in level
                for below in os.scandir(at)
                if below.is_dir() and not below.name.startswith(".")
            ]
    except OSError as error:
        raise UsageError(f"Can't read {error.filename}: {error.strerror}.") from error
    return None


def unlike(folder: Path, name: str, looked_for: str, key: str) -> UsageError:
    """The error for a folder that is another one than the corpus'."""
    return UsageError(
        f"{folder} doesn't look like {name}: there is no {looked_for}.",
        remedy=f"`saber corpora {key}` shows what is expected.",
    )


def fetched(folder: Path, paths: Sequence[str]) -> None:
    """Raises UsageError when the first file is only git-lfs' placeholder of one."""
    if paths:
        with (folder / paths[0]).open("rb") as file:
            if file.read(len(_LFS)) == _LFS:
                raise UsageError(
                    f"The files in {folder} are placeholders of git-lfs.", remedy="Run there: git lfs pull"
                )


def stem(path: str) -> str:
    """The file's name without its last suffix."""
    return PurePosixPath(path).stem


def picture_first(path: str) -> tuple[bool, str]:
    """Orders files: with a picture before with sound alone, then by name."""
    return PurePosixPath(path).suffix.lower() not in PICTURE_SUFFIXES, path


def takes(
    paths: Iterable[str],
    corpus: str,
    notes: Notes,
    key_of: Callable[[str], str] = stem,
    order: Callable[[str], Any] = picture_first,
) -> dict[str, str]:
    """One file for each recording, by `key_of` its path: the first in `order`. The others are noted."""
    chosen: dict[str, str] = {}
    for path in sorted(paths, key=order):
        key = key_of(path)
        if key in chosen:
            notes.left_out.append(LeftOut(corpus, path, "repeats", f"{chosen[key]} is read"))
        else:
            chosen[key] = path
    return chosen


def clip(
    corpus: str, settings: SourceSettings, folder: Path, path: str, part: str = "", **said: Any
) -> Source:
    """One clip of a corpus with terms of its own; `part` tells apart two clips of one file."""
    return Source(
        id=f"{settings.name or corpus}/{path}{part}",
        corpus=corpus,
        path=str((folder / path).absolute()),
        terms=corpus,
        **said,
    )
