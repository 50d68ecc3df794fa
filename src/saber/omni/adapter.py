"""Does this adapter belong to this model, and does it really change what the model says?

Adapters were written with key names of several layouts, and libraries load what they do not recognise as
nothing, with a warning at most. Here every tensor of the file must find its module, and the output must move.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from saber.core.errors import MissingPieceError, UsageError
from saber.omni.quiet import quietly

__all__ = ["attach", "module_of"]

_AGAIN = "Name the model that the adapter was trained on: hf:BASE+ADAPTER."


def module_of(key: str) -> str:
    """The thinker's module that a tensor of an adapter file belongs to, whatever layout it was written for.

    `base_model.model.thinker.model.layers.0.mlp.up_proj.lora_A.weight` (the whole model, or ms-swift),
    `...model.layers...` (the thinker before transformers 5.21) and `...model.language_model.layers...`
    (since) are all `model.language_model.layers.0.mlp.up_proj`.
    """
    name = re.sub(r"\.lora_(?:A|B|embedding_A|embedding_B|magnitude_vector)(?:\.weight)?$", "", key)
    name = name.removeprefix("base_model.model.").removeprefix("thinker.")
    return re.sub(r"^model\.layers\.", "model.language_model.layers.", name)


def attach(thinker: Any, adapter: Path, base: Path) -> int:
    """Puts the adapter into the thinker, in place; returns how many modules it changes.

    Raises UsageError when tensors of the file fit no module or have another shape, when a module gets only
    half a pair, and when the output stays as it was.
    """
    try:
        from peft import LoraConfig, PeftConfig, get_peft_model
        from peft.utils import load_peft_weights, set_peft_model_state_dict
    except ImportError as error:
        raise MissingPieceError(
            "An adapter needs the package peft, which is not installed.",
            remedy="Install it: pip install 'saber-llm[hf]'.",
        ) from error
    try:
        config = PeftConfig.from_pretrained(str(adapter), local_files_only=True)
        tensors = load_peft_weights(str(adapter), device="cpu")
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise UsageError(
            f"{adapter} holds no adapter that can be read: {' '.join(str(error).split())[:200]}.",
            remedy="Name the folder that holds adapter_config.json and adapter_model.safetensors.",
        ) from error
    if not isinstance(config, LoraConfig):
        raise UsageError(f"{adapter} is a {config.peft_type} adapter.", remedy="Only LoRA is supported.")
    modules = dict(thinker.named_modules())
    shaped = {f"base_model.model.{module_of(key)}.{_half(key)}": tensor for key, tensor in tensors.items()}
    _check_modules(shaped, modules, adapter, base)
    targets = sorted({module_of(key) for key in shaped})
    config.target_modules, config.inference_mode = targets, True
    config.exclude_modules = None
    before = _probe(thinker)
    try:
        with quietly():
            result: Any = set_peft_model_state_dict(get_peft_model(thinker, config), shaped)
    except RuntimeError as error:
        raise UsageError(
            f"{adapter} does not fit the weights in {base}: {' '.join(str(error).split())[:200]}.",
            remedy=_AGAIN,
        ) from error
    lost = [key for key in result.missing_keys if "lora_" in key] + list(result.unexpected_keys)
    if lost:
        raise UsageError(
            f"{len(lost)} tensors of {adapter} did not reach the model, {lost[0]} among them.", remedy=_AGAIN
        )
    thinker.eval()
    moved = float((_probe(thinker) - before).abs().max())
    if not moved > 0:
        raise UsageError(
            f"The adapter in {adapter} changes nothing: the output with it is the output without it.",
            remedy="It was saved before it was trained, or its scale is 0; use another one.",
        )
    return len(targets)


def _half(key: str) -> str:
    found = re.search(r"lora_[A-Za-z_]+(?:\.weight)?$", key)
    return found.group() if found else key


def _check_modules(shaped: dict[str, Any], modules: dict[str, Any], adapter: Path, base: Path) -> None:
    if not shaped:
        raise UsageError(f"The adapter in {adapter} is empty.", remedy="Use another one.")
    pairs: dict[str, set[str]] = {}
    for key, tensor in shaped.items():
        name, half = module_of(key), _half(key)
        module = modules.get(name)
        if module is None or not hasattr(module, "weight"):
            raise UsageError(
                f"{adapter} was not made for the model in {base}: that has no layer {name}.", remedy=_AGAIN
            )
        side = {"lora_A": 1, "lora_B": 0}.get(half.removesuffix(".weight"))
        wanted = None if side is None else module.weight.shape[side]
        if side is not None and tensor.shape[side] != wanted:
            raise UsageError(
                f"{adapter} was not made for the model in {base}: {name} is {wanted} wide, and the adapter "
                f"fits {tensor.shape[side]}.",
                remedy=_AGAIN,
            )
        pairs.setdefault(name, set()).add(half)
    for name, halves in pairs.items():
        if len(halves) % 2 and "lora_magnitude_vector" not in halves:
            raise UsageError(f"The adapter in {adapter} lacks half of {name}.", remedy="Copy it again.")


def _probe(thinker: Any) -> Any:
    """Last-layer output for a few fixed tokens, float32."""
    import torch

    ids = torch.arange(1, 17, device=thinker.device)[None] % thinker.config.get_text_config().vocab_size
    with torch.inference_mode():
        out = thinker.model(input_ids=ids, attention_mask=torch.ones_like(ids), use_cache=False)
    return out.last_hidden_state.float()
