"""Which small stages do the tests of the runner use? Importable, since workers must be able to load them."""

from __future__ import annotations

import asyncio
import os
import signal
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar, Literal

from saber.core.dataset import Source
from saber.core.errors import ClipError
from saber.core.records import Record
from saber.flow import Answer, Drop, Item, Keep, Many, Tools, outcomes, outputs


class Word(Record):
    text: str
    number: int = 0


def sources(count: int, **paths: str) -> list[Source]:
    """`count` sources; the path tells the stage what to do."""
    return [
        Source(id=f"clip{n:04d}", corpus="folder", path=paths.get(f"clip{n:04d}", "fine"), terms="unknown")
        for n in range(count)
    ]


@dataclass
class Measure:
    """Process work: the path's length, and a line in a diary of what was really done."""

    name: str = "measure"
    version: int = 1
    needs: tuple[str, ...] = ("source",)
    makes: type[Record] = Word
    add: int = 0
    keep_even: bool = False
    pause_s: float = 0.0
    work: ClassVar[Literal["process"]] = "process"
    timeout_s: float = 30.0

    @property
    def settings(self) -> dict[str, object]:
        return {"add": self.add, "keep_even": self.keep_even}

    def open(self, tools: Tools) -> None:
        self._diary = tools.workspace / f"{self.name}.diary"

    def __call__(self, item: Item) -> Answer:
        with self._diary.open("a") as diary:
            diary.write(f"{item.id} {os.getpid()}\n")
        time.sleep(self.pause_s)
        path = item.of("source", Source).path
        if path.startswith("drop"):
            return Drop("unwanted", "Its path says so.", Word(text=path))
        _poison(path)
        if path == "other kind":
            return Keep(item.of("source", Source))
        if path == "not valid":
            return Keep(Word.model_construct(text="x", number="many"))
        if path == "no answer":
            return None  # type: ignore[return-value]
        if self.keep_even and int(item.id[4:8]) % 2:
            return Drop("odd")
        return Keep(Word(text=path, number=len(path) + self.add))

    def close(self) -> None:
        pass


def _poison(path: str) -> None:
    if path == "raise":
        raise RuntimeError("what now?")
    if path == "refuse":
        raise ClipError("The clip is not to be had.", reason="clip_shy")
    if path == "hang":
        time.sleep(3600)
    if path == "segfault":
        os.kill(os.getpid(), signal.SIGSEGV)
    if path == "exit":
        os._exit(3)
    if path == "memory":
        hoard = []
        while True:
            hoard.append(b"x" * 50_000_000)


@dataclass
class Ask:
    """A call: waits a little and keeps."""

    name: str = "ask"
    version: int = 1
    needs: tuple[str, ...] = ("source", "measure")
    makes: type[Record] = Word
    work: ClassVar[Literal["call"]] = "call"
    timeout_s: float = 5.0
    concurrency: int = 8
    suffix: str = "?"
    pause_s: float = 0.001

    @property
    def settings(self) -> dict[str, object]:
        return {"suffix": self.suffix}

    async def start(self, tools: Tools) -> None:
        self._diary: Path = tools.workspace / f"{self.name}.diary"

    async def ask(self, item: Item) -> Answer:
        with self._diary.open("a") as diary:
            diary.write(f"{item.id}\n")
        await asyncio.sleep(self.pause_s)
        word = item.of("measure", Word)
        said = item.reviewed.get("text", word.text + self.suffix)
        return Keep(Word(text=said, number=word.number), cost=0.01, tokens=5)

    async def stop(self) -> None:
        pass


@dataclass
class Rank:
    """A decision about all: each item's place."""

    name: str = "rank"
    version: int = 1
    needs: tuple[str, ...] = ("ask",)
    makes: type[Record] = Word
    most: int = 10_000
    work: ClassVar[Literal["set"]] = "set"

    @property
    def settings(self) -> dict[str, object]:
        return {"most": self.most}

    def decide(self, items: Iterable[Item], tools: Tools) -> Iterator[tuple[str, Answer]]:
        for place, item in enumerate([item.id for item in items]):
            if place < self.most:
                yield item, Keep(Word(text=item, number=place))
            else:
                yield item, Drop("too_many")


@dataclass
class Cut:
    """One becomes several."""

    name: str = "cut"
    version: int = 1
    needs: tuple[str, ...] = ("source",)
    makes: type[Record] = Word
    parts: int = 2
    work: ClassVar[Literal["process"]] = "process"
    timeout_s: float = 5.0

    @property
    def settings(self) -> dict[str, object]:
        return {"parts": self.parts}

    def open(self, tools: Tools) -> None:
        pass

    def __call__(self, item: Item) -> Answer:
        return Many({f"#{n}": Word(text=f"{item.id}/{n}", number=n) for n in range(self.parts)})

    def close(self) -> None:
        pass


def diary(workspace: Path, stage: str) -> list[str]:
    """What a stage has really worked on, in order."""
    path = workspace / f"{stage}.diary"
    return [line.split()[0] for line in path.read_text().splitlines()] if path.exists() else []


def workers(workspace: Path, stage: str = "measure") -> list[int]:
    """The processes that a stage has worked in."""
    lines = (workspace / f"{stage}.diary").read_text().splitlines()
    return sorted({int(line.split()[1]) for line in lines})


def results(workspace: Path, stages: Sequence[str]) -> dict[str, object]:
    """Everything that a ledger says of these stages but times."""
    return {
        stage: (
            list(outputs(workspace, stage, Word)),
            [(one.item, one.status, one.reason, one.detail) for one in outcomes(workspace, stage)],
        )
        for stage in stages
    }
