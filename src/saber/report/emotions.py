"""What does each modality suggest on its own, side by side, so that a conflict shows at a glance?"""

from __future__ import annotations

from dataclasses import dataclass

from saber.core.records import Analysis, Probs
from saber.core.taxonomy import EMOTIONS, MODALITIES, Emotion
from saber.report.markup import Html, el
from saber.report.names import MARKS, emotion_name, name_of, reason_name
from saber.report.strings import Strings
from saber.report.verdict import mark

__all__ = ["Column", "columns_of", "emotions"]

PLANE = 200
"""Side of the valence-arousal plane in its own units."""


@dataclass(frozen=True)
class Column:
    """One modality, or all together (`fused`), as a column of the table."""

    key: str
    name: str
    probs: Probs | None
    valence: float | None
    arousal: float | None
    confidence: float | None
    why_empty: str
    absent: bool = False
    """Nothing was there to perceive; without it, empty means that no emotion could be read."""


def emotions(analysis: Analysis, strings: Strings) -> Html:
    """The table of seven emotions by modality, and the valence-arousal plane."""
    columns = columns_of(analysis, strings)
    head = el(
        "tr",
        el("th", strings("emotion"), scope="col", class_="corner"),
        *(_head(column, strings) for column in columns),
    )
    rows = [_row(emotion, columns, i, strings) for i, emotion in enumerate(EMOTIONS)]
    return el(
        "section",
        el("h2", strings("per_modality"), id="emotions-heading"),
        el("p", strings("per_modality_note"), class_="note"),
        el(
            "div",
            el("table", el("thead", head), el("tbody", *rows), class_="emotions"),
            _plane(analysis, columns, strings),
            class_="side-by-side",
        ),
        class_="panel",
        aria_labelledby="emotions-heading",
    )


def columns_of(analysis: Analysis, strings: Strings) -> list[Column]:
    """The four modalities and all together, whether they could be read or not."""
    columns = []
    for modality in MODALITIES:
        estimate = analysis.modalities.get(modality)
        name = name_of(strings, "modality", modality.value)
        if estimate is None or estimate.probs is None:
            reason = estimate.reason if estimate is not None else None
            known = reason_name(strings, reason) if reason else strings("no_reading")
            gone = estimate is None or not estimate.present
            columns.append(Column(modality.value, name, None, None, None, None, known, absent=gone))
        else:
            columns.append(
                Column(modality.value, name, estimate.probs, estimate.valence, estimate.arousal,
                       estimate.confidence, "")
            )  # fmt: skip
    fused = analysis.emotion
    columns.append(
        Column("fused", strings("fused"), fused.probs, fused.valence, fused.arousal, None,
               strings("expressed_none"))
    )  # fmt: skip
    return columns


def _head(column: Column, strings: Strings) -> Html:
    if column.probs is None:
        below = el("span", strings("absent" if column.absent else "unread"), class_="below is-absent")
    elif column.confidence is not None:
        word = el("span", strings("confidence"), class_="wide")
        below = el("span", word, f" {column.confidence:.2f}", class_="below")
    else:
        below = el("span", strings("together"), class_="below")
    return el(
        "th", el("span", mark(column.key, strings), column.name, class_="who"), below, scope="col",
        class_=f"col-{column.key}",
    )  # fmt: skip


def _row(emotion: Emotion, columns: list[Column], index: int, strings: Strings) -> Html:
    cells = []
    for column in columns:
        if column.probs is not None:
            cells.append(_share(column, emotion))
        elif index == 0:
            cells.append(el("td", el("span", column.why_empty), rowspan=len(EMOTIONS), class_="missing"))
    return el("tr", el("th", emotion_name(strings, emotion.value), scope="row"), *cells)


def _share(column: Column, emotion: Emotion) -> Html:
    assert column.probs is not None
    share = column.probs[emotion]
    leads = share == max(column.probs.values())
    bar = el(
        "svg",
        el("rect", width=round(100 * share, 1), height=10),
        class_=f"bar hue-{column.key}",
        viewBox="0 0 100 10",
        preserveAspectRatio="none",
        aria_hidden="true",
    )
    return el("td", bar, el("span", f"{share * 100:.0f}"), class_="share leads" if leads else "share")


def _plane(analysis: Analysis, columns: list[Column], strings: Strings) -> Html:
    """Valence to the right, arousal upwards; conflicts as broken lines between the dots."""
    at = {
        c.key: ((c.valence + 1) / 2 * PLANE, (1 - c.arousal) / 2 * PLANE)
        for c in columns
        if c.valence is not None and c.arousal is not None
    }
    middle = PLANE / 2
    parts = [
        el("rect", width=PLANE, height=PLANE, class_="field"),
        el("path", d=f"M0 {middle}H{PLANE}M{middle} 0V{PLANE}", class_="axes"),
        el("text", strings("excited"), x=middle, y=-7, class_="centre"),
        el("text", strings("calm"), x=middle, y=PLANE + 15, class_="centre"),
        el("text", strings("negative"), x=3, y=middle - 5),
        el("text", strings("positive"), x=PLANE - 3, y=middle - 5, class_="end"),
    ]
    for conflict in analysis.consistency.conflicts:
        a, b = (at.get(m.value) for m in conflict.between)
        if a is not None and b is not None:
            parts.append(
                el("path", d=f"M{a[0]:.1f} {a[1]:.1f}L{b[0]:.1f} {b[1]:.1f}", class_="conflict-line")
            )
    for key, (x, y) in at.items():
        shape = (
            el("rect", x=x - 9, y=y - 9, width=18, height=18, rx=2)
            if key == "fused"
            else el("circle", cx=x, cy=y, r=9.5)
        )
        letter = el("text", strings.pick(MARKS[key]), x=x, y=y + 3.8, class_="centre letter")
        parts.append(el("g", shape, letter, class_=f"dot hue-{key}"))
    points = "; ".join(
        f"{c.name} {c.valence:+.2f}, {c.arousal:+.2f}"
        for c in columns
        if c.valence is not None and c.arousal is not None
    )
    return el(
        "figure",
        el(
            "svg",
            *parts,
            class_="plane",
            viewBox=f"-14 -24 {PLANE + 28} {PLANE + 48}",
            role="img",
            aria_label=strings("plane_alt", points=points or strings("no_reading")),
        ),
        el("figcaption", strings("plane")),
        class_="plane-figure",
    )
