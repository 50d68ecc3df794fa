"""How far is a run, and what became of the items at each stage?"""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from saber.core.records import Record

__all__ = ["RunState", "StageStatus", "Status"]

RunState = Literal["running", "done", "stopped", "failed", "killed"]
"""`stopped`: by Ctrl-C. `failed`: by an error, `message` says which. `killed`: it ended without a word."""


class StageStatus(Record):
    """One stage. `inputs` = `kept` + `dropped` + `quarantined` + `pending`, always.

    A stage that makes several items of one counts what goes in; `made` is what came out.
    """

    name: str
    state: Literal["waiting", "running", "done"]
    inputs: int = Field(alias="in")
    kept: int
    dropped: int
    quarantined: int
    pending: int
    reasons: dict[str, int]
    """Slug -> rows, of those dropped and quarantined, most frequent first."""
    seconds: float
    """Work on these rows, all workers added up."""
    cost: float | None
    tokens: int | None
    done_now: int = 0
    """Rows done in this run."""
    wall_s: float = 0.0
    """That this run has spent in this stage."""

    @property
    def rate_hz(self) -> float | None:
        """Rows a second in this run; None before the first."""
        return self.done_now / self.wall_s if self.done_now and self.wall_s > 0 else None

    @property
    def left_s(self) -> float | None:
        """Until the stage is done at this rate; None when that can't be told."""
        rate_hz = self.rate_hz
        return self.pending / rate_hz if rate_hz else None


class Status(Record):
    """A run, while it goes on and afterwards."""

    state: RunState
    message: str = ""
    engine: str
    pid: int
    host: str
    started_at: float
    """Seconds since 1970."""
    at: float
    """When this was true."""
    stages: tuple[StageStatus, ...]

    @property
    def quarantined(self) -> int:
        return sum(stage.quarantined for stage in self.stages)

    @property
    def cost(self) -> float | None:
        costs = [stage.cost for stage in self.stages if stage.cost is not None]
        return sum(costs) if costs else None
