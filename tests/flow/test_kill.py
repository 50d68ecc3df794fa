"""Is a run that was killed at any moment finished by running it again, with nothing lost or repeated?"""

from __future__ import annotations

import os
import random
import signal
import time
from pathlib import Path

from flow.drive import STAGES
from flow.driven import committed, finish, gone, start
from flow.trial_stages import diary, results, workers
from saber.flow import status

KILLS = 6
CLIPS = 60


def test_kill_9_at_random_moments(tmp_path: Path) -> None:
    whole, torn = tmp_path / "whole", tmp_path / "torn"
    finish(whole, clips=CLIPS)
    rng = random.Random(7)
    repeated: list[str] = []
    for _ in range(KILLS):
        before = {stage: (committed(torn, stage), len(diary(torn, stage))) for stage in STAGES[:2]}
        process = start(torn, clips=CLIPS, pause_s=0.02)
        time.sleep(rng.uniform(0.1, 1.5))
        process.send_signal(signal.SIGKILL)
        process.communicate()
        if diary(torn, "measure"):
            assert gone(workers(torn))
            assert status(torn).state in ("killed", "done")
        repeated += again(torn, before)
    before = {stage: (committed(torn, stage), len(diary(torn, stage))) for stage in STAGES[:2]}
    assert finish(torn, clips=CLIPS) == "done\n"
    assert repeated + again(torn, before) == []
    assert results(torn, STAGES) == results(whole, STAGES)
    for stage in status(torn).stages:
        assert stage.inputs == stage.kept + stage.dropped + stage.quarantined
        assert stage.pending == 0


def again(workspace: Path, before: dict[str, tuple[set[str], int]]) -> list[str]:
    """What was worked on although it was in the ledger."""
    return [
        item
        for stage, (done, lines) in before.items()
        for item in diary(workspace, stage)[lines:]
        if item in done
    ]


def test_ctrl_c_ends_cleanly_and_the_same_call_goes_on(tmp_path: Path) -> None:
    process = start(tmp_path, clips=CLIPS, pause_s=0.05)
    while len(committed(tmp_path, "measure")) < 10:
        time.sleep(0.02)
    os.killpg(process.pid, signal.SIGINT)  # as a terminal does: to the whole group
    said, _ = process.communicate(timeout=30)
    assert (process.returncode, said) == (0, "stopped\n")
    found = status(tmp_path)
    assert found.state == "stopped"
    # Whatever was worked on is kept: nothing was thrown away half done.
    assert found.stages[0].kept + found.stages[0].dropped + found.stages[0].quarantined == len(
        diary(tmp_path, "measure")
    )
    assert found.stages[0].pending > 0
    assert finish(tmp_path, clips=CLIPS) == "done\n"
    assert sorted(diary(tmp_path, "measure")) == [f"clip{n:04d}" for n in range(CLIPS)]
    assert gone(workers(tmp_path))
