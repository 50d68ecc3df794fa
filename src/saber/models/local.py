"""Where and how does a model run that is part of this process?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

__all__ = ["LocalSettings"]


@dataclass(frozen=True)
class LocalSettings:
    """Settings of `hf:` and `vllm:` models; a table `[model.local]` of a settings file."""

    device: str = "auto"
    """`auto` (a GPU where there is one), `cpu`, `cuda`, `cuda:1`. A `vllm:` model runs on what its build of
    vLLM is for, and only `auto` and that are possible."""
    dtype: Literal["auto", "float32", "bfloat16", "float16"] = "auto"
    """`auto`: bfloat16 on a GPU, float32 on a CPU."""
    attention: Literal["sdpa", "eager", "flash_attention_2"] = "sdpa"
    """Of `hf:`; vLLM chooses its own."""
    batch: int = 4
    """Of `hf:`: requests that are answered together; [model] concurrency bounds it too. A `vllm:` model takes
    in as many as come, so there concurrency alone is the bound."""
    inputs: Literal["stored", "released", "stated"] = "stored"
    """How much of a clip it gets. `stored`: as kept beside the adapter, else beside the checkpoint, else
    `released`."""
    download: bool = False
    """Weights that are not here may be fetched from the hub."""
    context_tokens: int | None = None
    """Of `vllm:`: the longest prompt with its answer. None: as long as the model can read."""
    cache_gb: float | None = None
    """Of `vllm:`: memory for what was read of prompts. None: on a GPU what the weights leave of 92 % of its
    memory, 4 GB on a CPU."""

    def __post_init__(self) -> None:
        if self.batch < 1:
            raise ValueError(f"batch must be at least 1, not {self.batch}")
        for name in ("context_tokens", "cache_gb"):
            if (value := getattr(self, name)) is not None and value <= 0:
                raise ValueError(f"{name} must be above 0, not {value}")
