"""What does the server do with a clip, from the moment it has arrived to the moment it is forgotten?"""

from __future__ import annotations

import asyncio
import logging
import os
import shutil
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from typing import Any, ParamSpec, TypeVar

from saber.core.errors import SaberError
from saber.core.settings import build
from saber.pipeline import Settings
from saber.serve.bells import Bells
from saber.serve.crew import Bounds, Crew, Outcome
from saber.serve.ledger import Ledger, NewJob, Task
from saber.serve.places import Places
from saber.serve.records import Job, Problem
from saber.serve.results import Results
from saber.serve.settings import ServeSettings

__all__ = ["RESULTS_GRACE_S", "Desk"]

RESULTS_GRACE_S = 600.0
"""With `keep_hours = 0`: how long results can still be fetched. The upload is gone by then."""
SWEEP_EVERY_S = 30.0

P = ParamSpec("P")
T = TypeVar("T")
log = logging.getLogger(__name__)


class Desk:
    """Clips come in, are analysed in turn, are looked at, and go. Everything here runs in the event loop; the
    ledger is spoken to in one thread of its own."""

    def __init__(self, places: Places, settings: ServeSettings, analysis: dict[str, Any]) -> None:
        """analysis: the settings of the stages, as tables (`saber.pipeline.Settings`)."""
        self.places = places
        self.settings = settings
        self.bells = Bells()
        self._analysis = analysis
        self._budget = build(Settings, analysis, "settings").model
        keep_s = settings.keep_hours * 3600 or RESULTS_GRACE_S
        self._ledger = Ledger(places.ledger, keep_s)
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="saber-ledger")
        self.crew = Crew(
            self,
            settings.workers,
            Bounds(
                workers=settings.workers,
                start_s=settings.worker_start_s,
                clip_s=settings.max_clip_s,
                memory_mb=settings.worker_memory_mb,
                keep_media=settings.keep_hours > 0,
            ),
        )
        self._sweeper: asyncio.Task[None] | None = None
        self.loop: asyncio.AbstractEventLoop | None = None
        """In which all this runs, once it has started."""

    async def ask(self, call: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """The ledger's answer."""
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._thread, lambda: call(*args, **kwargs))

    @property
    def ledger(self) -> Ledger:
        """To be used through `ask` only."""
        return self._ledger

    async def start(self) -> None:
        self.loop = asyncio.get_running_loop()
        self.places.clear_uploads()
        await self.ask(self._ledger.recover)
        for stray in set(self.places.kept()) - await self.ask(self._ledger.ids):
            await asyncio.to_thread(self.places.forget, stray)
        await self._sweep()
        self._sweeper = asyncio.create_task(self._keep_sweeping(), name="saber-sweeper")
        self.crew.start()

    async def stop(self) -> None:
        if self._sweeper is not None:
            self._sweeper.cancel()
        await self.crew.stop()
        await self.ask(self._ledger.recover, blameless=True)
        await self.ask(self._ledger.close)
        self._thread.shutdown()

    # --- coming and going -------------------------------------------------------------------

    async def admit(self, new: NewJob, upload: Path) -> Job:
        """Queue a clip that lies whole at `upload`, from where it is moved."""
        folder = self.places.clip(new.id)
        folder.mkdir(mode=0o700)
        os.replace(upload, Results(folder).media)
        return await self._queue(new)

    async def admit_again(self, new: NewJob, of: str) -> Job | None:
        """Queue the clip of another analysis once more; None when its file is not kept."""
        folder = self.places.clip(new.id)
        folder.mkdir(mode=0o700)
        try:
            await asyncio.to_thread(_same_file, Results(self.places.clip(of)).media, Results(folder).media)
        except FileNotFoundError:
            folder.rmdir()
            return None
        return await self._queue(new)

    async def _queue(self, new: NewJob) -> Job:
        try:
            job = await self.ask(self._ledger.add, new)
        except SaberError:
            await asyncio.to_thread(self.places.forget, new.id)
            raise
        self.crew.wake()
        return job

    async def remove(self, job: str) -> bool:
        """Stop it, and delete everything of it. False: there is no such clip."""
        if not await self.ask(self._ledger.cancel, job):
            return False
        await self.crew.cancel(job)
        await asyncio.to_thread(self.places.forget, job)
        await self.ask(self._ledger.forget, job)
        self.bells.ring(job)
        return True

    async def _keep_sweeping(self) -> None:
        while True:
            await asyncio.sleep(SWEEP_EVERY_S)
            try:
                await self._sweep()
            except (SaberError, OSError) as error:
                log.error("Some clips whose time is up could not be deleted: %s", error)

    async def _sweep(self) -> None:
        for job in await self.ask(self._ledger.due):
            await self.remove(job)

    # --- what the crew asks: crew.Orders ------------------------------------------------------

    async def take(self) -> Task | None:
        task = await self.ask(self._ledger.take, self.settings.attempts)
        if task is not None:
            self.bells.ring_all()
        return task

    async def found(self, task: Task, kind: str, data: dict[str, object]) -> None:
        await self.ask(self._ledger.note, task.id, kind, data)
        self.bells.ring(task.id)

    async def ended(self, task: Task, outcome: Outcome) -> None:
        await self.ask(self._ledger.end, task.id, error=outcome.error, summary=outcome.summary)
        if not self.settings.keep_hours:
            with suppress(FileNotFoundError):
                Results(self.folder(task)).media.unlink()
        self.bells.ring(task.id)

    async def died(self, task: Task, why: str) -> None:
        if task.attempt < self.settings.attempts:
            await self.ask(self._ledger.give_back, task.id)
            self.bells.ring(task.id)
            return
        problem = Problem(
            reason="crashed",
            message=f"The process that analysed the clip died each of {task.attempt} times. {why}",
            remedy="Try `saber analyze` on the clip; `saber doctor` says what is missing.",
        )
        await self.ended(task, Outcome(error=problem))

    async def spent(self, model: str, tokens: int, money: float) -> None:
        if tokens or money:
            await self.ask(self._ledger.spend, model, tokens, money)

    async def opening(self) -> dict[str, object]:
        """What a new worker must know. The budget is what is left of the server's, in equal parts."""
        tokens, money = await self.ask(self._ledger.spent)
        most_tokens, most_money = self._budget.budget_tokens, self._budget.budget_money
        workers = self.settings.workers
        return {
            "settings": self._analysis,
            "limits": {
                "max_duration_s": self.settings.max_duration_s,
                "max_streams": self.settings.max_streams,
            },
            "budget_tokens": None if most_tokens is None else max(0, most_tokens - tokens) // workers,
            "budget_money": None if most_money is None else max(0.0, most_money - money) / workers,
        }

    def folder(self, task: Task) -> Path:
        return self.places.clip(task.id)


def _same_file(there: Path, here: Path) -> None:
    """A second name for the same bytes, so that each can be deleted alone; a copy where that can't be."""
    try:
        os.link(there, here)
    except FileNotFoundError:
        raise
    except OSError:
        shutil.copyfile(there, here)
