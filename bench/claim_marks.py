"""Which claims did a person mark in a description?

A mark stands in the text itself: `{words|claim}`. A claim is `family.direction`, with `!` before it when it
is denied, `?` when it is hedged, and after it, where the text names a part of the clip, `@start`, `@end`,
`@half2`, `@2-3.5`, `@3`, `@2-` (seconds) or `@some` (at some time in a tale of one thing after another). `/`
parts readings that are equally right; a mark whose claim begins with `~` may be found and need not. A mark
without a claim is a trap: words that look like a claim and are none.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from pathlib import Path

from saber.core.taxonomy import Dimension
from saber.grounding import Claim, When
from saber.grounding.families import FAMILIES

__all__ = ["DESCRIPTIONS", "SPLITS", "Description", "Mark", "Reading", "load"]

DESCRIPTIONS = Path(__file__).with_name("claim_descriptions.jsonl")
SPLITS = ("dev", "first", "second", "third")
TEXTS = {
    "scene": Dimension.SCENE,
    "face": Dimension.FACE,
    "body": Dimension.BODY,
    "acoustic": Dimension.ACOUSTIC,
    "reasoning": Dimension.REASONING,
}
NAMED = {
    "start": When(start=0.0, end=1 / 3, unit="ratio"),
    "end": When(start=2 / 3, end=None, unit="ratio"),
    "half2": When(start=0.5, end=None, unit="ratio"),
    "some": When(start=0.0, end=None, unit="ratio"),
}
MOMENT_S = 0.5
LENGTH_S = 9.0
"""Of the clip that a description is thought to be of: for comparing parts with seconds."""
MIN_OVERLAP = 0.5
"""Of the stretches' union: from here on two times are the same."""

_MARK = re.compile(r"\{([^{}|]+)\|([^{}|]*)\}")
_READING = re.compile(r"(~?)(!?)(\??)(\w+)\.(\w+)(?:@([\w.-]+))?")


@dataclass(frozen=True)
class Reading:
    family: str
    direction: str
    negated: bool
    hedged: bool
    when: When | None

    def same(self, claim: Claim) -> bool:
        return self.about(claim) and self.negated == claim.negated

    def about(self, claim: Claim) -> bool:
        return (self.family, self.direction) == (claim.family, claim.direction)

    def same_time(self, claim: Claim) -> bool:
        if self.when is None or claim.when is None:
            return self.when == claim.when
        (a, b), (c, d) = self.when.span_s(LENGTH_S), claim.when.span_s(LENGTH_S)
        return (min(b, d) - max(a, c)) / (max(b, d) - min(a, c)) >= MIN_OVERLAP


@dataclass(frozen=True)
class Mark:
    """What is marked at `start:end` of the plain text; without readings a trap."""

    text: str
    start: int
    end: int
    readings: tuple[Reading, ...]
    optional: bool

    def covers(self, claim: Claim) -> bool:
        return claim.start < self.end and self.start < claim.end


@dataclass(frozen=True)
class Description:
    id: str
    language: str
    split: str
    texts: dict[Dimension, str]
    marks: dict[Dimension, tuple[Mark, ...]]


def load(path: Path = DESCRIPTIONS) -> list[Description]:
    """ValueError when a mark names a claim that there is not."""
    rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    return [_description(row) for row in rows]


def _description(row: dict[str, str]) -> Description:
    texts, marks = {}, {}
    for name, dimension in TEXTS.items():
        texts[dimension], marks[dimension] = _read(row[name], row["id"])
    return Description(row["id"], row["language"], row["split"], texts, marks)


def _read(marked: str, name: str) -> tuple[str, tuple[Mark, ...]]:
    plain, marks, at = "", [], 0
    for match in _MARK.finditer(marked):
        plain += marked[at : match.start()]
        readings = tuple(_reading(written, name) for written in match[2].split("/") if written)
        optional = match[2].startswith("~")
        marks.append(Mark(match[1], len(plain), len(plain) + len(match[1]), readings, optional))
        plain += match[1]
        at = match.end()
    plain += marked[at:]
    if any(c in plain for c in "{}|"):
        raise ValueError(f"{name}: a mark is not closed: {plain}")
    return plain, _with_times(tuple(marks))


def _reading(written: str, name: str) -> Reading:
    match = _READING.fullmatch(written)
    if match is None or match[5] not in FAMILIES.get(match[4], {}):
        raise ValueError(f"{name}: no such claim: {written}")
    return Reading(match[4], match[5], bool(match[2]), bool(match[3]), _when(match[6]))


def _when(written: str | None) -> When | None:
    if written is None or written in NAMED:
        return NAMED[written] if written else None
    first, to, last = written.partition("-")
    if not to:
        return When(start=float(first) - MOMENT_S, end=float(first) + MOMENT_S, unit="s")
    return When(start=float(first), end=float(last) if last else None, unit="s")


def _with_times(marks: tuple[Mark, ...]) -> tuple[Mark, ...]:
    """A time is written once, after the last of equally right readings: it is the time of all."""
    timed = []
    for mark in marks:
        when = next((r.when for r in mark.readings if r.when is not None), None)
        readings = tuple(Reading(r.family, r.direction, r.negated, r.hedged, when) for r in mark.readings)
        timed.append(Mark(mark.text, mark.start, mark.end, readings, mark.optional))
    return tuple(timed)
