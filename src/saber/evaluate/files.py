"""How are a benchmark's tables read, and where does a sample's clip lie?"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from saber.core.errors import UsageError

__all__ = ["clips_by_name", "read_json", "read_table"]

MEDIA = frozenset(
    [
        ".mp4",
        ".mkv",
        ".avi",
        ".mov",
        ".webm",
        ".flv",
        ".mpg",
        ".mpeg",
        ".wmv",
        ".m4v",
        ".wav",
        ".flac",
        ".mp3",
        ".ogg",
        ".m4a",
    ]
)


def read_table(path: Path, needed: Iterable[str]) -> list[dict[str, str]]:
    """Rows of a CSV file with a header. UsageError when it can't be read or lacks one of these columns."""
    try:
        reader = csv.DictReader(io.StringIO(path.read_text(encoding="utf-8-sig"), newline=""))
        rows = [{key: value or "" for key, value in row.items() if key is not None} for row in reader]
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise UsageError(f"Can't read the table {path}: {error}.") from error
    missing = sorted(set(needed) - set(reader.fieldnames or ()))
    if missing:
        raise UsageError(f"{path} has no column {', '.join(missing)}.")
    return rows


def read_json(path: Path) -> Any:
    """UsageError when the file can't be read."""
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise UsageError(f"Can't read {path}: {error}.") from error


def clips_by_name(data: Path) -> dict[str, str]:
    """File name without its ending -> path relative to the folder, of every clip below it; the first of
    equals in alphabetical order."""
    found: dict[str, str] = {}
    for path in sorted(data.rglob("*")):
        if path.suffix.lower() in MEDIA and path.is_file():
            found.setdefault(path.stem, str(path.relative_to(data)))
    return found
