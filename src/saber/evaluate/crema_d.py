"""How does a model resolve what face and voice say, against how people do? (CREMA-D's votes.)

`tabulatedVotes.csv` holds what people answered who only heard a clip, only saw it, or both (Cao et al.
2014, ODbL). Truth is the unique majority of those who saw and heard it. Where the majorities for voice and
face differ, people follow the face in 1,887 clips, the voice in 548, neither in 359: a model should do so
as often, and on the same clips. An answer may carry a distribution (`probs`), which is then held against
the shares of the votes.
"""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from saber.core.errors import UsageError
from saber.core.prompts import prompt_of
from saber.core.taxonomy import Emotion, Language, emotion_from
from saber.evaluate.answers import read_label
from saber.evaluate.bench import figure, no_data
from saber.evaluate.context import Context
from saber.evaluate.files import Clips, read_table
from saber.evaluate.judge import Judge
from saber.evaluate.records import COUNTED, Figure, Outcome, Response, Sample, Score
from saber.evaluate.settings import EvaluateSettings
from saber.evaluate.statistics import Bootstrap

__all__ = ["ANSWERS", "CremaD", "majority"]

ANSWERS: tuple[Emotion, ...] = (
    Emotion.NEUTRAL, Emotion.HAPPINESS, Emotion.SADNESS, Emotion.ANGER, Emotion.FEAR, Emotion.DISGUST,
)  # fmt: skip
_LETTERS = dict(zip("NHSAFD", ANSWERS, strict=True))
_PANELS = {"1": "voice", "2": "face", "3": "both"}
ASK = "https://github.com/CheyneyComputerScience/CREMA-D (finishedResponses and processedResults are open)."


class CremaD:
    name = "crema-d"
    title = "CREMA-D against people's votes"
    protocol = 1
    ask = ASK
    judge = "none"
    form = "question"
    headline = ("Agreement with people", "face and voice differ", "strict")
    ranked_by = headline
    board: tuple[tuple[str, str, str], ...] = (headline, ("Agreement with people", "all clips", "strict"))
    strata = False
    contamination: str | None = None
    notes: tuple[str, ...] = (
        "Clips without a unique majority of those who saw and heard them have no truth and are left out.",
        "CREMA-D is a training corpus of SABER: a model that was trained on it has met these actors.",
    )

    def read(self, data: Path, settings: EvaluateSettings) -> list[Sample]:
        table = next(iter(sorted(data.rglob("tabulatedVotes.csv"))), None)
        if table is None:
            raise no_data("CREMA-D", data, "processedResults/tabulatedVotes.csv", ASK)
        clips = Clips(data)
        question = prompt_of("saber.evaluate", "crema_d", Language.ENGLISH).fill(
            "question", labels=", ".join(ANSWERS)
        )
        samples = []
        for name, votes in _votes(table).items():
            voice, face, both = (majority(votes.get(panel, {})) for panel in ("voice", "face", "both"))
            if both is None:
                continue
            part = "one of them is undecided"
            if voice and face:
                part = "face and voice agree" if voice == face else "face and voice differ"
            samples.append(
                Sample(
                    id=name,
                    part=part,
                    question=question,
                    labels=tuple(ANSWERS),
                    truth=both,
                    media=clips.of(name),
                    corpus="crema-d",
                    cluster=f"actor {name.split('_')[0]}",
                    extra={"voice": voice, "face": face, "votes": votes},
                )
            )
        return samples

    def score(self, sample: Sample, response: Response, context: Context) -> Score:
        read = read_label(response.text, sample.labels)
        outcome = read.outcome
        if outcome is None:
            outcome = Outcome.RIGHT if read.label == sample.truth else Outcome.WRONG
        voice, face = sample.extra["voice"], sample.extra["face"]
        values: dict[str, float] = {}
        if read.label is not None and voice and face and voice != face:
            values = {
                "takes face": float(read.label == face),
                "takes voice": float(read.label == voice),
                "takes neither": float(read.label not in (face, voice)),
            }
        probs = _probs(response.text or "")
        if probs is not None:
            both = sample.extra["votes"]["both"]
            total = sum(both.values())
            shares = {e: both.get(e, 0) / total for e in ANSWERS}
            values["distance"] = sum(abs(shares[e] - probs[e]) for e in ANSWERS) / 2
        return Score(
            sample=sample.id,
            variant=response.variant,
            part=sample.part,
            outcome=outcome,
            said=read.said[:500],
            answer=read.label,
            values=values,
            notes=(response.error,) if response.error else (),
        )

    async def rate(
        self, sample: Sample, response: Response, score: Score, judge: Judge, context: Context
    ) -> Score:
        return score

    def language(self, settings: EvaluateSettings) -> str:
        return ""

    def prompts(self, settings: EvaluateSettings) -> Iterable[tuple[str, str]]:
        return []

    def figures(self, samples: Sequence[Sample], scores: Sequence[Score], draws: Bootstrap) -> list[Figure]:
        as_is = np.array([not s.variant for s in scores])
        parts = np.array([s.part for s in scores], dtype=str)
        right = np.array(
            [float(s.outcome is Outcome.RIGHT) if s.outcome in COUNTED else float("nan") for s in scores]
        )
        read = np.array([s.answer is not None for s in scores])
        rows: list[tuple[str, NDArray[np.bool_]]] = [("all clips", as_is)]
        rows += [(part, as_is & (parts == part)) for part in sorted(set(parts.tolist()))]
        found = []
        for row, among in rows:
            found.append(figure("Agreement with people", row, "strict", draws.mean(right, among)))
            found.append(figure("Agreement with people", row, "of readable", draws.mean(right, among & read)))
        differ = as_is & (parts == "face and voice differ")
        people = {
            "face": [float(s.truth == s.extra["face"]) for s in samples],
            "voice": [float(s.truth == s.extra["voice"]) for s in samples],
            "neither": [float(s.truth not in (s.extra["face"], s.extra["voice"])) for s in samples],
        }
        for side, of_people in people.items():
            column = np.array([s.values.get(f"takes {side}", float("nan")) for s in scores])
            found.append(
                figure(
                    "Where face and voice differ", "the model", f"takes {side}", draws.mean(column, differ)
                )
            )
            found.append(
                figure(
                    "Where face and voice differ",
                    "people",
                    f"takes {side}",
                    draws.mean(np.array(of_people), differ),
                )
            )
        distance = np.array([s.values.get("distance", float("nan")) for s in scores])
        if np.isfinite(distance).any():
            for row, among in rows:
                measured = draws.mean(distance, among)
                found.append(
                    figure(
                        "Distance to the shares of the votes (0 to 1)",
                        row,
                        "total variation",
                        measured,
                        unit="ratio",
                    )
                )
        return found


def majority(votes: Mapping[str, int]) -> str | None:
    """The answer that most people gave; None at a tie."""
    if not votes:
        return None
    top = max(votes.values())
    best = [answer for answer, count in votes.items() if count == top]
    return best[0] if len(best) == 1 else None


def _votes(table: Path) -> dict[str, dict[str, dict[str, int]]]:
    """Clip -> panel -> answer -> people, in order of the clips' names."""
    found: dict[str, dict[str, dict[str, int]]] = {}
    try:
        for row in read_table(table, ("", "fileName", *_LETTERS)):
            panel = _PANELS[row[""].strip('"')[:1]]
            counts = {answer.value: int(row[letter]) for letter, answer in _LETTERS.items()}
            found.setdefault(row["fileName"], {})[panel] = counts
    except (ValueError, KeyError, csv.Error) as error:
        raise UsageError(f"{table} is not CREMA-D's table of votes: {error}.") from error
    return dict(sorted(found.items()))


def _probs(text: str) -> dict[Emotion, float] | None:
    """The distribution that an answer carries, over the six answers; surprise is shared out among them."""
    block = re.search(r"""["']probs["']\s*:\s*(\{[^{}]*\})""", text)
    if block is None:
        return None
    try:
        told = {emotion_from(k): float(v) for k, v in json.loads(block[1].replace("'", '"')).items()}
    except (ValueError, AttributeError, TypeError):
        return None
    of_six = {e: told.get(e, 0.0) for e in ANSWERS}
    total = sum(of_six.values())
    return {e: p / total for e, p in of_six.items()} if total > 0 else None
