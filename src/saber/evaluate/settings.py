"""How is a model evaluated: how are its numbers' intervals drawn, and how is a judge asked?"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from saber.infer import InferSettings
from saber.media import MediaSettings
from saber.models import ModelSettings

__all__ = ["ABLATIONS", "EvaluateSettings", "EvaluationSettings"]

ABLATIONS: tuple[str, ...] = ("mute", "black", "shuffle")


@dataclass(frozen=True)
class EvaluateSettings:
    """Defaults are own choices unless a benchmark publishes its own."""

    interval: Literal["bca", "percentile"] = "bca"
    level: float = 0.95
    resamples: int = 2000
    seed: int = 0
    judge_language: Literal["en", "zh"] = "zh"
    """Of the prompts to the judge: EMER's are Chinese."""
    translate: Literal["none", "zh"] = "none"
    """Have the judge translate answers to Chinese first, as some teams do."""
    judge_tries: int = 3
    """How often a reply that can't be read is asked for again, each time with another seed."""
    judge_max_tokens: int = 512
    limit: int | None = None
    """Only so many samples of each part, the first ones: to try a setup out."""
    ablations: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if not 0.5 <= self.level < 1:
            raise ValueError(f"level must be 0.5 up to below 1, not {self.level}")
        if self.resamples < 100:
            raise ValueError(f"resamples must be 100 or more, not {self.resamples}")
        if self.judge_tries < 1 or self.judge_max_tokens < 1:
            raise ValueError("judge_tries and judge_max_tokens must be 1 or more")
        if self.limit is not None and self.limit < 1:
            raise ValueError(f"limit must be 1 or more, not {self.limit}")
        if unknown := set(self.ablations) - set(ABLATIONS):
            raise ValueError(f"no {', '.join(sorted(unknown))} among {', '.join(ABLATIONS)}")


@dataclass(frozen=True)
class EvaluationSettings:
    """Everything that `saber evaluate` can be told; each is a table of the same name in a TOML file."""

    evaluate: EvaluateSettings = field(default_factory=EvaluateSettings)
    model: ModelSettings = field(default_factory=ModelSettings)
    judge: ModelSettings = field(default_factory=ModelSettings)
    infer: InferSettings = field(default_factory=lambda: InferSettings(max_tokens=512))
    """How the model is asked: what of a clip it gets, and how its answer is drawn."""
    media: MediaSettings = field(default_factory=MediaSettings)
