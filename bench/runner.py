"""What does the runner add to a row, next to a bare loop and to `multiprocessing.Pool`?

    python bench/runner.py [--clips 2000] [--engine local --engine ray]

The same work, SHA-256 over and over, about `--ms` a row. The bare loop works in one process, without a record
or a ledger; the pool in as many as the engines, without a ledger or isolation. What starting costs is left
out: the time of a run over as many rows as there are workers is taken off. Ratios are to the bare loop's time
divided by the workers, so below 1 only by noise.
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
        bare_s, took = math.inf, dict.fromkeys(["pool", *engines(arguments)], math.inf)
        for _ in range(arguments.repeat):
            bare_s = min(bare_s, bare(clips, rounds))
            for way in took:
                taken_s = (
                    pooled(clips, rounds, workers) if way == "pool" else steered(clips, rounds, workers, way)
                )
                took[way] = min(took[way], taken_s)
        fair_s = bare_s / workers
        cells = [f"{s:7.2f} x{s / fair_s:5.2f} {(s - fair_s) / clips * 1e6:+7.0f}us" for s in took.values()]
        print(f"{ms:9.2f} {clips:6} {bare_s:8.2f}  " + "".join(f"{cell:>24}" for cell in cells))


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
    """Without what starting costs: the time of a run over all less that of one over as many as workers."""
    few, _ = once(workers, rounds, workers, engine)
    whole, _ = once(clips, rounds, workers, engine)
    return whole - few


def once(clips: int, rounds: int, workers: int, engine: str) -> tuple[float, int]:
    settings = FlowSettings(workers=workers)
    with tempfile.TemporaryDirectory(prefix="saber-runner-") as folder:
        start = time.perf_counter()
        ended = run([Process(rounds=rounds)], sources(clips), Path(folder), engine=engine, settings=settings)
        took_s = time.perf_counter() - start
    assert ended.stages[0].pending == 0
    return took_s, ended.stages[0].kept


if __name__ == "__main__":
    main()
