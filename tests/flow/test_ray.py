"""Does the same work on Ray come out the same, with workers, actors and the driver killed meanwhile?

Ray runs in the processes that these tests start, never in the one of the tests.
"""

from __future__ import annotations

import os
import signal
import time
from pathlib import Path

import pytest

from flow.driven import committed, finish, gone, start
from flow.test_kill import again
from flow.trial_stages import diary, results, workers
from saber.flow import outcomes, status

pytest.importorskip("ray")

STAGES = ("measure", "ask", "rank")
CLIPS = 80


def test_killed_workers_actors_and_drivers_lose_nothing_on_ray(tmp_path: Path) -> None:
    whole, torn = tmp_path / "whole", tmp_path / "torn"
    finish(whole, clips=CLIPS)
    # A worker process and an actor are killed under a running driver, which goes on; then the driver is.
    driver = start(torn, "ray", clips=CLIPS, pause_s=0.1)
    _wait_for(torn, 5)
    worker = workers(torn)[0]
    os.kill(worker, signal.SIGKILL)
    _wait_for(torn, 15)
    newest = [one for one in workers(torn) if one != worker][-1]
    actor = _parent(newest)
    os.kill(actor, signal.SIGKILL)
    assert gone([newest])  # the row's own process ends with its actor
    _wait_for(torn, 30)
    driver.send_signal(signal.SIGKILL)
    driver.communicate()
    assert gone(workers(torn), within_s=30)
    assert status(torn).state == "killed"
    before = {stage: (committed(torn, stage), len(diary(torn, stage))) for stage in STAGES[:2]}
    assert before["measure"][0]
    assert finish(torn, "ray", clips=CLIPS) == "done\n"
    assert again(torn, before) == []
    assert results(torn, STAGES) == results(whole, STAGES)
    assert [one.item for one in outcomes(torn, "measure") if one.reason == "crashed"] == []
    assert gone(workers(torn))


def test_poison_rows_on_ray_touch_no_neighbour(tmp_path: Path) -> None:
    assert finish(tmp_path, "ray-poison", clips=24) == "done\n"
    (measure, *_) = status(tmp_path).stages
    assert (measure.inputs, measure.kept, measure.quarantined) == (24, 20, 4)
    ended = {one.item: (one.reason, one.attempts) for one in outcomes(tmp_path, "measure")}
    assert ended == {
        "clip0003": ("raised", 1),
        "clip0009": ("crashed", 2),
        "clip0015": ("timed_out", 2),
        "clip0020": ("out_of_memory", 2),
    }
    assert sorted(diary(tmp_path, "measure")) == sorted(
        [*(f"clip{n:04d}" for n in range(24)), "clip0009", "clip0015", "clip0020"]
    )


def _wait_for(workspace: Path, rows: int) -> None:
    end_s = time.monotonic() + 60
    while len(committed(workspace, "measure")) < rows:
        assert time.monotonic() < end_s
        time.sleep(0.05)


def _parent(process: int) -> int:
    return int(Path(f"/proc/{process}/stat").read_text().rsplit(")", 1)[1].split()[1])
