"""What does one dimension say: its text, cut at its findings, and the moment and measurement of each?"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from saber.core.catalogue import CATALOGUE
from saber.core.records import Analysis, Evidence
from saber.core.taxonomy import Dimension
from saber.report.names import clock, quantity, quantity_name, value_name
from saber.report.phrases import located
from saber.report.strings import Strings

__all__ = ["Finding", "Section", "section"]

WHOLE = 0.95
"""Own choice: a finding over this share of the clip or more is said to hold for the whole of it."""


@dataclass(frozen=True)
class Finding:
    """One claim and what it rests on, in words."""

    evidence: Evidence
    told: bool
    """The dimension's text tells it, so that a list need not."""
    whole: bool
    times: str
    quantity: str
    """What was measured, in a word or two; "" where nothing measures what the claim is about."""
    value: str
    meaning: str | None
    """What the quantity is, from the catalogue (English)."""


@dataclass(frozen=True)
class Section:
    """A dimension as a reader gets it."""

    dimension: Dimension
    text: str
    language: str | None
    """Of the text, where it isn't the annotation's own: what was said is told in the speaker's language."""
    pieces: tuple[tuple[str, Evidence | None], ...]
    """The text, cut into what tells a finding and what does not."""
    findings: tuple[Finding, ...]


def section(dimension: Dimension, analysis: Analysis, strings: Strings) -> Section:
    """What the analysis says in one dimension."""
    text = analysis.annotation.text_of(dimension).strip()
    evidence = [e for e in analysis.evidence if e.dimension is dimension]
    transcript = None if analysis.cues is None else analysis.cues.transcript
    places = located(text, [e.claim for e in evidence])
    told = {index for _, _, index in places}
    return Section(
        dimension,
        text,
        transcript.language if transcript is not None and dimension is Dimension.SPEECH else None,
        tuple(_pieces(text, places, evidence)),
        tuple(_finding(e, i in told, analysis.clip.duration_s, strings) for i, e in enumerate(evidence)),
    )


def _pieces(
    text: str, places: list[tuple[int, int, int]], evidence: list[Evidence]
) -> Iterator[tuple[str, Evidence | None]]:
    cursor = 0
    for start, end, index in places:
        if start > cursor:
            yield text[cursor:start], None
        yield text[start:end], evidence[index]
        cursor = end
    if cursor < len(text):
        yield text[cursor:], None


def _finding(evidence: Evidence, told: bool, duration_s: float, strings: Strings) -> Finding:
    spec = CATALOGUE.get(evidence.cue)
    if isinstance(evidence.value, str):
        value = value_name(strings, spec, evidence.value)
    else:
        value = quantity(strings, evidence.value, evidence.unit, None if spec is None else spec.digits)
    return Finding(
        evidence,
        told,
        evidence.end_s - evidence.start_s >= WHOLE * duration_s,
        f"{clock(evidence.start_s)}–{clock(evidence.end_s)}",
        quantity_name(strings, evidence.cue) if evidence.cue else "",
        value,
        None if spec is None else spec.meaning,
    )
