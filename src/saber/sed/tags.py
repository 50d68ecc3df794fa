"""Which sections does SED text hold, also where a model forgot tags, repeated them or stopped?"""

from __future__ import annotations

import re
from collections.abc import Sequence

from saber.sed.problems import Problem
from saber.sed.text import GROUPS, LABEL, SECTIONS, unescape

__all__ = ["Found", "first_tag", "from_tags"]

Found = tuple[list[tuple[str, str]], list[Problem]]
"""Section tags with their texts in the order in which they came, repeated ones included; and problems."""

_TAG = re.compile(
    r"<\s*(/?)\s*(" + "|".join((*SECTIONS, *GROUPS, LABEL)) + r")\s*>",
    re.IGNORECASE,
)


def first_tag(text: str) -> int | None:
    """Where the first of SED's own tags stands."""
    found = _TAG.search(text)
    return found.start() if found else None


def from_tags(text: str) -> Found:
    """The sections between tags."""
    tags = list(_TAG.finditer(text))
    closing = _closings(tags)
    told: list[tuple[str, str]] = []
    problems: list[Problem] = []
    i = 0
    while i < len(tags):
        name = _name(tags[i])
        if tags[i][1] or name in GROUPS:
            i += 1
            continue
        end = _end(tags, closing, i)
        if end is None:
            problems.append(Problem.CUT_OFF)
            break
        if end != closing[i]:
            problems.append(Problem.REPAIRED)
        told.append((name, unescape(text[tags[i].end() : tags[end].start()])))
        i = end + (end == closing[i])
    return told, problems


def _closings(tags: Sequence[re.Match[str]]) -> list[int | None]:
    """For each tag the place of the next closing tag of its name."""
    following: dict[str, int] = {}
    places: list[int | None] = [None] * len(tags)
    for i in range(len(tags) - 1, -1, -1):
        places[i] = following.get(_name(tags[i]))
        if tags[i][1]:
            following[_name(tags[i])] = i
    return places


def _end(tags: Sequence[re.Match[str]], closing: Sequence[int | None], i: int) -> int | None:
    """The tag at which the section that tag `i` opens ends; None when the text was cut off before it.

    A closing tag that is far away may be another's: then the section's own was forgotten, and it ends where
    the next begins. A tag that is only spoken of ("as <face> shows") has no end of its own, and ends nothing.
    """
    own = closing[i]
    if own is None:
        return i + 1 if i + 1 < len(tags) else None
    for j in range(i + 1, own):
        inner = closing[j]
        if not tags[j][1] and (_name(tags[j]) == _name(tags[i]) or (inner is not None and inner < own)):
            return i + 1
    return own


def _name(tag: re.Match[str]) -> str:
    return tag[2].lower()
