"""How does a run become one HTML page: figures, plots, every sample with its answer and judge's words?"""

from __future__ import annotations

import base64
import hashlib
import os
from collections.abc import Sequence
from importlib.resources import files
from pathlib import Path

from saber.evaluate.markdown import (
    OUTCOME_NAMES,
    PEERS,
    PEERS_HEADER,
    contamination_rows,
    grid,
    headline,
    peer_row,
    provenance,
)
from saber.evaluate.plots import bars, confusion, drawn, outcomes, reliability, reliability_bins
from saber.evaluate.published import published
from saber.evaluate.records import Response, Run, Sample, Score
from saber.report import Html, el, json_block

__all__ = ["MOST_SAMPLES", "page"]

MOST_SAMPLES = 5_000
"""Own choice: so many a browser still filters at once. The others are in samples.jsonl."""

Row = tuple[Sample, Response, Score]


def page(run: Run, rows: Sequence[Row], data: Path, out: Path) -> str:
    """The whole page. Clips are linked to where they lie, relative to `out`; all text is escaped."""
    style = "\n".join(
        files(room).joinpath("assets", name).read_text(encoding="utf-8")
        for room, name in (("saber.report", "tokens.css"), ("saber.evaluate", "run.css"))
    )
    script = files("saber.evaluate").joinpath("assets", "run.js").read_text(encoding="utf-8")
    policy = (
        f"default-src 'none'; style-src '{_digest(style)}'; script-src '{_digest(script)}'; "
        "media-src file: 'self'; base-uri 'none'; form-action 'none'"
    )
    head = el(
        "head",
        el("meta", charset="utf-8"),
        el("meta", http_equiv="Content-Security-Policy", content=policy),
        el("meta", name="viewport", content="width=device-width, initial-scale=1"),
        el("title", f"{run.title}: {run.model}"),
        el("style", Html(style)),
    )
    body = el(
        "body",
        el("main", *_figures(run, rows), *_account(run), *_browser(rows, data, out)),
        el("script", Html(script)),
    )
    return f"<!doctype html>\n{el('html', head, body, lang='en')}\n"


def _figures(run: Run, rows: Sequence[Row]) -> list[Html]:
    parts = [
        el(
            "header",
            el("h1", f"{run.title}: {run.model}"),
            el("p", headline(run).replace("**", ""), class_="lead"),
        ),
    ]
    for name in dict.fromkeys(f.table for f in run.figures):
        figures = [f for f in run.figures if f.table == name]
        column = run.headline[2] if name == run.headline[0] else None
        plot = bars(named) if (named := drawn(figures, column)) else None
        parts.append(el("section", el("h2", name), plot, _table(*grid(figures), kind="figures")))
    parts.append(el("section", el("h2", "What became of the answers"), outcomes(run.outcomes)))
    if bins := reliability_bins([score for _, _, score in rows]):
        told = (
            "Share of clips of the consistent half over the score that the answers give, with the number of "
            "clips; on the dashed line a score means what it says."
        )
        parts.append(
            el(
                "section",
                el("h2", "Does the consistency score mean what it says?"),
                el("p", told, class_="soft"),
                reliability(bins),
            )
        )
    if run.confusion:
        told = "Down: the truth. Across: the answer. Shade: share of the row. Underlined: right."
        shown = [
            el("details", el("summary", part), confusion(table), open=number == 0)
            for number, (part, table) in enumerate(run.confusion.items())
        ]
        parts.append(
            el("section", el("h2", "Which label was taken for which"), el("p", told, class_="soft"), *shown)
        )
    return parts


def _account(run: Run) -> list[Html]:
    """What stands beside the figures so that they can be judged."""
    parts = []
    if peers := published(run.bench):
        parts.append(
            el(
                "section",
                el("h2", "Published numbers"),
                el("p", PEERS, class_="soft"),
                _table(PEERS_HEADER, [peer_row(p) for p in peers]),
            )
        )
    said, overlaps = contamination_rows(run)
    parts.append(
        el(
            "section",
            el("h2", "Training data in the benchmark"),
            el("p", said) if said else _table(*overlaps),
        )
    )
    parts.append(el("section", el("h2", "How it was made"), _table(("", ""), provenance(run))))
    if run.notes:
        parts.append(el("section", el("h2", "To know"), el("ul", *(el("li", note) for note in run.notes))))
    return parts


def _browser(rows: Sequence[Row], data: Path, out: Path) -> list[Html]:
    told = [
        {
            "id": s.id + (f" [{r.variant}]" if r.variant else ""),
            "part": s.part,
            "outcome": OUTCOME_NAMES[c.outcome],
            "truth": ", ".join(s.truth) if isinstance(s.truth, tuple) else s.truth,
            "chosen": c.answer,
            "question": s.question,
            "answer": r.text,
            "error": r.message or r.error,
            "got": _got(r),
            "clip": _link(data / s.media, out) if s.media else None,
            "values": {name: round(value, 4) for name, value in c.values.items()},
            "judge": [{"asked": e.purpose, "said": e.reply, "error": e.error} for e in c.exchanges],
        }
        for s, r, c in rows[:MOST_SAMPLES]
    ]
    note = (
        f"{len(told)} of {len(rows)} samples; all of them are in samples.jsonl."
        if len(rows) > len(told)
        else ""
    )
    return [
        el(
            "section",
            el("h2", "Samples"),
            el("p", note, class_="soft") if note else None,
            el(
                "p",
                el("label", "Part ", el("select", id="part")),
                el("label", "Outcome ", el("select", id="outcome")),
                el("label", "Find ", el("input", id="find", type="search")),
                el("span", id="count", class_="soft", role="status"),
                class_="filters",
            ),
            el("div", el("ol", id="list"), el("article", id="one", tabindex="-1"), class_="browser"),
            json_block("samples", told),
        )
    ]


def _got(response: Response) -> str:
    """What of the clip went to the model, in tokens where it counts them."""
    pieces = [f"{count} {kind}" if count > 1 else kind for kind, count in response.went.items()]
    tokens = [f"{count:,} {name.replace('_', ' ')}" for name, count in response.tokens.items() if count]
    return "; ".join(", ".join(part) for part in (pieces, tokens, response.notes) if part)


def _link(clip: Path, out: Path) -> str:
    return Path(os.path.relpath(clip, out)).as_posix()


def _table(header: Sequence[str], rows: Sequence[Sequence[object]], kind: str = "words") -> Html:
    head = el("thead", el("tr", *(el("th", name, scope="col") for name in header))) if any(header) else None
    lines = [
        el("tr", el("th", str(first), scope="row"), *(el("td", str(cell)) for cell in cells))
        for first, *cells in rows
    ]
    return el("div", el("table", head, el("tbody", *lines), class_=kind), class_="wide")


def _digest(text: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
