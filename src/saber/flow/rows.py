"""How does one item go through a stage: what goes in, and what does each way of ending make of it?

The same code settles a row in a worker process, in the event loop and for a decision about all.
"""

from __future__ import annotations

import errno
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from types import TracebackType
from typing import Any, Literal, Self

from pydantic import ValidationError

from saber.core.errors import SaberError
from saber.core.records import Record
from saber.flow import fingerprint
from saber.flow.stage import Answer, Drop, Item, Keep, Many

__all__ = [
    "NO_ROOM",
    "Caught",
    "Done",
    "Output",
    "RowStatus",
    "Task",
    "given_up",
    "item_of",
    "settled",
    "stumbled",
]

RowStatus = Literal["ok", "dropped", "quarantined"]

NO_ROOM = "no_room"
_NO_ROOM = (errno.ENOSPC, errno.EDQUOT, errno.EROFS)
_DETAIL = 500
"""Characters kept of an error's text."""


@dataclass(frozen=True)
class Task:
    """A row to be done: what the stage reads, as it stands in the ledger."""

    item: str
    fingerprint: bytes
    records: Mapping[str, str]
    """Stage -> JSON."""
    reviewed: Mapping[str, Any] = field(default_factory=dict)
    tried: int = 0
    """Attempts before this one."""


@dataclass(frozen=True)
class Output:
    item: str
    sha256: str
    record: str


@dataclass(frozen=True)
class Done:
    """How a row ended. `measured`: JSON of the record that came with a drop."""

    item: str
    status: RowStatus
    reason: str = ""
    detail: str = ""
    outputs: tuple[Output, ...] = ()
    measured: str | None = None
    attempts: int = 1
    seconds: float = 0.0
    cost: float | None = None
    tokens: int | None = None

    def to_json(self) -> bytes:
        return json.dumps(asdict(self), ensure_ascii=False).encode()

    @classmethod
    def from_json(cls, data: bytes) -> Done:
        """Raises ValueError, KeyError or TypeError when it is not what `to_json` wrote."""
        return cls.of(json.loads(data))

    @classmethod
    def of(cls, values: dict[str, Any]) -> Done:
        """From what `from_json` has read."""
        values["outputs"] = tuple(Output(**one) for one in values["outputs"])
        return cls(**values)


class Caught:
    """Holds what a stage's code raises inside `with`: the one place where any exception at all is expected.

    A run goes on whatever one row meets; Ctrl-C and the like pass.
    """

    def __init__(self) -> None:
        self.error: Exception | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> bool:
        self.error = error if isinstance(error, Exception) else None
        return self.error is not None


class UnfitRecordError(SaberError):
    """A record is not what the stage says it makes or reads."""

    reason = "invalid_record"


def item_of(task: Task, kinds: Mapping[str, type[Record]]) -> Item:
    """The item as the stage sees it. Raises UnfitRecordError when a stored record no longer validates."""
    records = {}
    for stage, text in task.records.items():
        try:
            records[stage] = kinds[stage].model_validate_json(text)
        except ValidationError as error:
            raise UnfitRecordError(
                f"The stored record of {stage!r} does not fit {kinds[stage].__name__}: {_first(error)}.",
                remedy="Raise the version of that stage, so that it is made again.",
            ) from error
    return Item(task.item, records, task.reviewed)


def settled(task: Task, answer: Answer, makes: type[Record], seconds: float) -> Done:
    """The stage's answer as a row. Raises UnfitRecordError for an answer that can't be kept."""
    attempts = task.tried + 1
    if isinstance(answer, Keep):
        outputs: tuple[Output, ...] = (_output(task.item, answer.record, makes),)
        return Done(
            task.item,
            "ok",
            outputs=outputs,
            attempts=attempts,
            seconds=seconds,
            cost=answer.cost,
            tokens=answer.tokens,
        )
    if isinstance(answer, Many):
        if not answer.records or "" in answer.records:
            raise UnfitRecordError(
                "The stage made no record of the item, or an unnamed one; with none it should say why."
            )
        outputs = tuple(_output(task.item + end, record, makes) for end, record in answer.records.items())
        return Done(task.item, "ok", outputs=outputs, attempts=attempts, seconds=seconds)
    if isinstance(answer, Drop):
        if not answer.reason:
            raise UnfitRecordError("The stage dropped an item without a reason.")
        return Done(
            task.item,
            "dropped",
            reason=answer.reason,
            detail=answer.detail,
            measured=None if answer.record is None else answer.record.model_dump_json(by_alias=True),
            attempts=attempts,
            seconds=seconds,
            cost=answer.cost,
            tokens=answer.tokens,
        )
    raise UnfitRecordError(f"The stage answered {type(answer).__name__}, neither Keep, Many nor Drop.")


def stumbled(task: Task, error: BaseException, seconds: float) -> Done:
    """The stage raised: quarantined, with the error's own reason when it was raised on purpose."""
    if isinstance(error, SaberError):
        reason, detail = error.reason, str(error)
    elif isinstance(error, OSError) and error.errno in _NO_ROOM:
        reason, detail = NO_ROOM, f"{error}."
    elif isinstance(error, MemoryError):
        reason, detail = "out_of_memory", "The row needed more memory than there is."
    elif isinstance(error, TimeoutError):
        reason, detail = "timed_out", f"No answer after {seconds:.1f} s."
    else:
        reason, detail = "raised", f"{type(error).__name__}: {error}{_where(error)}"
    return given_up(task, reason, detail, seconds)


def given_up(task: Task, reason: str, detail: str, seconds: float = 0.0) -> Done:
    """A quarantined row."""
    return Done(
        task.item,
        "quarantined",
        reason=reason,
        detail=detail[:_DETAIL],
        attempts=task.tried + 1,
        seconds=seconds,
    )


def _output(item: str, record: Record, makes: type[Record]) -> Output:
    if not isinstance(record, makes):
        raise UnfitRecordError(f"The stage made a {type(record).__name__} instead of a {makes.__name__}.")
    try:
        text = record.model_dump_json(by_alias=True)
        # What is written must be readable: later stages and exports get nothing else.
        makes.model_validate_json(text)
    except ValidationError as error:
        raise UnfitRecordError(f"The stage's {makes.__name__} is not valid: {_first(error)}.") from error
    return Output(item, fingerprint.of_record(record).hex(), text)


def _first(error: ValidationError) -> str:
    first = error.errors(include_url=False)[0]
    place = ".".join(str(part) for part in first["loc"])
    return f"{place}: {first['msg']}" if place else str(first["msg"])


def _where(error: BaseException) -> str:
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    if trace is None:
        return ""
    code = trace.tb_frame.f_code
    return f" ({code.co_filename.rsplit('/', 1)[-1]}, line {trace.tb_lineno})"
