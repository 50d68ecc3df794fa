"""What flows through an evaluation?

    Sample -respond-> Response -score-> Score -figures-> Figure, together Run

No answer, an invalid answer, a refusal and a wrong answer are four outcomes and stay four in every report.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Any, Literal

from pydantic import Field

from saber.core.records import Record

__all__ = [
    "COUNTED",
    "Exchange",
    "Figure",
    "JudgeInfo",
    "Outcome",
    "Overlap",
    "Response",
    "Run",
    "Sample",
    "Score",
]


class Outcome(StrEnum):
    """What became of one sample."""

    RIGHT = "right"
    WRONG = "wrong"
    """One of the labels, and not the true one."""
    INVALID = "invalid"
    """An answer that names none of the labels, or several."""
    REFUSAL = "refusal"
    """The model declined in words."""
    NO_ANSWER = "no_answer"
    """Empty, missing, or the call failed."""
    RATED = "rated"
    """A free text that has its numbers; nothing in it is right or wrong."""
    UNJUDGED = "unjudged"
    """There is an answer, and no usable reply of the judge."""
    NO_TRUTH = "no_truth"
    """The answer is readable and the benchmark holds no truth to hold it against."""


COUNTED = frozenset({Outcome.RIGHT, Outcome.WRONG, Outcome.INVALID, Outcome.REFUSAL, Outcome.NO_ANSWER})
"""Outcomes that make up a strict accuracy's denominator."""


class Sample(Record):
    """One question of a benchmark."""

    id: str
    """Unique in the benchmark."""
    part: str
    """Scenario, task or half that it belongs to."""
    question: str = ""
    """What the benchmark asks, word for word; "" where it publishes no question."""
    labels: tuple[str, ...] = ()
    """The closed set that the answer is chosen from; empty for a free answer."""
    truth: str | tuple[str, ...] | None = None
    media: str | None = None
    """The clip, relative to the data folder."""
    corpus: str | None = None
    """Which corpus it was taken from, where the benchmark says so of each sample."""
    cluster: str | None = None
    """Who is seen or heard: samples of one cluster are drawn together. None: the sample stands for itself."""
    extra: dict[str, Any] = Field(default_factory=dict)


class Response(Record):
    """What a model answered to one sample, word for word."""

    sample: str
    variant: str = ""
    """Name of the ablation that the clip went through; "" for the clip as it is."""
    text: str | None
    """None: there is none; `error` says why."""
    error: str = ""
    """Slug: `missing` in a file of predictions, or why the call failed."""
    message: str = ""
    by: str = ""
    """The name that the backend gives itself."""
    went: dict[str, int] = Field(default_factory=dict)
    """Pieces of the clip that went with the question: `video`, `frames`, `audio`. Of an annotation, which
    may take several requests, `tokens` tells."""
    tokens: dict[str, int] = Field(default_factory=dict)
    """As the backend counts them: `prompt_tokens`, of which `video_tokens` and `audio_tokens`, and
    `answer_tokens`; what it does not count is not there."""
    notes: tuple[str, ...] = ()
    """Slugs: what could have gone and did not, and why."""


class Exchange(Record):
    """One question to the judge and its reply, word for word."""

    purpose: str
    key: str
    """SHA-256 of all that decides the reply; the cache's key."""
    reply: str | None
    """None: the call failed; `error` says why."""
    value: float | str | None = None
    """What was read from the reply; None: nothing could be."""
    error: str = ""


class Score(Record):
    """What came of one sample."""

    sample: str
    variant: str = ""
    part: str
    outcome: Outcome
    said: str = ""
    """The answer's own words for its choice: what stands in the form that was asked for, or all of it."""
    answer: str | None = None
    """The label it chose; None: none."""
    values: dict[str, float] = Field(default_factory=dict)
    exchanges: tuple[Exchange, ...] = ()
    notes: tuple[str, ...] = ()


class Figure(Record):
    """One number of a report and what it rests on."""

    table: str
    row: str
    column: str
    value: float | None
    """None: nothing to compute it from."""
    unit: Literal["%", "points", "score", "ratio", "count"] = "%"
    n: int
    """Samples in the denominator."""
    clusters: int | None = None
    low: float | None = None
    """Limits of the bootstrap interval; None: not computed, or every resample gives the same."""
    high: float | None = None
    note: str = ""
    drawn: tuple[float | None, ...] | None = Field(default=None, exclude=True, repr=False)
    """The value in every resample, while runs are compared; not kept. None: the draw gives none."""


class JudgeInfo(Record):
    """Who judged."""

    model: str
    answered_by: tuple[str, ...] = ()
    prompts_sha256: dict[str, str]
    """Prompt -> SHA-256 of its file."""
    decoding: dict[str, Any]
    calibration: dict[str, float] | None = None
    """Against published scores, as `--calibrate` measures it; None: not calibrated, so its numbers compare
    with no other judge's."""


class Overlap(Record):
    """A corpus that the model was trained on and the benchmark draws from."""

    corpus: str
    part: str
    relation: str
    clips: int | None
    source: str


class Run(Record):
    """One model on one benchmark: everything that a reader needs to compare it, or to see that they can't."""

    bench: str
    title: str
    protocol: int
    """Version of our reading of the benchmark; numbers of different versions don't compare."""
    version: str
    """Of saber."""
    model: str
    answered_by: tuple[str, ...] = ()
    responses_from: Literal["predictions", "model"]
    predictions_sha256: str | None = None
    """Of the file of predictions."""
    data_sha256: str
    """Of the samples: ids, questions, labels, truth. Not of the media."""
    questions_sha256: str
    """Of all questions as they were asked."""
    decoding: dict[str, Any] | None = None
    """None: the file of predictions does not say."""
    sent: str = ""
    """What of a clip the model got."""
    prompt: str = ""
    """Name, version and SHA-256 of our prompt that asked for annotations; "" where questions were asked."""
    language: str = ""
    """Of the judging, and whether anything was translated; "" where it does not matter."""
    judge: JudgeInfo | None = None
    samples: int
    failed: int = 0
    """Answers that are not there because asking for them failed."""
    outcomes: dict[str, dict[str, int]]
    """Part -> outcome -> samples; variants of a clip apart, as `part [variant]`."""
    figures: tuple[Figure, ...]
    headline: tuple[str, str, str]
    """Table, row and column of the figure that stands for the run."""
    intervals: dict[str, Any]
    """Method, level, resamples and seed of the bootstrap."""
    contamination: tuple[Overlap, ...] = ()
    trained_on: tuple[str, ...] | None = None
    """None: nobody said, so contamination is unknown."""
    sources_known: bool = True
    """Whether it is known which corpora the benchmark draws from."""
    confusion: dict[str, dict[str, dict[str, int]]] = Field(default_factory=dict)
    """Part -> true label -> answered label (or outcome) -> samples."""
    notes: tuple[str, ...] = ()

    def figure(self, table: str, row: str, column: str) -> Figure | None:
        return next((f for f in self.figures if (f.table, f.row, f.column) == (table, row, column)), None)
