"""How are the tables of a corpus read, so that whatever is wrong in one is named by its row?"""

from __future__ import annotations

import csv
import json
import math
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from saber.core.errors import UsageError

__all__ = ["csv_rows", "json_of", "jsonl_rows", "lines_of", "number_in"]

_NOT_UTF8 = "Save it as UTF-8."


def csv_rows(file: Path, needed: Sequence[str], splitter: str = ",") -> Iterator[tuple[int, dict[str, str]]]:
    """Number and cells of each row; the heading is row 1. A byte order mark and spaces around names go away.

    Raises UsageError for a file that can't be read, lacks one of the `needed` columns, or has a row with
    more or fewer cells than the heading.
    """
    try:
        with file.open(encoding="utf-8-sig", newline="") as lines:
            reader = csv.DictReader(lines, delimiter=splitter, strict=True)
            columns = [name.strip() for name in reader.fieldnames or ()]
            reader.fieldnames = columns
            if absent := [name for name in needed if name not in columns]:
                raise UsageError(
                    f"{file} has no column {absent[0]!r}; it has {', '.join(map(repr, columns)) or 'none'}."
                )
            if len(set(columns)) < len(columns):
                raise UsageError(f"{file} has two columns of one name.")
            for number, row in enumerate(reader, 2):
                if None in row or None in row.values():
                    raise UsageError(
                        f"Row {number} of {file} has not as many cells as the heading.",
                        remedy="Put cells that hold a comma or a line break into quotes.",
                    )
                yield number, row
    except OSError as error:
        raise UsageError(f"Can't read {file}: {error.strerror}.") from error
    except UnicodeDecodeError as error:
        raise UsageError(f"{file} is not UTF-8 text.", remedy=_NOT_UTF8) from error
    except csv.Error as error:
        raise UsageError(f"{file} can't be read: {error}.") from error


def jsonl_rows(file: Path, needed: Sequence[str] = ()) -> Iterator[tuple[int, dict[str, Any]]]:
    """Number of the line and the object in it; empty lines are passed over. Raises UsageError as above."""
    try:
        with file.open(encoding="utf-8-sig") as lines:
            for number, line in enumerate(lines, 1):
                if not line.strip():
                    continue
                try:
                    row = json.loads(line)
                except json.JSONDecodeError as error:
                    raise UsageError(f"Row {number} of {file} is not JSON: {error.msg}.") from error
                if not isinstance(row, dict):
                    raise UsageError(f"Row {number} of {file} is not a JSON object.")
                if absent := [name for name in needed if name not in row]:
                    raise UsageError(f"Row {number} of {file} has no {absent[0]!r}.")
                yield number, row
    except OSError as error:
        raise UsageError(f"Can't read {file}: {error.strerror}.") from error
    except UnicodeDecodeError as error:
        raise UsageError(f"{file} is not UTF-8 text.", remedy=_NOT_UTF8) from error


def lines_of(file: Path) -> list[tuple[int, str]]:
    """Number and text of each line that is not empty, without spaces around. Raises UsageError as above."""
    return [(number, line.strip()) for number, line in enumerate(_text(file).splitlines(), 1) if line.strip()]


def json_of(file: Path) -> dict[str, Any]:
    """The object in a JSON file. Raises UsageError when it can't be read or holds something else."""
    try:
        found = json.loads(_text(file))
    except json.JSONDecodeError as error:
        raise UsageError(f"{file} is not JSON: {error}.") from error
    if not isinstance(found, dict):
        raise UsageError(f"{file} holds no JSON object.")
    return found


def _text(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise UsageError(f"Can't read {file}: {error.strerror}.") from error
    except UnicodeDecodeError as error:
        raise UsageError(f"{file} is not UTF-8 text.", remedy=_NOT_UTF8) from error


def number_in(said: str, where: str) -> float | None:
    """A cell's number; None for an empty one and for NaN, which say that there is none."""
    try:
        number = float(said) if said.strip() else math.nan
    except ValueError as error:
        raise UsageError(f"{where}: {said!r} is no number.") from error
    if math.isinf(number):
        raise UsageError(f"{where}: {said!r} is no finite number.")
    return None if math.isnan(number) else number
