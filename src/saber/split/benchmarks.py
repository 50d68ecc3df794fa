"""Which public benchmarks draw from which corpora, and does a clip occur in one?

`benchmarks.json` holds what is published of each benchmark, with its source. None of their lists of clips is
shipped (most belong to corpora that may not be passed on): a user who has a benchmark's files names their
folder, and clips are then looked up by name. Without them only "the same corpus, ids unknown" can be said.
"""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path, PurePosixPath
from typing import Any, Literal

from saber.core.errors import UsageError

__all__ = ["Benchmark", "Draw", "benchmarks", "clip_names", "corpus_key", "file_stem", "in_saber"]

Relation = Literal["same", "contains", "related", "same_show"]
"""`same`: the benchmark draws from this corpus. `contains`: this corpus holds the one that it draws from.
`related`: both grew from one collection. `same_show`: other scenes of the same people."""


@dataclass(frozen=True)
class Draw:
    """What a benchmark takes from a corpus; `corpus` is `*` for all that SABER is built from."""

    corpus: str
    part: str
    clips: int | None
    relation: Relation
    source: str
    ids: str | None
    """The benchmark's own file that lists the clips; None: there is none that is public."""


@dataclass(frozen=True)
class Benchmark:
    name: str
    draws: tuple[Draw, ...]


@cache
def _table() -> dict[str, Any]:
    text = files("saber.split").joinpath("benchmarks.json").read_text(encoding="utf-8")
    table: dict[str, Any] = json.loads(text)
    return table


@cache
def benchmarks() -> tuple[Benchmark, ...]:
    """Every benchmark of the table, each draw with its source written out."""
    table = _table()
    sources = table["sources"]
    return tuple(
        Benchmark(b["name"], tuple(Draw(**{**d, "source": sources[d["source"]]}) for d in b["draws"]))
        for b in table["benchmarks"]
    )


@cache
def corpus_key(name: str) -> str:
    """The table's key for a corpus, however it is written; the name itself when the table has none."""
    called = _table()["also_called"]
    plain = _plain(name)
    for key, others in called.items():
        if plain in {_plain(n) for n in (key, *others)}:
            return str(key)
    return name


def in_saber(corpus: str) -> bool:
    """One of the ten corpora that SABER is built from."""
    return corpus_key(corpus) in _table()["also_called"]


def clip_names(folder: Path) -> dict[str, set[str]]:
    """Benchmark file (its name) -> names of the clips that it lists, as `file_stem` gives them.

    Read are JSON lists and objects of records with `video_id`, `video`, `modal_path` or `id`, and CSV files
    with a column `names` or `name`. Raises UsageError when the folder can't be read or no file of it lists
    clips.
    """
    if not folder.is_dir():
        raise UsageError(f"There is no folder {folder} with benchmark files.")
    found: dict[str, set[str]] = {}
    for path in sorted(folder.rglob("*")):
        if path.suffix.lower() not in (".json", ".csv") or not path.is_file():
            continue
        try:
            names = {
                file_stem(n) for n in (_of_json(path) if path.suffix.lower() == ".json" else _of_csv(path))
            }
        except (OSError, ValueError, csv.Error) as error:
            raise UsageError(f"Can't read the benchmark file {path}: {error}.") from error
        if names := names - {""}:
            found.setdefault(path.name, set()).update(names)
    if not found:
        raise UsageError(
            f"No file in {folder} lists clips.",
            remedy="Put a benchmark's JSON or CSV files there, with a field video_id, video, id or name.",
        )
    return found


def file_stem(name: str) -> str:
    """The last part of a path or id, without extension and without the stretch of a cut clip, lower case."""
    last = PurePosixPath(name.replace("\\", "/").split("#", 1)[0]).name
    return re.sub(r"\.(?:mp4|avi|mov|mkv|webm|mpg|mpeg|flv|wav|mp3|flac)$", "", last, flags=re.I).casefold()


def _of_json(path: Path) -> Iterator[str]:
    value = json.loads(path.read_text(encoding="utf-8"))
    rows = value.values() if isinstance(value, dict) else value
    for row in rows if not isinstance(rows, str) else ():
        if isinstance(row, dict):
            for field in ("video_id", "video", "modal_path", "id"):
                if isinstance(row.get(field), str):
                    yield row[field]
                    break


def _of_csv(path: Path) -> Iterator[str]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        reader = csv.DictReader(file)
        field = next(
            (f for f in ("names", "name", "video_id", "video") if f in (reader.fieldnames or ())), None
        )
        if field is not None:
            for row in reader:
                yield row[field] or ""


def _plain(name: str) -> str:
    return re.sub(r"[^a-z0-9]", "", name.casefold())
