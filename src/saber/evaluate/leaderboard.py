"""Which of several runs is better, and may they be compared at all?

Runs compare when they counted the same thing on the same samples: benchmark, version of our reading, data,
language of judging, and the very same judge. Then the difference of two is drawn over the same resamples of
the same samples, and has an interval of its own. Anything else is refused, and named.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from saber.core.errors import UsageError
from saber.evaluate.bench import Bench
from saber.evaluate.benches import bench_of
from saber.evaluate.keep import read_rows, read_run
from saber.evaluate.records import Figure, Run
from saber.evaluate.statistics import FEWEST_CLUSTERS, Bootstrap

__all__ = ["Board", "Difference", "compare", "differences"]


@dataclass(frozen=True)
class Difference:
    """Of one figure: the first run's minus the other's. None limits: no spread, or too few clusters."""

    first: str
    other: str
    figure: tuple[str, str, str]
    """Its table, row and column."""
    value: float
    low: float | None
    high: float | None
    n: int
    unit: str


@dataclass(frozen=True)
class Board:
    """Runs, the best in the first column first, with their figures in the order of `columns`; None: a run
    lacks that figure."""

    title: str
    columns: tuple[tuple[str, str, str], ...]
    rows: tuple[tuple[Run, tuple[Figure | None, ...]], ...]
    differences: tuple[Difference, ...]
    """Of the first run and each of the others, in every column that both have a number in."""
    notes: tuple[str, ...]


def compare(folders: Sequence[Path]) -> Board:
    """A leaderboard of these runs. UsageError when one can't be read, or two don't compare."""
    runs = [(folder, read_run(folder)) for folder in folders]
    if not runs:
        raise UsageError("No run to compare.")
    _check([run for _, run in runs])
    bench = bench_of(runs[0][1].bench)

    columns = _columns(bench, [run for _, run in runs])

    def height(pair: tuple[Path, Run]) -> float:
        found = pair[1].figure(*columns[0]) if columns else None
        return -np.inf if found is None or found.value is None else found.value

    runs.sort(key=height, reverse=True)
    rows = tuple((run, tuple(run.figure(*c) for c in columns)) for _, run in runs)
    apart = [d for other in runs[1:] for d in differences(runs[0], other, columns)]
    return Board(runs[0][1].title, columns, rows, tuple(apart), tuple(_notes(rows)))


def _columns(bench: Bench, runs: Sequence[Run]) -> tuple[tuple[str, str, str], ...]:
    """What is shown, what ranks at first: of the benchmark's board what any run has a number in; where there
    is no such figure, for a part of the benchmark was not run, those like the ranking one that there are."""
    table, _, column = bench.ranked_by
    board = [bench.ranked_by, *(c for c in bench.board if c != bench.ranked_by)]
    parts = [(f.table, f.row, f.column) for run in runs for f in run.figures]
    parts = [p for p in dict.fromkeys(parts) if (p[0], p[2]) == (table, column)]

    def known(columns: Sequence[tuple[str, str, str]]) -> tuple[tuple[str, str, str], ...]:
        figures = {c: [run.figure(*c) for run in runs] for c in columns}
        return tuple(c for c, of in figures.items() if any(f is not None and f.value is not None for f in of))

    return known(board) or known(parts)


def differences(
    first: tuple[Path, Run], other: tuple[Path, Run], columns: Sequence[tuple[str, str, str]]
) -> list[Difference]:
    """The paired differences of these figures, of those that both runs have a number for."""
    bench = bench_of(first[1].bench)
    rows = [{s.id: (s, c) for s, r, c in read_rows(folder) if not r.variant} for folder, _ in (first, other)]
    if rows[0].keys() != rows[1].keys():
        raise UsageError(f"{first[1].model} and {other[1].model} have not answered the same samples.")
    settings = first[1].intervals
    samples = [sample for sample, _ in rows[0].values()]
    draws = Bootstrap(
        [s.cluster or s.id for s in samples],
        [s.part for s in samples] if bench.strata else None,
        method="percentile",
        level=float(settings["level"]),
        resamples=int(settings["resamples"]),
        seed=int(settings["seed"]),
        keep=True,
    )
    one, two = (
        {
            (f.table, f.row, f.column): f
            for f in bench.figures(samples, [of_run[s.id][1] for s in samples], draws)
        }
        for of_run in rows
    )
    found = []
    for column in columns:
        ours, theirs = one.get(column), two.get(column)
        if ours is None or theirs is None or ours.value is None or theirs.value is None:
            continue
        low, high = _limits(ours, theirs, float(settings["level"]))
        unit = "points" if ours.unit == "%" else ours.unit
        value = ours.value - theirs.value
        found.append(Difference(first[1].model, other[1].model, column, value, low, high, ours.n, unit))
    return found


def _limits(one: Figure, two: Figure, level: float) -> tuple[float | None, float | None]:
    if (one.clusters or 0) < FEWEST_CLUSTERS or one.drawn is None or two.drawn is None:
        return None, None
    apart = np.array(one.drawn, float) - np.array(two.drawn, float)
    apart = apart[np.isfinite(apart)]
    if len(apart) < 2 or np.ptp(apart) <= 1e-12:
        return None, None
    edge = (1 - level) * 50
    low, high = (float(x) for x in np.percentile(apart, [edge, 100 - edge]))
    return low, high


def _check(runs: Sequence[Run]) -> None:
    first = _identity(runs[0])
    for run in runs[1:]:
        for name, value in _identity(run).items():
            if value != first[name]:
                raise UsageError(
                    f"{runs[0].model} and {run.model} don't compare: their {name} differ "
                    f"({first[name]} and {value}).",
                    remedy="Evaluate both in the same way.",
                )
    names = [run.model for run in runs]
    if twice := {name for name in names if names.count(name) > 1}:
        raise UsageError(f"Two runs are called {sorted(twice)[0]}.", remedy="Give them names with --name.")


def _identity(run: Run) -> dict[str, object]:
    """What must be the same."""
    judge = run.judge
    return {
        "benchmarks": run.bench,
        "versions of the protocol": run.protocol,
        "samples": run.data_sha256[:12],
        "languages of judging": run.language,
        "judges": None if judge is None else judge.model,
        "judge's prompts": None if judge is None else sorted(judge.prompts_sha256.values()),
        "judge's decodings": None if judge is None else judge.decoding,
        "levels of confidence": run.intervals["level"],
    }


def _notes(rows: Sequence[tuple[Run, tuple[Figure | None, ...]]]) -> list[str]:
    """What may differ, and does."""
    runs = [run for run, _ in rows]
    said = []
    if len({str(run.decoding) for run in runs}) > 1:
        said.append("The answers were drawn differently, or it is not known how: see each run's decoding.")
    if len({run.sent for run in runs}) > 1:
        said.append("The models did not get the same of each clip, or it is not known what they got.")
    if any(run.trained_on is None for run in runs):
        said.append("Of some models it is not known what they were trained on.")
    for run in runs:
        if run.failed:
            said.append(
                f"{run.failed} answers of {run.model} are not there because asking failed: run it again."
            )
        if run.contamination:
            corpora = ", ".join(sorted({o.corpus for o in run.contamination}))
            said.append(f"{run.model} was trained on corpora that the benchmark draws from: {corpora}.")
    return said
