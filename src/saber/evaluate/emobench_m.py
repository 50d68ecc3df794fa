"""How is EmoBench-M read and scored?

A folder of JSON lists, one per scenario: `{"id", "video", "conversations": [question, gold]}`. Accuracy in
four denominators, for they are what makes published numbers differ:

- `official`: today's official code. The answer's own words must be the label but for case; empty ones are
  left out, and what is no label is wrong.
- `July 2025`: the official code of then. Everything that is no label is left out.
- `strict`: as official, but every question counts.
- `as read`: every question counts, and the label is read from the answer as `saber.evaluate.answers` does.

A group is the plain mean of its scenarios, the average that of the three groups.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np

from saber.core.errors import UsageError
from saber.core.prompts import prompt_of
from saber.core.taxonomy import Language
from saber.evaluate.answers import EMOTION, INTENT, Read, read_label
from saber.evaluate.bench import figure, no_data
from saber.evaluate.context import Context
from saber.evaluate.files import Clips, numbered
from saber.evaluate.judge import Judge
from saber.evaluate.metrics import label_sums, weighted_f1, weighted_precision
from saber.evaluate.records import Exchange, Figure, Outcome, Response, Sample, Score
from saber.evaluate.scenarios import GROUPS, SCENARIOS, Scenario, random_guess
from saber.evaluate.settings import EvaluateSettings
from saber.evaluate.statistics import Among, Array, Bootstrap, Measured, Values
from saber.evaluate.text_overlap import bleu, rouge_l

__all__ = ["EmoBenchM", "read_rating"]

COLUMNS = ("official", "July 2025", "strict", "as read")
ASK = "https://github.com/Emo-gml/EmoBench-M (questions), and the videos at the corpora it draws from."
_BY_KEY = {s.key: s for s in SCENARIOS}
_RATING = re.compile(r"(?<![\d.])([1-5](?:\.\d+)?)(?!\d)(?!\s*(?:points?|分制))")
JUDGED = ("logic", "content")


class EmoBenchM:
    name = "emobench-m"
    title = "EmoBench-M"
    protocol = 1
    ask = ASK
    judge = "optional"
    form = "question"
    headline = ("Accuracy", "Average", "official")
    ranked_by = headline
    board: tuple[tuple[str, str, str], ...] = (
        *tuple(("Accuracy", row, "official") for row in ("FER", "CEU", "SCEA", "Average")),
        ("Accuracy", "Average (closed)", "strict"),
    )
    strata = True
    contamination: str | None = "EmoBench-M"
    notes: tuple[str, ...] = (
        "Which of SIMS and CH-SIMS v2 is Presentation Emotion, which Face-Centric Dialog, is not published.",
        "How the leaderboard makes one number of laughter reasoning is not published: here it is the judge's "
        "two ratings of 1 to 5, as a share of ten. Without a judge SCEA and the average are open; rows with "
        "(closed) leave laughter reasoning out.",
        "BERTScore is not computed: the official code fetches roberta-large for it, a run here nothing.",
        "Our prompts to the judge ask for what the official ones ask for in other words.",
    )

    def read(self, data: Path, settings: EvaluateSettings) -> list[Sample]:
        files = {path: key for path in _json_files(data) if (key := _scenario_of(path.name)) is not None}
        if not files:
            raise no_data(
                "EmoBench-M",
                data,
                "JSON files such as RAVDSS_speech_500.json or MELD_test_instruction.json",
                ASK,
            )
        samples: list[Sample] = []
        clips = Clips(data)
        for path, key in files.items():
            samples += _read_file(path, _BY_KEY[key], clips)
        return samples

    def score(self, sample: Sample, response: Response, context: Context) -> Score:
        scenario = _BY_KEY[sample.part]
        if not scenario.labels:
            return _score_text(sample, response)
        keyed = _keyed(scenario)
        reads = _read(response.text, scenario)
        said = [" ".join(read.said.casefold().split()) for read in reads]
        answer = "_".join(read.label or "" for read in reads) if all(read.label for read in reads) else None
        gold = str(sample.truth)
        outcome = next((read.outcome for read in reads if read.outcome is not None), None)
        if outcome is None:
            outcome = Outcome.RIGHT if answer == gold else Outcome.WRONG
        return Score(
            sample=sample.id,
            variant=response.variant,
            part=sample.part,
            outcome=outcome,
            said=" / ".join(read.said for read in reads)[:500],
            answer=answer,
            values={
                "right": float(outcome is Outcome.RIGHT),
                "literally_right": float("_".join(said) == gold.casefold()),
                "literally_valid": float(
                    all(word in labels for word, (labels, _) in zip(said, keyed, strict=True))
                ),
                "empty": float(not all(said)),
            },
            notes=(response.error,) if response.error else (),
        )

    async def rate(
        self, sample: Sample, response: Response, score: Score, judge: Judge, context: Context
    ) -> Score:
        if score.outcome is not Outcome.RATED:
            return score
        prompt = prompt_of("saber.evaluate", "laughter", Language.ENGLISH)
        values = dict(score.values)
        exchanges: list[Exchange] = []
        for part in JUDGED:
            asked = prompt.fill(part, truth=sample.truth, answer=response.text)
            value, said = await judge.ask(part, asked, read_rating)
            exchanges += said
            if value is not None:
                values[part] = value
        done = all(part in values for part in JUDGED)
        outcome = Outcome.RATED if done else Outcome.UNJUDGED
        return score.model_copy(update={"values": values, "exchanges": tuple(exchanges), "outcome": outcome})

    def language(self, settings: EvaluateSettings) -> str:
        return ""

    def prompts(self, settings: EvaluateSettings) -> Iterable[tuple[str, str]]:
        return [("laughter", "en")]

    def figures(self, samples: Sequence[Sample], scores: Sequence[Score], draws: Bootstrap) -> list[Figure]:
        return _Figures(samples, scores, draws).all()


def read_rating(reply: str) -> float | None:
    """A rating of 1 to 5: the last number of that range in the last line that holds one."""
    for line in reversed(reply.strip().splitlines()):
        if found := _RATING.findall(line.replace("/5", "")):
            return float(found[-1])
    return None


class _Figures:
    """All figures of one run."""

    def __init__(self, samples: Sequence[Sample], scores: Sequence[Score], draws: Bootstrap) -> None:
        self._draws = draws
        self._parts = np.array([s.part for s in scores], dtype=str)
        self._scores = scores
        self._truth = [str(s.truth) for s in samples]
        nan = float("nan")

        def column(name: str) -> Array:
            return np.array([s.values.get(name, nan) for s in scores], dtype=float)

        right, literal = column("right"), column("literally_right")
        valid, empty = column("literally_valid"), column("empty")
        self._columns: dict[str, Array] = {
            "official": np.where(empty == 0, literal, nan),
            "July 2025": np.where(valid == 1, literal, nan),
            "strict": literal,
            "as read": right,
        }
        self._valid = valid
        self._laughter = (column("logic") + column("content")) / 10
        self._of_scenario = {s.key: self._parts == s.key for s in SCENARIOS}

    def all(self) -> list[Figure]:
        found: list[Figure] = []
        there = [s for s in SCENARIOS if self._of_scenario[s.key].any()]
        for scenario in there:
            found += self._closed(scenario) if scenario.labels else self._free(scenario)
        for name in COLUMNS:
            found += self._averages(name)
        return [*found, *self._chance(found)]

    def _closed(self, scenario: Scenario) -> list[Figure]:
        mask = self._of_scenario[scenario.key]
        found = [
            figure("Accuracy", scenario.key, name, self._draws.mean(values, mask))
            for name, values in self._columns.items()
        ]
        found.append(figure("Accuracy", scenario.key, "not a label", self._draws.mean(1 - self._valid, mask)))
        counted = mask & np.isfinite(self._columns["official"])
        at = np.flatnonzero(counted)
        if len(at):
            said = [self._scores[int(i)].said.casefold().replace(" / ", "_") for i in at]
            sums = label_sums([self._truth[int(i)] for i in at], said)
            columns = np.zeros((len(self._parts), sums.shape[1]))
            columns[at] = sums
            for name, formula in (("precision", weighted_precision), ("F1", weighted_f1)):
                measured = self._draws.of_sums(columns, formula, counted)
                found.append(figure("Weighted, official denominator", scenario.key, name, measured))
        return found

    def _chance(self, beside: Sequence[Figure]) -> list[Figure]:
        """What a guesser would get of the same rows."""
        guess = random_guess()
        of_row = {s.key: 100 / s.choices for s in SCENARIOS if s.choices}
        for suffix, expected in (("", guess), (" (closed)", random_guess(closed=True))):
            of_row |= {group + suffix: value for group, value in expected.items()}
        rows = {f.row: f.n for f in beside if f.table == "Accuracy"}
        return [
            figure("Accuracy", row, "chance", Measured(of_row[row] / 100, n, 0)) for row, n in rows.items()
        ]

    def _free(self, scenario: Scenario) -> list[Figure]:
        mask = self._of_scenario[scenario.key]
        found = []
        for name in ("BLEU", "ROUGE-L"):
            values = [s.values.get(name, float("nan")) for s in self._scores]
            found.append(figure("Laughter reasoning", scenario.key, name, self._draws.mean(values, mask)))
        for name in JUDGED:
            values = [s.values.get(name, float("nan")) for s in self._scores]
            measured = self._draws.mean(values, mask)
            if measured.value is not None:
                found.append(
                    figure("Laughter reasoning", scenario.key, f"judge: {name}", measured, unit="score")
                )
        unjudged = [s.outcome is Outcome.UNJUDGED for s in self._scores]
        if any(unjudged):
            found.append(
                figure(
                    "Laughter reasoning",
                    scenario.key,
                    "unjudged",
                    self._draws.mean(np.array(unjudged, float), mask),
                )
            )
        return found

    def _averages(self, name: str) -> list[Figure]:
        """Of each group, of the three, and the same without the scenario that has no labels."""
        found = []
        for suffix, scenarios in (
            ("", SCENARIOS),
            (" (closed)", tuple(s for s in SCENARIOS if s.labels)),
        ):
            groups = {g: [s for s in scenarios if s.group == g] for g in GROUPS}
            means: list[tuple[Values, Among]] = []
            for group, members in groups.items():
                parts = [self._mean_of(s, name) for s in members]
                means += parts
                if not any(self._of_scenario[s.key].any() for s in members):
                    continue
                if suffix and members == [s for s in SCENARIOS if s.group == group]:
                    continue  # the same row again
                found.append(
                    figure(
                        "Accuracy",
                        group + suffix,
                        name,
                        self._average(parts, [len(parts)]),
                        note=GROUPS[group],
                    )
                )
            sizes = [len(members) for members in groups.values()]
            found.append(figure("Accuracy", "Average" + suffix, name, self._average(means, sizes)))
        return found

    def _mean_of(self, scenario: Scenario, name: str) -> tuple[Values, Among]:
        values = self._columns[name] if scenario.labels else self._laughter
        return values, self._of_scenario[scenario.key]

    def _average(self, parts: list[tuple[Values, Among]], sizes: list[int]) -> Measured:
        """Mean over groups of `sizes` of the mean over scenarios; None unless every scenario has a number."""
        ends = np.cumsum([0, *sizes])
        return self._draws.of_means(
            parts,
            lambda means: np.stack([means[..., a:b].mean(-1) for a, b in pairwise(ends)]).mean(0),
        )


def _keyed(scenario: Scenario) -> list[tuple[tuple[str, ...], tuple[str, ...]]]:
    """Each closed set that an answer chooses from, and what a form calls it."""
    keyed: list[tuple[tuple[str, ...], tuple[str, ...]]] = [(scenario.labels, EMOTION)]
    return [*keyed, (scenario.intents, INTENT)] if scenario.intents else keyed


def _read(text: str | None, scenario: Scenario) -> list[Read]:
    """What an answer chooses of each set. A word of both sets (neutral) counts only where a form says which
    of the two is meant."""
    shared = set(scenario.labels) & set(scenario.intents)
    reads = [read_label(text, labels, keys) for labels, keys in _keyed(scenario)]
    return [
        replace(r, label=None, how="none", outcome=Outcome.INVALID)
        if r.how != "form" and r.label in shared
        else r
        for r in reads
    ]


def _score_text(sample: Sample, response: Response) -> Score:
    text = (response.text or "").strip()
    read = read_label(response.text, ())
    outcome = Outcome.RATED
    if read.outcome is Outcome.NO_ANSWER or read.outcome is Outcome.REFUSAL:
        # Counted with 0: leaving a bad answer out would reward it.
        values = {"BLEU": 0.0, "ROUGE-L": 0.0, "logic": 0.0, "content": 0.0}
        outcome = read.outcome
    else:
        truth = str(sample.truth)
        values = {"BLEU": bleu(truth, text), "ROUGE-L": rouge_l(truth, text)}
    return Score(
        sample=sample.id,
        variant=response.variant,
        part=sample.part,
        outcome=outcome,
        said=text[:500],
        values=values,
    )


def _json_files(data: Path) -> list[Path]:
    return sorted(data.rglob("*.json")) if data.is_dir() else []


def _scenario_of(name: str) -> str | None:
    """The scenario whose key begins the file's name; the longest one counts (ch-simsv2s, not SIMS)."""
    plain = re.sub(r"[^a-z0-9]", "", name.casefold())
    fit = [s.key for s in SCENARIOS if plain.startswith(re.sub(r"[^a-z0-9]", "", s.key.casefold()))]
    return max(fit, key=len, default=None)


def _read_file(path: Path, scenario: Scenario, clips: Clips) -> list[Sample]:
    try:
        rows = json.loads(path.read_text(encoding="utf-8"))
        if not isinstance(rows, list):
            raise ValueError("it holds no list")
        samples = [_read_row(row, number, scenario, clips) for number, row in enumerate(rows, 1)]
    except (OSError, ValueError) as error:
        raise UsageError(f"{path} is not in EmoBench-M's layout: {error}.") from error
    return numbered(samples)


def _read_row(row: Any, number: int, scenario: Scenario, clips: Clips) -> Sample:
    try:
        turns = {turn["from"]: str(turn["value"]) for turn in row["conversations"]}
        question, gold, video = turns["human"], turns["gpt"], str(row["video"])
    except (TypeError, KeyError) as error:
        raise ValueError(f"row {number} lacks {error}") from error
    truth = gold.strip()
    if scenario.labels:
        reads = _read(gold, scenario)
        if not all(read.label for read in reads):
            raise ValueError(f"row {number} has the answer {gold!r}, which is none of the scenario's labels")
        truth = "_".join(str(read.label) for read in reads)
    return Sample(
        id=f"{scenario.key}/{row.get('id', number)}",
        part=scenario.key,
        question=question.replace("<video>", "").strip(),
        labels=scenario.labels,
        truth=truth,
        media=clips.named(video),
        cluster=_cluster(scenario, video),
    )


_RAVDESS = re.compile(r"(?:\d\d-){6}(\d\d)(?!\d)")
_DIALOGUE = re.compile(r"dia(\d+)_utt\d+", re.IGNORECASE)


def _cluster(scenario: Scenario, video: str) -> str:
    """Who speaks, or in which dialogue, where the corpus's file names say so; else the video itself."""
    if actor := _RAVDESS.search(video):
        return f"actor {actor[1]}"
    if scenario.key == "MELD" and (dialogue := _DIALOGUE.search(video)):
        return f"dialogue {dialogue[1]}"
    return video
