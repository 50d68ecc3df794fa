"""Does vLLM compute with an adapter of ours what we compute with it?

A file under other names is taken in silence and does nothing there, so outputs are compared, not warnings.
"""

from __future__ import annotations

import json
import urllib.request
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from models.vllm_server import NAME, vllm_python, vllm_server
from saber.train.adapters import save_adapter
from train.tiny_training import IDS, fresh, log_probs_of_ids


def test_vllm_computes_with_the_adapter_what_we_compute(tiny: Path, tmp_path: Path) -> None:
    vllm_python()
    student = fresh(tiny, moved=True)
    learned = log_probs_of_ids(student)
    save_adapter(dict(student.lm.named_parameters()), student.lora, tmp_path / "thinker", "thinker")
    base = log_probs_of_ids(fresh(tiny))
    assert (learned - base).abs().max() > 0.1
    flags = ["--enable-lora", "--max-lora-rank", "8", "--lora-modules", f"learned={tmp_path / 'thinker'}"]
    with vllm_server(tiny, tmp_path / "log", *flags) as server:
        assert (_theirs(server, NAME) - base).abs().max() < 1e-3
        assert (_theirs(server, "learned") - learned).abs().max() < 1e-3


def _theirs(server: str, model: str) -> Tensor:
    asked = {"model": model, "prompt": IDS, "max_tokens": 1, "temperature": 0, "prompt_logprobs": 0}
    request = urllib.request.Request(
        f"{server}/completions", json.dumps(asked).encode(), {"Content-Type": "application/json"}
    )
    with urllib.request.urlopen(request, timeout=120) as answer:
        told: list[dict[str, Any] | None] = json.load(answer)["choices"][0]["prompt_logprobs"]
    return torch.tensor(
        [found[str(token)]["logprob"] for token, found in zip(IDS[1:], told[1:], strict=True) if found]
    )
