"""What does an SED step cost with logits at the answer only, beside TRL's and ms-swift's, on the same rows?

    python bench/sed_step.py [--prompts 500 1500 3000] [--answer 300] [--vocabulary 32000] [--swift PYTHON]

One line for each length of the prompt and each way: time of a step (loss and gradients, no optimiser) by the
clock and by the processor, memory above the loaded model, and floating-point operations. Random weights,
random tokens, LoRA on every linear layer, float32; every measurement is a process of its own. `full logits`
is the model's own loss: the logits of all positions at once. Last, the difference of the losses.

`--swift`: the Python of an environment that has ms-swift (`pip install ms-swift "transformers<5.20"`), which
can't share one with transformers 5.24. Its `Seq2SeqTrainer` then computes the loss there.

Text only: the loss of video and sound is computed after them by the same code. `--device cuda` takes a GPU
and bfloat16.
"""

from __future__ import annotations

import argparse
import json
import tempfile
import warnings
from collections.abc import Callable
from importlib import import_module
from typing import Any

from steps import add_options, measure_step, moved, random_model, resident, table, tokenizer, with_lora

IGNORED = -100
"""Of a label, for all four libraries: no loss here."""


Made = tuple[Callable[[], Any], Any]
"""A step, which returns its loss, and the model that it trains."""


def main() -> int:
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    add_options(arguments)
    arguments.add_argument("--rows", type=int, default=2)
    arguments.add_argument("--swift", metavar="PYTHON")
    given = arguments.parse_args()
    if given.one:
        print(json.dumps(measure(given.one[0], int(given.one[1]), given)))
        return 0
    methods = ["ours", "full logits", "trl"] + (["ms-swift"] if given.swift else [])
    table(__file__, methods, given, {"ms-swift": given.swift})
    return 0


def measure(method: str, prompt: int, given: argparse.Namespace) -> dict[str, float]:
    """Least time, memory and operations of a step, and its loss."""
    import torch

    warnings.simplefilter("ignore")
    torch.set_num_threads(given.threads)
    model = random_model(given)
    draw = torch.Generator().manual_seed(1)
    ids = torch.randint(10, given.vocabulary - 1000, (given.rows, prompt + given.answer), generator=draw)
    labels = ids.clone()
    labels[:, :prompt] = IGNORED
    make = {"ours": _ours, "full logits": _full, "trl": _trl, "ms-swift": _swift}[method]
    step, trained = make(model, ids.to(given.device), labels.to(given.device), prompt, given)
    return measure_step(step, trained, resident(), given)


def _ours(model: Any, ids: Any, labels: Any, prompt: int, given: argparse.Namespace) -> Made:
    import torch

    from saber.train.log_probs import Reader
    from saber.train.sections import PARTS
    from saber.train.sed import SedObjective

    with_lora(model)
    moved(model)
    count, length = ids.shape
    inputs = {"input_ids": ids, "attention_mask": torch.ones_like(ids)}
    inputs["position_ids"] = torch.arange(length, device=ids.device).expand_as(ids)
    places = torch.cat([torch.arange(prompt - 1, length - 1) + row * length for row in range(count)])
    targets = ids[:, prompt:].flatten()
    batch = {
        "weights": torch.ones(len(targets), device=ids.device),
        "parts": torch.full((len(targets),), PARTS.index("reasoning"), device=ids.device),
    }
    reader, objective = Reader(model), SedObjective()

    def step() -> Any:
        found = reader(inputs, places.to(ids.device), targets)
        return objective(found, batch, objective.mass(batch))[0]

    return step, model


def _full(model: Any, ids: Any, labels: Any, prompt: int, given: argparse.Namespace) -> Made:
    with_lora(model)
    moved(model)
    return lambda: model(input_ids=ids, labels=labels, use_cache=False).loss, model


def _trl(model: Any, ids: Any, labels: Any, prompt: int, given: argparse.Namespace) -> Made:
    import torch

    from saber.omni.quiet import quietly

    trl: Any = import_module("trl")
    datasets: Any = import_module("datasets")
    with_lora(model)
    moved(model)
    with quietly(), tempfile.TemporaryDirectory() as folder:
        config = trl.SFTConfig(
            output_dir=folder,
            report_to=[],
            use_cpu=not given.device.startswith("cuda"),
            bf16=False,
            gradient_checkpointing=False,
            disable_tqdm=True,
        )
        nothing = datasets.Dataset.from_list([{"text": "a"}] * 2)
        trainer = trl.SFTTrainer(
            model=model, args=config, train_dataset=nothing, processing_class=tokenizer()
        )
    count = (labels != IGNORED).sum()
    mask = torch.ones_like(ids)

    def step() -> Any:
        inputs = {"input_ids": ids, "attention_mask": mask, "labels": labels}
        return trainer.compute_loss(model, inputs, num_items_in_batch=count)

    return step, model


def _swift(model: Any, ids: Any, labels: Any, prompt: int, given: argparse.Namespace) -> Made:
    """In an environment of its own: nothing of ours is imported."""
    import torch

    peft: Any = import_module("peft")
    template_of: Any = import_module("swift.template").get_template
    trainers: Any = import_module("swift.trainers")
    read: Any = import_module("swift.model").get_model_processor
    with tempfile.TemporaryDirectory() as folder:
        model.save_pretrained(folder)
        tokenizer().save_pretrained(folder)
        model, processor = read(folder, model_type="llama", torch_dtype=model.dtype)
        names = ["q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj"]
        model = peft.get_peft_model(model, peft.LoraConfig(r=16, lora_alpha=32.0, target_modules=names))
        moved(model)
        trainer = trainers.Seq2SeqTrainer(
            model=model,
            args=trainers.Seq2SeqTrainingArguments(
                output_dir=folder, report_to=[], use_cpu=not given.device.startswith("cuda"), bf16=False,
                gradient_checkpointing=False,
            ),
            template=template_of(processor, template_type="llama3_2"),
            train_dataset=[{"input_ids": [1, 2], "labels": [1, 2]}],
        )  # fmt: skip
    count = (labels != IGNORED).sum()
    mask = torch.ones_like(ids)

    def step() -> Any:
        inputs = {"input_ids": ids, "attention_mask": mask, "labels": labels.clone()}
        return trainer.compute_loss(model, trainer._prepare_inputs(inputs), num_items_in_batch=count)

    return step, model


if __name__ == "__main__":
    raise SystemExit(main())
