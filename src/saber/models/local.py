"""Where and how does a model run that is part of this process?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

__all__ = ["LocalSettings"]


@dataclass(frozen=True)
class LocalSettings:
    """Settings of `hf:` models; a table `[model.local]` of a settings file."""

    device: str = "auto"
    """`auto` (a GPU where there is one), `cpu`, `cuda`, `cuda:1`."""
    dtype: Literal["auto", "float32", "bfloat16", "float16"] = "auto"
    """`auto`: bfloat16 on a GPU, float32 on a CPU."""
    attention: Literal["sdpa", "eager", "flash_attention_2"] = "sdpa"
    batch: int = 4
    """Requests that are answered together; [model] concurrency bounds it too."""
    inputs: Literal["stored", "released", "stated"] = "stored"
    """How much of a clip it gets. `stored`: as kept beside the checkpoint, else `released`."""
    download: bool = False
    """Weights that are not here may be fetched from the hub."""

    def __post_init__(self) -> None:
        if self.batch < 1:
            raise ValueError(f"batch must be at least 1, not {self.batch}")
