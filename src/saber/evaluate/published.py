"""What have others published, by which protocol?

`published.json` holds only numbers whose source was read. They stand beside a run and are never ranked with
it.
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


@cache
def published(bench: str) -> tuple[Published, ...]:
    text = files("saber.evaluate").joinpath("published.json").read_text(encoding="utf-8")
    return tuple(Published(**row) for row in json.loads(text)["numbers"] if row["bench"] == bench)
