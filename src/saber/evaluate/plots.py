"""How do a run's figures look: bars with intervals, outcomes, confusions, reliability?

SVG without a script, words beside it as text, so that both fit a telephone; every mark also says its number,
so that nothing hangs on colour.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from saber.evaluate.markdown import OUTCOME_NAMES, cell
from saber.evaluate.records import Figure, Outcome, Score
from saber.report import Html, el

__all__ = ["bars", "confusion", "drawn", "outcomes", "reliability", "reliability_bins"]

BINS = 5
HALVES = ("consistent", "inconsistent")


def drawn(figures: Sequence[Figure], column: str | None = None) -> list[tuple[str, Figure]]:
    """Name and figure of each bar that one table of figures is worth: both halves where it has them, else
    `column`, or its first column over all rows, or the columns of its only row. Nothing for a single bar.

    column: the one that stands for the run.
    """
    shown = [f for f in figures if f.value is not None and f.unit != "points"]
    if not shown:
        return []
    columns = list(dict.fromkeys(f.column for f in shown))
    rows = list(dict.fromkeys(f.row for f in shown))
    if set(HALVES) <= set(columns):
        bars = [(f"{f.row}, {f.column}", f) for f in shown if f.column in HALVES]
    elif len(rows) == 1:
        bars = [(f.column, f) for f in shown]
    else:
        one = column if column in columns else columns[0]
        bars = [(f.row, f) for f in shown if f.column == one]
    bars = [(name, f) for name, f in bars if f.unit == bars[0][1].unit]
    return bars if len(bars) > 1 else []


def bars(named: Sequence[tuple[str, Figure]]) -> Html:
    """One bar per figure, from 0 to the end of its scale, and the interval as a line over it."""
    figures = [f for _, f in named]
    most = max(f.high or f.value or 0.0 for f in figures)
    scale_ends = {"%": 100.0, "ratio": 1.0, "score": 5.0 if most <= 5 else 10.0}
    top = max(scale_ends.get(figures[0].unit, 0.0), most)
    low = min(0.0, *(f.low if f.low is not None else f.value or 0.0 for f in figures))
    span = (top - low) or 1.0

    def x(value: float) -> float:
        return round(100 * (value - low) / span, 2)

    lines = []
    for name, figure in named:
        assert figure.value is not None
        left, right = sorted((x(0.0), x(figure.value)))
        marks = [el("rect", x=left, y=2, width=max(right - left, 0.2), height=6, class_="bar")]
        if figure.low is not None and figure.high is not None:
            from_x, to_x = x(figure.low), x(figure.high)
            marks.append(
                el("rect", x=from_x, y=4.4, width=round(to_x - from_x, 2), height=1.2, class_="interval")
            )
        lines.append(_line(name, marks, cell(figure), f"n {figure.n}"))
    unit = " %" if figures[0].unit == "%" else ""
    lines_too = "; lines: intervals" if any(f.low is not None for f in figures) else ""
    scale = el("p", f"Bars from {low:g} to {top:g}{unit}{lines_too}.", class_="soft scale")
    return el("div", *lines, scale, class_="bars")


def outcomes(counts: Mapping[str, Mapping[str, int]]) -> Html:
    """Per part, shares of what became of its answers."""
    lines = []
    for part, found in counts.items():
        left, total = 0.0, sum(found.values())
        marks, told = [], []
        for kind in Outcome:
            if count := found.get(kind.value, 0):
                width = 100 * count / total
                title = el("title", f"{OUTCOME_NAMES[kind]}: {count} of {total}")
                bar = el("rect", x=round(left, 2), y=1, width=round(width, 2), height=8)
                marks.append(el("g", title, bar, class_=kind.value))
                told.append(f"{count} {OUTCOME_NAMES[kind]}")
                left += width
        lines.append(_line(part, marks, ", ".join(told), f"n {total}"))
    kinds = [k for k in Outcome if any(k.value in found for found in counts.values())]
    key = el("p", *(el("span", OUTCOME_NAMES[k], class_=f"key {k.value}") for k in kinds), class_="keys")
    return el("div", key, *lines, class_="bars")


def _line(name: str, marks: Sequence[Html], value: str, n: str) -> Html:
    """Words beside a drawing that is as wide as there is room; 100 units are all of it."""
    plot = el("svg", *marks, viewBox="0 0 100 10", preserveAspectRatio="none", aria_hidden="true")
    return el(
        "div", el("span", name, class_="name"), plot,
        el("span", value, " ", el("span", n, class_="soft"), class_="value"), class_="line",
    )  # fmt: skip


def confusion(table: Mapping[str, Mapping[str, int]]) -> Html:
    """True labels down, answers across in the same order, so that what is right lies on the diagonal; a
    cell's shade is its share of the row."""
    answered = {a for row in table.values() for a in row}
    answers = [*table, *sorted(answered - set(table), key=lambda a: (a.startswith("("), a))]
    named = [a.replace("_", " ") if a.startswith("(") else a for a in answers]
    head = el("tr", el("th", "true \\ answered", scope="col"), *(el("th", a, scope="col") for a in named))
    rows = []
    for true, row in table.items():
        total = sum(row.values())
        cells = []
        for answer in answers:
            tenth = round(row.get(answer, 0) / total * 10)
            hit = " hit" if answer == true else ""
            cells.append(el("td", str(row.get(answer, 0) or "·"), class_=f"shade s{tenth}{hit}"))
        rows.append(el("tr", el("th", true, scope="row"), *cells))
    whole = el("table", el("thead", head), el("tbody", *rows), class_="confusion")
    return el("div", whole, class_="wide")


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
    wide, high = side + 2 * edge, side + edge + 10
    return el(
        "svg", *marks, viewBox=f"0 0 {wide} {high}", role="img", width=wide,
        aria_label="Reliability of the consistency score",
    )  # fmt: skip
