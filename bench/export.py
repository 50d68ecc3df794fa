"""Does memory stay flat while 600,000 rows are exported, and what does a row cost?

    python bench/export.py [--clips 600000] [--form parquet]

Rows made up of two thousand different texts go through all of `export_dataset`: terms, statistics, card.
Printed: resident memory after a tenth and after all of the rows; rows a second of processor time and bytes a
row, and both for a bare pyarrow writer in the same process, which is handed the same rows as ready dicts, in
groups of the same size.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from saber.core.taxonomy import DIMENSIONS
from saber.export import FORMS, ExportSettings, export_dataset
from saber.export.columns import features
from saber.export.parquet import GROUP_ROWS, arrow_schema
from saber.export.pick import Picked
from saber.export.row import Row, RowCheck, RowWriter, row_of_released
from saber.flow import StageStatus
from saber.sed import ReleasedRecord

TEXTS = 2_000


class MadeUp:
    """An input of rows of a usual size, no two the same."""

    def __init__(self, clips: int) -> None:
        self.clips = clips
        self.memory_mb: dict[int, float] = {}

    def terms(self, settings: ExportSettings) -> Iterator[str]:
        for _ in range(self.clips):
            yield "own"

    def picked(self, settings: ExportSettings, left_out: Counter[str]) -> Iterator[Picked]:
        tenth = max(1, self.clips // 10)
        for number in range(self.clips):
            yield Picked(row(number))
            if (number + 1) % tenth == 0:
                self.memory_mb[number + 1] = resident_mb()

    def stages(self) -> tuple[StageStatus, ...]:
        return ()

    def settings(self) -> dict[str, Any]:
        return {}


def row(number: int) -> Row:
    told = f"{number % TEXTS} " + "The corners of the mouth rise while the brows are drawn together. " * 6
    record = ReleasedRecord(dict.fromkeys(DIMENSIONS, told))
    checks = tuple(
        RowCheck(
            stage="verify",
            name=f"check{n}",
            passed=True,
            required=True,
            score=(number % 997) / 997,
            limit=0.3,
            unit="",
            reason="",
            detail="",
            judge="measured",
            dimension=None,
        )
        for n in range(12)
    )
    writers = tuple(
        RowWriter(
            dimension=dimension, model="embedded", prompt_sha256=None, attempt=1, seconds=0.5, cost=None
        )
        for dimension in DIMENSIONS
    )
    return row_of_released(f"corpus/clip{number:07d}", record, "own").model_copy(
        update={
            "split": ("train", "train", "validation", "test")[number % 4],
            "half": "consistent",
            "language": "en",
            "duration_s": number % 200 / 10,
            "speaker": f"corpus:{number % 5000}",
            "checks": checks,
            "writers": writers,
        }
    )


def bare(clips: int, path: Path) -> float:
    """Processor seconds that a bare writer takes for the same rows, once they are dictionaries."""
    schema = arrow_schema(features(Row))
    took_s = 0.0
    with pq.ParquetWriter(path, schema, compression="zstd") as writer:
        for first in range(0, clips, GROUP_ROWS):
            ready = [row(n).model_dump(mode="json") for n in range(first, min(clips, first + GROUP_ROWS))]
            start = time.process_time()
            writer.write_batch(pa.RecordBatch.from_pylist(ready, schema))
            took_s += time.process_time() - start
    return took_s


def made(clips: int) -> float:
    """Processor seconds that making the rows up takes, which is no part of an export."""
    start = time.process_time()
    for number in range(clips):
        row(number)
    return time.process_time() - start


def resident_mb() -> float:
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * 4096 / 1e6


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--clips", type=int, default=600_000)
    parser.add_argument("--form", choices=FORMS, default="parquet")
    arguments = parser.parse_args()
    clips: int = arguments.clips
    with tempfile.TemporaryDirectory(prefix="saber-export-") as folder:
        peers = min(clips, 10 * GROUP_ROWS)
        bare_s = bare(peers, Path(folder) / "bare.parquet") / peers
        bare_bytes = (Path(folder) / "bare.parquet").stat().st_size / peers
        made_s = made(peers) / peers
        source = MadeUp(clips)
        before = resident_mb()
        start = time.process_time()
        export_dataset(source, Path(folder) / "out", ExportSettings(forms=(arguments.form,)))
        each_s = (time.process_time() - start) / clips - made_s
        size = sum(file.stat().st_size for file in (Path(folder) / "out").rglob("*") if file.is_file())
        seen = sorted(source.memory_mb.items())
        print(f"{clips} rows as {arguments.form}")
        print(
            f"memory: {before:.0f} MB before, {seen[0][1]:.0f} MB after {seen[0][0]} rows, "
            f"{seen[-1][1]:.0f} MB after all, at most {max(mb for _, mb in seen):.0f} MB"
        )
        rates = f"{1 / each_s:.0f}, bare pyarrow {1 / bare_s:.0f}"
        print(f"rows a second of processor time: {rates}: {bare_s / each_s:.2f} of it")
        print(f"bytes a row: {size / clips:.0f}, bare pyarrow {bare_bytes:.0f}")


if __name__ == "__main__":
    main()
