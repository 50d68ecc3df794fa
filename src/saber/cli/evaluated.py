"""How does a run of `saber evaluate` look in the terminal?"""

from __future__ import annotations

import time
from collections.abc import Sequence
from types import TracebackType
from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    from rich.console import Console
    from rich.status import Status

    from saber.evaluate import Run

__all__ = ["Counting", "present_run", "print_table"]

PLAIN_EVERY_S = 30.0


class Counting:
    """Says how far an evaluation is: on a terminal in one line that goes away, elsewhere now and then. A run
    that takes no time says nothing."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._line: Status | None = None
        self._said_s = time.monotonic()

    def __enter__(self) -> Self:
        if self._console.is_terminal:
            self._line = self._console.status("")
            self._line.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._line is not None:
            self._line.stop()

    def __call__(self, what: str, done: int, of: int) -> None:
        said = f"saber: {done:,} of {of:,} {what}"
        if self._line is not None:
            self._line.update(said)
        elif time.monotonic() - self._said_s > PLAIN_EVERY_S:
            self._said_s = time.monotonic()
            self._console.print(said, highlight=False, markup=False, soft_wrap=True)


def present_run(run: Run, console: Console) -> None:
    """The run's tables, what became of the answers, and what a reader must know."""
    from saber.evaluate import OUTCOME_NAMES, Outcome, grid, headline, published

    console.print(f"{run.title} · {run.model} · {run.samples} samples", style="bold", markup=False)
    console.print(headline(run).replace("**", ""), markup=False, highlight=False)
    for name in dict.fromkeys(f.table for f in run.figures):
        print_table(console, name, *grid([f for f in run.figures if f.table == name]))
    kinds = [o for o in Outcome if any(o.value in counts for counts in run.outcomes.values())]
    rows = [
        (part, str(sum(counts.values())), *(str(counts.get(kind.value, 0)) for kind in kinds))
        for part, counts in run.outcomes.items()
    ]
    print_table(console, "What became of the answers", ("", "n", *(OUTCOME_NAMES[k] for k in kinds)), rows)
    if peers := published(run.bench):
        peer_rows = [(p.named, p.told) for p in peers]
        print_table(console, "Published, by other protocols", ("model", "numbers"), peer_rows)
    for note in run.notes:
        console.print(f"· {note}", style="dim", markup=False, highlight=False)


def print_table(console: Console, title: str, header: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    from rich import box
    from rich.table import Table
    from rich.text import Text

    table = Table(
        title=Text(title), box=box.SIMPLE_HEAD, title_justify="left", title_style="bold", pad_edge=False
    )
    for place, name in enumerate(header):
        table.add_column(name, justify="left" if place == 0 else "right", no_wrap=True)
    for row in rows:
        # An interval goes below its value: a line of them is wider than a terminal.
        table.add_row(Text(row[0]), *(Text(cell.replace(" [", "\n[")) for cell in row[1:]))
    console.print(table, highlight=False)
