"""Which trivial stages do the benches of the runner put through it? Importable, for the workers."""

from __future__ import annotations

import asyncio
import hashlib
import os
import signal
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar, Literal

from saber.core.dataset import Source
from saber.core.records import Record
from saber.flow import Answer, Drop, Item, Keep, Tools


class Digest(Record):
    text: str
    number: int


def sources(count: int) -> Iterator[Source]:
    """Clips that are not there, named as a corpus would."""
    for n in range(count):
        name = f"corpus/speaker{n % 1000:04d}/utterance{n:07d}.mp4"
        yield Source(
            id=name, corpus="folder", path=f"/data/{name}", speaker=f"corpus:{n % 1000}", terms="unknown"
        )


@dataclass
class Process:
    """Some processor work: `rounds` of SHA-256 over the path, and a diary when `diary` names one."""

    name: str = "process"
    version: int = 1
    needs: tuple[str, ...] = ("source",)
    makes: type[Record] = Digest
    rounds: int = 1
    diary: bool = False
    poison: bool = False
    work: ClassVar[Literal["process"]] = "process"
    timeout_s: float = 60.0

    @property
    def settings(self) -> dict[str, object]:
        return {"rounds": self.rounds}

    def open(self, tools: Tools) -> None:
        self._folder = tools.workspace

    def __call__(self, item: Item) -> Answer:
        if self.diary:
            _note(self._folder / f"{self.name}.diary", item.id)
        if self.poison:
            _poison(int(item.id[-11:-4]))
        return digest(item.of("source", Source).path, self.rounds)

    def close(self) -> None:
        pass


@dataclass
class Call:
    """A call that waits `wait_s` for nothing."""

    name: str = "call"
    version: int = 1
    needs: tuple[str, ...] = ("source", "process")
    makes: type[Record] = Digest
    wait_s: float = 0.0
    diary: bool = False
    work: ClassVar[Literal["call"]] = "call"
    timeout_s: float = 60.0
    concurrency: int = 16

    @property
    def settings(self) -> dict[str, object]:
        return {}

    async def start(self, tools: Tools) -> None:
        self._folder = tools.workspace

    async def ask(self, item: Item) -> Answer:
        if self.diary:
            _note(self._folder / f"{self.name}.diary", item.id)
        await asyncio.sleep(self.wait_s)
        return Keep(Digest(text="asked", number=item.of("process", Digest).number + 1), cost=0.001, tokens=9)

    async def stop(self) -> None:
        pass


@dataclass
class Last:
    """A decision about all: each one's place in order of number."""

    name: str = "last"
    version: int = 1
    needs: tuple[str, ...] = ("call",)
    makes: type[Record] = Digest
    work: ClassVar[Literal["set"]] = "set"

    @property
    def settings(self) -> dict[str, object]:
        return {}

    def decide(self, items: Iterable[Item], tools: Tools) -> Iterator[tuple[str, Answer]]:
        numbers = sorted((item.of("call", Digest).number, item.id) for item in items)
        for place, (_, name) in enumerate(numbers):
            yield name, Keep(Digest(text="place", number=place))


def digest(path: str, rounds: int) -> Answer:
    """The work itself, for the bare loop too. One in 16 is dropped."""
    value = path.encode()
    for _ in range(rounds):
        value = hashlib.sha256(value).digest()
    if value[0] < 16:
        return Drop("low", f"The first byte is {value[0]}.")
    return Keep(Digest(text=value.hex(), number=value[0]))


POISON = {17: "raise", 41: "segfault", 77: "exit", 111: "hang", 150: "memory", 188: "abort"}
"""Number of the clip -> what it does to its process."""


def poisoned(path: str) -> None:
    """The poison for a pool that knows nothing of stages."""
    _poison(int(path[-11:-4]))
    digest(path, 1)


def _poison(number: int) -> None:
    match POISON.get(number):
        case "raise":
            raise ValueError("a bad clip")
        case "segfault":
            os.kill(os.getpid(), signal.SIGSEGV)
        case "abort":
            os.abort()
        case "exit":
            os._exit(3)
        case "hang":
            time.sleep(3600)
        case "memory":
            hoard = []
            while True:
                hoard.append(b"x" * 10_000_000)


def _note(path: Path, item: str) -> None:
    with path.open("a") as diary:
        diary.write(f"{item}\n")
