"""What do the cells of a workbook's first sheet say? Text and numbers only, as the emotion wheels need it."""

from __future__ import annotations

import re
import zipfile
from pathlib import Path
from xml.etree import ElementTree

from saber.core.errors import UsageError

__all__ = ["read_sheet"]

_MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
MOST_BYTES = 64_000_000
"""Of one unpacked part; a wheel has a few thousand."""


def read_sheet(path: Path) -> list[dict[str, str]]:
    """Rows below the header, as column title -> text; empty cells are left out. UsageError when the file
    can't be read."""
    try:
        with zipfile.ZipFile(path) as book:
            shared = []
            if "xl/sharedStrings.xml" in book.namelist():
                shared = [_text(node) for node in _parse(book, "xl/sharedStrings.xml").iter(f"{_MAIN}si")]
            rows = [
                dict(_cells(row, shared))
                for row in _parse(book, "xl/worksheets/sheet1.xml").iter(f"{_MAIN}row")
            ]
    except (OSError, KeyError, ValueError, IndexError, zipfile.BadZipFile, ElementTree.ParseError) as error:
        raise UsageError(f"Can't read the workbook {path}: {error}.") from error
    if not rows:
        return []
    titles = rows[0]
    return [{titles[c]: told for c, told in row.items() if c in titles} for row in rows[1:]]


def _parse(book: zipfile.ZipFile, name: str) -> ElementTree.Element:
    if book.getinfo(name).file_size > MOST_BYTES:
        raise ValueError(f"{name} is too large")
    return ElementTree.fromstring(book.read(name))


def _cells(row: ElementTree.Element, shared: list[str]) -> list[tuple[str, str]]:
    cells = []
    for cell in row.iter(f"{_MAIN}c"):
        column = re.sub(r"\d", "", cell.get("r", ""))
        value = cell.find(f"{_MAIN}v")
        if cell.get("t") == "s" and value is not None:
            told = shared[int(value.text or "")]
        elif cell.get("t") == "inlineStr":
            told = _text(cell)
        else:
            told = (value.text if value is not None else "") or ""
        if told:
            cells.append((column, told))
    return cells


def _text(node: ElementTree.Element) -> str:
    """All text runs of a cell, without the phonetic hints of some scripts."""
    hints = {run for hint in node.iter(f"{_MAIN}rPh") for run in hint.iter(f"{_MAIN}t")}
    return "".join(t.text or "" for t in node.iter(f"{_MAIN}t") if t not in hints)
