"""How is MME-Emotion scored: is the emotion right, and does each step of the reasoning hold?

Read are the published lists, `TASK/question/*.json` (`video_id`, `label`, `label_set`) with the audio clues
beside them (`TASK/audio_clue/*.json`). A judge splits an answer into steps, then rates each with 0 or 1:
the last step against the label, the others against what is seen and heard. Rec-S is the last step's rating,
Rea-S the mean of the others (0 where there are none), CoT-S the mean of the two.

The official numbers leave out what can't be parsed; here `official` does, `strict` counts it 0, and its
share is stated.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterable, Sequence
from pathlib import Path

import numpy as np

from saber.core.errors import ClipError, UsageError
from saber.core.prompts import prompt_of
from saber.core.taxonomy import Language
from saber.evaluate.answers import read_label
from saber.evaluate.bench import figure, no_data
from saber.evaluate.context import Context
from saber.evaluate.files import Clips, numbered, read_json
from saber.evaluate.judge import Judge
from saber.evaluate.records import Exchange, Figure, Outcome, Response, Sample, Score
from saber.evaluate.settings import EvaluateSettings
from saber.evaluate.statistics import Bootstrap
from saber.models import Media

__all__ = ["TASKS", "MmeEmotion", "read_ratings", "step_scores", "who"]

TASKS = ("ER-Lab", "ER-Wild", "Noise-ER", "FG-ER", "ML-ER", "SA", "FG-SA", "IR")
ASK = (
    "https://github.com/FunAudioLLM/MME-Emotion (questions and audio clues), and the clips at their corpora."
)
SCORES = ("Rec-S", "Rea-S", "CoT-S")
_ANY_SCORES = re.compile(r"<score>(.*?)</score>", re.DOTALL | re.IGNORECASE)
_ONE = re.compile(r":\s*([01])\s*/\s*1")
_STEPS = re.compile(r"<step>(.*?)</step>", re.DOTALL | re.IGNORECASE)
_IEMOCAP = re.compile(r"/Ses(\d\d)[FM]_\w+_([FM])\d+\.")
_DIALOGUE = re.compile(r"/dia_?(\d+)_utt_?\d+(\D*)\.")
FRAMES = 10
"""At most, one a second, as the official judge gets them."""


class MmeEmotion:
    name = "mme-emotion"
    title = "MME-Emotion"
    protocol = 1
    ask = ASK
    judge = "needed"
    form = "question"
    headline = ("Scores", "overall", "CoT-S official")
    ranked_by = headline
    board: tuple[tuple[str, str, str], ...] = tuple(
        ("Scores", "overall", f"{name} official") for name in ("Rec-S", "Rea-S", "CoT-S")
    )
    strata = True
    contamination: str | None = "MME-Emotion"
    notes: tuple[str, ...] = (
        "The benchmark publishes no wording of its questions; ours names the labels.",
        "Our prompts ask for the published steps in other words. The official judge sees ten frames of the "
        "clip; here it does where it takes frames, else only the audio clue is told.",
    )

    def read(self, data: Path, settings: EvaluateSettings) -> list[Sample]:
        samples = []
        clips = Clips(data)
        prompt = prompt_of("saber.evaluate", "mme_emotion", Language.ENGLISH)
        for task in TASKS:
            clues = _clues(data, task)
            for path in _lists(data, task, "question"):
                for number, row in enumerate(read_json(path), 1):
                    if not isinstance(row, dict) or not {"video_id", "label"} <= row.keys():
                        raise UsageError(
                            f"Row {number} of {path} is no question with a video_id and a label."
                        )
                    clip, label = str(row["video_id"]), str(row["label"])
                    labels = tuple(str(name) for name in row.get("label_set") or ())
                    samples.append(
                        Sample(
                            id=f"{task}/{clip}",
                            part=task,
                            question=prompt.fill("question", labels=", ".join(labels)),
                            truth=label,
                            media=clips.named(clip),
                            cluster=who(clip),
                            extra={"audio_clue": clues.get(clip, ""), "label_set": list(labels)},
                        )
                    )
        if not samples:
            raise no_data("MME-Emotion", data, "a folder such as ER-Lab/question with JSON files", ASK)
        return numbered(samples)

    def score(self, sample: Sample, response: Response, context: Context) -> Score:
        read = read_label(response.text, ())
        outcome = Outcome.UNJUDGED
        values: dict[str, float] = {}
        if read.outcome is Outcome.NO_ANSWER or read.outcome is Outcome.REFUSAL:
            outcome, values = read.outcome, dict.fromkeys(SCORES, 0.0)
        return Score(
            sample=sample.id,
            variant=response.variant,
            part=sample.part,
            outcome=outcome,
            said=(response.text or "")[:500],
            values=values,
            notes=(response.error,) if response.error else (),
        )

    async def rate(
        self, sample: Sample, response: Response, score: Score, judge: Judge, context: Context
    ) -> Score:
        if score.outcome is not Outcome.UNJUDGED:
            return score
        prompt = prompt_of("saber.evaluate", "mme_emotion", Language.ENGLISH)
        exchanges: list[Exchange] = []
        steps, said = await judge.ask("steps", prompt.fill("steps", answer=response.text), _steps)
        exchanges += said
        values: dict[str, float] = {}
        notes = score.notes
        if steps is not None:
            asked = prompt.fill(
                "rate", label=sample.truth, clue=sample.extra.get("audio_clue") or "(none)", steps=steps
            )
            media: tuple[Media, ...] = ()
            try:
                media = await asyncio.to_thread(judge.frames, context.clip(sample), FRAMES)
            except ClipError as error:
                notes = (*notes, error.reason)
            ratings, said = await judge.ask("rate", asked, _ratings_text, media=media)
            exchanges += said
            if ratings is not None:
                values = step_scores(read_ratings(ratings) or [])
        return score.model_copy(
            update={
                "outcome": Outcome.RATED if values else Outcome.UNJUDGED,
                "values": values,
                "exchanges": tuple(exchanges),
                "notes": notes,
            }
        )

    def language(self, settings: EvaluateSettings) -> str:
        return "judged in English, nothing translated"

    def prompts(self, settings: EvaluateSettings) -> Iterable[tuple[str, str]]:
        return [("mme_emotion", "en")]

    def figures(self, samples: Sequence[Sample], scores: Sequence[Score], draws: Bootstrap) -> list[Figure]:
        found = []
        rated = np.array([s.outcome is Outcome.RATED for s in scores])
        open_ = np.array([float(s.outcome is Outcome.UNJUDGED) for s in scores])
        parts = np.array([s.part for s in scores], dtype=str)
        for row in (*dict.fromkeys(parts.tolist()), "overall"):
            among = np.ones(len(scores), bool) if row == "overall" else parts == row
            for name in SCORES:
                values = np.array([s.values.get(name, float("nan")) for s in scores])
                found.append(figure("Scores", row, f"{name} official", draws.mean(values, among & rated)))
            for name in SCORES:
                values = np.array([s.values.get(name, 0.0) for s in scores])
                found.append(figure("Scores", row, f"{name} strict", draws.mean(values, among)))
            found.append(figure("Scores", row, "not parsed", draws.mean(open_, among)))
        return found


def who(clip: str) -> str | None:
    """Who speaks (IEMOCAP), or in which dialogue (MELD, MC-EIU), where the clip's name says so: such as
    `IEMOCAP/video/Ses05M_impro03_F023.mp4`, the woman of session 5."""
    folder = clip.rpartition("/")[0]
    if speaker := _IEMOCAP.search(clip):
        return f"{folder} {speaker[1]}{speaker[2]}"
    if dialogue := _DIALOGUE.search(clip):
        return f"{folder} dialogue {dialogue[1]}{dialogue[2]}"
    return None


def read_ratings(reply: str) -> list[float] | None:
    """The steps' ratings, `<score>Step 1: 1/1, ...</score>`; None where there are none."""
    block = _ANY_SCORES.search(reply)
    if block is None:
        return None
    return [float(r) for r in _ONE.findall(block[1])] or None


def step_scores(ratings: Sequence[float]) -> dict[str, float]:
    """Rec-S, Rea-S and CoT-S, each 0 to 1; nothing for no step."""
    if not ratings:
        return {}
    *reasoning, recognition = ratings
    reasoned = sum(reasoning) / len(reasoning) if reasoning else 0.0
    return {"Rec-S": recognition, "Rea-S": reasoned, "CoT-S": (recognition + reasoned) / 2}


def _steps(reply: str) -> str | None:
    block = _STEPS.search(reply)
    text = block[1].strip() if block is not None else ""
    return text if re.search(r"step\s*1", text, re.IGNORECASE) else None


def _ratings_text(reply: str) -> str | None:
    return reply if read_ratings(reply) else None


def _lists(data: Path, task: str, kind: str) -> list[Path]:
    """Below a folder of the task's name, wherever it is."""
    return sorted(p for p in data.rglob("*.json") if p.parent.name == kind and p.parent.parent.name == task)


def _clues(data: Path, task: str) -> dict[str, str]:
    found: dict[str, str] = {}
    for path in _lists(data, task, "audio_clue"):
        for row in read_json(path):
            if isinstance(row, dict) and isinstance(row.get("video_id"), str):
                found[row["video_id"]] = str(row.get("audio_clue", ""))
    return found
