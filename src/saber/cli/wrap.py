"""Where may a line of English, Chinese or both be broken?"""

from __future__ import annotations

import re
from collections.abc import Iterator

from rich.cells import cell_len, chop_cells

__all__ = ["wrap"]

OPENING = "（“‘《「【"
CLOSING = "，。、；：！？）”’》」】…"
"""Signs that never begin a line; `OPENING` ones never end one."""

_AMOUNT = r"[-+]?\d[\d.]* 至 [-+]?\d[\d.]*(?: 秒)?|\d[\d.]* (?:[秒次]|s\b)"
_WORD = rf"[^\s\u2e80-\uffef{OPENING}{CLOSING}]+"
_UNIT = re.compile(rf"[{OPENING}]*(?:{_AMOUNT}|{_WORD}|\S)[{CLOSING},.;:!?)]*")


def wrap(text: str, width: int) -> list[str]:
    """The text in lines of at most `width` columns (a Chinese character has two), without their spaces.

    Rich breaks at spaces only, which leaves Chinese ragged. Here a line may also end between Chinese
    characters, but not before a closing sign nor within a time such as "2.1 至 3.4 秒" or "2.1 s". A word
    longer than a line is cut.
    """
    lines: list[str] = []
    for paragraph in text.splitlines():
        line = ""
        for gap, unit in _units(paragraph):
            if cell_len(line + gap + unit) <= width:
                line += gap + unit
                continue
            if line:
                lines.append(line)
            *full, line = chop_cells(unit, width)
            lines += full
        lines.append(line)
    return lines or [""]


def _units(paragraph: str) -> Iterator[tuple[str, str]]:
    """What stays together, each with the space before it."""
    end = 0
    for match in _UNIT.finditer(paragraph):
        yield (" " if match.start() > end else ""), match.group()
        end = match.end()
