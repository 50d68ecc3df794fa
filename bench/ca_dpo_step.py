"""What does a CA-DPO step cost with the prompt read once, against TRL's, on the same rows and model?

    python bench/ca_dpo_step.py [--prompts 500 1500 3000] [--answer 300] [--pairs 1] [--repeat 3]

One line for each length of the prompt: time of a step (loss and gradients, no optimiser) by the clock and
by the processor, which others on the machine do not lengthen, memory that it takes above the loaded model, and
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
import resource
import subprocess
import sys
import time
import warnings
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any

METHODS = ("ours", "trl, reference before", "trl, reference in the step")
SIZE = {"hidden_size": 256, "intermediate_size": 768, "num_hidden_layers": 6, "num_attention_heads": 4}


def main() -> int:
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("--prompts", type=int, nargs="+", default=[500, 1500, 3000])
    arguments.add_argument("--answer", type=int, default=300, help="tokens of each answer")
    arguments.add_argument("--pairs", type=int, default=1)
    arguments.add_argument("--repeat", type=int, default=3)
    arguments.add_argument("--threads", type=int, default=1)
    arguments.add_argument("--device", default="cpu")
    arguments.add_argument("--one", nargs=2, metavar=("METHOD", "PROMPT"), help=argparse.SUPPRESS)
    given = arguments.parse_args()
    if given.one:
        print(json.dumps(measure(given.one[0], int(given.one[1]), given)))
        return 0
    print("| prompt | | s | x ours | CPU s | x ours | MB | x ours | GFLOP | x ours |")
    print("|---|---|---|---|---|---|---|---|---|---|")
    off = 0.0
    for prompt in given.prompts:
        found = {method: _alone(method, prompt) for method in METHODS}
        ours = found["ours"]
        for method, told in found.items():
            cells = [
                f"{told[key] / scale:.{digits}f} | {told[key] / ours[key]:.2f}"
                for key, scale, digits in (
                    ("seconds", 1, 2),
                    ("cpu_seconds", 1, 2),
                    ("bytes", 1e6, 0),
                    ("flops", 1e9, 0),
                )
            ]
            print(f"| {prompt} | {method} | {' | '.join(cells)} |", flush=True)
            off = max(off, abs(told["loss"] - ours["loss"]))
    print(f"\nLargest difference of the losses: {off:.1e}")
    return 0


def _alone(method: str, prompt: int) -> dict[str, float]:
    command = [sys.executable, __file__, *sys.argv[1:], "--one", method, str(prompt)]
    out = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    told: dict[str, float] = json.loads(out.strip().splitlines()[-1])
    return told


def measure(method: str, prompt: int, given: argparse.Namespace) -> dict[str, float]:
    """Least time, memory and operations of a step, and its loss."""
    import torch

    warnings.simplefilter("ignore")
    torch.set_num_threads(given.threads)
    model = _model(given.device)
    draw = torch.Generator().manual_seed(1)
    rows = torch.randint(10, 31_000, (given.pairs, prompt + 2 * given.answer), generator=draw)
    step = (_ours if method == "ours" else _trl)(method, model, rows, prompt, given)
    cuda = given.device.startswith("cuda")
    step()[0].backward()  # warms up
    model.zero_grad()
    before = torch.cuda.memory_allocated() if cuda else _resident()
    if cuda:
        torch.cuda.reset_peak_memory_stats()
    took, worked = [], []
    loss = 0.0
    for _ in range(given.repeat):
        started, busy = time.perf_counter(), time.process_time()
        value, _extra = step()
        value.backward()
        loss = float(value)
        took.append(time.perf_counter() - started)
        worked.append(time.process_time() - busy)
        model.zero_grad()
    peak = (
        torch.cuda.max_memory_allocated()
        if cuda
        else resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    )
    return {
        "seconds": min(took),
        "cpu_seconds": min(worked),
        "bytes": float(peak - (before if cuda else _BASE[0])),
        "flops": _flops(step, model),
        "loss": loss,
    }


_BASE = [0.0]
"""Resident memory once the model is loaded and before the first step."""


def _resident() -> float:
    with open("/proc/self/statm", encoding="ascii") as file:
        return float(file.read().split()[1]) * resource.getpagesize()


def _model(device: str) -> Any:
    import torch

    transformers: Any = import_module("transformers")

    torch.manual_seed(0)
    config = transformers.LlamaConfig(
        vocab_size=32_000, num_key_value_heads=2, max_position_embeddings=8192, **SIZE
    )
    model: Any = transformers.LlamaForCausalLM(config)
    return model.to(device, torch.bfloat16 if device.startswith("cuda") else torch.float32)


def _with_lora(model: Any) -> Any:
    from saber.train.adapters import LoraSettings, add_lora

    add_lora(model, LoraSettings(rank=16, alpha=32.0), Path("random"))
    return model


def _ours(method: str, model: Any, rows: Any, prompt: int, given: argparse.Namespace) -> Callable[[], Any]:
    import numpy as np
    import torch

    from saber.omni import Encoded, TokenCounts
    from saber.train.ca_dpo import CaDpoObjective, answer_log_probs
    from saber.train.dpo import DpoLoss
    from saber.train.log_probs import Reader
    from saber.train.packed import blind_mask, pack, target_places

    _with_lora(model)
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
    _moved(model)
    _BASE[0] = _resident()

    def step() -> Any:
        return objective(reader(inputs, places, wanted), batch, objective.mass(batch).to(given.device))

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
    _with_lora(model)
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
            processing_class=_tokenizer(),
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
    _moved(model)
    _BASE[0] = _resident()

    def step() -> Any:
        return trainer._compute_loss(model, inputs, False), None

    return step


def _moved(model: Any) -> None:
    """The policy is no longer the reference, so that the losses have something to differ in."""
    import torch

    draw = torch.Generator().manual_seed(2)
    for name, parameter in model.named_parameters():
        if "lora_B" in name:
            parameter.data.copy_(0.02 * torch.randn(parameter.shape, generator=draw))


def _tokenizer() -> Any:
    from tokenizers import Tokenizer, models

    transformers: Any = import_module("transformers")
    raw = Tokenizer(models.WordLevel({"a": 0, "b": 1, "c": 2, "</s>": 3}, unk_token="a"))
    return transformers.PreTrainedTokenizerFast(tokenizer_object=raw, eos_token="</s>", pad_token="</s>")


def _flops(step: Callable[[], Any], model: Any) -> float:
    """Counted by torch over one step, with attention written out so that it is counted."""
    from torch.utils.flop_counter import FlopCounterMode

    model.set_attn_implementation("eager")
    counter = FlopCounterMode(display=False)
    with counter:
        step()[0].backward()
    model.set_attn_implementation("sdpa")
    return float(counter.get_total_flops())


if __name__ == "__main__":
    raise SystemExit(main())
