"""How are clips analysed in processes that may crash, hang or have to be ended?

Each slot has one worker process (`worker.py`), started with the server so that its models are loaded when the
first clip comes. A worker that dies is replaced; the clip it was at is begun again, a few times at most.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
import os
import signal
import sys
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from saber.core.errors import SaberError
from saber.serve.ledger import Task
from saber.serve.records import Problem, Summary

__all__ = ["Crew", "Orders", "Outcome"]

_MAX_LINE_BYTES = 16 << 20
_LOOK_S = 0.5
_END_S = 5.0
_FIRST_WAIT_S = 1.0
_LONGEST_WAIT_S = 60.0
_PAGE_BYTES = os.sysconf("SC_PAGE_SIZE")

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Outcome:
    """How a clip ended: one of `summary` and `error`."""

    summary: Summary | None = None
    error: Problem | None = None


class WorkerDiedError(Exception):
    """The process is no more, or says what makes no sense. The message is a sentence."""


class Orders(Protocol):
    """What the crew asks of the server."""

    async def take(self) -> Task | None: ...
    async def found(self, task: Task, kind: str, data: dict[str, object]) -> None: ...
    async def ended(self, task: Task, outcome: Outcome) -> None: ...
    async def died(self, task: Task, why: str) -> None: ...
    async def spent(self, model: str, tokens: int, money: float) -> None: ...
    async def opening(self) -> dict[str, object]: ...
    def folder(self, task: Task) -> Path: ...


@dataclass(frozen=True)
class Bounds:
    """What each of so many workers may take."""

    workers: int
    start_s: float
    clip_s: float
    memory_mb: float
    keep_media: bool


class Crew:
    """The slots. `wake` when a clip has come; `cancel` to stop one."""

    def __init__(self, orders: Orders, workers: int, bounds: Bounds) -> None:
        self._slots = [_Slot(orders, bounds, self._clip_came) for _ in range(workers)]
        self._waiting: set[asyncio.Event] = set()
        self._tasks: list[asyncio.Task[None]] = []

    def start(self) -> None:
        self._tasks = [asyncio.create_task(slot.run(), name="saber-slot") for slot in self._slots]
        for task in self._tasks:
            task.add_done_callback(_mourn)

    async def stop(self) -> None:
        """End all workers. What they were at is found running, and begun again, by the next server."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        for slot in self._slots:
            await slot.end_worker()

    def wake(self) -> None:
        for event in self._waiting:
            event.set()

    async def cancel(self, job: str) -> None:
        """When this returns, no process works on that clip any more."""
        for slot in self._slots:
            await slot.cancel(job)

    @property
    def ready(self) -> int:
        """Workers that are up with their models loaded."""
        return sum(slot.ready for slot in self._slots)

    @property
    def restarts(self) -> int:
        """Workers that had to be replaced."""
        return sum(slot.restarts for slot in self._slots)

    @contextlib.asynccontextmanager
    async def _clip_came(self) -> AsyncIterator[asyncio.Event]:
        event = asyncio.Event()
        self._waiting.add(event)
        try:
            yield event
        finally:
            self._waiting.discard(event)


def _mourn(task: asyncio.Task[None]) -> None:
    """A slot works until it is cancelled: anything else is a defect, and must be seen."""
    if not task.cancelled() and (error := task.exception()) is not None:
        log.critical("A worker's slot has ended; the server has to be started again.", exc_info=error)


class _Slot:
    """One worker after the other, one clip after the other."""

    def __init__(
        self,
        orders: Orders,
        bounds: Bounds,
        clip_came: Callable[[], contextlib.AbstractAsyncContextManager[asyncio.Event]],
    ) -> None:
        self.restarts = 0
        self._orders = orders
        self._bounds = bounds
        self._clip_came = clip_came
        self._worker: _Process | None = None
        self._task: Task | None = None
        self._free = asyncio.Event()
        self._free.set()
        self._cancelled = False

    @property
    def ready(self) -> bool:
        return self._worker is not None and self._worker.ready

    async def run(self) -> None:
        """Until it is cancelled. After a failure that is not a clip's, later each time."""
        wait_s = _FIRST_WAIT_S
        left: tuple[Task, str] | None = None
        while True:
            try:
                if left is not None:
                    await self._orders.died(*left)
                    left = None
                await self._have_worker()
                await self._next()
                wait_s = _FIRST_WAIT_S
                continue
            except WorkerDiedError as error:
                log.error("A worker could not start: %s", error)
                await self.end_worker()
                # The clip that is next counts it as one of its attempts: nothing waits for ever.
                if (task := await self._orders.take()) is not None:
                    left = (task, str(error))
            except SaberError as error:
                log.error("%s", error)
                await self.end_worker()
                if self._task is not None:
                    left = (self._task, str(error))
            self._rest()
            await asyncio.sleep(wait_s)
            wait_s = min(2 * wait_s, _LONGEST_WAIT_S)

    async def _next(self) -> None:
        """The next clip; or, while there is none, wait for one."""
        async with self._clip_came() as came:
            task = await self._orders.take()
            if task is None:
                await self._idle(came)
                return
        await self._do(task)

    async def _idle(self, came: asyncio.Event) -> None:
        """Until a clip comes, or the worker dies of itself."""
        assert self._worker is not None
        waits = [asyncio.ensure_future(came.wait()), asyncio.ensure_future(self._worker.process.wait())]
        try:
            await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for waiting in waits:
                waiting.cancel()
        if self._worker.process.returncode is not None:
            self.restarts += 1
            await self.end_worker()

    async def _do(self, task: Task) -> None:
        assert self._worker is not None
        self._task, self._cancelled = task, False
        self._free.clear()
        try:
            outcome = await self._worker.do(task, self._orders, self._bounds)
            if not self._cancelled:
                await self._orders.ended(task, outcome)
        except WorkerDiedError as error:
            self.restarts += 1
            await self.end_worker()
            if not self._cancelled:
                log.warning("The worker of clip %s died: %s", task.id, error)
                await self._orders.died(task, str(error))
        except _TooMuchError as error:
            self.restarts += 1
            await self.end_worker()
            if not self._cancelled:
                await self._orders.ended(task, Outcome(error=error.problem))
        self._rest()

    def _rest(self) -> None:
        """No clip is at work in this slot."""
        self._task = None
        self._free.set()

    async def cancel(self, job: str) -> None:
        if self._task is not None and self._task.id == job:
            self._cancelled = True
            if self._worker is not None:
                self._worker.kill()
            await self._free.wait()

    async def _have_worker(self) -> None:
        if self._worker is None:
            self._worker = await _Process.start(await self._orders.opening(), self._bounds.workers)
        if not self._worker.ready:
            await self._worker.wait_ready(self._bounds.start_s)

    async def end_worker(self) -> None:
        worker, self._worker = self._worker, None
        if worker is not None:
            worker.kill()
            await worker.process.wait()


class _TooMuchError(Exception):
    """The clip took more time or memory than it may."""

    def __init__(self, reason: str, message: str, remedy: str) -> None:
        super().__init__(message)
        self.problem = Problem(reason=reason, message=message, remedy=remedy)


class _Process:
    """One worker process and the talk with it."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self.process = process
        self.ready = False
        self._spent: dict[str, tuple[int, float]] = {}

    @classmethod
    async def start(cls, opening: dict[str, object], workers: int) -> _Process:
        # A session of its own: ended as a group, with the reader of a clip that it has started.
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-P", "-m", "saber.serve.worker",
            stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE,
            limit=_MAX_LINE_BYTES, start_new_session=True,
            env=_environment(workers),
        )  # fmt: skip
        worker = cls(process)
        await worker._send({**opening, "server": os.getpid()})
        return worker

    async def wait_ready(self, limit_s: float) -> None:
        try:
            async with asyncio.timeout(limit_s):
                said = await self._hear()
        except TimeoutError:
            raise WorkerDiedError(f"It was not ready after {limit_s:g} s.") from None
        if said["kind"] == "cannot_start":
            problem = Problem.model_validate(said["error"])
            raise WorkerDiedError(f"{problem.message} {problem.remedy}".strip())
        self.ready = True

    async def do(self, task: Task, orders: Orders, bounds: Bounds) -> Outcome:
        """One clip. Raises WorkerDiedError or _TooMuchError; the process is of no use after either."""
        await self._send({
            "id": task.id, "name": task.name, "folder": str(orders.folder(task)),
            "language": task.language, "model": task.model, "keep": bounds.keep_media,
        })  # fmt: skip
        watching = asyncio.ensure_future(self._watch_memory(bounds.memory_mb))
        talking = asyncio.ensure_future(self._talk(task, orders))
        try:
            async with asyncio.timeout(bounds.clip_s):
                await asyncio.wait((watching, talking), return_when=asyncio.FIRST_COMPLETED)
            if not talking.done():
                raise _TooMuchError(
                    "out_of_memory",
                    f"The analysis needed more than {bounds.memory_mb:g} MB of memory.",
                    "Raise serve.worker_memory_mb if you trust the clip.",
                )
            return talking.result()
        except TimeoutError:
            raise _TooMuchError(
                "timed_out",
                f"The analysis was not done after {bounds.clip_s:g} s.",
                "Cut the clip into shorter ones, or raise serve.max_clip_s.",
            ) from None
        finally:
            for running in (watching, talking):
                running.cancel()
            await asyncio.gather(watching, talking, return_exceptions=True)

    async def _talk(self, task: Task, orders: Orders) -> Outcome:
        while True:
            said = await self._hear()
            if said.get("job") != task.id:
                raise WorkerDiedError("It spoke of another clip than the one it was given.")
            try:
                if said["kind"] == "event":
                    await orders.found(task, said["event"], said["data"])
                    continue
                tokens, money = int(said["spent"]["tokens"]), float(said["spent"]["money"])
                if said["kind"] == "failed":
                    outcome = Outcome(error=Problem.model_validate(said["error"]))
                else:
                    outcome = Outcome(summary=Summary.model_validate(said["summary"]))
            except (KeyError, TypeError, ValueError) as error:
                raise WorkerDiedError(f"What it said makes no sense ({error!r}).") from error
            before = self._spent.get(task.model, (0, 0.0))
            self._spent[task.model] = tokens, money
            await orders.spent(task.model, tokens - before[0], money - before[1])
            return outcome

    async def _hear(self) -> dict[str, Any]:
        assert self.process.stdout is not None
        try:
            line = await self.process.stdout.readline()
        except ValueError:
            raise WorkerDiedError("It said more in one line than it may.") from None
        if not line.endswith(b"\n"):
            code = await self.process.wait()
            raise WorkerDiedError(_epitaph(code))
        try:
            said = json.loads(line)
        except ValueError:
            raise WorkerDiedError("It said what is no JSON.") from None
        if not isinstance(said, dict) or "kind" not in said:
            raise WorkerDiedError("It said what is no message.")
        return said

    async def _send(self, message: dict[str, object]) -> None:
        assert self.process.stdin is not None
        try:
            self.process.stdin.write(json.dumps(message).encode() + b"\n")
            await self.process.stdin.drain()
        except ConnectionError:
            raise WorkerDiedError(_epitaph(await self.process.wait())) from None

    async def _watch_memory(self, limit_mb: float) -> None:
        """Returns when the process holds more than it may."""
        while not limit_mb or _resident_mb(self.process.pid) <= limit_mb:
            await asyncio.sleep(_LOOK_S)

    def kill(self) -> None:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)


def _environment(workers: int) -> dict[str, str]:
    """The packages of this process, and a fair part of the cores."""
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(entry for entry in sys.path if entry)}
    if workers > 1:
        environment.setdefault("OMP_NUM_THREADS", str(max(1, (os.cpu_count() or 1) // workers)))
    return environment


def _resident_mb(pid: int) -> float:
    """What the process holds in memory; 0 where the system does not say."""
    try:
        pages = int(Path(f"/proc/{pid}/statm").read_text(encoding="ascii").split()[1])
    except (OSError, IndexError, ValueError):
        return 0.0
    return pages * _PAGE_BYTES / 1e6


def _epitaph(code: int) -> str:
    if code < 0:
        return f"Its process was ended by signal {-code}."
    return f"Its process ended with exit code {code}."
