"""What is a stage to the runner, and what does it answer?

A stage says of each item "keep, here is my record" or "drop, because ...". An exception means that
something is wrong with the item or with us, and quarantines it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, ClassVar, Literal, Protocol, TypeVar

from saber.core.records import Record

__all__ = [
    "Answer",
    "CallStage",
    "Drop",
    "Item",
    "Keep",
    "Many",
    "ProcessStage",
    "SetStage",
    "Stage",
    "Tools",
]

R = TypeVar("R", bound=Record)


@dataclass(frozen=True)
class Item:
    """What a stage gets: the item's id and the records of the stages that it `needs`."""

    id: str
    records: Mapping[str, Record]
    """By stage name; `source` is the first."""
    reviewed: Mapping[str, Any] = field(default_factory=dict)
    """What a person has decided about this item at this stage, empty without a review."""

    def of(self, stage: str, kind: type[R]) -> R:
        """The record that `stage` made. KeyError or TypeError when the stage's `needs` don't name it."""
        record = self.records[stage]
        if not isinstance(record, kind):
            raise TypeError(f"{stage} made a {type(record).__name__}, not a {kind.__name__}")
        return record


@dataclass(frozen=True)
class Keep:
    """Goes on to the next stage. `cost` in the model's currency, where money was spent.

    A record that says what an earlier one said (fields marked `Aside` not counted) re-runs nothing.
    """

    record: Record
    cost: float | None = None
    tokens: int | None = None


@dataclass(frozen=True)
class Many:
    """One item becomes several: suffix of the id -> record (a long video cut into utterances)."""

    records: Mapping[str, Record]


@dataclass(frozen=True)
class Drop:
    """Ends here because of `reason`, a stable slug; `detail` is one sentence, `record` what was measured."""

    reason: str
    detail: str = ""
    record: Record | None = None
    cost: float | None = None
    tokens: int | None = None


Answer = Keep | Many | Drop


@dataclass(frozen=True)
class Tools:
    """What a stage may use besides its item."""

    workspace: Path
    """Stages write only below `workspace / name-of-the-stage`, temporary file first, then renamed."""
    memory_limit_mb: int | None = None


class Stage(Protocol):
    """What every stage states.

    Attributes:
        name: a word; the ledger's key and the folder's name.
        version: raised when the same settings come to mean something else.
        needs: stages whose records it reads; the last one named is the one that it follows.
        makes: the record that it keeps.
        settings: plain values that decide its answers (settings, model specs, prompt hashes): a change
            re-runs the stage, and whatever depends on the records that then change.
    """

    @property
    def name(self) -> str: ...
    @property
    def version(self) -> int: ...
    @property
    def needs(self) -> tuple[str, ...]: ...
    @property
    def makes(self) -> type[Record]: ...
    @property
    def settings(self) -> Mapping[str, object]: ...


class ProcessStage(Stage, Protocol):
    """Work for a processor, run in an isolated process that may crash, hang or be killed.

    It must pickle, and its class stand in a module, not in the program itself; what is heavy is loaded in
    `open`, once per process. A class attribute `gpus` states the GPUs that a process takes (a share below 1
    where several can have one); without it none: Ray places it accordingly, and an estimate counts GPU hours.
    """

    work: ClassVar[Literal["process"]]
    timeout_s: float
    """For one item; longer counts as hanging."""

    def open(self, tools: Tools) -> None: ...
    def __call__(self, item: Item) -> Answer: ...
    def close(self) -> None: ...


class CallStage(Stage, Protocol):
    """Work that waits for a model elsewhere, many items at once in one event loop."""

    work: ClassVar[Literal["call"]]
    timeout_s: float
    concurrency: int

    async def start(self, tools: Tools) -> None: ...
    async def ask(self, item: Item) -> Answer: ...
    async def stop(self) -> None: ...


class SetStage(Stage, Protocol):
    """A decision about all items together (near-duplicates, splits), in the driver's process.

    When any item changes, comes or goes, all is decided again; what then says the same re-runs nothing. An
    item that it decides nothing about is quarantined; one that it was not given is an error.
    `items` is read once, in order of id; holding all of it would not stay flat, so keep little of each.
    """

    work: ClassVar[Literal["set"]]

    def decide(self, items: Iterable[Item], tools: Tools) -> Iterator[tuple[str, Answer]]: ...
