"""What does the runner add to a row, next to a bare loop and to `multiprocessing.Pool`?

    python bench/runner.py [--clips 2000] [--engine local --engine ray]

The same work, SHA-256 over and over, about `--ms` a row. The bare loop works in one process, without a record
or a ledger; the pool in as many as the engines, without a ledger or isolation. What starting costs is left
out: the least time of a run over as many rows as there are workers is taken off the least time of the whole.
Ratios are to the bare loop's time divided by the workers, so below 1 only by noise. Where starting takes more
than the rows do, and so hides them, the cell says so: take more rows.
"""

from __future__ import annotations

import argparse
import math
import multiprocessing
import os
import tempfile
import time
from pathlib import Path

from flow_stages import Process, digest, sources
from saber.flow import FlowSettings, run


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--clips", type=int, default=3000)
    parser.add_argument("--ms", type=float, nargs="+", default=[0.02, 2.0, 20.0])
    parser.add_argument("--workers", type=int, default=min(2, os.cpu_count() or 1))
    parser.add_argument("--repeat", type=int, default=3, help="the least time of so many counts")
    parser.add_argument("--engine", action="append", choices=["local", "ray"])
    arguments = parser.parse_args()
    workers: int = arguments.workers
    per_round_s = calibrate()
    print(f"{workers} workers; seconds of wall time; ratio to the bare loop / {workers}; us added a row")
    print(
        f"{'ms a row':>9} {'rows':>6} {'bare':>8}  "
        + "".join(f"{n:>24}" for n in ["pool", *engines(arguments)])
    )
    for ms in arguments.ms:
        rounds = max(1, round(ms / 1000 / per_round_s))
        clips = arguments.clips if ms < 5 else arguments.clips // 5
        bare_s, pool_s = math.inf, math.inf
        few_s, whole_s = (dict.fromkeys(engines(arguments), math.inf) for _ in range(2))
        for _ in range(arguments.repeat):
            bare_s = min(bare_s, bare(clips, rounds))
            pool_s = min(pool_s, pooled(clips, rounds, workers))
            for engine in engines(arguments):
                few_s[engine] = min(few_s[engine], steered(workers, rounds, workers, engine))
                whole_s[engine] = min(whole_s[engine], steered(clips, rounds, workers, engine))
        cells = [cell(pool_s, 0.0, bare_s / workers, clips)]
        cells += [cell(whole_s[e], few_s[e], bare_s / workers, clips) for e in engines(arguments)]
        print(f"{ms:9.2f} {clips:6} {bare_s:8.2f}  " + "".join(f"{text:>24}" for text in cells), flush=True)


def cell(whole_s: float, few_s: float, fair_s: float, clips: int) -> str:
    took_s = whole_s - few_s
    if took_s < few_s / 4:
        return "hidden by the start"
    return f"{took_s:7.2f} x{took_s / fair_s:5.2f} {(took_s - fair_s) / clips * 1e6:+7.0f}us"


def engines(arguments: argparse.Namespace) -> list[str]:
    return arguments.engine or ["local", "ray"]


def calibrate() -> float:
    start = time.perf_counter()
    digest("calibrate", 200_000)
    return (time.perf_counter() - start) / 200_000


def bare(clips: int, rounds: int) -> float:
    start = time.perf_counter()
    for source in sources(clips):
        digest(source.path, rounds)
    return time.perf_counter() - start


def pooled(clips: int, rounds: int, workers: int) -> float:
    with multiprocessing.get_context("spawn").Pool(workers) as pool:
        pool.starmap(digest, [("warm", 1)] * workers)
        work = [(source.path, rounds) for source in sources(clips)]
        start = time.perf_counter()
        pool.starmap(digest, work, chunksize=16)
        return time.perf_counter() - start


def steered(clips: int, rounds: int, workers: int, engine: str) -> float:
    """Wall time of a whole run, its start with it."""
    settings = FlowSettings(workers=workers)
    with tempfile.TemporaryDirectory(prefix="saber-runner-") as folder:
        start = time.perf_counter()
        ended = run([Process(rounds=rounds)], sources(clips), Path(folder), engine=engine, settings=settings)
        took_s = time.perf_counter() - start
    assert (ended.stages[0].inputs, ended.stages[0].pending) == (clips, 0)
    return took_s


if __name__ == "__main__":
    main()
