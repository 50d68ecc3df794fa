"""How is EMER scored: how much of what people saw and felt does a description share?

Read are the published tables: `gt-chi.csv` or `gt-eng.csv` (`names,emotions,subtitles,reasons`), `gt.csv`
(`names,chi_reasons`), or version 2 (`name,chinese,english`). A judge rates twice. Clue overlap: both
descriptions at once. Label overlap: both are reduced to words of emotion first, and the two lists are
rated. 1 to 10, the mean is the score; a reply's first number counts, as in the official code.

The official judge, gpt-3.5-turbo-16k-0613, is gone. Another judge's numbers compare with nobody's until it
is calibrated on the six published files of answers (`saber.evaluate.calibration`).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from pathlib import Path

import numpy as np

from saber.core.prompts import prompt_of
from saber.core.taxonomy import Language
from saber.evaluate.answers import read_label
from saber.evaluate.bench import figure, no_data
from saber.evaluate.context import Context
from saber.evaluate.files import Clips, read_table
from saber.evaluate.judge import Judge
from saber.evaluate.records import Exchange, Figure, Outcome, Response, Sample, Score
from saber.evaluate.settings import EvaluateSettings
from saber.evaluate.statistics import Bootstrap

__all__ = ["OVERLAPS", "Emer", "first_number"]

OVERLAPS = ("clue", "label")
ASK = "https://github.com/zeroQiaoba/AffectGPT (tables); the videos need the agreement of MER2023."
_NUMBER = re.compile(r"\d\.*\d*")
_TABLES = {
    "zh": (("gt-chi.csv", "names", "reasons"), ("gt.csv", "names", "chi_reasons")),
    "en": (("gt-eng.csv", "names", "reasons"),),
}
_VERSION_2 = ("final-EMER-reason.csv", "name", {"zh": "chinese", "en": "english"})


class Emer:
    name = "emer"
    title = "EMER"
    protocol = 1
    ask = ASK
    judge = "needed"
    form = "question"
    headline = ("Overlap", "clue", "official")
    ranked_by = headline
    board: tuple[tuple[str, str, str], ...] = tuple(
        ("Overlap", row, column) for row in ("clue", "label") for column in ("official", "strict")
    )
    strata = False
    contamination: str | None = "EMER"
    notes: tuple[str, ...] = (
        "Our prompts to the judge ask for the published steps in other words.",
        "`official`: the mean over rated answers. `strict`: refusals and missing answers count 0, below the "
        "scale's 1. Answers without a usable rating are in neither, and their share is stated.",
        "The truth is reduced to words once for each judge, not anew for each model as in the official code.",
    )

    def read(self, data: Path, settings: EvaluateSettings) -> list[Sample]:
        language = settings.judge_language
        path, names, column = _table(data, language)
        clips = Clips(data)
        question = prompt_of("saber.evaluate", "emer", Language(language))
        samples = []
        for row in read_table(path, (names, column)):
            subtitle = row.get("subtitles", "").strip()
            asked = (
                question.fill("question_with_subtitle", subtitle=subtitle)
                if subtitle
                else question.parts["question"]
            )
            samples.append(
                Sample(
                    id=row[names],
                    part="EMER",
                    question=asked,
                    truth=row[column].strip(),
                    media=clips.of(row[names]),
                )
            )
        return samples

    def score(self, sample: Sample, response: Response, context: Context) -> Score:
        read = read_label(response.text, ())
        outcome = read.outcome if read.outcome in (Outcome.NO_ANSWER, Outcome.REFUSAL) else Outcome.UNJUDGED
        return Score(
            sample=sample.id,
            variant=response.variant,
            part=sample.part,
            outcome=outcome,
            said=(response.text or "")[:500],
            notes=(response.error,) if response.error else (),
        )

    async def rate(
        self, sample: Sample, response: Response, score: Score, judge: Judge, context: Context
    ) -> Score:
        if score.outcome is not Outcome.UNJUDGED:
            return score
        prompt = prompt_of("saber.evaluate", "emer", Language(context.settings.judge_language))
        exchanges: list[Exchange] = []
        values: dict[str, float] = {}

        async def words(purpose: str, text: str) -> str | None:
            found, said = await judge.ask(purpose, prompt.fill("words", description=text), some_text)
            exchanges.extend(said)
            return found

        answer: str | None = response.text or ""
        if context.settings.translate == "zh":
            asked = prompt_of("saber.evaluate", "translate", Language.CHINESE).fill("translate", text=answer)
            answer, said = await judge.ask("translate", asked, some_text)
            exchanges.extend(said)
        if answer is not None:
            asked = prompt.fill("clue", truth=sample.truth, answer=answer)
            value, said = await judge.ask("clue", asked, first_number)
            exchanges.extend(said)
            if value is not None:
                values["clue"] = value
            true_words = await words("words of the truth", str(sample.truth))
            answer_words = await words("words of the answer", answer)
            if true_words is not None and answer_words is not None:
                asked = prompt.fill("label", truth=true_words, answer=answer_words)
                value, said = await judge.ask("label", asked, first_number)
                exchanges.extend(said)
                if value is not None:
                    values["label"] = value
        outcome = Outcome.RATED if len(values) == len(OVERLAPS) else Outcome.UNJUDGED
        return score.model_copy(update={"values": values, "exchanges": tuple(exchanges), "outcome": outcome})

    def language(self, settings: EvaluateSettings) -> str:
        translated = (
            "answers translated to Chinese by the judge"
            if settings.translate == "zh"
            else "nothing translated"
        )
        named = {"zh": "Chinese", "en": "English"}[settings.judge_language]
        return f"judged in {named}, {translated}"

    def prompts(self, settings: EvaluateSettings) -> Iterable[tuple[str, str]]:
        used = [("emer", settings.judge_language)]
        return [*used, ("translate", "zh")] if settings.translate == "zh" else used

    def figures(self, samples: Sequence[Sample], scores: Sequence[Score], draws: Bootstrap) -> list[Figure]:
        nothing = np.array([s.outcome in (Outcome.NO_ANSWER, Outcome.REFUSAL) for s in scores])
        found = []
        for name in OVERLAPS:
            rated = np.array([s.values.get(name, float("nan")) for s in scores])
            found.append(figure("Overlap", name, "official", draws.mean(rated), unit="score"))
            strict = np.where(nothing, 0.0, rated)
            found.append(figure("Overlap", name, "strict", draws.mean(strict), unit="score"))
            unrated = (np.isnan(rated) & ~nothing).astype(float)
            found.append(figure("Overlap", name, "without a rating", draws.mean(unrated)))
        return found


def first_number(reply: str) -> float | None:
    """The reply's first number, as the official code reads it; None where there is none from 0 to 10."""
    if (found := _NUMBER.search(reply)) is None:
        return None
    try:
        value = float(found[0])
    except ValueError:  # "7...": the official code stops there
        return None
    return value if 0 <= value <= 10 else None


def some_text(reply: str) -> str | None:
    return reply.strip() or None


def _table(data: Path, language: str) -> tuple[Path, str, str]:
    """The table of truths in this language, its column of names and that of descriptions."""
    for name, names, column in _TABLES[language]:
        if found := sorted(data.rglob(name)):
            return found[0], names, column
    name, names, columns = _VERSION_2
    if found := sorted(data.rglob(name)):
        return found[0], names, columns[language]
    wanted = " or ".join([*(name for name, *_ in _TABLES[language]), _VERSION_2[0]])
    raise no_data("EMER", data, wanted, ASK)
