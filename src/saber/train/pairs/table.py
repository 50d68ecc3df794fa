"""What do the pairs prefer, apart from what they are meant to? Nobody should train on a shortcut unseen.

For each plain feature, which label an answer names among them: its mean in chosen and rejected answers, and
in which share of the pairs where the two differ the chosen one has more, with a 95 % interval (Wilson 1927).
A feature that alone tells chosen from rejected in nearly all pairs is what a model will learn.

The parts of the score stand there too, to show which of them decides. They are no shortcut: pairs are meant
to prefer them.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Sequence

from saber.core.records import Record
from saber.sed import SECTIONS, read_answer
from saber.train.pairs.records import PARTS, Pair

__all__ = ["Feature", "Preferences", "preferences", "wilson"]

SCORE = "score: "
LABEL = "label: "
"""Before the names of those features."""
SHORTCUT = 0.7
"""Own choice: from here on the lower end of the interval (or its mirror image) is called a shortcut."""


class Feature(Record):
    """`more`: share of the pairs that differ in which chosen has more; None where none differ."""

    name: str
    chosen: float
    rejected: float
    differ: int
    more: float | None
    low: float | None
    high: float | None

    @property
    def shortcut(self) -> bool:
        if self.low is None or self.high is None or self.name.startswith(SCORE):
            return False
        return self.low > SHORTCUT or self.high < 1 - SHORTCUT


class Preferences(Record):
    """Of all pairs of a file."""

    pairs: int
    by_people: int
    origins: dict[str, int]
    """Of the rejected answers."""
    features: tuple[Feature, ...]

    def markdown(self) -> str:
        lines = [
            f"# What {self.pairs} pairs prefer",
            "",
            f"{self.by_people} were chosen by people. Rejected answers: "
            + ", ".join(f"{count} {name}" for name, count in self.origins.items())
            + ".",
            "",
            "| feature | chosen | rejected | chosen has more | 95 % | |",
            "|---|---|---|---|---|---|",
        ]
        for f in self.features:
            more = "all alike" if f.more is None else f"{100 * f.more:.0f} % of {f.differ}"
            span = "" if f.low is None or f.high is None else f"{100 * f.low:.0f}-{100 * f.high:.0f} %"
            mark = "**a shortcut**" if f.shortcut else ""
            lines.append(f"| {f.name} | {f.chosen:.2f} | {f.rejected:.2f} | {more} | {span} | {mark} |")
        return "\n".join([*lines, ""])


def preferences(pairs: Sequence[Pair]) -> Preferences:
    """The table of these pairs."""
    read = [(read_answer(p.chosen.text), read_answer(p.rejected.text)) for p in pairs]
    features: dict[str, Callable[[str], float]] = {"characters": len, "numbers": _numbers}
    found = [
        _feature(name, [(of(p.chosen.text), of(p.rejected.text)) for p in pairs])
        for name, of in features.items()
    ]
    for section in SECTIONS:
        sizes = [
            (float(len(a.texts.get(section, ""))), float(len(b.texts.get(section, "")))) for a, b in read
        ]
        found.append(_feature(f"characters of {section}", sizes))
    for part in PARTS:
        both = [(getattr(p.chosen.scores, part), getattr(p.rejected.scores, part)) for p in pairs]
        told = [(a, b) for a, b in both if a is not None and b is not None]
        if told:
            found.append(_feature(f"{SCORE}{part}", told))
    names = [(str(a.emotion or "none"), str(b.emotion or "none")) for a, b in read]
    for label in sorted({name for two in names for name in two}):
        named = [(float(a == label), float(b == label)) for a, b in names]
        found.append(_feature(f"{LABEL}{label}", named))
    origins: dict[str, int] = {}
    for p in pairs:
        origins[p.rejected.origin] = origins.get(p.rejected.origin, 0) + 1
    return Preferences(
        pairs=len(pairs),
        by_people=sum(p.by == "person" for p in pairs),
        origins=origins,
        features=tuple(found),
    )


def wilson(hits: int, of: int) -> tuple[float, float]:
    """95 % interval of a share (Wilson 1927, score interval)."""
    z = 1.959964
    share = hits / of
    middle = (share + z * z / (2 * of)) / (1 + z * z / of)
    half = z / (1 + z * z / of) * math.sqrt(share * (1 - share) / of + z * z / (4 * of * of))
    return max(0.0, middle - half), min(1.0, middle + half)


def _feature(name: str, values: Sequence[tuple[float, float]]) -> Feature:
    differ = [(a, b) for a, b in values if a != b]
    hits = sum(a > b for a, b in differ)
    low, high = wilson(hits, len(differ)) if differ else (None, None)
    count = max(1, len(values))
    return Feature(
        name=name,
        chosen=sum(a for a, _ in values) / count,
        rejected=sum(b for _, b in values) / count,
        differ=len(differ),
        more=hits / len(differ) if differ else None,
        low=low,
        high=high,
    )


def _numbers(text: str) -> float:
    return float(len(re.findall(r"\d+(?:\.\d+)?", text)))
