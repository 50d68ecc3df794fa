"""How far is this judge from the published one?

The authors of EMER have published six models' answers and the scores that the judge of then gave them. The
judge of now rates the same answers: the mean difference is its offset, and the rank correlation says
whether it would have put the six models in the same order.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from pydantic import ValidationError

from saber.core.errors import UsageError
from saber.core.records import Record
from saber.evaluate.emer import OVERLAPS, Emer
from saber.evaluate.judge import Judge
from saber.evaluate.metrics import rank_correlation
from saber.evaluate.published import published
from saber.evaluate.records import Figure, JudgeInfo, Run
from saber.evaluate.run import Subject, evaluate
from saber.evaluate.settings import EvaluateSettings

__all__ = ["FILES", "Calibrated", "Calibration", "calibrate", "read_calibration"]

FILES = {
    "videochat(text)": "VideoChat-Text",
    "videollama": "Video-LLaMA",
    "videochatgpt": "Video-ChatGPT",
    "pandagpt": "PandaGPT",
    "videochat(emb)": "VideoChat-Embed",
    "valley": "Valley",
}
"""Name of a published file of answers -> model, as the published table calls it."""


class Calibration(Record):
    """What is kept of it, for runs with the same judge."""

    judge: JudgeInfo
    numbers: dict[str, float]


@dataclass(frozen=True)
class Calibrated:
    """`numbers` is what a run keeps: offset and rank correlation of each overlap, and of how many models."""

    rows: tuple[tuple[str, str, float, float], ...]
    """Model, overlap, published score, this judge's score."""
    numbers: dict[str, float]
    runs: tuple[Run, ...]

    @property
    def kept(self) -> Calibration:
        judge = self.runs[-1].judge
        assert judge is not None
        return Calibration(judge=judge, numbers=self.numbers)


def calibrate(answers: Path, out: Path, judge: Judge, settings: EvaluateSettings) -> Calibrated:
    """Rate the published answers in the folder `answers`, which holds `gt.csv` as well.

    UsageError with fewer than two of the six files: one model has no rank.
    """
    found = {
        model: answers / f"{stem}.csv" for stem, model in FILES.items() if (answers / f"{stem}.csv").is_file()
    }
    if len(found) < 2:
        raise UsageError(
            f"{answers} holds {len(found)} of the six published files of answers.",
            remedy="Take baseline_results/ of https://github.com/zeroQiaoba/AffectGPT at commit 1d5fb1b.",
        )
    stated = {p.model: p.rows for p in published("emer")}
    rows: list[tuple[str, str, float, float]] = []
    runs = []
    for model, file in found.items():
        subject = Subject(model, predictions=file)
        run = evaluate(Emer(), answers, subject, out, judge=judge, settings=settings).run
        runs.append(run)
        for name in OVERLAPS:
            figure = run.figure("Overlap", name, "official")
            assert isinstance(figure, Figure)
            if figure.value is not None:
                rows.append((model, name, stated[model][name], figure.value))
    numbers: dict[str, float] = {"models": float(len(found))}
    for name in OVERLAPS:
        pairs = [(theirs, ours) for _, kind, theirs, ours in rows if kind == name]
        if pairs:
            numbers[f"{name} offset"] = round(sum(ours - theirs for theirs, ours in pairs) / len(pairs), 4)
        correlation = rank_correlation([p[0] for p in pairs], [p[1] for p in pairs])
        if correlation is not None:
            numbers[f"{name} rank correlation"] = round(correlation, 4)
    return Calibrated(tuple(rows), numbers, tuple(runs))


def read_calibration(file: Path, judge: Judge, prompts_sha256: dict[str, str]) -> dict[str, float]:
    """The numbers of a calibration of this very judge: same model, prompts and decoding. UsageError else."""
    try:
        kept = Calibration.model_validate_json(file.read_bytes())
    except (OSError, ValidationError) as error:
        raise UsageError(f"{file} is no calibration that `--calibrate` wrote.") from error
    same = kept.judge.model == judge.model and kept.judge.decoding == judge.decoding
    if not same or not kept.judge.prompts_sha256.items() <= prompts_sha256.items():
        raise UsageError(
            f"{file} calibrates {kept.judge.model}, with other prompts, language or decoding than now.",
            remedy="Calibrate this judge with --calibrate.",
        )
    return kept.numbers
