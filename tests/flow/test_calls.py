"""Do calls to models run side by side, end in time, and stop when the budget is spent?"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from flow.trial_stages import Ask, Word, sources
from saber.core.errors import BudgetSpentError, CallFailedError, MissingPieceError, StageFailedError
from saber.flow import Answer, FlowSettings, Item, Keep, Tools, outcomes, run, status


@dataclass
class Server(Ask):
    """Answers as the clip's path says, and counts how many it serves at once."""

    needs: tuple[str, ...] = ("source",)
    at_once: list[int] = field(default_factory=lambda: [0, 0])
    stopped: list[bool] = field(default_factory=list)
    budget: int = 10**9

    async def ask(self, item: Item) -> Answer:
        if self.budget <= 0:
            raise BudgetSpentError("The budget of 3 tokens does not cover this call.")
        self.budget -= 1
        self.at_once[0] += 1
        self.at_once[1] = max(self.at_once)
        try:
            await asyncio.sleep(self.pause_s)
        finally:
            self.at_once[0] -= 1
        path = item.records["source"].path  # type: ignore[attr-defined]
        if path == "fail":
            raise CallFailedError("The server is away.", reason="connection")
        if path == "hang":
            await asyncio.sleep(3600)
        if path == "cancel":
            raise asyncio.CancelledError
        return Keep(Word(text=path))

    async def stop(self) -> None:
        self.stopped.append(True)


def test_calls_run_side_by_side_and_fail_alone(tmp_path: Path) -> None:
    stage = Server(concurrency=5, pause_s=0.02, timeout_s=0.3)
    found = run([stage], sources(30, clip0003="fail", clip0004="hang"), tmp_path)
    assert (found.stages[0].kept, found.stages[0].quarantined) == (28, 2)
    assert stage.at_once[1] == 5
    assert stage.stopped == [True]
    assert [(one.reason, one.detail) for one in outcomes(tmp_path, "ask")] == [
        ("connection", "The server is away."),
        ("timed_out", "No answer after 0.3 s."),
    ]


def test_a_spent_budget_stops_the_run_and_rows_not_asked_stay_pending(tmp_path: Path) -> None:
    stage = Server(concurrency=4, budget=10)
    with pytest.raises(BudgetSpentError):
        run([stage], sources(30), tmp_path, settings=FlowSettings(error_rows=5))
    found = status(tmp_path)
    assert found.state == "failed"
    assert "budget" in found.message
    assert (found.stages[0].kept, found.stages[0].quarantined, found.stages[0].pending) == (10, 0, 20)
    assert stage.stopped == [True]
    assert run([Server()], sources(30), tmp_path).stages[0].kept == 30


def test_it_works_where_an_event_loop_is_at_work_already(tmp_path: Path) -> None:
    async def notebook() -> int:
        return run([Server()], sources(5), tmp_path).stages[0].kept

    assert asyncio.run(notebook()) == 5


class NoKey(Server):
    async def start(self, tools: Tools) -> None:
        raise MissingPieceError("No key is set.", remedy="Set OPENAI_API_KEY.")


class Broken(Server):
    async def start(self, tools: Tools) -> None:
        raise KeyError("model")


def test_a_stage_that_can_not_start_ends_the_run(tmp_path: Path) -> None:
    with pytest.raises(MissingPieceError, match="No key"):
        run([NoKey()], sources(2), tmp_path)
    with pytest.raises(StageFailedError, match="KeyError"):
        run([Broken()], sources(2), tmp_path)
    assert status(tmp_path).stages[0].pending == 2
