"""How is a run written down for a person, as Markdown?"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from saber.evaluate.published import Published, published
from saber.evaluate.records import Figure, Outcome, Run

__all__ = [
    "OUTCOME_NAMES", "PEERS", "PEERS_HEADER", "cell", "contamination_rows", "grid", "headline", "markdown",
    "peer_row", "provenance", "with_interval",
]  # fmt: skip

OUTCOME_NAMES = {
    Outcome.RIGHT: "right", Outcome.WRONG: "wrong", Outcome.INVALID: "invalid", Outcome.REFUSAL: "refused",
    Outcome.NO_ANSWER: "no answer", Outcome.RATED: "rated", Outcome.UNJUDGED: "unjudged",
    Outcome.NO_TRUTH: "no truth",
}  # fmt: skip


DIGITS = {"%": 1, "points": 1, "score": 2, "ratio": 3, "count": 0}
PEERS = (
    "By their own protocols, as far as these are stated; not to be ranked with the figures above. "
    "Unverified: not compared with the source."
)
PEERS_HEADER = ("model", "numbers", "protocol", "source", "checked")


def peer_row(peer: Published) -> tuple[str, ...]:
    return (peer.named, peer.told, peer.protocol, peer.source, peer.checked or "no")


def markdown(run: Run) -> str:
    parts = [f"# {run.title}: {run.model}", headline(run)]
    for table in dict.fromkeys(f.table for f in run.figures):
        header, rows = grid([f for f in run.figures if f.table == table])
        parts += [f"## {table}", _table(header, rows)]
    parts += ["## What became of the answers", _outcomes(run)]
    if peers := published(run.bench):
        parts += [
            "## Published numbers",
            PEERS,
            _table(PEERS_HEADER, [peer_row(p) for p in peers]),
        ]
    parts += ["## Training data in the benchmark", _contamination(run)]
    parts += ["## How it was made", _table(("", ""), provenance(run))]
    if run.notes:
        parts += ["## To know", "\n".join(f"- {note}" for note in run.notes)]
    return "\n\n".join(parts) + "\n"


def headline(run: Run) -> str:
    """The figure that stands for the run, in one sentence."""
    found = run.figure(*run.headline)
    where = f"{run.headline[0]}, {run.headline[1]} ({run.headline[2]})"
    if found is None or found.value is None:
        return f"{where}: open, for a part of what it is made of has no number; what there is stands below."
    return f"{where}: **{cell(found)}**, n = {found.n}."


def grid(figures: Sequence[Figure]) -> tuple[tuple[str, ...], list[tuple[str, ...]]]:
    """Header and rows of one table of figures."""
    columns = list(dict.fromkeys(f.column for f in figures))
    at = {(f.row, f.column): f for f in figures}
    rows = []
    for row in dict.fromkeys(f.row for f in figures):
        cells = [at.get((row, column)) for column in columns]
        sizes = sorted({c.n for c in cells if c is not None})
        n = f"{sizes[0]}" if len(sizes) == 1 else f"{sizes[0]}–{sizes[-1]}"
        rows.append((row, n, *(cell(c) if c is not None else "" for c in cells)))
    return ("", "n", *columns), rows


def cell(figure: Figure) -> str:
    """Value, and its interval where there is one: `61.2 [58.0, 64.1]`."""
    if figure.value is None:
        return "–"
    signed = figure.unit == "points"
    return with_interval(figure.value, figure.low, figure.high, figure.unit, signed=signed)


def with_interval(value: float, low: float | None, high: float | None, unit: str, *, signed: bool) -> str:
    """With as many digits as the unit bears; without an interval where a limit is None."""
    form = f"{'+' if signed else ''}.{DIGITS[unit]}f"
    said = f"{value:{form}}"
    return said if low is None or high is None else f"{said} [{low:{form}}, {high:{form}}]"


def provenance(run: Run) -> list[tuple[str, str]]:
    """What it takes to make the run again."""
    rows = [
        ("model", run.model + (f" (answers as {', '.join(run.answered_by)})" if run.answered_by else "")),
        (
            "answers from",
            run.responses_from + (f", sha256 {run.predictions_sha256}" if run.predictions_sha256 else ""),
        ),
        ("sent of a clip", run.sent or "not stated in the file"),
        ("decoding", _pairs(run.decoding) if run.decoding is not None else "not stated in the file"),
        ("samples", f"{run.samples}, sha256 {run.data_sha256}"),
        ("questions", f"sha256 {run.questions_sha256}"),
        ("intervals", _pairs(run.intervals)),
        ("protocol", f"version {run.protocol}, saber {run.version}"),
    ]
    if run.prompt:
        rows.append(("prompt", run.prompt))
    if run.language:
        rows.append(("language", run.language))
    if run.judge is not None:
        judge = run.judge
        calibrated = (
            "not calibrated: compares with no other judge's numbers"
            if judge.calibration is None
            else _pairs(judge.calibration)
        )
        rows += [
            (
                "judge",
                judge.model + (f" (answers as {', '.join(judge.answered_by)})" if judge.answered_by else ""),
            ),
            ("judge's decoding", _pairs(judge.decoding)),
            (
                "judge's prompts",
                ", ".join(f"{name} sha256 {sha}" for name, sha in judge.prompts_sha256.items()),
            ),
            ("judge's calibration", calibrated),
        ]
    return rows


def _outcomes(run: Run) -> str:
    kinds = [o for o in Outcome if any(o.value in counts for counts in run.outcomes.values())]
    rows = [
        (part, sum(counts.values()), *(counts.get(kind.value, 0) for kind in kinds))
        for part, counts in run.outcomes.items()
    ]
    return _table(("", "n", *(OUTCOME_NAMES[kind] for kind in kinds)), rows)


def contamination_rows(run: Run) -> tuple[str, tuple[tuple[str, ...], list[tuple[str, ...]]]]:
    """A sentence where there is nothing to list, else "" and the table: header and rows."""
    header = ("corpus", "part", "clips", "relation", "source")
    rows: list[tuple[str, ...]] = [
        (o.corpus, o.part, "unknown" if o.clips is None else str(o.clips), o.relation, o.source)
        for o in run.contamination
    ]
    said = ""
    if run.trained_on is None:
        said = "Unknown: nobody said what the model was trained on (`--trained-on`)."
    elif not run.trained_on:
        said = "Trained on nothing that is known."
    elif not rows and not run.sources_known:
        said = (
            f"Trained on {', '.join(run.trained_on)}. Which corpora the samples come from is not stated, so "
            "that an overlap can't be told."
        )
    elif not rows:
        said = f"Trained on {', '.join(run.trained_on)}: no corpus that this benchmark is known to draw from."
    return said, (header, rows)


def _contamination(run: Run) -> str:
    said, (header, rows) = contamination_rows(run)
    return said or _table(header, rows)


def _pairs(values: dict[str, object] | dict[str, float]) -> str:
    return ", ".join(f"{key} {value}" for key, value in values.items())


def _table(header: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    def line(cells: Iterable[object]) -> str:
        return "| " + " | ".join(str(c).replace("|", "\\|").replace("\n", " ") for c in cells) + " |"

    marks = ["---"] + ["---:" if len(header) > 2 else "---"] * (len(header) - 1)
    return "\n".join([line(header), line(marks), *(line(row) for row in rows)])
