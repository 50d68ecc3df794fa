"""What does a CA-DPO step cost with the prompt read once, against TRL's, on the same rows and model?

    python bench/ca_dpo_step.py [--prompts 500 1500 3000] [--answer 300] [--vocabulary 32000] [--pairs 1]

One line for each length of the prompt: time of a step (loss and gradients, no optimiser) by the clock and
by the processor, which others on the machine do not lengthen, memory above the loaded model, and
floating-point operations, ours and TRL's, with their ratios. TRL is measured twice: with the reference's
log-probabilities computed in the step, as it must on rows with video or sound, and computed before, as it may
on text. Random weights, random tokens, LoRA on every linear layer, float32; every measurement is a process of
its own. Last, the difference of the two losses: they are the same number.

Text only, so that TRL can run at all; with video and sound TRL also reads the media twice. `--device cuda`
takes a GPU and bfloat16.
"""

from __future__ import annotations

import argparse
import json
import warnings
from collections.abc import Callable
from importlib import import_module
from typing import Any

from steps import add_options, measure_step, moved, random_model, resident, table, tokenizer, with_lora

METHODS = ("ours", "trl, reference before", "trl, reference in the step")


def main() -> int:
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    add_options(arguments)
    arguments.add_argument("--pairs", type=int, default=1)
    given = arguments.parse_args()
    if given.one:
        print(json.dumps(measure(given.one[0], int(given.one[1]), given)))
        return 0
    table(__file__, METHODS, given, {})
    return 0


def measure(method: str, prompt: int, given: argparse.Namespace) -> dict[str, float]:
    """Least time, memory and operations of a step, and its loss."""
    import torch

    warnings.simplefilter("ignore")
    torch.set_num_threads(given.threads)
    model = random_model(given)
    draw = torch.Generator().manual_seed(1)
    shape = (given.pairs, prompt + 2 * given.answer)
    rows = torch.randint(10, given.vocabulary - 1000, shape, generator=draw)
    step = (_ours if method == "ours" else _trl)(method, model, rows, prompt, given)
    return measure_step(step, model, resident(), given)


def _ours(method: str, model: Any, rows: Any, prompt: int, given: argparse.Namespace) -> Callable[[], Any]:
    import numpy as np
    import torch

    from saber.omni import Encoded, TokenCounts
    from saber.train.ca_dpo import CaDpoObjective, answer_log_probs
    from saber.train.dpo import DpoLoss
    from saber.train.log_probs import Reader
    from saber.train.packed import blind_mask, pack, target_places

    with_lora(model)
    packed, targets = [], []
    for row in rows.numpy():
        line = np.broadcast_to(np.arange(prompt), (3, prompt))
        question = Encoded(row[:prompt], line, (), (), (), (), TokenCounts(prompt, 0, 0))
        answers = [row[prompt : prompt + given.answer].tolist(), row[prompt + given.answer :].tolist()]
        packed.append(pack(question, answers))
        targets += [token for answer in answers for token in answer]
    length = prompt + 2 * given.answer
    inputs = {
        "input_ids": torch.from_numpy(np.stack([p.row.ids for p in packed])),
        "position_ids": torch.from_numpy(np.stack([p.row.positions[0] for p in packed])),
        "attention_mask": blind_mask(packed, length),
    }
    inputs = {name: tensor.to(given.device) for name, tensor in inputs.items()}
    places, owner = (tensor.to(given.device) for tensor in target_places(packed, length))
    batch: dict[str, Any] = {
        "owner": owner,
        "lengths": torch.full((2 * len(packed),), given.answer).to(given.device),
    }
    wanted = torch.tensor(targets).to(given.device)
    reader = Reader(model)
    with torch.no_grad():
        batch["reference"] = answer_log_probs(reader(inputs, places, wanted), batch)
    objective = CaDpoObjective(DpoLoss())
    moved(model)

    def step() -> Any:
        mass = objective.mass(batch).to(given.device)
        return objective(reader(inputs, places, wanted), batch, mass)[0]

    return step


def _trl(method: str, model: Any, rows: Any, prompt: int, given: argparse.Namespace) -> Callable[[], Any]:
    import copy
    import tempfile

    import torch

    from saber.omni.quiet import quietly

    trl: Any = import_module("trl")
    datasets: Any = import_module("datasets")
    before = method == "trl, reference before"
    reference = copy.deepcopy(model)
    with_lora(model)
    with quietly(), tempfile.TemporaryDirectory() as folder:
        config = trl.DPOConfig(
            output_dir=folder,
            report_to=[],
            use_cpu=not given.device.startswith("cuda"),
            bf16=False,
            gradient_checkpointing=False,
            disable_tqdm=True,
        )
        nothing = datasets.Dataset.from_list([{"prompt": "a", "chosen": "b", "rejected": "c"}] * 2)
        trainer = trl.DPOTrainer(
            model=model,
            ref_model=reference,
            args=config,
            train_dataset=nothing,
            processing_class=tokenizer(),
        )
    question, answer = rows[:, :prompt], given.answer
    ids = torch.cat(
        [
            torch.cat([question, rows[:, prompt : prompt + answer]], 1),
            torch.cat([question, rows[:, prompt + answer :]], 1),
        ]
    ).to(given.device)
    mask = torch.zeros_like(ids)
    mask[:, prompt:] = 1
    inputs = {"input_ids": ids, "attention_mask": torch.ones_like(ids), "completion_mask": mask}
    if before:
        with torch.no_grad():
            chosen, rejected = trainer.compute_ref_log_probs(model, inputs)
        inputs |= {"ref_chosen_logps": chosen, "ref_rejected_logps": rejected}
        trainer.precompute_ref_logps, trainer.ref_model = True, None
        del reference
    moved(model)

    def step() -> Any:
        return trainer._compute_loss(model, inputs, False)

    return step


if __name__ == "__main__":
    raise SystemExit(main())
