"""The six dimensions: what was described, and the moment and measurement behind each finding."""

from __future__ import annotations

from collections.abc import Iterator

from saber.core.catalogue import CATALOGUE
from saber.core.records import Analysis, Evidence
from saber.core.taxonomy import DIMENSIONS, Dimension
from saber.report.markup import Html, el
from saber.report.names import HUES, clock, name_of, quantity, quantity_name, value_name
from saber.report.phrases import located
from saber.report.strings import Strings
from saber.report.verdict import mark

__all__ = ["dimensions"]

DOUBTS = {"contradicted": "contradicted", "not_measurable": "not_measurable"}
"""What a model's claim is marked with when the measurement does not bear it out: verdict -> string."""

WHOLE = 0.95
"""Own choice: a finding over this share of the clip or more is said to hold for the whole of it."""


def dimensions(analysis: Analysis, strings: Strings) -> Html:
    """Six cards, each with its text and its findings."""
    return el(
        "section",
        el("h2", strings("dimensions"), id="dimensions-heading"),
        el("p", strings("dimensions_note"), class_="note"),
        el("div", *(_card(d, analysis, strings) for d in DIMENSIONS), class_="cards"),
        aria_labelledby="dimensions-heading",
    )


def _card(dimension: Dimension, analysis: Analysis, strings: Strings) -> Html:
    key = dimension.value
    text = analysis.annotation.text_of(dimension).strip()
    findings = [e for e in analysis.evidence if e.dimension is dimension]
    transcript = None if analysis.cues is None else analysis.cues.transcript
    language = transcript.language if transcript is not None and dimension is Dimension.SPEECH else None
    places = located(text, [e.claim for e in findings])
    told = {index for _, _, index in places}
    prose = el("p", *_linked(text, places, findings), lang=language, class_="prose")
    rows = [_finding(e, i in told, analysis.clip.duration_s, strings) for i, e in enumerate(findings)]
    return el(
        "article",
        el("h3", mark(key, strings), name_of(strings, "dimension", key), id=f"dimension-{key}"),
        prose if text else el("p", strings("empty_text"), class_="prose none"),
        el("ul", *rows, class_="findings", aria_label=strings("findings")) if rows else None,
        class_=f"card hue-{HUES[key]}",
        id=f"card-{key}",
        aria_labelledby=f"dimension-{key}",
    )


def _linked(text: str, places: list[tuple[int, int, int]], findings: list[Evidence]) -> Iterator[str]:
    """The text, each finding in it a link to its moment."""
    cursor = 0
    for start, end, index in places:
        evidence = findings[index]
        yield text[cursor:start]
        yield el(
            "a",
            text[start:end],
            href=f"#finding-{evidence.id}",
            class_="phrase" if evidence.verdict == "supported" else f"phrase {evidence.verdict}",
            title=f"{clock(evidence.start_s)}–{clock(evidence.end_s)}",
            data_evidence=evidence.id,
            data_start=evidence.start_s,
            data_end=evidence.end_s,
        )
        cursor = end
    yield text[cursor:]


def _finding(evidence: Evidence, told: bool, duration_s: float, strings: Strings) -> Html:
    """A row: time and quantity (and the claim, unless the text above tells it), the measurement folded."""
    whole = evidence.end_s - evidence.start_s >= WHOLE * duration_s
    times = f"{clock(evidence.start_s)}–{clock(evidence.end_s)}"
    spec = CATALOGUE.get(evidence.cue)
    if isinstance(evidence.value, str):
        value = value_name(strings, spec, evidence.value)
    else:
        value = quantity(strings, evidence.value, evidence.unit, None if spec is None else spec.digits)
    # Spare: on paper, what stands beside it anyway is left out.
    rows = [
        _term(strings("value"), el("strong", value), spare=True),
        _term(strings("confidence").capitalize(), el("span", f"{evidence.confidence:.2f}")),
        _term(strings("when"), el("span", times), spare=True),
        _term(strings("cue"), el("code", evidence.cue)),
    ]
    if spec is not None:
        rows.append(_term(strings("meaning"), el("span", spec.meaning, lang="en"), spare=True))
    said = quantity_name(strings, evidence.cue) if told and evidence.cue else evidence.claim
    doubt = None
    if evidence.verdict != "supported":
        doubt = el("span", strings(DOUBTS[evidence.verdict]), class_=f"doubt {evidence.verdict}")
    return el(
        "li",
        el(
            "button",
            el("span", strings("whole_clip") if whole else times, class_="time"),
            el("span", said, doubt, class_="claim"),
            type="button",
            class_="go",
            data_evidence=evidence.id,
            data_start=evidence.start_s,
            data_end=evidence.end_s,
        ),
        el(
            "details",
            el("summary", value, aria_label=f"{strings('measured')}{strings.pick((': ', '：'))}{value}"),
            el("dl", *rows),
        ),
        class_="finding-item",
        id=f"finding-{evidence.id}",
    )


def _term(term: str, said: Html, *, spare: bool = False) -> Html:
    return el("div", el("dt", term), el("dd", said), class_="spare" if spare else None)
