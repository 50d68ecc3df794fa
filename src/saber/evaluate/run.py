"""How does a model on a benchmark become a run? The main flow of an evaluation.

    samples -> responses -> scores -> figures -> Run

Everything that cost something lies in the output folder before the next step begins: answers and the
judge's replies in `calls.sqlite`, by content. A run that was killed goes on there, and a second run asks
nothing again.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from saber.core.errors import ModelError, UsageError
from saber.core.prompts import prompt_of
from saber.core.taxonomy import Language
from saber.evaluate.ablate import ablate
from saber.evaluate.bench import Bench, read_samples
from saber.evaluate.contamination import overlaps, own_overlaps, strangers
from saber.evaluate.context import Context
from saber.evaluate.judge import Judge
from saber.evaluate.predictions import Predictions, read_predictions
from saber.evaluate.records import JudgeInfo, Outcome, Response, Run, Sample, Score
from saber.evaluate.respond import Asking, Responder, questions_sha256, respond_all
from saber.evaluate.settings import EvaluateSettings
from saber.evaluate.statistics import Bootstrap
from saber.version import __version__

__all__ = ["Evaluated", "Subject", "Told", "draws_of", "evaluate", "prompts_sha256", "score_all"]


Told = Callable[[str, int, int], None]
"""Hears how far it is: what is being done, how many are done, of how many."""


@dataclass(frozen=True)
class Subject:
    """What is evaluated: a model that is asked now (`asking`), or a file of answers (`predictions`)."""

    model: str
    """What the report calls it."""
    asking: Asking | None = None
    responder: Responder | None = None
    """Asks in another way than with the benchmark's own question; None: `asking` does."""
    predictions: Path | None = None
    trained_on: tuple[str, ...] | None = None


@dataclass(frozen=True)
class Evaluated:
    """A run and what it is made of; the three lists run in parallel, a sample once for each variant."""

    run: Run
    samples: tuple[Sample, ...]
    responses: tuple[Response, ...]
    scores: tuple[Score, ...]


def evaluate(
    bench: Bench,
    data: Path,
    subject: Subject,
    out: Path,
    *,
    judge: Judge | None = None,
    calibration: dict[str, float] | None = None,
    settings: EvaluateSettings | None = None,
    told: Told | None = None,
) -> Evaluated:
    """Run the benchmark.

    Args:
        bench: which.
        data: folder with the benchmark's files as their authors publish them.
        subject: the model, or the file of its answers.
        out: folder for what is kept.
        judge: rates free texts; None: what needs one stays open.
        calibration: of this judge, for the report.
        settings: of intervals and judging.
        told: hears how far it is.

    Raises UsageError and MissingPieceError for what a person must mend first, and ModelError when no call
    succeeds at all.
    """
    settings = settings or EvaluateSettings()
    if bench.judge == "needed" and judge is None:
        raise UsageError(f"{bench.title} needs a judge.", remedy="Name a model with --judge.")
    samples = _limited(read_samples(bench, data, settings), settings.limit)
    told = told or (lambda what, done, of: None)
    asked, responses, predictions = _responses(samples, data, subject, out, settings, told)
    context = Context(data, out, settings)
    scores = score_all(bench, asked, responses, context)
    if judge is not None and bench.judge != "none":
        scores = judge.run(_rate_all(bench, asked, responses, scores, judge, context, told))
    run = _run(bench, samples, asked, responses, scores, subject, predictions, judge, settings)
    if run.judge is not None and calibration is not None:
        run = run.model_copy(update={"judge": run.judge.model_copy(update={"calibration": calibration})})
    elif run.judge is not None:
        said = f"Judged by {run.judge.model}, which is not calibrated: compare with no other judge's numbers."
        run = run.model_copy(update={"notes": (*run.notes, said)})
    return Evaluated(run, tuple(asked), tuple(responses), tuple(scores))


def score_all(
    bench: Bench, samples: Sequence[Sample], responses: Sequence[Response], context: Context
) -> list[Score]:
    return [bench.score(s, r, context) for s, r in zip(samples, responses, strict=True)]


def draws_of(bench: Bench, samples: Sequence[Sample], settings: EvaluateSettings) -> Bootstrap:
    return Bootstrap(
        [s.cluster or s.id for s in samples],
        [s.part for s in samples] if bench.strata else None,
        method=settings.interval,
        level=settings.level,
        resamples=settings.resamples,
        seed=settings.seed,
    )


def _limited(samples: list[Sample], limit: int | None) -> list[Sample]:
    if limit is None:
        return samples
    seen: Counter[str] = Counter()
    kept = []
    for sample in samples:
        seen[sample.part] += 1
        if seen[sample.part] <= limit:
            kept.append(sample)
    return kept


def _responses(
    samples: list[Sample], data: Path, subject: Subject, out: Path, settings: EvaluateSettings, told: Told
) -> tuple[list[Sample], list[Response], Predictions | None]:
    """Samples, each once for every variant; their responses; the file that they come from, if one."""
    if subject.predictions is not None:
        if settings.ablations:
            raise UsageError(
                "Ablations ask the model again with changed clips.", remedy="Use --model, not --predictions."
            )
        predictions = read_predictions(subject.predictions, samples)
        return samples, list(predictions.responses), predictions
    asking = subject.asking
    assert asking is not None
    responder = subject.responder or asking
    asked = [(s, data / s.media if s.media else None, "") for s in samples]
    for variant in settings.ablations:
        taken = "picture" if variant == "black" else "sound"
        if taken not in responder.gets:
            raise UsageError(
                f"The ablation {variant} changes the {taken}, which this model does not get. It gets "
                f"{responder.sent}.",
                remedy="Let it have the clip: --send media, and --takes for a served model.",
            )
        for sample, clip in ablate(samples, data, variant, out / "ablated", settings.seed):
            asked.append((sample, clip, variant))
            told(f"clips changed ({variant})", len(asked), len(samples) * (1 + len(settings.ablations)))
    work = respond_all(responder, asked, 2 * asking.caller.pace.concurrency, told)
    return [sample for sample, _, _ in asked], asking.caller.run(work), None


async def _rate_all(
    bench: Bench,
    samples: Sequence[Sample],
    responses: Sequence[Response],
    scores: Sequence[Score],
    judge: Judge,
    context: Context,
    told: Told,
) -> list[Score]:
    turns = asyncio.Semaphore(judge.at_once)
    done = 0

    async def one(sample: Sample, response: Response, score: Score) -> Score:
        nonlocal done
        async with turns:
            rated = await bench.rate(sample, response, score, judge, context)
        done += 1
        told("answers judged", done, len(scores))
        return rated

    tasks = [asyncio.create_task(one(*each)) for each in zip(samples, responses, scores, strict=True)]
    try:
        rated = list(await asyncio.gather(*tasks))
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
    if judge.failure is not None and not judge.answered_by:
        raise ModelError(
            f"The judge answered nothing. The last call: {judge.failure.message}",
            reason=judge.failure.reason,
            remedy=judge.failure.remedy,
        )
    return rated


def _run(
    bench: Bench,
    samples: Sequence[Sample],
    asked: Sequence[Sample],
    responses: Sequence[Response],
    scores: Sequence[Score],
    subject: Subject,
    predictions: Predictions | None,
    judge: Judge | None,
    settings: EvaluateSettings,
) -> Run:
    asking = subject.asking
    judged = judge is not None and bench.judge != "none"
    return Run(
        bench=bench.name,
        title=bench.title,
        protocol=bench.protocol,
        version=__version__,
        model=subject.model,
        answered_by=tuple(sorted({r.by for r in responses if r.by})),
        responses_from="model" if predictions is None else "predictions",
        predictions_sha256=None if predictions is None else predictions.sha256,
        data_sha256=_data_sha256(samples),
        questions_sha256=questions_sha256(samples),
        decoding=asking.decoding if asking is not None else None,
        sent=(subject.responder or asking).sent if asking is not None else "",
        prompt=(subject.responder or asking).prompt if asking is not None else "",
        language=bench.language(settings),
        judge=_judge_info(bench, judge, settings) if judge is not None and judged else None,
        samples=len(samples),
        failed=sum(r.text is None and r.error != "missing" for r in responses),
        outcomes=_outcomes(scores),
        figures=tuple(bench.figures(asked, scores, draws_of(bench, asked, settings))),
        headline=bench.headline,
        intervals={
            "method": settings.interval,
            "level": settings.level,
            "resamples": settings.resamples,
            "seed": settings.seed,
            "clusters_known": sum(s.cluster is not None for s in samples),
        },
        contamination=(
            *overlaps(bench.contamination, subject.trained_on or ()),
            *own_overlaps((s.corpus for s in samples), subject.trained_on or ()),
        ),
        sources_known=bench.contamination is not None or all(s.corpus for s in samples),
        trained_on=subject.trained_on,
        confusion=_confusion(asked, scores),
        notes=(
            *bench.notes,
            *_run_notes(settings, judged, bench, responses, scores, predictions),
            *_unknown(subject),
        ),
    )


def _run_notes(
    settings: EvaluateSettings,
    judged: bool,
    bench: Bench,
    responses: Sequence[Response],
    scores: Sequence[Score],
    predictions: Predictions | None,
) -> list[str]:
    notes = []
    if missing := sum(r.error == "missing" for r in responses):
        notes.append(f"The file answers {len(responses) - missing} of {len(responses)} samples.")
    if predictions is not None and (others := predictions.strangers):
        notes.append(
            f"Rows of the file that name none of the samples, and count for nothing: {len(others)}, the "
            f"first {others[0]!r}."
        )
    failed = Counter(r.error for r in responses if r.text is None and r.error != "missing")
    if failed:
        why = ", ".join(f"{reason} {count}" for reason, count in sorted(failed.items()))
        notes.append(
            f"{failed.total()} answers are not there because asking failed ({why}). They count as no answer; "
            "run it again before you show these numbers: only those are asked for."
        )
    for variant in settings.ablations:
        changed = sum(r.variant == variant for r in responses)
        if changed < (of := sum(not r.variant for r in responses)):
            notes.append(
                f"{variant}: {changed} of {of} clips. The others can't be read, lack the track that is to be "
                "changed, or find no other clip to lend its sound."
            )
    held_back = Counter(note for r in responses for note in r.notes)
    if held_back:
        why = ", ".join(f"{slug} {count}" for slug, count in sorted(held_back.items()))
        notes.append(f"Some clips went to the model in part or in another form ({why}).")
    unmeasured = Counter(
        note for s, r in zip(scores, responses, strict=True) for note in s.notes if note != r.error
    )
    if unmeasured:
        why = ", ".join(f"{slug} {count}" for slug, count in sorted(unmeasured.items()))
        notes.append(f"Of some answers not everything could be scored, for lack of their clip ({why}).")
    if settings.limit is not None:
        notes.append(f"Only the first {settings.limit} samples of each part: not the benchmark's number.")
    if bench.judge == "optional" and not judged:
        notes.append("No judge was asked; what needs one is open.")
    return notes


def _unknown(subject: Subject) -> list[str]:
    if not (names := strangers(subject.trained_on or ())):
        return []
    return [f"Of {', '.join(names)} it is not known whether the benchmark draws from it."]


def prompts_sha256(bench: Bench, settings: EvaluateSettings) -> dict[str, str]:
    """Judge's prompt -> SHA-256 of its file."""
    return {
        f"{language}/{name}": prompt_of("saber.evaluate", name, Language(language)).sha256
        for name, language in bench.prompts(settings)
    }


def _judge_info(bench: Bench, judge: Judge, settings: EvaluateSettings) -> JudgeInfo:
    return JudgeInfo(
        model=judge.model,
        answered_by=tuple(sorted(judge.answered_by)),
        prompts_sha256=prompts_sha256(bench, settings),
        decoding=judge.decoding,
    )


def _data_sha256(samples: Sequence[Sample]) -> str:
    """Of what is asked and what is true, wherever the clips lie."""
    whole = hashlib.sha256()
    for sample in samples:
        told = sample.model_dump(mode="json", exclude={"media"})
        told["extra"].pop("perceived", None)  # where its measurements lie
        whole.update(json.dumps(told, sort_keys=True, ensure_ascii=False).encode() + b"\n")
    return whole.hexdigest()


def _outcomes(scores: Sequence[Score]) -> dict[str, dict[str, int]]:
    counts: dict[str, Counter[str]] = {}
    for score in scores:
        name = f"{score.part} [{score.variant}]" if score.variant else score.part
        counts.setdefault(name, Counter())[score.outcome.value] += 1
    order = [o.value for o in Outcome]
    return {part: {o: found[o] for o in order if found[o]} for part, found in counts.items()}


def _confusion(samples: Sequence[Sample], scores: Sequence[Score]) -> dict[str, dict[str, dict[str, int]]]:
    """Of the parts whose answers can be right or wrong: a free text is neither."""
    found: dict[str, dict[str, Counter[str]]] = {}
    closed = {s.part for s in scores if s.outcome in (Outcome.RIGHT, Outcome.WRONG)}
    for sample, score in zip(samples, scores, strict=True):
        if (
            score.part not in closed
            or score.variant
            or not isinstance(sample.truth, str)
            or score.outcome not in _IN_CONFUSION
        ):
            continue
        answered = score.answer if score.answer is not None else f"({score.outcome.value})"
        found.setdefault(score.part, {}).setdefault(sample.truth, Counter())[answered] += 1
    return {
        part: {true: dict(sorted(row.items())) for true, row in sorted(rows.items())}
        for part, rows in found.items()
    }


_IN_CONFUSION = (Outcome.RIGHT, Outcome.WRONG, Outcome.INVALID, Outcome.REFUSAL, Outcome.NO_ANSWER)
