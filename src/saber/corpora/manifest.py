"""Which clips does a CSV or JSONL file list, and what does it say of them?

One row a clip. `path` is needed, relative to the file that lists it. Further columns: `id`, `start_s`,
`end_s`, `speaker`, `group`, `language`, `transcript`, `label`, `label_from`, `terms`; `label.face`,
`label.body`, `label.voice` and `label.speech` for what that modality shows by itself; and `extra.NAME` for
any label of one's own. An empty cell says nothing. A column of another name is an error: it may be a mistyped
one. A label may be any name of the seven emotions that is known here (`joy`, `ang`, `高兴`).
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from saber.core.dataset import Source
from saber.core.errors import UsageError
from saber.core.taxonomy import MODALITIES, emotion_from
from saber.corpora.reading import Missing, Notes
from saber.corpora.rows import csv_rows, jsonl_rows
from saber.corpora.settings import SourceSettings
from saber.corpora.terms import TERMS

__all__ = ["COLUMNS", "read_manifest"]

COLUMNS = (
    "path", "id", "start_s", "end_s", "speaker", "group", "language", "transcript", "label", "label_from",
    "terms",
)  # fmt: skip
_UNIMODAL = {f"label.{modality}": modality for modality in MODALITIES}
_EXTRA = "extra."
_SPLITTERS = {".csv": ",", ".tsv": "\t"}


def read_manifest(file: Path, settings: SourceSettings, notes: Notes) -> Iterator[Source]:
    """The clips in order of id. Raises UsageError that names the row: a manifest is mended, not guessed."""
    found: dict[str, Source] = {}
    for number, row in _rows(file):
        where = f"Row {number} of {file}"
        if unknown := [c for c in row if not (c in COLUMNS or c in _UNIMODAL or c.startswith(_EXTRA))]:
            raise UsageError(
                f"{where} has an unknown column {unknown[0]!r}.",
                remedy=f"Known: {', '.join((*COLUMNS, *_UNIMODAL))}; any label of your own as extra.NAME.",
            )
        source = _source(row, file, settings, where)
        if source.id in found:
            raise UsageError(
                f"{where} has the id {source.id!r} of an earlier row.", remedy="Give each row its own id."
            )
        found[source.id] = source
    for source in (found[name] for name in sorted(found)):
        if Path(source.path).is_file():
            yield source
        else:
            notes.missing.append(Missing(settings.name or "manifest", file.name, source.path))


def _source(row: dict[str, Any], file: Path, settings: SourceSettings, where: str) -> Source:
    said = {name: value for name, value in row.items() if value not in (None, "")}
    if "path" not in said:
        raise UsageError(f"{where} has no path.", remedy="Each row needs the path of its clip.")
    if said.get("terms", settings.terms) not in TERMS:
        raise UsageError(
            f"{where} has unknown terms {said['terms']!r}.", remedy=f"Known: {', '.join(sorted(TERMS))}."
        )
    path = str(said.pop("path"))
    stretch = f"#t={said['start_s']}-{said['end_s']}" if {"start_s", "end_s"} <= set(said) else ""
    name = settings.name or "manifest"
    label = said.pop("label", None)
    extra = {key.removeprefix(_EXTRA): said.pop(key) for key in list(said) if key.startswith(_EXTRA)}
    alone = {column: said.pop(column) for column in _UNIMODAL if column in said}
    unimodal = {_UNIMODAL[c]: e for c, word in alone.items() if (e := emotion_from(str(word))) is not None}
    extra |= {column: word for column, word in alone.items() if _UNIMODAL[column] not in unimodal}
    speaker = said.pop("speaker", None)
    group = said.pop("group", None)
    try:
        return Source.model_validate(
            {
                "language": settings.language,
                "terms": settings.terms,
                **said,
                "id": f"{name}/{said.get('id', path + stretch)}",
                "corpus": "manifest",
                "path": str((file.parent / path).absolute()),
                "speaker": None if speaker is None else f"{name}:{speaker}",
                "group": None if group is None else f"{name}:{group}",
                "label": emotion_from(label) if isinstance(label, str) else None,
                "label_said": label,
                "unimodal": unimodal,
                "extra": extra,
            }
        )
    except ValidationError as error:
        first = error.errors()[0]
        column = ".".join(str(part) for part in first["loc"]) or "the stretch"
        wrong = first["msg"].removeprefix("Value error, ")
        raise UsageError(f"{where}: {column}: {wrong}.", remedy="Correct that cell.") from error


def _rows(file: Path) -> Iterator[tuple[int, dict[str, Any]]]:
    if (splitter := _SPLITTERS.get(file.suffix.lower())) is not None:
        yield from csv_rows(file, ("path",), splitter)
    elif file.suffix.lower() == ".jsonl":
        yield from jsonl_rows(file)
    else:
        raise UsageError(f"{file} is not a manifest.", remedy="A manifest ends in .csv, .tsv or .jsonl.")
