"""What becomes of rows that raise, crash, hang or eat memory, and of the rows beside them?

    python bench/poison.py [--engine local --engine ray]

200 clips, six of them poison; the same work as in bench/runner.py. Beside each engine's table, what
`concurrent.futures.ProcessPoolExecutor` makes of the same clips: its answers until the pool breaks.
"""

from __future__ import annotations

import argparse
import multiprocessing
import tempfile
import time
from concurrent.futures import ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from pathlib import Path

from flow_stages import POISON, Digest, Process, poisoned, sources
from saber.flow import FlowSettings, outcomes, outputs, run

CLIPS = 200
TIMEOUT_S = 2.0


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--engine", action="append", choices=["local", "ray"])
    for engine in parser.parse_args().engine or ["local", "ray"]:
        steered(engine)
    pooled()


def steered(engine: str) -> None:
    settings = FlowSettings(workers=2, memory_limit_mb=400)
    with tempfile.TemporaryDirectory(prefix="saber-poison-") as folder:
        workspace = Path(folder)
        start = time.perf_counter()
        ended = run(
            [Process(poison=True, diary=True, timeout_s=TIMEOUT_S)],
            sources(CLIPS),
            workspace,
            engine=engine,
            settings=settings,
        )
        took_s = time.perf_counter() - start
        stage = ended.stages[0]
        print(
            f"{engine}: in {stage.inputs} = kept {stage.kept} + dropped {stage.dropped} "
            f"+ quarantined {stage.quarantined}, {took_s:.1f} s"
        )
        found = {one.item: one for one in outcomes(workspace, "process") if one.status == "quarantined"}
        clips = [source.id for source in sources(CLIPS)]
        for number, does in sorted(POISON.items()):
            one = found.pop(clips[number])
            print(f"  {does:9s} -> {one.reason}, {one.attempts} attempts, {one.seconds:.2f} s: {one.detail}")
        worked = (workspace / "process.diary").read_text().splitlines()
        good = [clip for number, clip in enumerate(clips) if number not in POISON]
        alone = Path(folder) / "alone"
        run([Process()], (one for one in sources(CLIPS) if one.id in good), alone, settings=settings)
        same = list(outputs(workspace, "process", Digest)) == list(outputs(alone, "process", Digest))
        twice = sum(worked.count(clip) > 1 for clip in good)
        print(f"  good rows quarantined: {len(found)}; worked on twice: {twice}")
        print(f"  the good rows' records are those of a run without the poison ones: {same}")


def pooled() -> None:
    """No hang and no memory hog among them: the pool would wait for ever, the machine run out."""
    left_out = [number for number, does in POISON.items() if does in ("hang", "memory")]
    clips = [source for number, source in enumerate(sources(CLIPS)) if number not in left_out]
    done = failed = 0
    with ProcessPoolExecutor(2, mp_context=multiprocessing.get_context("spawn")) as pool:
        waiting = [pool.submit(poisoned, source.path) for source in clips]
        for one in as_completed(waiting):
            try:
                one.result()
                done += 1
            except (BrokenProcessPool, ValueError):
                failed += 1
    print(f"ProcessPoolExecutor, without hang and memory: {done} of {len(clips)} done, {failed} lost")


if __name__ == "__main__":
    main()
