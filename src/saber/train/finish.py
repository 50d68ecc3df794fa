"""How does a run of training begin, and what lies in its folder when it has ended?

run.json          what was trained on what, and how it ended
bad_rows.jsonl    rows that were left out, and why
log.jsonl         one line for each logged step
checkpoint-N/     to go on from
adapter/          the trained adapter; with tune = "full" the weights are in model/
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from saber.core.errors import UsageError
from saber.core.settings import resolved
from saber.omni import carry_over, fingerprint, locate, save_inputs
from saber.train.adapters import save_adapter, whole
from saber.train.audit import Sized, write_bad_rows
from saber.train.rows import BadRow
from saber.train.settings import Recipe
from saber.train.student import Student

__all__ = ["Finished", "Run", "begin", "finish", "processes"]

_NOT_THE_RUN = {
    "log_every",
    "save_every",
    "keep",
    "workers",
    "prefetch",
    "cache",
    "cache_towers",
    "cache_towers_gb",
    "check",
    "terms",
    "out",
    "download",
    "device",
}
"""Settings that may change when a run goes on: they change nothing of what is learned."""


@dataclass(frozen=True)
class Finished:
    """What a stage made.

    Attributes:
        stage: `sed` or `ca-dpo`.
        folder: of the run.
        model: the folder of the adapter, or of the weights.
        rows: how many were trained on.
        bad: how many were left out, by reason.
        last: the last line of the log.
    """

    stage: str
    folder: Path
    model: Path
    rows: int
    bad: dict[str, int]
    last: dict[str, Any]


@dataclass(frozen=True)
class Run:
    """A run that has begun; `done` where it had ended before."""

    stage: str
    out: Path
    about: dict[str, Any]
    rows: int
    bad: dict[str, int]
    done: Finished | None = None


def processes() -> Any:
    """accelerate's `PartialState`: which of how many processes this one is."""
    import torch
    from accelerate import PartialState

    # Without a GPU it takes every process for the only one, unless told.
    return PartialState(cpu=not torch.cuda.is_available())


def begin(
    stage: str, recipe: Recipe, settings: Any, rows: Sequence[Sized], bad: Sequence[BadRow], out: Path
) -> Run:
    """Makes the folder, or finds what an earlier call left there.

    Only the first process writes, and all wait until it has. Raises UsageError when the folder holds a run of
    other settings or rows.
    """
    about = {
        "stage": stage,
        "model": resolved(recipe.model),
        "lora": resolved(recipe.lora),
        "inputs": None if recipe.inputs is None else resolved(recipe.inputs),
        "data": resolved(recipe.data),
        "settings": resolved(settings),
        "weights": fingerprint(locate(recipe.model.base)),
        "rows": len(rows),
        "rows_sha256": _digest(rows),
    }
    out.mkdir(parents=True, exist_ok=True)
    counted = dict(Counter(row.reason for row in bad))
    file = out / "run.json"
    if file.exists():
        try:
            before = json.loads(file.read_text(encoding="utf-8"))
        except ValueError:
            before = {}
        if differ := _differs(_learned(before), _learned(about)):
            raise UsageError(
                f"{out} holds a run of another recipe or of other rows: {differ} differs.",
                remedy="Give another `out`, or remove that folder.",
            )
        if "ended" in before:
            model = out / before["ended"]["model"]
            done = Finished(stage, out, model, len(rows), counted, before["ended"]["last"])
            return Run(stage, out, about, len(rows), counted, done)
    state = processes()
    state.wait_for_everyone()  # until all have read what was there: half a file is another recipe
    if state.is_main_process:
        write_bad_rows(bad, out / "bad_rows.jsonl")
        _write(file, about)
    state.wait_for_everyone()
    return Run(stage, out, about, len(rows), counted)


def finish(run: Run, student: Student, last: dict[str, Any]) -> Finished:
    """Writes the trained model and notes that the run has ended. The first process writes, and all wait."""
    folder = run.out / ("adapter" if student.lora is not None else "model")
    state = processes()
    weights = whole(student.lm)
    if state.is_main_process:
        if student.lora is not None:
            save_adapter(weights, student.lora, folder, student.form)
        else:
            student.lm.save_pretrained(folder, state_dict=weights)
            carry_over(student.base, folder)
        if student.encoder.settings is not None:
            save_inputs(student.encoder.settings, folder)
        _write(
            run.out / "run.json", {**run.about, "ended": {"model": folder.name, "last": last, "bad": run.bad}}
        )
    state.wait_for_everyone()
    return Finished(run.stage, run.out, folder, run.rows, run.bad, last)


def _digest(rows: Sequence[Sized]) -> str:
    digest = hashlib.sha256()
    for sized in rows:
        row = sized.row
        digest.update(repr((row.turns, row.answer, row.rejected)).encode())
    return digest.hexdigest()[:16]


def _learned(about: Any) -> Any:
    """What decides what is learned."""
    if isinstance(about, dict):
        return {k: _learned(v) for k, v in about.items() if k not in _NOT_THE_RUN and k != "ended"}
    return about


def _differs(before: dict[str, Any], now: dict[str, Any], where: str = "") -> str:
    for key in sorted({*before, *now}):
        old, new = before.get(key), now.get(key)
        if isinstance(old, dict) and isinstance(new, dict):
            if found := _differs(old, new, f"{where}{key}."):
                return found
        elif old != new:
            return f"{where}{key}"
    return ""


def _write(file: Path, content: dict[str, Any]) -> None:
    part = file.with_suffix(".part")
    part.write_text(json.dumps(content, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    part.replace(file)
