"""How do all items go through all stages, so that nothing is lost and nothing done twice?

Stage after stage, each over all items: the rows of a stage that are still to be done are read from the
ledger, an engine does them, and what is finished is committed every second. A killed run therefore goes on
where it was by being started again. Running the stages side by side would end sooner where one waits for a
model and another for processors, but a decision about all items needs them all anyway, and in this order a
mistake in the settings of the first stage shows before the second has cost anything.
"""

from __future__ import annotations

import os
import socket
import time
from collections import Counter, deque
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, cast

from saber.core.dataset import Source
from saber.core.errors import SaberError, TooManyFailuresError, WorkspaceError
from saber.flow.calls import calls
from saber.flow.decide import decide
from saber.flow.engines import Engine, make_engine
from saber.flow.ingest import ingest
from saber.flow.inputs import Seen, look, pending, set_fingerprint
from saber.flow.interrupt import Interrupt
from saber.flow.ledger import Ledger
from saber.flow.lock import locked
from saber.flow.plan import Plan
from saber.flow.rows import NO_ROOM, Done, Task
from saber.flow.settings import FlowSettings
from saber.flow.stage import CallStage, ProcessStage, SetStage, Stage, Tools
from saber.flow.status import RunState, StageStatus, Status

__all__ = ["OnProgress", "run"]

OnProgress = Callable[[Status], None]
_TELL_S = 0.25
"""Between two calls of `on_progress`."""
_STOPPING = "Stopping when the rows under way are done; once more stops at once."


def run(
    stages: Sequence[Stage],
    sources: Iterable[Source],
    workspace: Path,
    *,
    engine: str = "local",
    settings: FlowSettings | None = None,
    on_progress: OnProgress | None = None,
) -> Status:
    """Bring every source through the stages, in their order. What an earlier run did is not done again.

    Args:
        stages: each needs the records of stages before it, or of `source`.
        sources: the raw clips, read once. One that is no longer listed is set aside with its results.
        workspace: the folder of the ledger and of the stages' files; made if it is not there.
        engine: `local`, or `ray`.
        on_progress: called with how far it is, a few times a second.

    Returns:
        How it ended: `done`, or `stopped` by Ctrl-C, when calling it again goes on.

    Raises:
        UsageError: the stages don't fit together, two sources have one id, or there is no such engine.
        BusyWorkspaceError, WorkspaceError: the workspace is held by another run, or can't be written.
        StageFailedError, TooManyFailuresError: a stage can't go on. What was finished is kept.
        MissingPieceError, ModelError: as a stage raises them while it starts.
    """
    plan = Plan(stages)
    settings = settings or FlowSettings()
    hands = make_engine(engine, settings)
    with locked(workspace), Ledger(workspace) as ledger, Interrupt() as interrupt:
        going = _Run(plan, workspace, ledger, engine, settings, interrupt, on_progress)
        try:
            ingest(ledger, plan, sources)
            with hands:
                going.through(hands)
        except KeyboardInterrupt:
            going.end("stopped", "Interrupted.")
            raise
        except SaberError as error:
            going.end("failed", str(error))
            raise
        return going.end("stopped" if interrupt.asked else "done")


class _Run:
    """The state of one run."""

    def __init__(
        self,
        plan: Plan,
        workspace: Path,
        ledger: Ledger,
        engine: str,
        settings: FlowSettings,
        interrupt: Interrupt,
        on_progress: OnProgress | None,
    ) -> None:
        self._plan = plan
        self._workspace = workspace
        self._ledger = ledger
        self._engine = engine
        self._settings = settings
        self._interrupt = interrupt
        self._on_progress = on_progress
        self._started_at = time.time()
        self._told_s = 0.0
        self._writable = True
        self._wrote = False
        """Whether any row was written since all stages were looked at."""
        self._tallies = {stage.name: _Tally(stage.name) for stage in plan.stages}

    def through(self, engine: Engine) -> None:
        # All of them first, so that whoever asks for the status sees what is to be done again.
        for stage in self._plan.stages:
            self._tallies[stage.name].seen = look(self._ledger, self._plan, stage)
        with self._ledger.writing() as db:
            # Stages that are not part of this run, but were of an earlier one, can still be read.
            before = self._ledger.note("chains") or {}
            self._ledger.take_note(db, "chains", {**before, **self._plan.chains})
        self._note("running")
        for stage in self._plan.stages:
            if self._interrupt.asked:
                return
            tally = self._tallies[stage.name]
            if self._wrote:
                tally.seen = look(self._ledger, self._plan, stage)
            tally.begin()
            self._note("running")
            if tally.pending:
                self._do(stage, engine, tally)
            if not self._interrupt.asked:
                tally.state = "done"
            self._note("running")

    def _do(self, stage: Stage, engine: Engine, tally: _Tally) -> None:
        """The pending rows of one stage, committed as they end."""
        watch = _Watch(stage.name, self._settings)
        batch: list[Done] = []
        committed_s = time.monotonic()
        asked: dict[str, _Asked] = {}
        try:
            # Closed at once when something goes wrong, so that no worker outlives the run.
            with closing(self._rows(stage, engine, tally, asked)) as rows:
                for done in rows:
                    if done is not None:
                        _no_room(stage, done)
                        batch.append(done)
                        watch.see(done, again=asked[done.item].again)
                    late = time.monotonic() - committed_s > self._settings.commit_s
                    if batch and (late or len(batch) >= self._settings.commit_rows):
                        self._commit(stage, tally, batch, asked)
                        committed_s = time.monotonic()
                    watch.judge()
                    self._tell()
        finally:
            if batch and self._writable:
                self._commit(stage, tally, batch, asked)

    def _rows(
        self, stage: Stage, engine: Engine, tally: _Tally, asked: dict[str, _Asked]
    ) -> Generator[Done | None]:
        tools = Tools(self._workspace, self._settings.memory_limit_mb or None)
        kinds = self._plan.kinds

        def noting(tasks: Iterator[Task], together: bytes | None = None) -> Iterator[Task]:
            for task in tasks:
                asked[task.item] = _Asked(together or task.fingerprint, task.tried > 0)
                yield task

        def stopping() -> bool:
            return self._interrupt.asked

        work = getattr(stage, "work", "process")
        if work == "set":
            whole = set_fingerprint(self._ledger, self._plan, stage)
            tally.redo()
            tasks = noting(pending(self._ledger, self._plan, stage, every=True), whole)
            yield from decide(cast("SetStage", stage), kinds, tools, tasks)
            return
        tasks = noting(pending(self._ledger, self._plan, stage))
        if work == "call":
            yield from calls(cast("CallStage", stage), kinds, tools, tasks, stopping)
        else:
            yield from engine.work(cast("ProcessStage", stage), kinds, tools, tasks, tally.pending, stopping)

    def _commit(self, stage: Stage, tally: _Tally, batch: list[Done], asked: dict[str, _Asked]) -> None:
        self._writable = False  # until this has succeeded: trying once more would only hide why it failed
        with self._ledger.writing() as db:
            prints = {done.item: asked[done.item].fingerprint for done in batch}
            for done in self._ledger.put(db, self._plan, stage.name, prints, batch):
                tally.count(done)
            self._ledger.take_note(
                db, "status", self._status("running").model_dump(mode="json", by_alias=True)
            )
        self._wrote = self._writable = True
        for done in batch:
            del asked[done.item]
        batch.clear()

    def _tell(self) -> None:
        if self._on_progress is not None and time.monotonic() - self._told_s > _TELL_S:
            self._told_s = time.monotonic()
            self._on_progress(self._status("running", _STOPPING if self._interrupt.asked else ""))

    def _note(self, state: RunState, message: str = "") -> Status:
        status = self._status(state, message)
        with self._ledger.writing() as db:
            self._ledger.take_note(db, "status", status.model_dump(mode="json", by_alias=True))
        if self._on_progress is not None:
            self._on_progress(status)
        return status

    def end(self, state: RunState, message: str = "") -> Status:
        """The last word. Where even that can't be written, the reason of the end matters more."""
        try:
            return self._note(state, message)
        except WorkspaceError:
            if state == "failed":
                return self._status(state, message)
            raise

    def _status(self, state: RunState, message: str = "") -> Status:
        return Status(
            state=state,
            message=message,
            engine=self._engine,
            pid=os.getpid(),
            host=socket.gethostname(),
            started_at=self._started_at,
            at=time.time(),
            stages=tuple(tally.status() for tally in self._tallies.values()),
        )


def _no_room(stage: Stage, done: Done) -> None:
    """A stage that can't write its files meets no fault of the item: the row stays pending."""
    if done.reason == NO_ROOM:
        raise WorkspaceError(
            f"Stage {stage.name!r} can't write its files: {done.detail}",
            remedy="Make room and run the same command again; what was committed is kept.",
        )


@dataclass(frozen=True)
class _Asked:
    """What is to be remembered of a row while it is done."""

    fingerprint: bytes
    again: bool
    """It was tried in an earlier run."""


class _Tally:
    """What is known of one stage."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.state: Literal["waiting", "running", "done"] = "waiting"
        self.seen = Seen()
        self._began_s: float | None = None
        self._done_now = 0
        self._wall_s = 0.0

    @property
    def pending(self) -> int:
        return self.seen.inputs - self.seen.kept - self.seen.dropped - self.seen.quarantined

    def begin(self) -> None:
        self.state = "running"
        self._began_s = time.monotonic()

    def redo(self) -> None:
        """All rows are decided again."""
        self.seen = Seen(inputs=self.seen.inputs)

    def count(self, done: Done) -> None:
        self.seen.count(done.status, done.reason, done.seconds, done.cost, done.tokens)
        self._done_now += 1
        assert self._began_s is not None
        self._wall_s = time.monotonic() - self._began_s

    def status(self) -> StageStatus:
        seen = self.seen
        ranked = sorted((seen.reasons or {}).items(), key=lambda one: (-one[1], one[0]))
        return StageStatus(
            name=self.name,
            state=self.state,
            inputs=seen.inputs,
            kept=seen.kept,
            dropped=seen.dropped,
            quarantined=seen.quarantined,
            pending=self.pending,
            reasons=dict(ranked),
            seconds=round(seen.seconds, 3),
            cost=seen.cost,
            tokens=seen.tokens,
            done_now=self._done_now,
            wall_s=round(self._wall_s, 3),
        )


class _Watch:
    """Is so much going wrong that going on is a waste?"""

    def __init__(self, stage: str, settings: FlowSettings) -> None:
        self._stage = stage
        self._settings = settings
        self._last: deque[Done] = deque(maxlen=settings.error_rows)

    def see(self, done: Done, *, again: bool) -> None:
        if not again:  # one that was quarantined before and fails again says nothing new
            self._last.append(done)

    def judge(self) -> None:
        failed = [done for done in self._last if done.status == "quarantined"]
        if len(self._last) < self._settings.error_rows:
            return
        if len(failed) <= self._settings.max_error_ratio * len(self._last):
            return
        ((reason, count),) = Counter(done.reason for done in failed).most_common(1)
        example = next(done for done in failed if done.reason == reason)
        raise TooManyFailuresError(
            f"{len(failed)} of the last {len(self._last)} rows of stage {self._stage!r} failed, {count} of "
            f"them with {reason!r}; for instance {example.item}: {example.detail}",
            remedy="See to the cause, then `saber retry` and run again; what was done is kept. "
            "flow.max_error_ratio sets the limit.",
        )
