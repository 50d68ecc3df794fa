"""Where does a transcript differ from what somebody else heard, word beside word?"""

from __future__ import annotations

from itertools import groupby
from typing import Literal

from saber.core.transcripts import aligned, compare, strip_tags
from saber.review.records import WordPiece, WordsView

__all__ = ["words_view"]


def words_view(written: str, heard: str | None, by: str, language: str, reason: str = "") -> WordsView:
    """`written` beside `heard`, as they are compared: without events, case and punctuation, Chinese by
    character.

    The counts are those of `saber.core.transcripts.compare`. heard: None, where nobody heard.
    """
    if heard is None:
        return WordsView(by=by, heard=None, reason=reason)
    said, shown = strip_tags(heard), strip_tags(written)
    count = compare(said, shown, language)
    return WordsView(
        by=by,
        heard=heard,
        reason=reason,
        pieces=tuple(_pieces(said, shown, language)),
        substitutions=count.substitutions,
        deletions=count.deletions,
        insertions=count.insertions,
        of=count.reference_length,
    )


def _pieces(heard: str, written: str, language: str) -> list[WordPiece]:
    """The whole of both in order; neighbours of one kind make one piece."""
    space = "" if language == "zh" else " "
    return [
        WordPiece(
            kind=kind,
            heard=space.join(a for a, _ in pairs if a),
            written=space.join(b for _, b in pairs if b),
        )
        for kind, group in groupby(aligned(heard, written, language), key=_kind)
        if (pairs := list(group))
    ]


def _kind(pair: tuple[str, str]) -> Literal["same", "substituted", "deleted", "inserted"]:
    heard, written = pair
    if heard == written:
        return "same"
    return "substituted" if heard and written else "deleted" if heard else "inserted"
