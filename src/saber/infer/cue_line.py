"""How is one measured thing told in one line?

    - the brows rise: 2.4 intensity, 2.3-3.0 s (peak 2.9 s); confidence 0.70 [brow raise]

What may be said of the value, the value with its unit, how unusual it is, when, how sure, and the catalogue's
name for it. What is as usual is left out: the group's own stretch of time, and a confidence of 1.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from saber.core.catalogue import CueSpec, Level, level_of
from saber.core.records import Cue
from saber.infer.cues_words import Words

__all__ = ["Line", "line_of", "plain_name", "span_of"]

MOST_OCCASIONS = 6
"""Of one thing that happens again and again; the strongest are kept."""


@dataclass(frozen=True)
class Line:
    text: str
    weight: tuple[bool, float]
    """Notable first, then salience times confidence."""


def line_of(spec: CueSpec, same: list[Cue], words: Words, person: int | None, usual_span: str) -> Line:
    def place(cue: Cue) -> tuple[float, ...]:
        return cue.start_s, cue.end_s, _size(cue), cue.confidence, cue.apex_s or 0.0

    chief = max(same, key=lambda c: (_size(c), place(c)))
    kept = sorted(sorted(same, key=lambda c: (-_size(c), place(c)))[:MOST_OCCASIONS], key=place)
    level = level_of(spec, chief)
    clause = _clause(level, chief, spec, words) if level else words.meaning(spec)
    valued = level is None or "{value}" not in words.level(level) or len(same) > 1
    # What reached no level has no moment worth naming.
    peaks = level is not None or not spec.levels
    times = [_occasion(c, spec, words, usual_span, valued=valued, peaks=peaks) for c in kept]
    if len(same) > len(kept):
        times.append(words.more.format(n=len(same) - len(kept)))
    who = f"{words.person.format(n=person + 1)}: " if person is not None else ""
    told = "; ".join(t for t in times if t)
    sure = _confidence(same, words)
    text = f"- {who}{clause}{': ' if told else ''}{told}{sure} [{plain_name(spec.name)}]"
    notable = level is not None and level.notable
    return Line(text, (notable, spec.salience * max(c.confidence for c in same)))


def _occasion(cue: Cue, spec: CueSpec, words: Words, usual_span: str, *, valued: bool, peaks: bool) -> str:
    """`2.4 intensity, 2.3-3.0 s (peak 2.9 s)`; a category has its value in the clause."""
    said = []
    if valued and not isinstance(cue.value, str):
        said.append(f"{_number(cue.value, spec.digits)} {cue.unit}".strip())
    if cue.z is not None and cue.unit != "sd":
        said.append(words.z.format(z=_signed(cue.z)))
    when = span_of(cue)
    if when != usual_span:
        said.append(when)
    if said and peaks and cue.apex_s is not None and cue.end_s - cue.start_s > 0.15:
        said[-1] += words.peak.format(at=f"{cue.apex_s:.1f}")
    return words.comma.join(said)


def _confidence(same: Sequence[Cue], words: Words) -> str:
    least, most = (f"{pick(c.confidence for c in same):.2f}" for pick in (min, max))
    if least == "1.00":
        return ""
    return f"; {words.confidence} {least if least == most else f'{least}-{most}'}"


def _clause(level: Level, cue: Cue, spec: CueSpec, words: Words) -> str:
    number = _number(cue.value, spec.digits)
    return words.level(level).format(value=number, unit=cue.unit).strip()


def _number(value: float | str | None, digits: int) -> str:
    if not isinstance(value, float):
        return str(value)
    text = f"{value:.{digits}f}"
    return text.removeprefix("-") if not text.strip("-0.") else text  # no minus before a rounded zero


def _signed(value: float) -> str:
    text = _number(value, 1)
    return text if text.startswith("-") or text == "0.0" else f"+{text}"


def span_of(cue: Cue) -> str:
    return f"{cue.start_s:.1f}-{cue.end_s:.1f} s"


def plain_name(name: str) -> str:
    """The catalogue's name without its sense, in words."""
    return name.partition(".")[2].replace("_", " ")


def _size(cue: Cue) -> float:
    return abs(cue.value) if isinstance(cue.value, int | float) else 0.0
