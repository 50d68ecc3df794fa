"""Which files does each form write, and what of a clip goes into them?"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Protocol

from saber.export.columns import features
from saber.export.label_studio import LabelStudio
from saber.export.lines import Lines, split_name
from saber.export.parquet import ParquetFile
from saber.export.pick import Picked
from saber.export.row import Row
from saber.export.settings import ExportSettings
from saber.export.trainers import Conversations, dataset_info
from saber.sed import released_line

__all__ = ["DATA", "Form", "make_form"]

DATA = "data"
"""The folder of the rows that hold everything."""


class Form(Protocol):
    """Something that writes clips, one file for each split."""

    def write(self, picked: Picked) -> str:
        """ "" when it was written, otherwise the slug of the reason why not."""
        ...

    def close(self) -> dict[str, str]:
        """Split, or `all`, -> path in the export."""
        ...


def make_form(name: str, export: Path, settings: ExportSettings) -> Form:
    """One of `FORMS`. Raises MissingPieceError when Parquet can't be written."""
    if name == "parquet":
        return _Parquet(export)
    if name == "jsonl":
        return _Jsonl(export)
    if name == "released":
        return _Released(export)
    if name == "label-studio":
        return LabelStudio(export)
    if name == "llama-factory":
        return _LlamaFactory(export, name, with_media=settings.with_media)
    assert name == "ms-swift"
    return Conversations(export, name, with_media=settings.with_media)


class _Jsonl:
    def __init__(self, export: Path) -> None:
        self._lines = Lines(export, DATA, ".jsonl")

    def write(self, picked: Picked) -> str:
        self._lines.write(picked.row.split, json.dumps(_plain(picked.row), ensure_ascii=False))
        return ""

    def close(self) -> dict[str, str]:
        return self._lines.close()


class _Parquet:
    def __init__(self, export: Path) -> None:
        self._export = export
        self._columns = features(Row)
        self._files: dict[str, ParquetFile] = {}

    def write(self, picked: Picked) -> str:
        name = split_name(picked.row.split)
        if name not in self._files:
            path = self._export / self._path(name)
            path.parent.mkdir(exist_ok=True)
            self._files[name] = ParquetFile(path, self._columns)
        self._files[name].write(_plain(picked.row))
        return ""

    def close(self) -> dict[str, str]:
        for file in self._files.values():
            file.close()
        return {name: self._path(name) for name in self._files}

    def _path(self, name: str) -> str:
        return f"{DATA}/{name}.parquet"


class _Released:
    """The records, and beside them whose they are: the released form has no place for an id."""

    def __init__(self, export: Path) -> None:
        self._lines = Lines(export, "released", ".jsonl")
        self._ids = Lines(export, "released", ".ids.jsonl")

    def write(self, picked: Picked) -> str:
        self._lines.write(picked.row.split, released_line(picked.row.released()))
        self._ids.write(picked.row.split, json.dumps(picked.row.id, ensure_ascii=False))
        return ""

    def close(self) -> dict[str, str]:
        self._ids.close()
        return self._lines.close()


class _LlamaFactory(Conversations):
    def __init__(self, export: Path, folder: str, *, with_media: bool) -> None:
        super().__init__(export, folder, with_media=with_media)
        self._top = export

    def close(self) -> dict[str, str]:
        files = super().close()
        for file in files.values():
            (self._top / "dataset_info.json").write_text(dataset_info(file), encoding="utf-8")
        return files


def _plain(row: Row) -> dict[str, Any]:
    return row.model_dump(mode="json")
