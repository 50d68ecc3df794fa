"""What does the catalogue say about a quantity?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from saber.core.records import Cue
from saber.core.taxonomy import Dimension

__all__ = ["CueSpec", "Level", "Norm", "absent", "level_of", "measured"]


@dataclass(frozen=True)
class Norm:
    """Typical values of a population: mean and standard deviation in the cue's unit."""

    mean: float
    sd: float
    source: str
    """Citation; "own choice: ..." where no published norm exists."""


@dataclass(frozen=True)
class Level:
    """A range of values and the clause that may be said of it.

    `at_least` is included, `below` excluded; None is open. For a category cue `slug` is the value
    itself and both bounds are None. The clauses have no final stop and no times; they may use
    `{value}` and `{unit}`. English starts in lower case with its own subject ("the voice is ...").
    """

    slug: str
    en: str
    zh: str
    at_least: float | None = None
    below: float | None = None
    notable: bool = True
    """Worth a sentence of its own. The typical range usually is not."""


@dataclass(frozen=True)
class CueSpec:
    """One named, documented quantity.

    kind: `summary` one number over a stretch; `event` something that happens (value = its
    strength, with start, apex, end); `category` a word; `track` a curve over time only.
    """

    name: str
    """`<sense>.<quantity>`, e.g. `voice.pitch_median`."""
    dimension: Dimension
    kind: Literal["summary", "event", "category", "track"]
    unit: str
    """`Hz`, `dB`, `s`, `deg`, `1/s`, `ratio` (0-1), `intensity` (0-5), `count`, or "" for a category."""
    meaning: str
    method: str
    """How it is computed, with the source of the formula."""
    range: tuple[float, float] | None = None
    norm: Norm | None = None
    levels: tuple[Level, ...] = ()
    levels_on: Literal["value", "z"] = "value"
    levels_source: str = ""
    """Where the levels' thresholds come from."""
    salience: float = 1.0
    """Which claim is told first, and which is left out when there are many: higher is sooner."""
    digits: int = 1
    min_confidence: float = 0.3
    """Below this confidence nothing is said of the cue."""


def measured(
    spec: CueSpec,
    value: float | str,
    start_s: float,
    end_s: float,
    *,
    confidence: float = 1.0,
    apex_s: float | None = None,
    person: int | None = None,
) -> Cue:
    """A measured cue of that catalogue entry, with its z-score where a norm is stated."""
    z = None
    if spec.norm is not None and not isinstance(value, str):
        z = (value - spec.norm.mean) / spec.norm.sd
    return Cue(
        name=spec.name,
        value=value if isinstance(value, str) else float(value),
        unit=spec.unit,
        start_s=max(0.0, start_s),
        end_s=max(0.0, start_s, end_s),
        apex_s=apex_s,
        confidence=min(1.0, max(0.0, confidence)),
        z=z,
        person=person,
    )


def absent(spec: CueSpec, reason: str, start_s: float = 0.0, end_s: float = 0.0) -> Cue:
    """A cue that could not be measured, and why (a slug)."""
    return Cue(
        name=spec.name,
        status="absent",
        unit=spec.unit,
        start_s=start_s,
        end_s=end_s,
        confidence=0.0,
        reason=reason,
    )


def level_of(spec: CueSpec, cue: Cue) -> Level | None:
    """The level that the cue's value falls into, or None (absent, or no level covers it)."""
    if cue.status == "absent":
        return None
    if isinstance(cue.value, str):
        return next((level for level in spec.levels if level.slug == cue.value), None)
    measure = cue.z if spec.levels_on == "z" else cue.value
    if measure is None:
        return None
    for level in spec.levels:
        if (level.at_least is None or measure >= level.at_least) and (
            level.below is None or measure < level.below
        ):
            return level
    return None
