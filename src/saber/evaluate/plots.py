"""How do a run's figures look: bars with intervals, outcomes, confusions, reliability?

SVG without a script; every mark also says its number, so that nothing hangs on colour.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from saber.evaluate.markdown import OUTCOME_NAMES, cell
from saber.evaluate.records import Figure, Outcome, Score
from saber.report import Html, el

__all__ = ["bars", "confusion", "outcomes", "reliability", "reliability_bins"]

WIDTH, LABEL, VALUE, ROW = 760, 230, 150, 26
BINS = 5


def bars(figures: Sequence[Figure]) -> Html:
    """One bar per figure, from 0 to the largest, and the interval as a line over it."""
    shown = [f for f in figures if f.value is not None]
    if not shown:
        return el("p", "No figure to draw.", class_="soft")
    top = max(100.0 if shown[0].unit == "%" else 0.0, *(f.high or f.value or 0.0 for f in shown))
    low = min(0.0, *(f.low if f.low is not None else f.value or 0.0 for f in shown))
    span = (top - low) or 1.0
    room = WIDTH - LABEL - VALUE

    def x(value: float) -> float:
        return round(LABEL + room * (value - low) / span, 1)

    marks: list[Html] = []
    for number, figure in enumerate(shown):
        assert figure.value is not None
        y = number * ROW + 4
        left, right = sorted((x(0.0), x(figure.value)))
        marks += [
            el("text", figure.row, x=LABEL - 8, y=y + 13, text_anchor="end", class_="name"),
            el("rect", x=left, y=y, width=max(right - left, 1.0), height=ROW - 10, class_="bar"),
            el("text", cell(figure), x=WIDTH - VALUE + 8, y=y + 13, class_="value"),
        ]
        if figure.low is not None and figure.high is not None:
            middle = y + (ROW - 10) / 2
            marks.append(
                el("line", x1=x(figure.low), x2=x(figure.high), y1=middle, y2=middle, class_="interval")
            )
    return _svg(marks, len(shown) * ROW + 4, "Bars with intervals")


def outcomes(counts: Mapping[str, Mapping[str, int]]) -> Html:
    """Per part, shares of what became of its answers."""
    marks: list[Html] = []
    room = WIDTH - LABEL - 60
    for number, (part, found) in enumerate(counts.items()):
        y, left, total = number * ROW + 4, float(LABEL), sum(found.values())
        marks.append(el("text", part, x=LABEL - 8, y=y + 13, text_anchor="end", class_="name"))
        for kind in Outcome:
            if count := found.get(kind.value, 0):
                width = room * count / total
                title = el("title", f"{OUTCOME_NAMES[kind]}: {count} of {total}")
                bar = el("rect", x=round(left, 1), y=y, width=round(width, 1), height=ROW - 10)
                marks.append(el("g", title, bar, class_=kind.value))
                if width > 18:
                    marks.append(el("text", str(count), x=round(left + 4, 1), y=y + 13, class_="on"))
                left += width
        marks.append(el("text", str(total), x=WIDTH - 50, y=y + 13, class_="value"))
    kinds = [k for k in Outcome if any(k.value in found for found in counts.values())]
    key = el("p", *(el("span", OUTCOME_NAMES[k], class_=f"key {k.value}") for k in kinds), class_="keys")
    return el("div", key, _svg(marks, len(counts) * ROW + 4, "What became of the answers"))


def confusion(table: Mapping[str, Mapping[str, int]]) -> Html:
    """True labels down, answers across; a cell's shade is its share of the row."""
    answers = sorted({a for row in table.values() for a in row}, key=lambda a: (a.startswith("("), a))
    head = el("tr", el("th", "true \\ answered", scope="col"), *(el("th", a, scope="col") for a in answers))
    rows = []
    for true, row in table.items():
        total = sum(row.values())
        cells = []
        for answer in answers:
            share = row.get(answer, 0) / total
            tenth = round(share * 10)
            cells.append(
                el(
                    "td",
                    str(row.get(answer, 0) or "·"),
                    class_=f"shade s{tenth}" + (" hit" * (answer == true)),
                )
            )
        rows.append(el("tr", el("th", true, scope="row"), *cells))
    return el("table", el("thead", head), el("tbody", *rows), class_="confusion")


def reliability_bins(scores: Sequence[Score]) -> list[tuple[float, float, int]]:
    """Of clips whose answer gives a consistency score, in five bins of equal width: mean score, share of
    clips of the consistent half, number."""
    pairs = [
        (s.values["consistency_score"], float(s.part == "consistent"))
        for s in scores
        if "consistency_score" in s.values and not s.variant
    ]
    bins: list[list[tuple[float, float]]] = [[] for _ in range(BINS)]
    for score, consistent in pairs:
        bins[min(int(score * BINS), BINS - 1)].append((score, consistent))
    return [
        (sum(p[0] for p in inside) / len(inside), sum(p[1] for p in inside) / len(inside), len(inside))
        for inside in bins
        if inside
    ]


def reliability(bins: Sequence[tuple[float, float, int]]) -> Html:
    """Share of consistent clips over the score that was given; on the diagonal a score means what it says."""
    side, edge = 260, 40

    def at(score: float, share: float) -> tuple[float, float]:
        return round(edge + score * side, 1), round(edge / 2 + (1 - share) * side, 1)

    (x0, y0), (x1, y1) = at(0, 0), at(1, 1)
    marks = [
        el("rect", x=x0, y=y1, width=side, height=side, class_="frame"),
        el("line", x1=x0, y1=y0, x2=x1, y2=y1, class_="diagonal"),
        el("text", "0", x=x0, y=y0 + 16, class_="value"),
        el("text", "consistency score 1", x=x1, y=y0 + 16, text_anchor="end", class_="value"),
        el("text", "1", x=x0 - 6, y=y1 + 10, text_anchor="end", class_="value"),
    ]
    points = [at(score, share) for score, share, _ in bins]
    marks.append(el("path", d="M" + " L".join(f"{x} {y}" for x, y in points), class_="curve"))
    for (x, y), (score, share, count) in zip(points, bins, strict=True):
        title = el("title", f"score {score:.2f}: {share:.0%} of {count} clips are consistent")
        marks += [
            el("g", title, el("circle", cx=x, cy=y, r=5), class_="point"),
            el("text", str(count), x=x + 8, y=y - 4, class_="value"),
        ]
    return _svg(marks, side + edge + 10, "Reliability of the consistency score", side + 2 * edge)


def _svg(marks: Sequence[Html], height: float, title: str, width: float = WIDTH) -> Html:
    return el("svg", *marks, viewBox=f"0 0 {width:g} {height:g}", role="img", aria_label=title, width=width)
