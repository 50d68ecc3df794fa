"""What does a run in a process of its own do, so that a test can kill it?

python drive.py WORKSPACE ENGINE CLIPS PAUSE_S
"""

from __future__ import annotations

import sys
from pathlib import Path

from flow.trial_stages import Ask, Measure, Rank, sources
from saber.core.errors import SaberError
from saber.flow import FlowSettings, run

STAGES = ("measure", "ask", "rank")


def main(workspace: str, engine: str, clips: str, pause_s: str) -> int:
    poison = engine.endswith("-poison")
    if poison:
        paths = {"clip0003": "raise", "clip0009": "segfault", "clip0015": "hang", "clip0020": "memory"}
    else:
        paths = {"clip0003": "drop it", "clip0007": "raise"}
    try:
        status = run(
            [
                Measure(pause_s=float(pause_s), timeout_s=5.0 if poison else 30.0),
                Ask(pause_s=float(pause_s)),
                Rank(most=int(clips) // 2),
            ],
            sources(int(clips), **paths),
            Path(workspace),
            engine=engine.removesuffix("-poison"),
            settings=FlowSettings(workers=2, commit_s=0.05, chunk_s=0.1, memory_limit_mb=300),
        )
    except SaberError as error:
        sys.stdout.write(f"{error}\n")
        return 1
    sys.stdout.write(f"{status.state}\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main(*sys.argv[1:]))
