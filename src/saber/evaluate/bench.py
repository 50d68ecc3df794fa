"""What is a benchmark to the evaluation?

It reads samples from the layout that its authors publish, scores one response at a time without asking
anybody, lets a judge rate it where its protocol has one, and makes figures of all scores.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Protocol

from saber.core.errors import MissingPieceError, UsageError
from saber.evaluate.context import Context
from saber.evaluate.judge import Judge
from saber.evaluate.records import Figure, Response, Sample, Score
from saber.evaluate.settings import EvaluateSettings
from saber.evaluate.statistics import Bootstrap, Measured

__all__ = ["Bench", "figure", "no_data", "read_samples"]


class Bench(Protocol):
    """One benchmark.

    Attributes:
        name: as on the command line.
        protocol: version of our reading; raised when a change moves numbers.
        ask: where its files are to be had; "" where they are made here.
        judge: whether a judge is `needed`, can add numbers (`optional`), or has nothing to do (`none`).
        form: what a model is asked for: an answer to the sample's `question`, or an `annotation`.
        headline: table, row and column of the figure that stands for a run.
        ranked_by: of the figure by which runs are put in order, the highest first.
        board: of the figures that a leaderboard shows.
        notes: what a reader must know, also what could not be verified.
        strata: draw clusters within each part, not over all parts.
    """

    name: str
    title: str
    protocol: int
    ask: str
    judge: str
    form: str
    headline: tuple[str, str, str]
    ranked_by: tuple[str, str, str]
    board: tuple[tuple[str, str, str], ...]
    notes: tuple[str, ...]
    strata: bool
    contamination: str | None
    """Its name in the table of benchmarks that `saber.split` keeps; None: it is not there."""

    def read(self, data: Path, settings: EvaluateSettings) -> list[Sample]:
        """All samples. Raises MissingPieceError where the data is not there, saying where to ask for it."""
        ...

    def score(self, sample: Sample, response: Response, context: Context) -> Score: ...

    async def rate(
        self, sample: Sample, response: Response, score: Score, judge: Judge, context: Context
    ) -> Score:
        """The score with the judge's part added; called only when there is a judge."""
        ...

    def language(self, settings: EvaluateSettings) -> str:
        """Of the judging, and what was translated, for the report; "" where it does not matter."""
        ...

    def prompts(self, settings: EvaluateSettings) -> Iterable[tuple[str, str]]:
        """Room-relative names of the judge's prompts: (name, language)."""
        ...

    def figures(self, samples: Sequence[Sample], scores: Sequence[Score], draws: Bootstrap) -> list[Figure]:
        """samples and scores run in parallel, and so do the samples of `draws`."""
        ...


def figure(
    table: str, row: str, column: str, measured: Measured, *, unit: str = "%", note: str = ""
) -> Figure:
    """A figure of what was measured; shares are turned to per cent."""
    factor = 100.0 if unit in ("%", "points") else 1.0

    def scaled(value: float | None) -> float | None:
        return None if value is None else value * factor

    return Figure(
        table=table,
        row=row,
        column=column,
        value=scaled(measured.value),
        unit=unit,
        n=measured.n,
        clusters=measured.clusters,
        low=scaled(measured.low),
        high=scaled(measured.high),
        note=note,
        drawn=None
        if measured.drawn is None
        else tuple(x if math.isfinite(x) else None for x in (measured.drawn * factor).tolist()),
    )


def read_samples(bench: Bench, data: Path, settings: EvaluateSettings) -> list[Sample]:
    """All samples of the benchmark, each under a name of its own. UsageError and MissingPieceError, with what
    to do next."""
    again = f"Get its files again: {bench.ask}" if bench.ask else "Make it again."
    try:
        samples = bench.read(data, settings)
    except UsageError as error:
        raise UsageError(error.message, remedy=error.remedy or again) from error
    if not samples:
        raise UsageError(f"{bench.title} in {data} holds no sample.", remedy=again)
    (first, count), *_ = Counter(sample.id for sample in samples).most_common(1)
    if count > 1:
        raise UsageError(
            f"{bench.title} in {data} lists the sample {first} {count} times.", remedy="Leave one of them."
        )
    return samples


def no_data(what: str, data: Path, expected: str, ask: str, *, remedy: str = "") -> MissingPieceError:
    """The error for a benchmark's data that is not there.

    ask: where it is to be had; `remedy` instead where it is not to be asked for.
    """
    if not data.is_dir():
        return MissingPieceError(
            f"There is no folder {data}.", remedy="Name with --data the folder that the benchmark lies in."
        )
    return MissingPieceError(
        f"No {what} was found in {data}. Expected: {expected}.",
        remedy=remedy or f"SABER ships no benchmark's data. Ask for it at {ask}",
    )
