"""How does a LoRA adapter get into a language model, and back out as a file that others can load?

Three programs name the same weights in three ways; a file in the wrong form loads as *nothing*, with a
warning at most:

    transformers   base_model.model.model.language_model.layers.0...   transformers >= 5.21, the thinker alone
    thinker        base_model.model.thinker.model.layers.0...          vLLM, ms-swift: the whole Omni model
    plain          base_model.model.model.layers.0...                  a causal language model

So `saver` writes the form that is asked for, and `saber.train.export` compares outputs after loading.
"""

from __future__ import annotations

import copy
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import torch
from torch import Tensor

from saber.core.errors import MissingPieceError, UsageError
from saber.omni.quiet import quietly

__all__ = [
    "TARGETS",
    "Form",
    "LoraSettings",
    "adapter_tensors",
    "add_lora",
    "continue_adapter",
    "load_tensors",
    "module_name",
    "save_adapter",
    "whole",
]

Form = Literal["transformers", "thinker", "plain"]

TARGETS = (
    r"^(?:.*\.)?(?:thinker\.)?model\.(?:language_model\.)?layers\.\d+\."
    r"(?:self_attn\.(?:q|k|v|o)_proj|mlp\.(?:gate|up|down)_proj)$"
)
"""Linear layers of the language model, in every layout; those of both towers have other names
(`visual.blocks`, `audio_tower.layers`) and stay as they are. Names alone (`q_proj`) would match them too."""

FILE = "adapter_model.safetensors"


@dataclass(frozen=True)
class LoraSettings:
    """Table `[lora]`. None of them is published for SABER."""

    rank: int = 64
    alpha: float = 128.0
    dropout: float = 0.0

    def __post_init__(self) -> None:
        if self.rank < 1 or not self.alpha > 0 or not 0 <= self.dropout < 1:
            raise ValueError("rank must be at least 1, alpha above 0, dropout 0 up to below 1")


def add_lora(lm: Any, settings: LoraSettings, base: Path) -> Any:
    """Puts a new adapter into the language model, in place; it changes nothing yet. Returns its
    configuration.

    Raises UsageError when the model has no layer of those names.
    """
    # By full names: given the pattern itself, peft 0.21 also puts LoRA into the sound tower of Qwen3-Omni.
    targets = [name for name, _ in lm.named_modules() if re.fullmatch(TARGETS, name)]
    if not targets:
        raise UsageError(f"{base} has no layers that an adapter of ours fits.")
    config = _peft().LoraConfig(
        r=settings.rank,
        lora_alpha=settings.alpha,
        lora_dropout=settings.dropout,
        target_modules=targets,
        bias="none",
        base_model_name_or_path=str(base),
    )
    with quietly():
        _peft().inject_adapter_in_model(config, lm)
    changed = {module_name(n).split(".lora_")[0] for n, _ in lm.named_parameters() if "lora_" in n}
    assert changed == {module_name(name) for name in targets}
    for name, parameter in lm.named_parameters():
        parameter.requires_grad_("lora_" in name)
    return config


def continue_adapter(lm: Any, folder: Path, base: Path) -> Any:
    """Puts the adapter of that folder into the language model, ready to be trained further."""
    peft = _peft()
    try:
        config = peft.LoraConfig.from_pretrained(str(folder), local_files_only=True)
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise UsageError(
            f"{folder} holds no LoRA adapter that can be read.",
            remedy="Name the folder that holds adapter_config.json and adapter_model.safetensors.",
        ) from error
    made = add_lora(lm, LoraSettings(config.r, config.lora_alpha, config.lora_dropout), base)
    load_tensors(lm, folder)
    return made


def load_tensors(lm: Any, folder: Path) -> None:
    """The adapter file's tensors into the adapter that the model has. UsageError unless each finds its place
    and none is missing."""
    from safetensors import SafetensorError
    from safetensors.torch import load_file

    try:
        found = load_file(folder / FILE)
    except (OSError, SafetensorError) as error:
        raise UsageError(f"{folder / FILE} can't be read: {error}.") from error
    named = {module_name(key): tensor for key, tensor in found.items()}
    wanted = {module_name(_published(name)): p for name, p in lm.named_parameters() if "lora_" in name}
    if set(named) != set(wanted):
        odd = sorted(set(named) ^ set(wanted))
        raise UsageError(
            f"The adapter in {folder} was not made for this model: {len(odd)} layers differ, {odd[0]} first.",
            remedy="Name the base model that it was trained on.",
        )
    for name, parameter in wanted.items():
        if parameter.shape != named[name].shape:
            raise UsageError(f"The adapter in {folder} has another shape at {name}.")
        with torch.no_grad():
            parameter.copy_(named[name])


def adapter_tensors(named: Mapping[str, Tensor], form: Form) -> dict[str, Tensor]:
    """The adapter's weights under the names of that form.

    named: parameters of the model by their names in it; those of no adapter are left out.
    """
    prefix = {
        "transformers": "model.language_model.layers.",
        "thinker": "thinker.model.layers.",
        "plain": "model.layers.",
    }[form]
    return {
        "base_model.model." + module_name(_published(name)).replace("layers.", prefix, 1): p.detach()
        .cpu()
        .contiguous()
        for name, p in named.items()
        if "lora_" in name
    }


def save_adapter(named: Mapping[str, Tensor], config: Any, folder: Path, form: Form) -> None:
    """Writes `adapter_config.json` and `adapter_model.safetensors`.

    Args:
        named: as for `adapter_tensors`.
        config: what `add_lora` returned.
        folder: is made.
        form: whose names; see above.
    """
    from safetensors.torch import save_file

    tensors = adapter_tensors(named, form)
    own = copy.copy(config)
    own.target_modules = sorted(
        {re.sub(r"^base_model\.model\.|\.lora_[AB]\.weight$", "", n) for n in tensors}
    )
    folder.mkdir(parents=True, exist_ok=True)
    own.save_pretrained(str(folder))
    save_file(tensors, folder / FILE, metadata={"format": "pt"})


def whole(lm: Any) -> dict[str, Tensor]:
    """All weights by name. Those that lie in pieces on several processes are put together; all of the
    processes must ask for it then. UsageError when some are not here at all."""
    from torch.distributed.tensor import DTensor

    found = {n: t.full_tensor() if isinstance(t, DTensor) else t for n, t in lm.state_dict().items()}
    lost = [name for name, tensor in found.items() if tensor.is_meta or not tensor.numel()]
    if lost:
        raise UsageError(f"{len(lost)} weights are not here to be saved, {lost[0]} among them.")
    return found


def _published(name: str) -> str:
    """`model.layers.0.mlp.up_proj.lora_A.default.weight` without the name of the adapter inside peft."""
    return re.sub(r"\.(lora_[AB])\.[^.]+\.", r".\1.", name)


def module_name(key: str) -> str:
    """`layers.0.mlp.up_proj.lora_A.weight`, whatever layout it was written for."""
    key = key.removeprefix("lm.")
    return re.sub(r"^(?:base_model\.model\.)?(?:thinker\.)?model\.(?:language_model\.)?(?=layers\.)", "", key)


def _peft() -> Any:
    try:
        import peft
    except ImportError as error:
        raise MissingPieceError(
            "LoRA needs the package peft, which is not installed.",
            remedy="Install it: pip install 'saber-llm[train]'.",
        ) from error
    return peft
