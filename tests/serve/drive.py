"""How do tests talk to a real server? It is started as a program of its own, on a free port of loopback."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import httpx2

__all__ = ["Event", "NotStartedError", "Server", "children", "is_alive"]

_PROGRAM = (
    "import argparse, sys; from saber.cli import serve; from saber.core.errors import SaberError\n"
    "parser = argparse.ArgumentParser(); serve.arguments(parser)\n"
    "try: sys.exit(serve.run(parser.parse_args()))\n"
    "except SaberError as error: sys.exit(f'saber: {error}')"
)
LONGEST_S = 120.0
"""For anything to happen; only a failing test waits so long."""


@dataclass(frozen=True)
class Event:
    """One server-sent event; `id` is None where it has none."""

    id: int | None
    kind: str
    data: Any


class NotStartedError(Exception):
    """The server has ended instead; what it said."""


class Server:
    """`saber serve` in a process of its own; use it in a `with` statement."""

    def __init__(self, data: Path, *flags: str, settings: str = "", token: str | None = None) -> None:
        """settings: TOML."""
        data.mkdir(parents=True, exist_ok=True)
        config = data / "settings.toml"
        config.write_text(settings, encoding="utf-8")
        self.data = data
        self._log = data / "log.txt"
        command = [sys.executable, "-c", _PROGRAM, "--port", "0", "--data", str(data / "kept")]
        environment = {k: v for k, v in os.environ.items() if k != "SABER_TOKEN"}
        if token is not None:
            environment["SABER_TOKEN"] = token
        with self._log.open("ab") as log:
            self.process = subprocess.Popen(
                [*command, "--config", str(config), *flags],
                stdout=subprocess.PIPE, stderr=log, env=environment, text=True,
            )  # fmt: skip
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        if not line.startswith("SABER is at "):
            self.process.wait(LONGEST_S)
            self.process.stdout.close()
            raise NotStartedError(self.log)
        self.url = line.split()[3].rstrip(",")
        headers = {} if token is None else {"Authorization": f"Bearer {token}"}
        self.client = httpx2.Client(base_url=self.url, timeout=LONGEST_S, headers=headers)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.client.close()
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        self.process.wait(LONGEST_S)
        assert self.process.stdout is not None
        self.process.stdout.close()

    @property
    def log(self) -> str:
        return self._log.read_text(encoding="utf-8")

    def kill(self) -> None:
        """End it as a power cut would: no signal that it could handle."""
        self.process.kill()
        self.process.wait(LONGEST_S)

    def upload(self, clip: Path | bytes, **query: str) -> dict[str, Any]:
        """The job that was made of it."""
        content = clip if isinstance(clip, bytes) else clip.read_bytes()
        query.setdefault("name", "clip.mp4" if isinstance(clip, bytes) else clip.name)
        answer = self.client.post("/api/analyses", params=query, content=content)
        assert answer.status_code == 202, answer.text
        job: dict[str, Any] = answer.json()
        return job

    def job(self, job: str) -> dict[str, Any]:
        found: dict[str, Any] = self.client.get(f"/api/analyses/{job}").raise_for_status().json()
        return found

    def ended(self, job: str) -> dict[str, Any]:
        """The job, once it has ended."""
        return self.until(job, "done", "failed")

    def until(self, job: str, *states: str) -> dict[str, Any]:
        deadline_s = time.monotonic() + LONGEST_S
        while (found := self.job(job))["state"] not in states:
            assert time.monotonic() < deadline_s, (found, self.log)
            time.sleep(0.05)
        return found

    def events(self, job: str, after: int | None = None) -> Iterator[Event]:
        """Until the server ends the stream."""
        headers = {} if after is None else {"Last-Event-ID": str(after)}
        with self.client.stream("GET", f"/api/analyses/{job}/events", headers=headers) as answer:
            assert answer.status_code in (200, 204)
            fields: dict[str, str] = {}
            for line in answer.iter_lines():
                if line:
                    name, _, value = line.partition(": ")
                    fields[name] = value
                    continue
                if "event" in fields:
                    number = int(fields["id"]) if "id" in fields else None
                    yield Event(number, fields["event"], json.loads(fields["data"]))
                fields = {}

    def ready(self) -> None:
        """Wait until its worker has loaded its models."""
        deadline_s = time.monotonic() + LONGEST_S
        while not self.client.get("/api/health").json()["workers"]:
            assert time.monotonic() < deadline_s, self.log
            time.sleep(0.05)

    def worker(self) -> int:
        """The process id of its only worker."""
        (pid,) = [pid for pid in children(self.process.pid) if "saber.serve.worker" in _command(pid)]
        return pid

    def files_of(self, job: str) -> list[Path]:
        return [path for path in (self.data / "kept").rglob("*") if job in str(path)]


def children(pid: int) -> list[int]:
    found = []
    for folder in Path("/proc").iterdir():
        with contextlib.suppress(OSError, ValueError, IndexError):
            stat = (folder / "stat").read_text(encoding="utf-8")
            if int(stat.rpartition(")")[2].split()[1]) == pid:
                found.append(int(folder.name))
    return found


def is_alive(pid: int) -> bool:
    """Is there such a process, and not only what is left of it until its parent looks?"""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8")
    except OSError:
        return False
    return stat.rpartition(")")[2].split()[0] != "Z"


def _command(pid: int) -> str:
    with contextlib.suppress(OSError):
        return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode()
    return ""
