"""What does a recipe file say?

One TOML file holds a whole recipe, both stages: `saber train sed FILE`, `saber pairs FILE` and
`saber train ca-dpo FILE` each read their own table and the shared ones.
"""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from saber.core.errors import UsageError
from saber.core.settings import build, read_toml
from saber.omni import InputSettings
from saber.train.adapters import LoraSettings
from saber.train.audit import DataSettings
from saber.train.dpo import DpoLoss
from saber.train.pairs.settings import PairsSettings
from saber.train.sections import SectionWeights
from saber.train.student import ModelSettings

__all__ = ["CaDpoSettings", "Recipe", "SedSettings", "StepSettings", "load_recipe"]


@dataclass(frozen=True)
class StepSettings:
    """How a stage steps. Where they are published for SABER the recipes say so.

    Attributes:
        epochs: over all rows.
        batch: rows of one step, over all processes.
        micro_batch: rows that one device reads at once; `batch` is made of them.
        learning_rate: at its highest.
        warmup: share of the steps in which it rises to that.
        schedule: how it falls afterwards.
        weight_decay: of AdamW.
        clip: largest norm of the gradient.
        most_steps: end after so many; 0 does not.
        log_every, save_every: steps.
        keep: checkpoints that are kept.
        seed: of the order of the rows, of the adapter's start and of dropout.
        fsdp: weights, gradients and AdamW's moments lie in pieces, one on each process (FSDP 2 of torch). The
            weights must all be of one width, so `dtype` must be float32 with an adapter.
        deepspeed: a configuration file of DeepSpeed; "" does without.
    """

    epochs: int = 1
    batch: int = 64
    micro_batch: int = 1
    learning_rate: float = 1e-5
    warmup: float = 0.03
    schedule: Literal["cosine", "linear", "constant"] = "cosine"
    weight_decay: float = 0.0
    clip: float = 1.0
    most_steps: int = 0
    log_every: int = 1
    save_every: int = 100
    keep: int = 2
    seed: int = 0
    fsdp: bool = False
    deepspeed: str = ""

    def __post_init__(self) -> None:
        if self.fsdp and self.deepspeed:
            raise ValueError("fsdp and deepspeed both cut the model into pieces; choose one")
        for name in ("epochs", "batch", "micro_batch", "log_every", "save_every", "keep"):
            if getattr(self, name) < 1:
                raise ValueError(f"{name} must be at least 1, not {getattr(self, name)}")
        for name in ("weight_decay", "most_steps"):
            if getattr(self, name) < 0:
                raise ValueError(f"{name} must not be negative, and is {getattr(self, name)}")
        if not self.learning_rate > 0 or not self.clip > 0 or not 0 <= self.warmup < 1:
            raise ValueError("learning_rate and clip must be above 0, warmup 0 up to below 1")


@dataclass(frozen=True)
class SedSettings:
    """Table `[sed]`. rows: JSON lines or a folder of them; out: where the model goes."""

    rows: Path
    out: Path
    steps: StepSettings = field(default_factory=StepSettings)
    weights: SectionWeights = field(default_factory=SectionWeights)


@dataclass(frozen=True)
class CaDpoSettings:
    """Table `[ca_dpo]`. rows: preference pairs; out: where the model goes; start: the adapter that it starts
    from, "" the one that `[sed]` makes, or `base` none: the weights themselves, which hold SED already."""

    rows: Path
    out: Path
    start: str = ""
    steps: StepSettings = field(default_factory=StepSettings)
    loss: DpoLoss = field(default_factory=DpoLoss)


@dataclass(frozen=True)
class Recipe:
    """A whole recipe; tables that a command does not need may be missing."""

    model: ModelSettings
    lora: LoraSettings = field(default_factory=LoraSettings)
    inputs: InputSettings | None = None
    """None: those kept beside the weights."""
    data: DataSettings = field(default_factory=DataSettings)
    sed: SedSettings | None = None
    pairs: PairsSettings | None = None
    ca_dpo: CaDpoSettings | None = None

    def needs(self, table: str) -> Any:
        """That table. UsageError when the file has none."""
        found = getattr(self, table)
        if found is None:
            raise UsageError(f"The recipe has no table [{table}].", remedy="See the recipes in runs/.")
        return found


def load_recipe(path: Path) -> Recipe:
    """The recipe in the file. Relative paths count from where the command runs.

    Raises UsageError, in one sentence, for a table or key that there is not, and for a value out of range.
    """
    tables = read_toml(path)
    known = {
        "model": ModelSettings,
        "lora": LoraSettings,
        "inputs": InputSettings,
        "data": DataSettings,
        "sed": SedSettings,
        "pairs": PairsSettings,
        "ca_dpo": CaDpoSettings,
    }
    made: dict[str, Any] = {}
    for name, table in tables.items():
        if name not in known or not isinstance(table, dict):
            raise UsageError(f"{path} has an unknown table [{name}].", remedy=f"Known: {', '.join(known)}.")
        made[name] = _built(known[name], table, f"[{name}] of {path}")
    if "model" not in made:
        raise UsageError(f"{path} has no table [model].", remedy='Add it, with base = "FOLDER or hub id".')
    return Recipe(**made)


def _built(kind: Any, table: dict[str, Any], where: str) -> Any:
    lacking = [
        f.name
        for f in dataclasses.fields(kind)
        if f.default is dataclasses.MISSING
        and f.default_factory is dataclasses.MISSING
        and f.name not in table
    ]
    if lacking:
        raise UsageError(f"{where} lacks {lacking[0]}.")
    return build(kind, table, where)
