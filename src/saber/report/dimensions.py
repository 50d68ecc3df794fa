"""The six dimensions: what was described, and the moment and measurement behind each finding."""

from __future__ import annotations

from collections.abc import Iterator

from saber.core.records import Analysis
from saber.core.taxonomy import DIMENSIONS
from saber.report.findings import Finding, Section, section
from saber.report.markup import Html, el
from saber.report.names import HUES, name_of
from saber.report.strings import Strings
from saber.report.verdict import mark

__all__ = ["dimensions"]

DOUBTS = {"contradicted": "contradicted", "not_measurable": "not_measurable"}
"""What a model's claim is marked with when the measurement does not bear it out: verdict -> string."""


def dimensions(analysis: Analysis, strings: Strings) -> Html:
    """Six cards, each with its text and its findings."""
    return el(
        "section",
        el("h2", strings("dimensions"), id="dimensions-heading"),
        el("p", strings("dimensions_note"), class_="note"),
        el("div", *(_card(section(d, analysis, strings), strings) for d in DIMENSIONS), class_="cards"),
        aria_labelledby="dimensions-heading",
    )


def _card(shown: Section, strings: Strings) -> Html:
    key = shown.dimension.value
    prose = el("p", *_linked(shown), lang=shown.language, class_="prose")
    rows = [_finding(finding, strings) for finding in shown.findings]
    return el(
        "article",
        el("h3", mark(key, strings), name_of(strings, "dimension", key), id=f"dimension-{key}"),
        prose if shown.text else el("p", strings("empty_text"), class_="prose none"),
        el("ul", *rows, class_="findings", aria_label=strings("findings")) if rows else None,
        class_=f"card hue-{HUES[key]}",
        id=f"card-{key}",
        aria_labelledby=f"dimension-{key}",
    )


def _linked(shown: Section) -> Iterator[str]:
    """The text, each finding in it a link to its moment."""
    times = {finding.evidence.id: finding.times for finding in shown.findings}
    for text, evidence in shown.pieces:
        if evidence is None:
            yield text
            continue
        yield el(
            "a",
            text,
            href=f"#finding-{evidence.id}",
            class_="phrase" if evidence.verdict == "supported" else f"phrase {evidence.verdict}",
            title=times[evidence.id],
            data_evidence=evidence.id,
            data_start=evidence.start_s,
            data_end=evidence.end_s,
        )


def _finding(finding: Finding, strings: Strings) -> Html:
    """A row: time and quantity (and the claim, unless the text above tells it), the measurement folded."""
    evidence = finding.evidence
    # Spare: on paper, what stands beside it anyway is left out.
    rows = [
        _term(strings("value"), el("strong", finding.value), spare=True),
        _term(strings("confidence").capitalize(), el("span", f"{evidence.confidence:.2f}")),
        _term(strings("when"), el("span", finding.times), spare=True),
        _term(strings("cue"), el("code", evidence.cue)),
    ]
    if finding.meaning is not None:
        rows.append(_term(strings("meaning"), el("span", finding.meaning, lang="en"), spare=True))
    said = finding.quantity if finding.told and finding.quantity else evidence.claim
    doubt = None
    if evidence.verdict != "supported":
        doubt = el("span", strings(DOUBTS[evidence.verdict]), class_=f"doubt {evidence.verdict}")
    return el(
        "li",
        el(
            "button",
            el("span", strings("whole_clip") if finding.whole else finding.times, class_="time"),
            el("span", said, doubt, class_="claim"),
            type="button",
            class_="go",
            data_evidence=evidence.id,
            data_start=evidence.start_s,
            data_end=evidence.end_s,
        ),
        el(
            "details",
            el(
                "summary",
                finding.value,
                aria_label=f"{strings('measured')}{strings.pick((': ', '：'))}{finding.value}",
            ),
            el("dl", *rows),
        ),
        class_="finding-item",
        id=f"finding-{evidence.id}",
    )


def _term(term: str, said: Html, *, spare: bool = False) -> Html:
    return el("div", el("dt", term), el("dd", said), class_="spare" if spare else None)
