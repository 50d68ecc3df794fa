"""How does a decision about all items together become rows?"""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping

from saber.core.errors import SaberError, StageFailedError
from saber.core.records import Record
from saber.flow.rows import Done, Task, given_up, item_of, settled, stumbled
from saber.flow.stage import Item, SetStage, Tools

__all__ = ["decide"]


def decide(
    stage: SetStage, kinds: Mapping[str, type[Record]], tools: Tools, tasks: Iterator[Task]
) -> Iterator[Done]:
    """A row for each task: what the stage decided, or why there is no decision.

    Raises StageFailedError when the stage raises or speaks of an item that it was not given: no half of a
    decision about all is worth anything.
    """
    waiting: dict[str, int] = {}  # of each item that is read only its name stays, and how often it was tried
    unread: list[Done] = []

    def items() -> Iterator[Item]:
        for task in tasks:
            try:
                item = item_of(task, kinds)
            except SaberError as error:
                unread.append(stumbled(task, error, 0.0))
                continue
            waiting[task.item] = task.tried
            yield item

    try:
        start = time.perf_counter()
        for name, answer in stage.decide(items(), tools):
            if name not in waiting:
                raise StageFailedError(
                    f"Stage {stage.name!r} decided about {name!r}, which it was not asked about or twice."
                )
            task = Task(name, b"", {}, tried=waiting.pop(name))
            seconds = time.perf_counter() - start
            try:
                yield settled(task, answer, stage.makes, seconds)
            except SaberError as error:
                yield stumbled(task, error, seconds)
            start = time.perf_counter()
    except SaberError:
        raise
    except Exception as error:
        raise StageFailedError(
            f"Stage {stage.name!r} can't decide: {type(error).__name__}: {error}."
        ) from error
    yield from unread
    for name, tried in waiting.items():
        yield given_up(
            Task(name, b"", {}, tried=tried), "undecided", "The stage decided nothing about this item."
        )
