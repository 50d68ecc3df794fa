"""What have others published, by which protocol?

They stand beside a run and are never ranked with it. `published.json` says of each number where it stands and
by which protocol it was made, as far as that is stated, and how it was checked; one that nobody could check
is called unverified wherever it is shown.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

__all__ = ["Published", "published"]


@dataclass(frozen=True)
class Published:
    bench: str
    model: str
    table: str
    column: str
    rows: dict[str, float]
    """Row of the table -> value, in the unit of the run's own figures."""
    protocol: str
    source: str
    checked: str
    """How the number was compared with its source, or with what it must be; "": it was not."""

    @property
    def named(self) -> str:
        """The model, and whether its number is unverified."""
        return self.model if self.checked else f"{self.model} (unverified)"

    @property
    def told(self) -> str:
        """The numbers in one line."""
        return ", ".join(f"{row} {value:g}" for row, value in self.rows.items())


@cache
def published(bench: str) -> tuple[Published, ...]:
    text = files("saber.evaluate").joinpath("published.json").read_text(encoding="utf-8")
    return tuple(Published(**row) for row in json.loads(text)["numbers"] if row["bench"] == bench)
