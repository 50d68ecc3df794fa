"""How is the same work done on the machines of a Ray cluster?

An actor holds one of the crews that the local engine uses, with one worker process: a row that crashes, hangs
or eats memory meets the same isolation there, and the actor lives on. Ray carries the rows and the answers;
the driver alone writes to the ledger. The workspace and the clips have to lie under the same paths on every
machine of the cluster.
"""

from __future__ import annotations

import logging
import os
import pickle
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any, Self

from saber.core.errors import MissingPieceError, SaberError, StageFailedError, UsageError
from saber.core.records import Record
from saber.flow.crew import Crew
from saber.flow.feed import Feed
from saber.flow.rows import Done, Task, given_up
from saber.flow.settings import FlowSettings
from saber.flow.stage import ProcessStage, Tools

try:
    import ray
    from ray.exceptions import RayError
except ImportError as error:
    raise MissingPieceError(
        "The Ray engine needs the package ray.", remedy="Run: pip install 'saber-llm[ray]'"
    ) from error

__all__ = ["RayEngine"]

_ray: Any = ray
"""Ray's own annotations are partial."""
_TURN_S = 0.1
_AHEAD = 2
"""Chunks that an actor holds, so that it has one when it ends the other."""
_DEATHS = 3
"""With so many actors dying over the same row, it is given up."""


class RayEngine:
    """Joins or starts Ray when the first stage comes, leaves it at the end."""

    def __init__(self, settings: FlowSettings) -> None:
        self._settings = settings
        self._started = False

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self._started:
            ray.shutdown()

    def work(
        self,
        stage: ProcessStage,
        kinds: Mapping[str, type[Record]],
        tools: Tools,
        tasks: Iterator[Task],
        waiting: int,
        stopping: Callable[[], bool],
    ) -> Iterator[Done | None]:
        self._start()
        try:
            given = pickle.dumps((stage, dict(kinds), tools, self._settings))
        except Exception as error:
            raise StageFailedError(
                f"Stage {stage.name!r} can't be sent to another process ({error}).",
                remedy="It has to pickle; what is heavy or open belongs into its `open`.",
            ) from error
        processors = int(_ray.cluster_resources().get("CPU", 1))
        count = max(1, min(waiting, self._settings.workers or processors))
        troupe = _Troupe(stage, given, Feed(tasks, self._settings.chunk_s, self._settings.tries), count)
        try:
            yield from troupe.work(stopping, self._settings.open_timeout_s)
        finally:
            troupe.end()

    def _start(self) -> None:
        if self._started:
            return
        address = self._settings.ray_address
        at: dict[str, Any] = {"address": address}
        if not address:
            # Ours alone: on loopback, without a dashboard, with our import path.
            path = os.pathsep.join(os.path.abspath(entry) for entry in sys.path if entry)
            at = {
                "address": "local",
                "include_dashboard": False,
                "_node_ip_address": "127.0.0.1",
                "runtime_env": {"env_vars": {"PYTHONPATH": path}},
            }
        try:
            with _signals_kept():
                ray.init(**at, log_to_driver=False, configure_logging=False, logging_level=logging.ERROR)
        except (ConnectionError, RayError, RuntimeError, ValueError) as error:
            where = f"join the Ray cluster at {address}" if address else "start Ray on this machine"
            first = str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__
            raise UsageError(
                f"Can't {where}: {first}",
                remedy="`--engine local` needs no cluster; flow.ray_address names one.",
            ) from error
        self._started = True


class _Seat:
    """One actor and the chunks that it holds, oldest first."""

    def __init__(self, actor: Any) -> None:
        self.actor = actor
        self.held: dict[Any, list[Task]] = {}
        self.answered = False
        self.since_s = time.monotonic()

    def burden(self) -> int:
        """Chunks that it holds."""
        return sum(bool(tasks) for tasks in self.held.values())


class _Troupe:
    """The actors of one stage."""

    def __init__(self, stage: ProcessStage, given: bytes, feed: Feed, count: int) -> None:
        self._stage = stage
        self._given = given
        self._feed = feed
        self._count = count
        self._seats: list[_Seat] = []
        self._deaths: dict[str, int] = {}

    def work(self, stopping: Callable[[], bool], open_timeout_s: float) -> Iterator[Done | None]:
        while True:
            stop = stopping()
            if not stop:
                self._fill()
            held = [ref for seat in self._seats for ref in seat.held]
            if not held and (stop or self._feed.empty):
                return
            ready, _ = ray.wait(held, num_returns=1, timeout=_TURN_S) if held else ([], [])
            for ref in ready:
                seat = next(seat for seat in self._seats if ref in seat.held)
                yield from self._take(seat, ref)
            if not any(seat.answered for seat in self._seats):
                self._impatient(open_timeout_s)
            yield None

    def _fill(self) -> None:
        while not self._feed.empty:
            # The least burdened first; a new actor before a second chunk for an old one.
            seat = min(self._seats, key=_Seat.burden, default=None)
            if (seat is None or seat.burden()) and len(self._seats) < self._count:
                seat = _Seat(self._actor())
                seat.held[seat.actor.here.remote()] = []
                self._seats.append(seat)
            if seat is None or seat.burden() >= _AHEAD:
                return
            if tasks := self._feed.next():
                seat.held[seat.actor.work.remote(pickle.dumps(tasks))] = tasks

    def _actor(self) -> Any:
        gpus = getattr(self._stage, "gpus", 0)
        remote = _ray.remote(num_cpus=1, num_gpus=gpus, max_restarts=0)(_Actor)
        return remote.remote(self._given)

    def _take(self, seat: _Seat, ref: Any) -> Iterator[Done]:
        tasks = seat.held.pop(ref)
        try:
            answers, failure = ray.get(ref)
        except RayError as error:
            yield from self._lost(seat, tasks, error)
            return
        seat.answered = True
        if failure is not None:
            message, remedy = failure
            raise StageFailedError(message, remedy=remedy)
        for answer in answers:
            done = Done.from_json(answer)
            self._feed.learn(done)
            self._deaths.pop(done.item, None)
            yield done

    def _lost(self, seat: _Seat, tasks: list[Task], error: RayError) -> Iterator[Done]:
        """The actor is no more: most likely its machine's fault and no row's, so all its rows go to others.
        One that was there every time is tried alone, and at last given up."""
        self._seats.remove(seat)
        _kill(seat.actor)
        why = str(error).strip().splitlines()[0]
        for task in tasks:  # the chunk that it was at
            deaths = self._deaths.pop(task.item, 0) + 1
            if deaths >= _DEATHS:
                yield given_up(task, "crashed", f"{deaths} Ray actors died with it: {why}")
                continue
            self._deaths[task.item] = deaths
            if deaths == _DEATHS - 1:
                self._feed.suspect(task)
            else:
                self._feed.give_back([task])
        for others in seat.held.values():
            self._feed.give_back(others)

    def _impatient(self, open_timeout_s: float) -> None:
        if self._seats and time.monotonic() - self._seats[0].since_s > open_timeout_s:
            raise StageFailedError(
                f"No actor of stage {self._stage.name!r} has answered after {open_timeout_s:.0f} s.",
                remedy="Has the cluster a processor (and GPU) free for it? `ray status` tells.",
            )

    def end(self) -> None:
        for seat in self._seats:
            _kill(seat.actor)


class _Actor:
    """On some machine: a crew of one."""

    def __init__(self, given: bytes) -> None:
        stage, kinds, tools, self._settings = pickle.loads(given)
        self._crew = Crew(stage, kinds, tools, self._settings, workers=1)

    def here(self) -> tuple[list[bytes], None]:
        """The answer to nothing, as soon as there is an actor."""
        return [], None

    def work(self, given: bytes) -> tuple[list[bytes], tuple[str, str] | None]:
        """The rows' answers, as JSON; or message and remedy of why the stage can't work at all."""
        tasks: list[Task] = pickle.loads(given)
        feed = Feed(iter(tasks), self._settings.chunk_s, self._settings.tries)
        try:
            done = [done.to_json() for done in self._crew.work(feed, lambda: False) if done is not None]
        except SaberError as error:
            return [], (error.message, error.remedy)
        return done, None


def _kill(actor: Any) -> None:
    ray.kill(actor)


@contextmanager
def _signals_kept() -> Iterator[None]:
    """Ray takes SIGTERM for itself; the run has its own way of stopping."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
