"""What does the reader of a corpus get, and what does it hand back beside the clips?"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from saber.core.dataset import Source
from saber.corpora.settings import SourceSettings

__all__ = ["LeftOut", "Missing", "Notes", "Reader"]


@dataclass(frozen=True)
class Missing:
    """A clip that the corpus' own tables name and its folder does not hold."""

    corpus: str
    named_in: str
    """The table, relative to the corpus' folder."""
    path: str
    """Where its file was looked for."""


@dataclass(frozen=True)
class LeftOut:
    """A file or a row that is there and was not made a clip of."""

    corpus: str
    path: str
    """The file, relative to the corpus' folder; for a row the table and what the row names."""
    why: str
    """Slug: `not_in_table`, `odd_name`, `repeats` (the same recording is read from another file),
    `known_fault` (those who published or used the corpus say that the clip is not what it is called),
    `repeated_row`, `no_stretch`."""
    detail: str = ""


@dataclass
class Notes:
    """What a person should know of the reading: nothing that is named, or there, is left out silently."""

    missing: list[Missing] = field(default_factory=list)
    left_out: list[LeftOut] = field(default_factory=list)


Reader = Callable[[Path, SourceSettings, Notes], Iterator[Source]]
"""(the corpus' folder or file, how it is to be read, notes) -> its clips in order of id.

Raises UsageError when it is not that corpus, saying what was looked for, or when a table can't be read,
naming the row.
"""
