"""Which `"key": "text"` pairs does JSON hold that a model wrote by hand?

A strict parser reads what is valid, so that valid JSON is never reinterpreted. What it refuses is read
loosely: trailing, missing or Chinese commas, raw line breaks, quotation marks inside a text, single or
typographic ones around it, an end that is missing.
"""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterator

from saber.sed.problems import Problem

__all__ = ["first_object", "read_pairs"]

Pairs = list[tuple[str, str]]

_OBJECT = re.compile(r"""\{\s*(?:["'“]|$)""")
_MOST_STARTS = 64
"""Own choice: how many opening brackets a strict parse begins at; prose may hold some before the answer."""


def first_object(text: str) -> int | None:
    """Where something begins that looks like an object."""
    found = _OBJECT.search(text)
    return found.start() if found else None


def read_pairs(text: str, sections: Collection[str]) -> tuple[Pairs, list[Problem]]:
    """All pairs in their order, repeated ones included.

    sections: keys that hold a text; an object below one of them (face: {eyes: ..., mouth: ...}) is its text.
    """
    strict, clean = _strictly(text, sections)
    if clean and strict:
        return strict, []
    loose, problems = _loosely(text)
    many = {key for key, _ in loose if key in sections}
    if many <= {key for key, _ in strict}:
        # Something else in the answer was no JSON: the objects that could be read hold as much.
        return strict, ([Problem.CUT_OFF] if Problem.CUT_OFF in problems else [])
    return loose, problems


# --- what is valid -------------------------------------------------------------------------------


class _Object(list[tuple[str, object]]):
    """A JSON object with its keys in order, repeated ones included."""


def _strictly(text: str, sections: Collection[str]) -> tuple[Pairs, bool]:
    """Pairs of every valid object in the text, and whether every bracket began one."""
    decoder = json.JSONDecoder(object_pairs_hook=_Object)
    pairs: Pairs = []
    clean, at, starts = True, 0, 0
    while (at := text.find("{", at)) >= 0 and starts < _MOST_STARTS:
        starts += 1
        try:
            value, at = decoder.raw_decode(text, at)
        except (ValueError, RecursionError):
            clean = False
            at += 1
            continue
        pairs += _flat(value, sections)
    return pairs, clean


def _flat(value: object, sections: Collection[str]) -> Iterator[tuple[str, str]]:
    """With a stack and not by recursion: what a parser can nest may be too deep for us."""
    waiting: list[tuple[str, object]] = [("", value)]
    while waiting:
        key, item = waiting.pop()
        if isinstance(item, str):
            yield key, item
        elif key in sections and isinstance(item, list) and not _holds(item, sections):
            if told := _told(item):
                yield key, told
        elif isinstance(item, _Object):
            waiting += reversed(item)
        elif isinstance(item, list):
            waiting += (("", part) for part in reversed(item) if isinstance(part, list))


def _holds(value: object, sections: Collection[str]) -> bool:
    """Is one of the sections somewhere below?"""
    waiting = [value]
    while waiting:
        item = waiting.pop()
        if isinstance(item, _Object):
            if any(key in sections for key, _ in item):
                return True
            waiting += (part for _, part in item)
        elif isinstance(item, list):
            waiting += item
    return False


def _told(value: list[object]) -> str:
    """The texts of a list or an object, one a line, an object's with their keys."""
    lines: list[str] = []
    waiting: list[tuple[str, object]] = [("", value)]
    while waiting:
        key, item = waiting.pop()
        if isinstance(item, str):
            lines.append(f"{key}: {item}" if key else item)
        elif isinstance(item, _Object):
            waiting += reversed(item)
        elif isinstance(item, list):
            waiting += ((key, part) for part in reversed(item))
    return "\n".join(lines)


# --- what is not ---------------------------------------------------------------------------------

_CLOSING = {'"': '"', "'": "'", "“": "”"}
_KEY = re.compile(r"""(?:"([^"\\\n]{1,80})"|'([^'\\\n]{1,80})'|“([^“”\n]{1,80})”)\s*[:：]\s*""")
_AFTER = re.compile(r"""\s*[,，]?\s*(?:["'“][^"'“”\n]{1,80}["'”]\s*[:：]|[}\]])""")
"""What may follow a text that has ended: the next key, or the end of the object."""
_END = re.compile(r"\s*[,，]?\s*(?:```\s*)?$")


def _loosely(text: str) -> tuple[Pairs, list[Problem]]:
    pairs: Pairs = []
    start = position = max(0, text.find("{"))
    while key := _KEY.search(text, position):
        position = key.end()
        name = next(part for part in key.groups() if part is not None)
        if text[position : position + 1] == "[":
            items, end = _list(text, position + 1)
            if end is None:
                return pairs, [Problem.CUT_OFF]
            pairs.append((name, "\n".join(items)))
            position = end
        elif text[position : position + 1] in _CLOSING:
            ended = _value(text, position)
            if ended is None:
                return pairs, [Problem.CUT_OFF]
            pairs.append((name, _unquote(text[position + 1 : ended], text[position])))
            position = ended + 1
        # Else an object, a number, null: its own keys come next.
    closed = text.count("}", start) >= text.count("{", start)
    return pairs, [Problem.REPAIRED] if closed else [Problem.CUT_OFF]


def _value(text: str, opened: int) -> int | None:
    """Where the text that begins with the quotation mark at `opened` ends; None when it does not."""
    marks = list(_marks(text, opened))
    if not marks:
        return None
    first = marks[0]
    if _AFTER.match(text, first + 1) or _END.match(text, first + 1):
        return first
    for mark in marks[1:]:
        if _AFTER.match(text, mark + 1):
            # A mark inside the text was not escaped; but what holds a whole key is more than one text.
            return first if _KEY.search(text, opened + 1, mark) else mark
    return first


_LONGEST_TEXT = 20_000
_MOST_MARKS = 200
"""Own choices: beyond them a text is taken to end at its first mark."""


def _marks(text: str, opened: int) -> Iterator[int]:
    """Quotation marks after the opening one that could close it."""
    mark, at, found = _CLOSING[text[opened]], opened + 1, 0
    while at < len(text) and found < _MOST_MARKS and (not found or at - opened < _LONGEST_TEXT):
        at = text.find(mark, at)
        if at < 0:
            return
        before = at
        while text[before - 1] == "\\" and before - 1 > opened:
            before -= 1
        if (at - before) % 2 == 0:
            found += 1
            yield at
        at += 1


def _list(text: str, at: int) -> tuple[list[str], int | None]:
    """Texts of a list up to its end, and the place after it; None when it does not end."""
    items: list[str] = []
    skipped = re.compile(r"[\s,，]*")
    while True:
        found = skipped.match(text, at)
        at = found.end() if found else at
        if text[at : at + 1] == "]":
            return items, at + 1
        if text[at : at + 1] not in _CLOSING:
            return items, at if text[at : at + 1] else None
        first = next(_marks(text, at), None)
        if first is None:
            return items, None
        items.append(_unquote(text[at + 1 : first], text[at]))
        at = first + 1


def _unquote(inner: str, mark: str) -> str:
    """A JSON string's text; raw line breaks and unknown escapes, which strict JSON forbids, are kept."""
    if mark == "'":
        inner = inner.replace("\\'", "'")
    escaped = re.sub(r'(?<!\\)((?:\\\\)*)"', r'\1\\"', inner)
    try:
        return str(json.loads(f'"{escaped}"', strict=False))
    except ValueError:
        return inner
