"""On which machines does processor work run? One table of engines behind one interface."""

from __future__ import annotations

import os
import secrets
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager
from typing import Protocol, Self

from saber.core.errors import UsageError
from saber.core.records import Record
from saber.flow.crew import Crew
from saber.flow.feed import Feed
from saber.flow.rows import Done, Task
from saber.flow.settings import FlowSettings
from saber.flow.stage import ProcessStage, Tools

__all__ = ["ENGINES", "Engine", "make_engine", "workers_of"]


class Engine(AbstractContextManager["Engine"], Protocol):
    """Does the rows of a ProcessStage. It knows nothing of the ledger."""

    def work(
        self,
        stage: ProcessStage,
        kinds: Mapping[str, type[Record]],
        tools: Tools,
        tasks: Iterator[Task],
        waiting: int,
        stopping: Callable[[], bool],
    ) -> Iterator[Done | None]:
        """Each row as it ends, in any order; None now and then.

        waiting: how many tasks there will be. Once `stopping` is true no row is begun any more.
        """
        ...


class LocalEngine:
    """Processes of this machine."""

    def __init__(self, settings: FlowSettings) -> None:
        self._settings = settings

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        return None

    def work(
        self,
        stage: ProcessStage,
        kinds: Mapping[str, type[Record]],
        tools: Tools,
        tasks: Iterator[Task],
        waiting: int,
        stopping: Callable[[], bool],
    ) -> Iterator[Done | None]:
        workers = min(waiting, workers_of(self._settings))
        with Crew(stage, kinds, tools, self._settings, workers) as crew:
            yield from crew.work(Feed(tasks, self._settings.chunk_s, self._settings.tries), stopping)


def workers_of(settings: FlowSettings) -> int:
    """Processes at once on this machine: as set, else as many as the processors that we may use."""
    if settings.workers:
        return settings.workers
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _local(settings: FlowSettings) -> Engine:
    return LocalEngine(settings)


def _ray(settings: FlowSettings) -> Engine:
    os.environ["RAY_USAGE_STATS_ENABLED"] = "0"
    if not settings.ray_address:
        # Ray listens on every interface of the machine: only who knows this run's token gets in.
        os.environ.setdefault("RAY_AUTH_MODE", "token")
        os.environ.setdefault("RAY_AUTH_TOKEN", secrets.token_hex(32))
    from saber.flow.ray_engine import RayEngine

    return RayEngine(settings)


ENGINES: dict[str, Callable[[FlowSettings], Engine]] = {"local": _local, "ray": _ray}


def make_engine(name: str, settings: FlowSettings) -> Engine:
    """Raises UsageError for an unknown name, MissingPieceError when its package is not installed."""
    if name not in ENGINES:
        raise UsageError(f"There is no engine {name!r}.", remedy=f"Engines: {', '.join(ENGINES)}.")
    return ENGINES[name](settings)
