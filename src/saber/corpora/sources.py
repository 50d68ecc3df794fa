"""Which clips do all the sources of a dataset hold?"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence

from saber.core.dataset import Source
from saber.core.errors import UsageError
from saber.corpora.reading import LeftOut, Notes
from saber.corpora.settings import SourceSettings
from saber.corpora.table import corpus_of
from saber.corpora.terms import terms_of

__all__ = ["sources"]

_ODD = "Its name is not UTF-8; rename it."


def sources(tables: Sequence[SourceSettings], notes: Notes | None = None) -> Iterator[Source]:
    """The clips of one source after the other; `notes` collects what is named and not there.

    Raises UsageError at the first clip, before any is handed on, when a table names what does not exist or
    two of them would give their clips the same ids.
    """
    notes = notes or Notes()
    names: set[str] = set()
    for table in tables:
        corpus = corpus_of(table.corpus)
        terms_of(table.terms)
        name = table.name or corpus.key
        if name in names:
            raise UsageError(
                f"Two sources are called {name!r}, so their clips would have the same ids.",
                remedy='Give each a name of its own: name = "...".',
            )
        names.add(name)
        if table.labels and table.labels not in corpus.labels:
            raise UsageError(
                f"{corpus.name} has no labels {table.labels!r}.",
                remedy=f"It has: {', '.join(corpus.labels) or 'none'}.",
            )
        if table.terms not in ("unknown", corpus.terms) and corpus.terms is not None:
            raise UsageError(
                f"{corpus.name} has terms of its own, which {table.terms!r} can't replace.",
                remedy="Leave them out, or list its clips in a manifest.",
            )
        if not table.path.exists():
            raise UsageError(f"There is nothing at {table.path}.", remedy="Correct the path of the source.")
    for table in tables:
        before = len(notes.missing)
        found = False
        for source in corpus_of(table.corpus).read(table.path, table, notes):
            if (odd := _unwritable(source.path)) is not None:
                notes.left_out.append(LeftOut(table.corpus, odd, "odd_name", _ODD))
                continue
            found = True
            yield _as_it_lies(source)
        if not found:
            raise _nothing(table, notes, before)


def _unwritable(path: str) -> str | None:
    """The path for a person to read, where it is no Unicode text: no table could name the clip."""
    try:
        path.encode()
    except UnicodeEncodeError:
        return path.encode(errors="backslashreplace").decode()
    return None


def _as_it_lies(source: Source) -> Source:
    """With the file's size and time, so that a file put in its place is not taken for the old one."""
    try:
        found = os.stat(source.path)
    except OSError:
        return source
    return source.model_copy(update={"size_bytes": found.st_size, "modified_at": found.st_mtime})


def _nothing(table: SourceSettings, notes: Notes, before: int) -> UsageError:
    """Tables alone, or a corpus that is all left out, must not end as a dataset of no clips."""
    if lost := notes.missing[before:]:
        return UsageError(
            f"{table.path} holds none of the {len(lost)} clips that its tables name, such as {lost[0].path}.",
            remedy="Unpack them there.",
        )
    return UsageError(f"{table.path} holds no clip that can be used.")
