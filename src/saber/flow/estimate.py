"""What would N clips take, going by a few that were done?"""

from __future__ import annotations

import math
import random
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from saber.core.dataset import Source
from saber.core.errors import FlowError, UsageError
from saber.core.records import Record
from saber.flow.engines import workers_of
from saber.flow.inputs import look
from saber.flow.ledger import Ledger
from saber.flow.lock import locked
from saber.flow.plan import SOURCE, Plan
from saber.flow.run import OnProgress, run
from saber.flow.settings import FlowSettings
from saber.flow.stage import Stage

__all__ = ["Estimate", "StageEstimate", "estimate"]

_ROW_BYTES = 300
"""Of the ledger beside the records, a row of a stage (bench/rows.py)."""
_Z95 = 1.96
_TELLING_ROWS = 1000
"""Own choice: a decision about fewer rows together takes its start rather than them."""
_HOUR_S = 3600.0


class StageEstimate(Record):
    """One stage over all the clips."""

    name: str
    rows: float
    """That come to it, going by the yield of the stages before."""
    measured_on: int
    """Rows that these figures rest on."""
    seconds_each: float | None
    """Of work a row; None: no row came so far, or too few to tell for a decision about all together."""
    at_once: int
    """Rows worked on side by side."""
    hours: float | None
    hours_low: float | None
    hours_high: float | None
    """95 % interval of the mean a row (normal approximation); None with fewer than two rows."""
    gpu_hours: float
    cost: float | None
    """None: it spends none."""
    tokens: float | None


class Estimate(Record):
    """All stages, one after the other."""

    clips: int
    measured_on: int
    """Clips."""
    stages: tuple[StageEstimate, ...]
    hours: float
    hours_low: float | None
    hours_high: float | None
    gpu_hours: float
    cost: float | None
    tokens: float | None
    storage_gb: float
    """The ledger and the stages' own files; the sources themselves not counted. 10^9 bytes."""
    unknown: tuple[str, ...]
    """Stages that no clip has come to, or too few: what they take is missing in all of the above."""


def estimate(
    stages: Sequence[Stage],
    sources: Iterable[Source],
    workspace: Path,
    *,
    clips: int | None = None,
    sample: int = 12,
    engine: str = "local",
    settings: FlowSettings | None = None,
    on_progress: OnProgress | None = None,
) -> Estimate:
    """What `clips` clips would take here, as many as there are sources where it is None.

    It goes by what the workspace holds of these stages with these settings. Where that is less than `sample`
    clips, or clips are on their way, so many are drawn at random from the sources and run first; a later run
    need not do them again. Raises what `run` raises, FlowError when that was interrupted, and UsageError
    without any source.
    """
    settings = settings or FlowSettings()
    drawn, count = _draw(sources, sample)
    if not drawn:
        raise UsageError("There is no clip to go by.")
    if not _measured(workspace, Plan(stages), min(sample, count)):
        ended = run(stages, drawn, workspace, engine=engine, settings=settings, on_progress=on_progress)
        if ended.state != "done":
            raise FlowError(
                "The sample was not finished, so there is nothing to go by.",
                remedy="The same command goes on where it was.",
            )
    with locked(workspace), Ledger(workspace) as ledger:
        return _reckon(ledger, Plan(stages), workspace, clips or count, settings)


def _draw(sources: Iterable[Source], sample: int) -> tuple[list[Source], int]:
    """A random sample and the number of all, read once (reservoir sampling, Vitter 1985, algorithm R)."""
    rng = random.Random(0)
    drawn: list[Source] = []
    count = 0
    for count, source in enumerate(sources, start=1):
        if len(drawn) < sample:
            drawn.append(source)
        elif (place := rng.randrange(count)) < sample:
            drawn[place] = source
    return drawn, count


def _measured(workspace: Path, plan: Plan, clips: int) -> bool:
    """Did so many clips come to the first stage, and none stop half-way?"""
    with locked(workspace), Ledger(workspace) as ledger:
        seen = [look(ledger, plan, stage) for stage in plan.stages]
    whole = all(one.inputs == one.kept + one.dropped + one.quarantined for one in seen)
    return whole and bool(seen) and seen[0].inputs >= clips


def _reckon(ledger: Ledger, plan: Plan, workspace: Path, clips: int, settings: FlowSettings) -> Estimate:
    ((sources,),) = ledger.rows("SELECT count(*) FROM output WHERE stage = ? AND fresh", (SOURCE,))
    scale = clips / sources
    found = tuple(_stage(ledger, plan, stage, scale, settings) for stage in plan.stages)
    known = [stage for stage in found if stage.hours is not None]
    ((rows, bytes_of_records),) = ledger.rows("SELECT count(*), sum(length(record)) FROM output WHERE fresh")
    files = sum(
        path.stat().st_size
        for stage in plan.stages
        for path in (workspace / stage.name).rglob("*")
        if path.is_file()
    )
    return Estimate(
        clips=clips,
        measured_on=sources,
        stages=found,
        hours=sum(stage.hours or 0.0 for stage in known),
        hours_low=_sum([stage.hours_low for stage in known]),
        hours_high=_sum([stage.hours_high for stage in known]),
        gpu_hours=sum(stage.gpu_hours for stage in found),
        cost=_sum_known([stage.cost for stage in found]),
        tokens=_sum_known([stage.tokens for stage in found]),
        storage_gb=(files + (bytes_of_records or 0) + rows * _ROW_BYTES) * scale / 1e9,
        unknown=tuple(stage.name for stage in found if stage.hours is None),
    )


def _stage(ledger: Ledger, plan: Plan, stage: Stage, scale: float, settings: FlowSettings) -> StageEstimate:
    seen = look(ledger, plan, stage)
    ((count, mean_s, square, cost, tokens),) = ledger.rows(
        "SELECT count(*), avg(seconds), avg(seconds * seconds), avg(cost), avg(tokens) FROM row "
        "WHERE stage = ? AND status <> 'pending'",
        (stage.name,),
    )
    rows = seen.inputs * scale
    at_once = _at_once(stage, settings)
    hours = low = high = None
    gpu_hours = 0.0
    if getattr(stage, "work", None) == "set" and count < _TELLING_ROWS:
        mean_s = None
    if mean_s is not None:
        hours = rows * mean_s / at_once / _HOUR_S
        gpu_hours = rows * mean_s * float(getattr(stage, "gpus", 0)) / _HOUR_S
    if mean_s is not None and count > 1:
        error_s = _Z95 * math.sqrt(max(0.0, square - mean_s**2) / (count - 1))
        low = rows * max(0.0, mean_s - error_s) / at_once / _HOUR_S
        high = rows * (mean_s + error_s) / at_once / _HOUR_S
    return StageEstimate(
        name=stage.name,
        rows=rows,
        measured_on=count,
        seconds_each=mean_s,
        at_once=at_once,
        hours=hours,
        hours_low=low,
        hours_high=high,
        gpu_hours=gpu_hours,
        cost=None if cost is None else cost * rows,
        tokens=None if tokens is None else tokens * rows,
    )


def _at_once(stage: Any, settings: FlowSettings) -> int:
    work = getattr(stage, "work", "process")
    if work == "process":
        return workers_of(settings)
    return int(stage.concurrency) if work == "call" else 1


def _sum(values: Sequence[float | None]) -> float | None:
    """None when one is unknown."""
    known = [value for value in values if value is not None]
    return sum(known) if known and len(known) == len(values) else None


def _sum_known(values: Sequence[float | None]) -> float | None:
    known = [value for value in values if value is not None]
    return sum(known) if known else None
