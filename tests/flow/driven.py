"""How does a test start a run in another process, and see what it left behind?"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

from saber.flow import Ledger

TESTS = Path(__file__).resolve().parent.parent
DRIVE = Path(__file__).with_name("drive.py")


def start(
    workspace: Path, engine: str = "local", clips: int = 60, pause_s: float = 0.01
) -> subprocess.Popen[str]:
    """A run in a process group of its own."""
    path = os.pathsep.join([str(TESTS), *(os.path.abspath(entry) for entry in sys.path if entry)])
    return subprocess.Popen(
        [sys.executable, str(DRIVE), str(workspace), engine, str(clips), str(pause_s)],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        env={**os.environ, "PYTHONPATH": path},
        start_new_session=True,
    )


def finish(workspace: Path, engine: str = "local", *, clips: int, pause_s: float = 0.0) -> str:
    """A run to its end; what it said."""
    process = start(workspace, engine, clips=clips, pause_s=pause_s)
    said, _ = process.communicate(timeout=120)
    assert process.returncode == 0, said
    return said


def committed(workspace: Path, stage: str) -> set[str]:
    """The items whose row stands in the ledger."""
    if not (workspace / Ledger.NAME).exists():
        return set()
    with Ledger(workspace) as ledger:
        return {
            item
            for (item,) in ledger.rows(
                "SELECT item FROM row WHERE stage = ? AND status <> 'pending'", (stage,)
            )
        }


def gone(processes: list[int], within_s: float = 10.0) -> bool:
    """Whether none of these is alive, zombies aside."""
    end_s = time.monotonic() + within_s
    while any(_alive(process) for process in processes):
        if time.monotonic() > end_s:
            return False
        time.sleep(0.02)
    return True


def _alive(process: int) -> bool:
    try:
        state = Path(f"/proc/{process}/stat").read_text().rsplit(")", 1)[1].split()[0]
    except OSError:
        return False
    return state != "Z"
