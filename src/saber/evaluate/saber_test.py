"""How is SABER-Test read and scored?

Read from a dataset's workspace, after its `split` stage, from a dataset exported as JSON Lines, or from
`saber-test.jsonl` with lines of `id`, `media`, `half`, and where known `emotion`, `speaker`, `corpus`,
`language`, `transcript`, `visual`, `acoustic`. Each answer is an annotation. Counted are the emotion, each
dimension's claims against what was measured in the clip, the words against the transcript, and whether a
conflict is named; on the consistent and on the inconsistent half.

The drop from the one half to the other is the headline: a model that follows one loud modality is right
where all agree, and wrong where they don't.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

from pydantic import Field

from saber.core.dataset import Assigned, Clip, Compared, Opinion, Perceived, Source
from saber.core.errors import ClipError, UsageError
from saber.core.records import Annotation, Record
from saber.core.taxonomy import DIMENSIONS, EMOTIONS, Dimension, emotion_from
from saber.core.transcripts import compare
from saber.evaluate.answers import read_label
from saber.evaluate.bench import no_data
from saber.evaluate.conflict_words import speaks_of_conflict
from saber.evaluate.context import Context
from saber.evaluate.judge import Judge
from saber.evaluate.records import Figure, Outcome, Response, Sample, Score
from saber.evaluate.saber_test_figures import saber_test_figures
from saber.evaluate.settings import EvaluateSettings
from saber.evaluate.statistics import Bootstrap
from saber.flow import items
from saber.grounding import Summary, check_claims
from saber.sed import LABEL, read_answer

__all__ = ["LISTED", "SaberTest"]

LISTED = "saber-test.jsonl"
LEDGER = "ledger.sqlite"
_SCORE = re.compile(r"""["']consistency_score["']\s*:\s*([01](?:\.\d+)?)""")
_CONSISTENCY = re.compile(r"""["']consistency["']\s*:\s*["'](\w+)["']""")


class Line(Record):
    """One line of `saber-test.jsonl`."""

    id: str
    media: str
    half: str = Field(pattern="^(consistent|inconsistent)$")
    emotion: str | None = None
    speaker: str | None = None
    corpus: str | None = None
    language: str = "en"
    transcript: str | None = None
    visual: str | None = None
    acoustic: str | None = None


class SaberTest:
    name = "saber-test"
    title = "SABER-Test"
    protocol = 1
    ask = ""
    judge = "none"
    form = "annotation"
    headline = ("Emotion match", "drop", "strict")
    ranked_by = ("Emotion match", "inconsistent", "strict")
    board: tuple[tuple[str, str, str], ...] = (
        *tuple(("Emotion match", row, "strict") for row in ("consistent", "inconsistent", "drop")),
        ("Conflict named", "balanced accuracy", "share"),
    )
    strata = False
    contamination: str | None = None
    notes: tuple[str, ...] = (
        "Not the authors' SABER-Test, which is not released: clips of this dataset's test split, consistent "
        "or not by its own verdicts.",
        "Claims are held against measurements; what no cue measures counts neither way, its share is stated.",
        "Whether an answer names a conflict is read from its `consistency` field, or else by words.",
    )

    def read(self, data: Path, settings: EvaluateSettings) -> list[Sample]:
        if (data / LISTED).is_file():
            samples = list(_listed(data / LISTED))
        elif (data / LEDGER).is_file():
            samples = list(_of_workspace(data))
        elif rows := sorted(data.glob("data/*.jsonl")):
            samples = [sample for path in rows for sample in _of_export(path)]
        else:
            expected = f"a workspace of `saber run`, an export of it, or {LISTED}"
            made = "Make it from your own corpora: saber run --until split."
            raise no_data("SABER-Test", data, expected, "", remedy=made)
        if not samples:
            raise UsageError(
                f"The dataset in {data} holds no SABER-Test clip.",
                remedy="Its test split has no consistent or no inconsistent clips: see split/summary.md.",
            )
        return samples

    def score(self, sample: Sample, response: Response, context: Context) -> Score:
        answer = read_answer(response.text or "")
        # A label that is there and empty is an answer: the model says that it can't tell.
        text = answer.texts.get(LABEL, answer.texts.get("reasoning") or response.text)
        read = read_label(text, [e.value for e in EMOTIONS])
        chosen = read.label
        outcome = read.outcome
        if outcome is None:
            outcome = Outcome.NO_TRUTH
            if sample.truth is not None:
                outcome = Outcome.RIGHT if chosen == sample.truth else Outcome.WRONG
        values: dict[str, float] = {}
        notes = [response.error] if response.error else []
        if chosen is not None:
            values |= _follows(sample, chosen)
        if not response.variant:
            values |= _conflict(response.text or "", answer.texts.get("reasoning", ""))
            if answer.annotation is not None:
                values |= _speech(sample, answer.annotation)
                try:
                    values |= _claims(answer.annotation, sample, context)
                except ClipError as error:
                    notes.append(error.reason)
        return Score(
            sample=sample.id,
            variant=response.variant,
            part=sample.part,
            outcome=outcome,
            said=answer.texts.get(LABEL, read.said)[:500],
            answer=chosen,
            values=values,
            notes=tuple(notes),
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
        return saber_test_figures(samples, scores, draws)


def _claims(annotation: Annotation, sample: Sample, context: Context) -> dict[str, float]:
    """Counts of claims by dimension and verdict, `face_supported` and so on."""
    cues = context.cues(sample)
    checked = check_claims(annotation, cues)
    values: dict[str, float] = {}
    for dimension in DIMENSIONS:
        if dimension is Dimension.SPEECH:
            continue
        counts = Summary.of(c for c in checked if c.claim.dimension is dimension)
        for verdict, count in counts.model_dump().items():
            values[f"{dimension.value}_{verdict}"] = float(count)
    return values


def _speech(sample: Sample, annotation: Annotation) -> dict[str, float]:
    """Errors of the words, and how many words there are, where the dataset knows what was said."""
    transcript = sample.extra.get("transcript")
    if not transcript:
        return {}
    errors = compare(str(transcript), annotation.audio.speech, str(sample.extra.get("language") or "en"))
    return {"word_errors": float(errors.errors), "words": float(errors.reference_length)}


def _conflict(text: str, reasoning: str) -> dict[str, float]:
    """1 where the answer names a conflict, 0 where it doesn't; nothing where there is no reasoning."""
    score = _SCORE.search(text)
    values = {} if score is None else {"consistency_score": float(score[1])}
    if (field := _CONSISTENCY.search(text)) is not None:
        verdict = field[1].casefold()
        unclear = float(verdict not in ("consistent", "inconsistent"))
        named = float(verdict == "inconsistent")
        return {**values, "conflict": named, "conflict_unclear": unclear, "conflict_by_field": 1.0}
    if reasoning:
        named = float(speaks_of_conflict(reasoning))
        return {**values, "conflict": named, "conflict_unclear": 0.0, "conflict_by_field": 0.0}
    return values


def _follows(sample: Sample, answer: str) -> dict[str, float]:
    """Which side the answer sides with, where picture and sound show different emotions."""
    visual, acoustic = sample.extra.get("visual"), sample.extra.get("acoustic")
    if not visual or not acoustic or visual == acoustic:
        return {}
    return {
        "follows_visual": float(answer == visual),
        "follows_acoustic": float(answer == acoustic),
        "follows_neither": float(answer not in (visual, acoustic)),
    }


def _listed(path: Path) -> Iterator[Sample]:
    seen: set[str] = set()
    for number, text in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        if not text.strip():
            continue
        try:
            line = Line.model_validate(json.loads(text))
        except ValueError as error:
            raise UsageError(f"Line {number} of {path} is no SABER-Test clip: {error}.") from error
        if line.id in seen:
            raise UsageError(f"{path} lists the clip {line.id} twice.")
        seen.add(line.id)
        yield Sample(
            id=line.id,
            part=line.half,
            truth=_emotion(line.emotion, number, path),
            media=line.media,
            corpus=line.corpus,
            cluster=line.speaker,
            extra={
                "language": line.language,
                "transcript": line.transcript,
                "visual": _emotion(line.visual, number, path),
                "acoustic": _emotion(line.acoustic, number, path),
            },
        )


def _emotion(said: str | None, number: int, path: Path) -> str | None:
    if not said:
        return None
    emotion = emotion_from(said)
    if emotion is None:
        raise UsageError(
            f"Line {number} of {path} names the emotion {said!r}.",
            remedy=f"Known: {', '.join(EMOTIONS)}.",
        )
    return emotion.value


def _of_workspace(workspace: Path) -> Iterator[Sample]:
    """The clips that the split stage chose."""
    kinds: dict[str, type[Record]] = {
        "source": Source, "clean": Clip, "perceive": Perceived, "compare": Compared, "split": Assigned,
    }  # fmt: skip
    for item in items(workspace, kinds):
        assigned = item.of("split", Assigned)
        if not assigned.saber_test:
            continue
        source = item.of("source", Source).holding_for(item.id)
        clip = item.of("clean", Clip)
        visual, acoustic = _sides(item.of("compare", Compared).opinions)
        yield Sample(
            id=item.id,
            part=assigned.half,
            truth=source.label.value if source.label else None,
            media=clip.media_path,
            corpus=source.corpus,
            cluster=source.speaker or source.group,
            extra={
                "language": source.language or "en",
                "transcript": source.transcript,
                "visual": visual,
                "acoustic": acoustic,
                "perceived": item.of("perceive", Perceived).model_dump(),
                "half_judges": list(assigned.half_judges),
            },
        )


def _of_export(path: Path) -> Iterator[Sample]:
    """The test clips of a dataset that was exported as JSON Lines with its media."""
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        try:
            row = json.loads(line)
            if not row["saber_test"]:
                continue
            opinions = [Opinion.model_validate({**o, "verdict": None}) for o in row.get("opinions") or ()]
            visual, acoustic = _sides(opinions)
            sample = Sample(
                id=row["id"],
                part=row["half"],
                truth=row["label"],
                media=row["media"],
                corpus=row.get("corpus"),
                cluster=row["speaker"] or row["group"],
                extra={
                    "language": row["spoken_language"] or "en",
                    "transcript": row["transcript"],
                    "visual": visual,
                    "acoustic": acoustic,
                },
            )
        except (ValueError, KeyError, TypeError) as error:
            raise UsageError(f"Line {number} of {path} is no row of an exported dataset: {error}.") from error
        yield sample


def _sides(opinions: Sequence[Opinion]) -> tuple[str | None, str | None]:
    """What picture and sound show by most of those who could tell; the first of equals."""

    def most(said: list[Any]) -> str | None:
        counts = Counter(e.value for e in said if e is not None)
        return counts.most_common(1)[0][0] if counts else None

    return most([o.visual for o in opinions]), most([o.acoustic for o in opinions])
