"""How does a model learn to prefer answers that hold together and rest on the evidence? (stage two)

Direct preference optimisation of pairs (`saber.train.dpo`), with chosen and rejected in one row (`packed`).
The reference is the model as it is when training starts: its log-probabilities are computed once and kept
beside the run, so that no second model or adapter is ever in memory.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from saber.core.errors import UsageError
from saber.omni import locate
from saber.train.audit import DataSettings, Sized, audit
from saber.train.batches import Batch, Collator, Failing, Rows, plan, stop_at_failure
from saber.train.dpo import DpoLoss, preference_loss
from saber.train.finish import Finished, begin, finish, processes
from saber.train.log_probs import Reader
from saber.train.loop import OnLog, Stats, run_steps
from saber.train.settings import CaDpoSettings, Recipe
from saber.train.student import Student, make_encoder, open_student
from saber.train.towers import Senses, open_senses

__all__ = ["CaDpoObjective", "answer_log_probs", "reference_log_probs", "train_ca_dpo"]


class CaDpoObjective:
    """Mean preference loss over the pairs of a step, and the SFT term as a mean over its chosen tokens."""

    def __init__(self, form: DpoLoss) -> None:
        self._form = form

    def mass(self, batch: Batch) -> Tensor:
        chosen = batch["lengths"][::2]
        return torch.stack([torch.tensor(len(chosen)), chosen.sum()]).float()

    def __call__(self, log_probs: Tensor, batch: Batch, mass: Tensor) -> tuple[Tensor, Stats]:
        answers = answer_log_probs(log_probs, batch)
        lengths, reference = batch["lengths"], batch["reference"]
        found = preference_loss(
            answers[::2],
            answers[1::2],
            reference[::2],
            reference[1::2],
            lengths[::2],
            lengths[1::2],
            self._form,
        )
        loss = found.loss.sum() / mass[0]
        if self._form.sft:
            loss = loss + self._form.sft * found.nll / mass[1]
        pairs = float(len(found.loss))
        stats: Stats = {
            "chosen_reward": (found.chosen_reward.sum(), pairs),
            "rejected_reward": (found.rejected_reward.sum(), pairs),
            "margin": (found.margin.sum(), pairs),
            "accuracy": (found.accuracy.sum(), pairs),
            "kl_chosen": (found.kl[:, 0].sum(), pairs),
            "kl_rejected": (found.kl[:, 1].sum(), pairs),
            "nll_chosen": (found.nll, lengths[::2].sum()),
        }
        return loss, stats


def answer_log_probs(log_probs: Tensor, batch: Batch) -> Tensor:
    """(A,) log-probability of each answer: the sum over its tokens."""
    return log_probs.new_zeros(len(batch["lengths"])).index_add(0, batch["owner"], log_probs)


def train_ca_dpo(recipe: Recipe, on_log: OnLog | None = None) -> Finished:
    """Stage two of the recipe; goes on like `train_sed` and raises the same."""
    stage: CaDpoSettings = recipe.needs("ca_dpo")
    if recipe.model.attention not in ("sdpa", "eager"):
        raise UsageError(
            f"CA-DPO needs a block mask, which {recipe.model.attention} does not take.",
            remedy='Set attention = "sdpa" in [model].',
        )
    recipe = replace(recipe, model=_start(recipe, stage))
    encoder = make_encoder(locate(recipe.model.base, download=recipe.model.download), recipe.inputs)
    rows, bad = audit(stage.rows, encoder, recipe.data, pairs=True)
    run = begin("ca-dpo", recipe, stage, rows, bad, Path(stage.out))
    if run.done is not None:
        return run.done
    student = open_student(recipe.model, recipe.lora, recipe.inputs, seed=stage.steps.seed)
    _no_dropout(student)
    additive = recipe.model.attention == "eager"
    senses = open_senses(student, recipe.data, processes().num_processes)
    reference = reference_log_probs(
        student,
        rows,
        recipe.data,
        run.out / "reference",
        batch=stage.steps.micro_batch,
        additive=additive,
        senses=senses,
    )
    collator = Collator(rows, student.encoder, reference=reference, additive=additive)
    objective = CaDpoObjective(stage.loss)
    last = run_steps(student, rows, collator, objective, stage.steps, recipe.data, run.out, on_log, senses)
    return finish(run, student, last)


def reference_log_probs(
    student: Student,
    rows: Sequence[Sized],
    data: DataSettings,
    keep: Path,
    *,
    batch: int = 1,
    additive: bool = False,
    senses: Senses | None = None,
) -> list[tuple[float, float]]:
    """Log-probability of chosen and rejected of each row under the model as it is.

    keep: folder in which each process keeps its share, so that a run that goes on reads what was computed
    before the model moved. batch: rows at once. senses: as for `run_steps`, which finds there what this pass
    has kept.
    """
    state = processes()
    keep.mkdir(parents=True, exist_ok=True)
    file = keep / f"{state.process_index}-of-{state.num_processes}.json"
    if not file.exists():
        mine = list(range(state.process_index, len(rows), state.num_processes))
        found = _score(student, rows, mine, data, batch, additive, senses)
        part = file.with_suffix(".part")
        part.write_text(json.dumps(found), encoding="utf-8")
        part.replace(file)
    state.wait_for_everyone()
    made: dict[int, tuple[float, float]] = {}
    for rank in range(state.num_processes):
        content = json.loads((keep / f"{rank}-of-{state.num_processes}.json").read_text(encoding="utf-8"))
        made |= {int(number): (chosen, rejected) for number, chosen, rejected in content}
    if sorted(made) != list(range(len(rows))):
        raise UsageError(f"{keep} was computed for other rows.", remedy="Remove that folder.")
    return [made[number] for number in range(len(rows))]


def _score(
    student: Student,
    rows: Sequence[Sized],
    mine: Sequence[int],
    data: DataSettings,
    size: int,
    additive: bool,
    senses: Senses | None,
) -> list[tuple[int, float, float]]:
    own = [rows[number] for number in mine]
    order = plan([row.tokens for row in own], size, 1, 0)
    given = Failing(
        Rows(own, order, student.encoder, data, senses.kept if senses else None),
        Collator(own, student.encoder, additive=additive),
    )
    loader: Any = torch.utils.data.DataLoader(
        given,
        batch_size=size,
        collate_fn=given.collate,
        num_workers=data.workers,
        prefetch_factor=data.prefetch if data.workers else None,
    )
    reader = Reader(student.lm).eval()
    found: list[tuple[int, float, float]] = []
    with torch.no_grad():
        for batch in loader:
            stop_at_failure(batch)
            there = _placed({name: batch[name] for name in _READ if name in batch}, student.device)
            inputs = there["inputs"] if senses is None else senses(there)
            flat = reader(inputs, there["places"], there["targets"])
            answers = answer_log_probs(flat.cpu(), batch).view(-1, 2).tolist()
            numbers = [mine[order[len(found) + place]] for place in range(len(answers))]
            found += [(n, chosen, rejected) for n, (chosen, rejected) in zip(numbers, answers, strict=True)]
    return found


_READ = ("inputs", "places", "targets", "media", "keys", "prompts")
"""Of a batch what the model reads; the rest stays where it is."""


def _placed(found: Any, device: str) -> Any:
    """The same with all of its tensors on the device."""
    if isinstance(found, Tensor):
        return found.to(device)
    if isinstance(found, dict):
        return {name: _placed(value, device) for name, value in found.items()}
    return [_placed(value, device) for value in found] if isinstance(found, list) else found


def _start(recipe: Recipe, stage: CaDpoSettings) -> Any:
    """The model that CA-DPO starts from: the adapter that is named, or the one that SED made."""
    if stage.start:
        return replace(recipe.model, adapter=stage.start)
    if recipe.model.adapter or recipe.model.tune == "full" or recipe.sed is None:
        return recipe.model
    adapter = recipe.sed.out / "adapter"
    if not adapter.is_dir():
        raise UsageError(
            f"There is no {adapter}: CA-DPO starts from a model that has learned SED.",
            remedy="Run `saber train sed` first, or name the adapter as `start` in [ca_dpo].",
        )
    return replace(recipe.model, adapter=str(adapter))


def _no_dropout(student: Student) -> None:
    """Policy and reference must differ by what was learned alone."""
    for module in student.lm.modules():
        if isinstance(module, torch.nn.Dropout):
            module.p = 0.0
