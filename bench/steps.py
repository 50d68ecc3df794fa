"""Which small model do the benchmarks of a training step share, and how is a step of it measured?

Not run by itself: `ca_dpo_step.py` and `sed_step.py` do.
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from importlib import import_module
from pathlib import Path
from typing import Any

__all__ = ["add_options", "measure_step", "moved", "random_model", "table", "tokenizer", "with_lora"]

SIZE = {"hidden_size": 256, "intermediate_size": 768, "num_hidden_layers": 6, "num_attention_heads": 4}

Told = dict[str, float]


def add_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--prompts", type=int, nargs="+", default=[500, 1500, 3000])
    parser.add_argument("--answer", type=int, default=300, help="tokens of each answer")
    parser.add_argument(
        "--vocabulary",
        type=int,
        default=32_000,
        help="words; of 32,000 the output layer is two thirds of this model's multiplications, of 2,000 a "
        "tenth, of a 7B Omni's 152,064 a thirteenth",
    )
    parser.add_argument("--repeat", type=int, default=3, help="1 does without a warm-up")
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--device", default="cpu")
    parser.add_argument("--one", nargs=2, metavar=("METHOD", "PROMPT"), help=argparse.SUPPRESS)


def random_model(given: argparse.Namespace) -> Any:
    """Six layers of Llama with random weights; bfloat16 on a GPU, float32 else."""
    import torch

    transformers: Any = import_module("transformers")

    torch.manual_seed(0)
    config = transformers.LlamaConfig(
        vocab_size=given.vocabulary, num_key_value_heads=2, max_position_embeddings=8192, **SIZE
    )
    model: Any = transformers.LlamaForCausalLM(config)
    return model.to(given.device, torch.bfloat16 if given.device.startswith("cuda") else torch.float32)


def with_lora(model: Any) -> Any:
    from saber.train.adapters import LoraSettings, add_lora

    add_lora(model, LoraSettings(rank=16, alpha=32.0), Path("random"))
    return model


def moved(model: Any) -> None:
    """The adapter is no longer the nothing that it starts as."""
    import torch

    draw = torch.Generator().manual_seed(2)
    for name, parameter in model.named_parameters():
        if "lora_B" in name:
            parameter.data.copy_(0.02 * torch.randn(parameter.shape, generator=draw))


def tokenizer() -> Any:
    from tokenizers import Tokenizer, models

    transformers: Any = import_module("transformers")
    raw = Tokenizer(models.WordLevel({"a": 0, "b": 1, "c": 2, "</s>": 3}, unk_token="a"))
    return transformers.PreTrainedTokenizerFast(tokenizer_object=raw, eos_token="</s>", pad_token="</s>")


def resident() -> float:
    """Bytes of this process that are in memory."""
    with open("/proc/self/statm", encoding="ascii") as file:
        return float(file.read().split()[1]) * resource.getpagesize()


def measure_step(step: Callable[[], Any], model: Any, base: float, given: argparse.Namespace) -> Told:
    """Least seconds by the clock and of the processor, memory above `base`, operations, and the loss.

    step: returns the loss. base: `resident()` of the process before the first step.
    """
    import torch

    cuda = given.device.startswith("cuda")
    if given.repeat > 1 or cuda:
        step().backward()  # warms up
        model.zero_grad()
    before = torch.cuda.memory_allocated() if cuda else base
    if cuda:
        torch.cuda.reset_peak_memory_stats()
    took, worked, loss = [], [], 0.0
    for _ in range(given.repeat):
        started, busy = time.perf_counter(), time.process_time()
        value = step()
        value.backward()
        loss = float(value)
        took.append(time.perf_counter() - started)
        worked.append(time.process_time() - busy)
        model.zero_grad()
    resource_peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    peak = torch.cuda.max_memory_allocated() if cuda else resource_peak
    return {
        "seconds": min(took),
        "cpu_seconds": min(worked),
        "bytes": float(peak - before),
        "flops": _flops(step, model),
        "loss": loss,
    }


def _flops(step: Callable[[], Any], model: Any) -> float:
    """Counted by torch over one step, with attention written out so that it is counted."""
    from torch.utils.flop_counter import FlopCounterMode

    bare = model.get_base_model() if hasattr(model, "get_base_model") else model
    bare.set_attn_implementation("eager")
    counter = FlopCounterMode(display=False)
    with counter:
        step().backward()
    bare.set_attn_implementation("sdpa")
    return float(counter.get_total_flops())


def table(script: str, methods: Sequence[str], given: argparse.Namespace, python: dict[str, str]) -> None:
    """Prints a line for each prompt and method, each measured in a process of its own; the first method is
    what the others are compared with. python: of the methods that need another one than this."""
    print("| prompt | | s | x ours | CPU s | x ours | MB | x ours | GFLOP | x ours |")
    print("|---|---|---|---|---|---|---|---|---|---|")
    off = 0.0
    for prompt in given.prompts:
        ours: Told = {}
        for method in methods:
            told = _alone(script, method, prompt, python.get(method, sys.executable))
            ours = ours or told
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


def _alone(script: str, method: str, prompt: int, python: str) -> Told:
    command = [python, script, *sys.argv[1:], "--one", method, str(prompt)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        sys.exit(f"{method} failed: {done.stderr.strip().splitlines()[-1:]}")
    told: Told = json.loads(done.stdout.strip().splitlines()[-1])
    return told
