"""Does killing a run at random moments lose work, repeat committed work, or change the result?

    python bench/kill_campaign.py [--kills 30] [--ray-kills 6] [--seed 1]

One workspace; a run over it is started, killed with SIGKILL (the driver; on Ray now and then an actor or a
worker first) after a random time, started again, until enough kills have hit; then once more to the end.
Three stages: process, call, and a decision about all. Told: how many kills hit which stage; rows worked on
although they were committed; whether every record equals that of a run that nobody killed; processes left.
"""

from __future__ import annotations

import argparse
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

from flow_stages import Call, Digest, Last, Process, sources
from saber.flow import FlowSettings, Ledger, Stage, outcomes, outputs, run, status

CLIPS = 400
STAGES = ("process", "call", "last")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--kills", type=int, default=30)
    parser.add_argument("--ray-kills", type=int, default=6)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--drive", nargs=2, metavar=("WORKSPACE", "ENGINE"), help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.drive:
        drive(Path(arguments.drive[0]), arguments.drive[1])
        return 0
    bad = campaign("local", arguments.kills, arguments.seed)
    return bad + (campaign("ray", arguments.ray_kills, arguments.seed) if arguments.ray_kills else 0)


def drive(workspace: Path, engine: str) -> None:
    """The run that is killed."""
    stages: list[Stage] = [Process(rounds=20_000, diary=True), Call(wait_s=0.05, diary=True), Last()]
    run(stages, sources(CLIPS), workspace, engine=engine, settings=FlowSettings(workers=2, commit_s=0.1))


def campaign(engine: str, kills: int, seed: int) -> int:
    rng = random.Random(seed)
    with tempfile.TemporaryDirectory(prefix="saber-kills-") as folder:
        whole, torn = Path(folder) / "whole", Path(folder) / "torn"
        whole.mkdir()
        torn.mkdir()
        start = time.perf_counter()
        wait(begin(whole, engine))
        whole_s = time.perf_counter() - start
        at: Counter[str] = Counter()
        repeated, left = 0, 0
        rounds = 0
        while sum(at.values()) < kills:
            rounds += 1
            before = {stage: (committed(torn, stage), len(diary(torn, stage))) for stage in STAGES}
            process = begin(torn, engine)
            # Most runs live shortly, so that one workspace takes many kills; Ray takes seconds to start.
            least, most = (0.4, 1.0) if engine == "ray" else (0.0, 0.3 if rounds % 3 else 1.0)
            time.sleep(whole_s * rng.uniform(least, most))
            if engine == "ray" and rounds % 2 and (others := helpers(process.pid)):
                os.kill(rng.choice(others), signal.SIGKILL)
                time.sleep(rng.uniform(0.0, 1.0))
            hit = process.poll() is None
            process.kill()
            process.wait()
            left += not gone(process.pid)
            if hit:
                at[where(torn)] += 1
            repeated += again(torn, before)
            if not hit:
                start_over(torn, rng)
        before = {stage: (committed(torn, stage), len(diary(torn, stage))) for stage in STAGES}
        wait(begin(torn, engine))
        repeated += again(torn, before)
        same = results(torn) == results(whole)
        sums = all(s.inputs == s.kept + s.dropped + s.quarantined for s in status(torn).stages)
        hits = ", ".join(f"{stage} {count}" for stage, count in sorted(at.items()))
        print(f"{engine}: {sum(at.values())} kills hit ({hits}), in {rounds} rounds")
        print(f"  committed rows worked on again: {repeated}; records and reasons as without kills: {same}")
        print(f"  in = kept + dropped + quarantined: {sums}; runs that left processes behind: {left}")
    return int(repeated > 0 or not same or not sums or left > 0)


def begin(workspace: Path, engine: str) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, __file__, "--drive", str(workspace), engine],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )


def wait(process: subprocess.Popen[bytes]) -> None:
    if process.wait(600):
        raise SystemExit("a run that was not killed has failed")


def where(workspace: Path) -> str:
    """The stage that the kill has hit, as the ledger says."""
    if not (workspace / Ledger.NAME).exists():
        return "start"
    with Ledger(workspace) as ledger:
        noted = ledger.note("status")
    if noted is None:
        return "start"
    return next((one["name"] for one in noted["stages"] if one["state"] == "running"), "between")


def start_over(workspace: Path, rng: random.Random) -> None:
    """All is done: make some rows stale, so that the next kills hit re-runs with records to replace."""
    with Ledger(workspace) as ledger, ledger.writing() as db:
        for stage in STAGES[:2]:
            for source in sources(CLIPS):
                if rng.random() < 0.7:
                    db.execute(
                        "UPDATE row SET status = 'pending' WHERE stage = ? AND item = ?", (stage, source.id)
                    )


def again(workspace: Path, before: dict[str, tuple[set[str], int]]) -> int:
    """Rows worked on although they stood in the ledger."""
    return sum(
        item in done for stage, (done, lines) in before.items() for item in diary(workspace, stage)[lines:]
    )


def committed(workspace: Path, stage: str) -> set[str]:
    if not (workspace / Ledger.NAME).exists():
        return set()
    with Ledger(workspace) as ledger:
        found = ledger.rows("SELECT item FROM row WHERE stage = ? AND status <> 'pending'", (stage,))
    return {item for (item,) in found}


def diary(workspace: Path, stage: str) -> list[str]:
    path = workspace / f"{stage}.diary"
    return path.read_text().splitlines() if path.exists() else []


def results(workspace: Path) -> list[object]:
    return [
        (
            list(outputs(workspace, stage, Digest)),
            [(one.item, one.status, one.reason, one.detail) for one in outcomes(workspace, stage)],
        )
        for stage in STAGES
    ]


def helpers(session: int) -> list[int]:
    """Actors and worker processes of a run."""
    return [
        pid for pid, command in members(session) if "saber.flow.worker" in command or "ray::_Actor" in command
    ]


def gone(session: int) -> bool:
    """Whether the run's workers have ended. Ray's own agents take up to a minute and are not waited for."""
    end_s = time.monotonic() + 20
    while time.monotonic() < end_s:
        if not helpers(session):
            return True
        time.sleep(0.05)
    return False


def members(session: int) -> list[tuple[int, str]]:
    found = []
    for path in Path("/proc").iterdir():
        if not path.name.isdigit():
            continue
        try:
            fields = (path / "stat").read_text().rsplit(")", 1)[1].split()
            command = (path / "cmdline").read_bytes().decode(errors="replace")
        except OSError:
            continue
        if int(fields[3]) == session and fields[0] != "Z":
            found.append((int(path.name), command))
    return found


if __name__ == "__main__":
    raise SystemExit(main())
