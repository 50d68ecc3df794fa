"""Does memory stay flat over 600,000 rows, and what does the ledger cost a row?

    python bench/rows.py [--clips 600000]

A trivial process stage and a trivial call stage, in a new workspace in the temporary folder. Printed: the
driver's peak resident memory after a tenth and after all of the rows; microseconds of wall time and bytes of
ledger a row of each stage; the time that a run takes that finds nothing to do, and one that reads everything.
"""

from __future__ import annotations

import argparse
import resource
import tempfile
import time
from pathlib import Path

from flow_stages import Call, Digest, Process, sources
from saber.flow import Status, outputs, run


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--clips", type=int, default=600_000)
    clips = parser.parse_args().clips
    with tempfile.TemporaryDirectory(prefix="saber-rows-") as folder:
        workspace = Path(folder)
        peaks: dict[int, float] = {}

        def watch(status: Status) -> None:
            done = sum(stage.done_now for stage in status.stages)
            peaks[done * 10 // (2 * clips)] = peak_mb()

        start = time.perf_counter()
        ended = run([Process(), Call(concurrency=64)], sources(clips), workspace, on_progress=watch)
        took_s = time.perf_counter() - start
        size = sum(path.stat().st_size for path in workspace.glob("ledger.sqlite*"))
        rows = sum(stage.inputs for stage in ended.stages)
        print(
            f"{clips} clips, {rows} rows of two stages in {took_s:.0f} s: {took_s / rows * 1e6:.0f} us a row"
        )
        for stage in ended.stages:
            assert stage.inputs == stage.kept + stage.dropped + stage.quarantined
            print(
                f"  {stage.name}: in {stage.inputs} = kept {stage.kept} + dropped {stage.dropped} "
                f"+ quarantined {stage.quarantined}; {stage.wall_s / stage.inputs * 1e6:.0f} us a row"
            )
        print(f"ledger: {size / 2**20:.0f} MB, {size / (clips + rows):.0f} bytes a row (sources counted too)")
        print("peak resident memory of the driver by tenths of the rows, MB:")
        print("  " + " ".join(f"{tenth}: {mb:.0f}" for tenth, mb in sorted(peaks.items())))
        start = time.perf_counter()
        run([Process(), Call(concurrency=64)], sources(clips), workspace)
        took_s = time.perf_counter() - start
        print(f"run again, nothing to do: {took_s:.1f} s, {took_s / rows * 1e6:.1f} us a row")
        start = time.perf_counter()
        count = sum(1 for _ in outputs(workspace, "call", Digest))
        took_s = time.perf_counter() - start
        print(f"read {count} records: {took_s:.1f} s, {took_s / count * 1e6:.1f} us a record")
        print(f"peak resident memory at the end: {peak_mb():.0f} MB")


def peak_mb() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


if __name__ == "__main__":
    main()
