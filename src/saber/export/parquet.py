"""How are rows written as Parquet, so that memory does not grow with them?"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from saber.core.errors import MissingPieceError
from saber.export.columns import Feature

if TYPE_CHECKING:
    import pyarrow as pa

__all__ = ["GROUP_ROWS", "ParquetFile", "arrow_schema"]

GROUP_ROWS = 4_096
"""Rows of a row group. Own choice: some 16 MB of texts, so that a reader that streams needs little memory."""


def arrow_schema(columns: Sequence[Feature]) -> pa.Schema:
    """Raises MissingPieceError without pyarrow."""
    pa = _pyarrow()
    return pa.schema([pa.field(column["name"], _type(pa, column)) for column in columns])


class ParquetFile:
    """A file that is written a row group at a time. Close it, or there is no file."""

    def __init__(self, path: Path, columns: Sequence[Feature]) -> None:
        self._pa = _pyarrow()
        import pyarrow.parquet as pq

        self._schema = arrow_schema(columns)
        self._writer = pq.ParquetWriter(path, self._schema, compression="zstd")
        self._rows: list[dict[str, Any]] = []

    def write(self, row: dict[str, Any]) -> None:
        """A row as plain values; a key that is no column is an error of ours, not of the row."""
        self._rows.append(row)
        if len(self._rows) >= GROUP_ROWS:
            self._flush()

    def close(self) -> None:
        if self._rows:
            self._flush()
        self._writer.close()

    def _flush(self) -> None:
        self._writer.write_batch(self._pa.RecordBatch.from_pylist(self._rows, self._schema))
        self._rows = []


def _type(pa: Any, column: Feature) -> Any:
    if "dtype" in column:
        return {"bool": pa.bool_(), "int64": pa.int64(), "float64": pa.float64(), "string": pa.string()}[
            column["dtype"]
        ]
    if "struct" in column:
        return pa.struct([pa.field(inner["name"], _type(pa, inner)) for inner in column["struct"]])
    inner = column["list"]
    return pa.list_(_type(pa, {"dtype": inner} if isinstance(inner, str) else {"struct": inner}))


def _pyarrow() -> Any:
    try:
        import pyarrow
    except ImportError as error:
        raise MissingPieceError(
            "Parquet needs pyarrow, which is not installed.",
            remedy="pip install 'saber-llm[data]', or choose --form jsonl.",
        ) from error
    return pyarrow
