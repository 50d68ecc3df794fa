"""How does a run of `saber evaluate` look in the terminal?"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.console import Console

    from saber.evaluate import Run

__all__ = ["present_run", "print_table"]


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
