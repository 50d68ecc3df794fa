"""How are open sets of emotion words scored (OV-MERD, MER2024-OV)?

Truth is a table `name,openset` with a list of words per clip. Two ways to count, each as it is published:

- judge-grouped (MER2024): a judge sorts the words of truth and answer into groups of one meaning, a group's
  first word stands for it; precision and recall of the two sets, averaged over clips; the score is the mean
  of the two.
- wheel-grouped (MER2025 on): the published emotion wheels stand in the judge's place; per wheel F1 of the
  averaged precision and recall, and the mean over the wheels. Put their folder `emotion_wheel` beside the
  table.

An answer in prose needs the judge to draw the words from it; a list is read as it is.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Sequence
from pathlib import Path

import numpy as np

from saber.core.errors import MissingPieceError, UsageError
from saber.core.prompts import prompt_of
from saber.core.taxonomy import Language
from saber.evaluate.answers import read_label
from saber.evaluate.bench import figure, no_data
from saber.evaluate.context import Context
from saber.evaluate.files import Clips, read_table
from saber.evaluate.judge import Judge
from saber.evaluate.records import Exchange, Figure, Outcome, Response, Sample, Score
from saber.evaluate.settings import EvaluateSettings
from saber.evaluate.statistics import Array, Bootstrap
from saber.evaluate.wheels import Wheels, read_list, read_wheels

__all__ = ["OvMerd", "grouped", "overlap", "plain_list"]

TABLES = (
    "track2_train_ovmerd.csv",
    "ovmerd.csv",
    "check-openset.csv",
    "final-openset-english.csv",
    "*openset*.csv",
)
ASK = "https://github.com/zeroQiaoba/MERTools (OV-MERD), which asks for a signed agreement."
WORDS_PER_LABEL = 2
"""Own choice: a comma-separated answer of longer pieces is prose."""


class OvMerd:
    name = "ov-merd"
    title = "OV-MERD"
    protocol = 1
    ask = ASK
    judge = "optional"
    form = "question"
    headline = ("Set overlap", "wheel-grouped", "score")
    ranked_by = headline
    board: tuple[tuple[str, str, str], ...] = (headline, ("Set overlap", "judge-grouped", "score"))
    strata = False
    contamination: str | None = "OV-MERD"
    notes: tuple[str, ...] = (
        "Words are drawn from prose by our own prompt, greedily; the official code draws them at temperature "
        "0.7, so its numbers differ from run to run.",
        "A wheel leaves out clips whose truth has no word that it knows, as in the official code.",
    )

    def read(self, data: Path, settings: EvaluateSettings) -> list[Sample]:
        found = next((path for name in TABLES for path in sorted(data.rglob(name))), None)
        if found is None:
            raise no_data("OV-MERD", data, "a table such as track2_train_ovmerd.csv (name,openset)", ASK)
        clips = Clips(data)
        rows = read_table(found, ("name", "openset"))
        if bare := next((row["name"] for row in rows if not read_list(row["openset"])), None):
            raise UsageError(f"{found} has no words for {bare}.")
        question = prompt_of("saber.evaluate", "open_set", Language.ENGLISH).parts["question"]
        return [
            Sample(
                id=row["name"],
                part="OV-MERD",
                question=question,
                truth=tuple(_lower(read_list(row["openset"]))),
                media=clips.of(row["name"]),
            )
            for row in rows
        ]

    def score(self, sample: Sample, response: Response, context: Context) -> Score:
        read = read_label(response.text, ())
        values: dict[str, float] = {}
        labels: list[str] | None = []
        outcome = Outcome.RATED
        if read.outcome is Outcome.NO_ANSWER or read.outcome is Outcome.REFUSAL:
            outcome = read.outcome
        else:
            labels = plain_list(response.text or "")
            if labels is None:
                outcome = Outcome.UNJUDGED
        if labels is not None:
            values = self._by_wheels(sample, labels, context)
        return Score(
            sample=sample.id,
            variant=response.variant,
            part=sample.part,
            outcome=outcome,
            said=(response.text or "")[:500],
            answer=None if labels is None else ", ".join(labels),
            values=values,
            notes=(response.error,) if response.error else (),
        )

    async def rate(
        self, sample: Sample, response: Response, score: Score, judge: Judge, context: Context
    ) -> Score:
        prompt = prompt_of("saber.evaluate", "open_set", Language.ENGLISH)
        exchanges: list[Exchange] = []
        if score.outcome in (Outcome.NO_ANSWER, Outcome.REFUSAL):
            return score.model_copy(update={"values": {**score.values, "precision": 0.0, "recall": 0.0}})
        drawn = score.answer
        if drawn is None:
            asked = prompt.fill("draw", description=response.text)
            drawn, said = await judge.ask("draw words", asked, _drawn)
            exchanges += said
        if drawn is None:
            return score.model_copy(update={"exchanges": tuple(exchanges)})
        labels = [label for label in drawn.split(", ") if label]
        truth = _lower(sample.truth or ())
        asked = prompt.fill(
            "group", words=json.dumps(list(dict.fromkeys([*truth, *labels])), ensure_ascii=False)
        )
        groups, said = await judge.ask("group words", asked, _groups)
        exchanges += said
        values = self._by_wheels(sample, labels, context)
        if groups is not None:
            precision, recall = overlap(*grouped(truth, labels, json.loads(groups)))
            values |= {"precision": precision, "recall": recall}
        return score.model_copy(
            update={
                "answer": ", ".join(labels),
                "outcome": Outcome.RATED if groups is not None else Outcome.UNJUDGED,
                "values": values,
                "exchanges": tuple(exchanges),
            }
        )

    def language(self, settings: EvaluateSettings) -> str:
        return "judged in English, nothing translated"

    def prompts(self, settings: EvaluateSettings) -> Iterable[tuple[str, str]]:
        return [("open_set", "en")]

    def figures(self, samples: Sequence[Sample], scores: Sequence[Score], draws: Bootstrap) -> list[Figure]:
        def column(name: str) -> Array:
            return np.array([s.values.get(name, float("nan")) for s in scores], dtype=float)

        table = "Set overlap"
        precision, recall = column("precision"), column("recall")
        found = []
        if np.isfinite(precision).any():
            found += [
                figure(table, "judge-grouped", "precision", draws.mean(precision)),
                figure(table, "judge-grouped", "recall", draws.mean(recall)),
                figure(
                    table,
                    "judge-grouped",
                    "score",
                    draws.of_means([(precision, None), (recall, None)], lambda m: m.mean(-1)),
                ),
            ]
        wheels = sorted(
            {n for s in scores for n in s.values if n.startswith("wheel") and n.endswith("precision")}
        )
        if wheels:
            means = [(column(n), None) for n in wheels]
            means += [(column(n.replace("precision", "recall")), None) for n in wheels]
            count = len(wheels)

            def f1(m: Array) -> Array:
                p, r = m[..., :count], m[..., count:]
                both = np.divide(2 * p * r, p + r, out=np.zeros_like(p), where=p + r > 0)
                averaged: Array = both.mean(-1)
                return averaged

            found += [
                figure(
                    table, "wheel-grouped", "precision", draws.of_means(means[:count], lambda m: m.mean(-1))
                ),
                figure(table, "wheel-grouped", "recall", draws.of_means(means[count:], lambda m: m.mean(-1))),
                figure(table, "wheel-grouped", "score", draws.of_means(means, f1), note=f"{count} wheels"),
            ]
        unjudged = np.array([float(s.outcome is Outcome.UNJUDGED) for s in scores])
        found.append(figure(table, "words not drawn or grouped", "score", draws.mean(unjudged)))
        return found

    def _by_wheels(self, sample: Sample, labels: Sequence[str], context: Context) -> dict[str, float]:
        wheels = self._wheels(context.data)
        values: dict[str, float] = {}
        for wheel in range(len(wheels.inner)) if wheels else ():
            assert wheels is not None
            truth = wheels.group(sample.truth or (), wheel)
            if truth:
                precision, recall = overlap(truth, wheels.group(labels, wheel))
                values |= {f"wheel{wheel + 1}_precision": precision, f"wheel{wheel + 1}_recall": recall}
        return values

    def __init__(self) -> None:
        self._read: dict[Path, Wheels | None] = {}

    def _wheels(self, data: Path) -> Wheels | None:
        """Of the first folder of that name below the data; None: there is none."""
        if data not in self._read:
            folder = next((p.parent for p in sorted(data.rglob("synonym.xlsx"))), None)
            try:
                self._read[data] = None if folder is None else read_wheels(folder)
            except MissingPieceError:
                self._read[data] = None
        return self._read[data]


def plain_list(text: str) -> list[str] | None:
    """The words of an answer that is a list: `['sad', 'tired']` or `sad, tired`; None for prose."""
    told = text.strip()
    if told.startswith("[") and told.endswith("]"):
        return _lower(read_list(told))
    items = read_list(told.rstrip(".。"))
    if "\n" in told or any(
        len(i.split()) > WORDS_PER_LABEL or re.search(r"[.!?。！？:：]", i) for i in items
    ):
        return None
    if any(not i.isascii() and len(i) > 4 for i in items):
        return None
    return _lower(items)


def grouped(
    truth: Iterable[str], answer: Iterable[str], groups: Iterable[Sequence[str]]
) -> tuple[set[str], set[str]]:
    """Both sets with every word replaced by the first of its group; a word of no group stays as it is."""
    first = {word.lower(): group[0].lower() for group in groups if group for word in group}
    return {first.get(w, w) for w in truth}, {first.get(w, w) for w in answer}


def overlap(truth: set[str], answer: set[str]) -> tuple[float, float]:
    """Precision and recall; both 0 for an empty answer."""
    if not answer or not truth:
        return 0.0, 0.0
    shared = len(truth & answer)
    return shared / len(answer), shared / len(truth)


def _lower(labels: Iterable[str]) -> list[str]:
    return [label.lower().strip() for label in labels if label.strip()]


def _drawn(reply: str) -> str | None:
    """Words that the judge drew, comma-separated; "" for an empty list; None when there is no list."""
    inside = re.search(r"\[[^\[\]]*\]", reply)
    if inside is not None:
        return ", ".join(_lower(read_list(inside[0]))) or ","
    labels = plain_list(reply)
    return ", ".join(labels) if labels else None


def _groups(reply: str) -> str | None:
    """The judge's groups as JSON; None where they can't be read."""
    begin, end = reply.find("["), reply.rfind("]")
    if begin < 0 or end < begin:
        return None
    inside = reply[begin : end + 1]
    lists = re.findall(r"\[([^\[\]]*)\]", inside)
    groups = [read_list(one) for one in lists]
    return json.dumps(groups, ensure_ascii=False) if any(groups) else None
