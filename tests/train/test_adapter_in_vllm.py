"""Does vLLM compute with an adapter of ours what we compute with it?

A file under other names is taken in silence and does nothing there, so outputs are compared, not warnings.
"""

from __future__ import annotations

import json
import urllib.request
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import Tensor

from models.vllm_server import NAME, vllm_python, vllm_server
from saber.train.adapters import save_adapter
from saber.train.student import Student
from train.tiny_training import fresh

pytestmark = pytest.mark.filterwarnings("ignore")

IDS = [(7 * n) % 500 + 20 for n in range(1, 65)]
"""Of no words in particular; none of them stands for media."""


def test_vllm_computes_with_the_adapter_what_we_compute(tiny: Path, tmp_path: Path) -> None:
    vllm_python()
    student = fresh(tiny, moved=True)
    learned = _ours(student)
    save_adapter(dict(student.lm.named_parameters()), student.lora, tmp_path / "thinker", "thinker")
    base = _ours(fresh(tiny))
    assert (learned - base).abs().max() > 0.1
    flags = ["--enable-lora", "--max-lora-rank", "8", "--lora-modules", f"learned={tmp_path / 'thinker'}"]
    with vllm_server(tiny, tmp_path / "log", *flags) as server:
        assert (_theirs(server, NAME) - base).abs().max() < 1e-3
        assert (_theirs(server, "learned") - learned).abs().max() < 1e-3


def _ours(student: Student) -> Tensor:
    """Log-probability of each of IDS but the first, given those before."""
    ids = torch.tensor([IDS])
    with torch.no_grad():
        out = student.lm.eval().model(input_ids=ids, attention_mask=torch.ones_like(ids), use_cache=False)
        told = student.lm.lm_head(out.last_hidden_state).float().log_softmax(-1)
    return told[0, :-1].gather(-1, ids[0, 1:, None])[:, 0]


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
