"""How does a model learn to set down what it perceives before it reasons? (stage one)

Supervised fine-tuning on answers of the form P(Y|X) = P(E_v|X) P(E_a|E_v,X) P(R|E_v,E_a,X): the loss is the
mean negative log-likelihood of the answers' tokens, each weighted by its part, over all tokens of a step:

    L = - sum_t w(part of t) log p(t | before)  /  sum_t w(part of t)
"""

from __future__ import annotations

from pathlib import Path

from torch import Tensor

from saber.omni import locate
from saber.train.audit import audit
from saber.train.batches import Batch, Collator
from saber.train.finish import Finished, begin, finish, processes
from saber.train.loop import OnLog, Stats, run_steps
from saber.train.sections import PARTS
from saber.train.settings import Recipe, SedSettings
from saber.train.student import make_encoder, open_student
from saber.train.towers import open_senses

__all__ = ["SedObjective", "train_sed"]


class SedObjective:
    """The loss above."""

    def mass(self, batch: Batch) -> Tensor:
        weights: Tensor = batch["weights"]
        return weights.sum()[None]

    def __call__(self, log_probs: Tensor, batch: Batch, mass: Tensor) -> tuple[Tensor, Stats]:
        nll = -log_probs
        stats: Stats = {}
        for number, part in enumerate(PARTS):
            inside = batch["parts"] == number
            stats[f"nll_{part}"] = (nll[inside].sum(), inside.sum())
        return (nll * batch["weights"]).sum() / mass[0], stats


def train_sed(recipe: Recipe, on_log: OnLog | None = None) -> Finished:
    """Stage one of the recipe; the same call goes on where an earlier one was cut off.

    Raises UsageError (nothing to train on, sizes), MissingPieceError, ClipError (a clip fails in the run).
    """
    stage: SedSettings = recipe.needs("sed")
    encoder = make_encoder(locate(recipe.model.base, download=recipe.model.download), recipe.inputs)
    rows, bad = audit(stage.rows, encoder, recipe.data, pairs=False)
    run = begin("sed", recipe, stage, rows, bad, Path(stage.out))
    if run.done is not None:
        return run.done
    student = open_student(recipe.model, recipe.lora, recipe.inputs, seed=stage.steps.seed)
    collator = Collator(rows, student.encoder, stage.weights)
    senses = open_senses(student, recipe.data, processes().num_processes)
    last = run_steps(
        student, rows, collator, SedObjective(), stage.steps, recipe.data, run.out, on_log, senses
    )
    return finish(run, student, last)
