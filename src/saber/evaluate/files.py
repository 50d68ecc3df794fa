"""How are a benchmark's tables read, and where does a sample's clip lie?"""

from __future__ import annotations

import csv
import io
import json
from collections import Counter
from collections.abc import Iterable
from pathlib import Path, PurePosixPath
from typing import Any

from saber.core.errors import UsageError
from saber.evaluate.records import Sample

__all__ = ["Clips", "numbered", "read_json", "read_table"]

PICTURES = frozenset(
    [".mp4", ".mkv", ".avi", ".mov", ".webm", ".flv", ".mpg", ".mpeg", ".wmv", ".m4v"]
)  # fmt: skip
SOUNDS = frozenset([".wav", ".flac", ".mp3", ".ogg", ".m4a"])


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


class Clips:
    """Where the clips below a folder lie, by file name without its ending.

    Corpora that keep a clip's sound as a file of its own have it under the same name: files with a picture
    come first.
    """

    def __init__(self, data: Path) -> None:
        self._data = data
        self._at: dict[str, list[str]] = {}
        paths = [p for p in sorted(data.rglob("*")) if p.is_file()]
        for endings in (PICTURES, SOUNDS):
            found: dict[str, list[str]] = {}
            for path in paths:
                if path.suffix.lower() in endings:
                    found.setdefault(path.stem, []).append(str(path.relative_to(data)))
            self._at = found | self._at

    def of(self, name: str) -> str | None:
        """Relative to the folder; None where there is none. UsageError where there are several: which one
        is meant, a guess must not decide."""
        found = self._at.get(name, [])
        if len(found) > 1:
            raise UsageError(
                f"Two clips in {self._data} are called {name}: {found[0]} and {found[1]}.",
                remedy="Leave the one that is meant below --data.",
            )
        return found[0] if found else None

    def named(self, path: str) -> str:
        """A clip that a list names by its path: where the list says, or else, since archives are unpacked in
        different ways, wherever a file of that name lies."""
        if (self._data / path).is_file():
            return path
        return self.of(PurePosixPath(path.replace("\\", "/")).stem) or path


def numbered(samples: Iterable[Sample]) -> list[Sample]:
    """Where a benchmark asks several questions under one name, the later ones get a number: `name#2`."""
    seen: Counter[str] = Counter()
    unique = []
    for sample in samples:
        seen[sample.id] += 1
        name = sample.id if seen[sample.id] == 1 else f"{sample.id}#{seen[sample.id]}"
        unique.append(sample.model_copy(update={"id": name}))
    return unique
