"""How does a run over many clips look while it goes on, and when it has ended?

On a terminal a table that redraws itself; elsewhere a plain line whenever a stage begins or ends, and now and
then between. `saber status` draws the same table from another terminal.
"""

from __future__ import annotations

import time
from types import TracebackType
from typing import Self

from rich.console import Console, Group, RenderableType
from rich.live import Live
from rich.progress_bar import ProgressBar
from rich.table import Table
from rich.text import Text

from saber.flow import Estimate, StageStatus, Status

__all__ = ["LiveView", "estimate_table", "left_words", "status_table", "sums"]

_PLAIN_EVERY_S = 30.0
_REASONS = 3
_BAR_WIDTH = 10
_STATE = {"waiting": "dim", "running": "bold", "done": ""}


class LiveView:
    """Give it to `saber.flow.run` as `on_progress`, inside `with`."""

    def __init__(self, console: Console | None = None) -> None:
        self._console = console or Console(stderr=True)
        self._live: Live | None = None
        self._said: dict[str, str] = {}
        self._said_s = time.monotonic()

    def __enter__(self) -> Self:
        if self._console.is_terminal:
            self._live = Live(console=self._console, refresh_per_second=4, transient=True)
            self._live.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._live is not None:
            self._live.stop()

    def __call__(self, status: Status) -> None:
        if self._live is not None:
            self._live.update(status_table(status))
            return
        if status.state == "running" and status.message and status.message not in self._said:
            self._said[status.message] = ""
            self._console.print(status.message, highlight=False, soft_wrap=True)
        due = time.monotonic() - self._said_s > _PLAIN_EVERY_S
        for stage in status.stages:
            if stage.state == "waiting" or (stage.state == "done" and self._said.get(stage.name) == "done"):
                continue
            if stage.state == "running" and not stage.pending:
                continue  # the line that says that it is done follows
            if due or self._said.get(stage.name) != stage.state:
                self._said[stage.name] = stage.state
                self._said_s = time.monotonic()
                self._console.print(_plain(stage), highlight=False, soft_wrap=True)


def status_table(status: Status) -> RenderableType:
    """Per stage: how far, how fast, how long still, what it cost, why clips went no further."""
    table = Table(box=None, padding=(0, 1), pad_edge=False)
    table.add_column("stage", no_wrap=True)
    table.add_column("")
    for name in ("done", "of", "kept", "dropped", "quarantined", "rate", "left", "cost"):
        table.add_column(name, justify="right", no_wrap=True)
    for stage in status.stages:
        done = stage.inputs - stage.pending
        running = stage.state == "running"
        table.add_row(
            stage.name,
            ProgressBar(total=max(1, stage.inputs), completed=done, width=_BAR_WIDTH),
            f"{done:,}",
            f"{stage.inputs:,}",
            f"{stage.kept:,}",
            f"{stage.dropped:,}",
            f"{stage.quarantined:,}",
            _rate(stage.rate_hz) if stage.rate_hz else "",
            left_words(stage.left_s) if running and stage.left_s is not None else "",
            "" if stage.cost is None else f"{stage.cost:,.2f}",
            style=_STATE[stage.state],
        )
    # Below the table and not in it: there is no room beside the numbers in a terminal of 80 columns.
    why = [Text(f"Not kept by {stage.name}: {_reasons(stage)}") for stage in status.stages if stage.reasons]
    return Group(table, *why, Text(_headline(status), style="bold" if status.state != "running" else ""))


def sums(status: Status) -> list[str]:
    """For each stage, in = kept + dropped + quarantined, and the reasons with their counts."""
    lines = []
    for stage in status.stages:
        pending = f" + pending {stage.pending}" if stage.pending else ""
        reasons = ", ".join(f"{reason} {count}" for reason, count in stage.reasons.items())
        lines.append(
            f"{stage.name}: in {stage.inputs} = kept {stage.kept} + dropped {stage.dropped} + quarantined "
            f"{stage.quarantined}{pending}{f' ({reasons})' if reasons else ''}"
        )
    return lines


def estimate_table(found: Estimate) -> RenderableType:
    """What N clips would take, stage by stage."""
    table = Table(box=None, padding=(0, 1), pad_edge=False)
    table.add_column("stage", no_wrap=True)
    for name in ("rows", "s each", "at once", "hours", "95 % between", "GPU h", "cost", "seen"):
        table.add_column(name, justify="right", no_wrap=True)
    for stage in found.stages:
        table.add_row(
            stage.name,
            f"{stage.rows:,.0f}",
            _seconds(stage.seconds_each),
            str(stage.at_once),
            _hours(stage.hours),
            _between(stage.hours_low, stage.hours_high),
            f"{stage.gpu_hours:,.1f}",
            "" if stage.cost is None else f"{stage.cost:,.2f}",
            str(stage.measured_on),
        )
    table.add_row(
        "all",
        "",
        "",
        "",
        _hours(found.hours),
        _between(found.hours_low, found.hours_high),
        f"{found.gpu_hours:,.1f}",
        "" if found.cost is None else f"{found.cost:,.2f}",
        str(found.measured_on),
        style="bold",
    )
    lines = [f"{found.clips:,} clips; {found.storage_gb:,.1f} GB of storage beside the clips themselves."]
    if found.unknown:
        lines.append(f"Too few clips came to {', '.join(found.unknown)}: what they take is not counted.")
    return Group(table, *(Text(line) for line in lines))


def left_words(seconds: float) -> str:
    """`45 s`, `12 min`, `3.4 h`, `2.1 d`."""
    for size, unit, digits in ((86_400.0, "d", 1), (3600.0, "h", 1), (60.0, "min", 0)):
        if seconds >= 2 * size or (unit == "min" and seconds >= 60):
            return f"{seconds / size:.{digits}f} {unit}"
    return f"{seconds:.0f} s"


def _headline(status: Status) -> str:
    took = left_words(max(0.0, status.at - status.started_at))
    cost = "" if status.cost is None else f", cost so far {status.cost:,.2f}"
    where = f"{status.engine} engine, process {status.pid} on {status.host}"
    said = f" {status.message}" if status.message else ""
    return f"{status.state} after {took}{cost} ({where}).{said}"


def _plain(stage: StageStatus) -> str:
    done = stage.inputs - stage.pending
    parts = [f"{stage.name}: {done} of {stage.inputs} done"]
    if stage.rate_hz:
        parts.append(_rate(stage.rate_hz))
    if stage.state == "running" and stage.left_s is not None:
        parts.append(f"{left_words(stage.left_s)} left")
    parts.append(f"kept {stage.kept}, dropped {stage.dropped}, quarantined {stage.quarantined}")
    if stage.cost is not None:
        parts.append(f"cost {stage.cost:.2f}")
    if stage.reasons:
        parts.append(_reasons(stage))
    return "; ".join(parts)


def _reasons(stage: StageStatus) -> str:
    first = [f"{reason} {count:,}" for reason, count in list(stage.reasons.items())[:_REASONS]]
    more = len(stage.reasons) - len(first)
    return ", ".join(first) + (f", {more} more" if more else "")


def _rate(rate_hz: float) -> str:
    return f"{rate_hz:,.1f}/s" if rate_hz >= 1 else f"{rate_hz * 60:,.1f}/min"


def _seconds(seconds: float | None) -> str:
    if seconds is None:
        return "?"
    return f"{seconds:,.0f}" if seconds >= 100 else f"{seconds:.2g}"


def _hours(hours: float | None) -> str:
    if hours is None:
        return "?"
    return f"{hours:,.0f}" if hours >= 100 else f"{hours:.1f}" if hours >= 1 else f"{hours:.2g}"


def _between(low: float | None, high: float | None) -> str:
    return "?" if low is None or high is None else f"{_hours(low)}-{_hours(high)}"
