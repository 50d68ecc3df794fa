"""Does vLLM really use this adapter?

vLLM looks for the layer names that it knows and passes over all others without a word: an adapter of another
layout would be loaded as nothing. So the names are written anew, and the output must move.
"""

from __future__ import annotations

import json
from importlib import import_module
from pathlib import Path
from typing import Any

from saber.core.errors import UsageError
from saber.omni import module_of

__all__ = ["check_change", "for_vllm"]

_CONFIG, _WEIGHTS = "adapter_config.json", "adapter_model.safetensors"
_LAYERS = "model.language_model.layers."
_MOST_RANK = 512
_AGAIN = "Name the model that the adapter was trained on: vllm:BASE+ADAPTER."


def for_vllm(adapter: Path, to: Path) -> int:
    """Writes the LoRA adapter into the folder `to` with vLLM's names; returns its largest rank.

    Raises UsageError when it is none, changes layers that vLLM does not adapt, or has a rank above 512.
    """
    from safetensors import SafetensorError
    from safetensors.torch import load_file, save_file

    try:
        config = json.loads((adapter / _CONFIG).read_text(encoding="utf-8"))
        rank = max([int(config["r"]), *map(int, (config.get("rank_pattern") or {}).values())])
        tensors = load_file(adapter / _WEIGHTS)
    except (OSError, ValueError, KeyError, TypeError, AttributeError, SafetensorError) as error:
        raise UsageError(
            f"{adapter} holds no LoRA adapter that can be read: {error}.",
            remedy=f"Name the folder that holds {_CONFIG} and {_WEIGHTS}.",
        ) from error
    if rank > _MOST_RANK:
        raise UsageError(
            f"The adapter in {adapter} has rank {rank}, and vLLM takes {_MOST_RANK} at most.",
            remedy="Merge it into the weights, or use hf:BASE+ADAPTER.",
        )
    named = {}
    for key, tensor in tensors.items():
        module, half = module_of(key), key[key.rfind(".lora_") :]
        if not module.startswith(_LAYERS) or not half.startswith((".lora_A", ".lora_B")):
            raise UsageError(
                f"The adapter in {adapter} changes {module}, which vLLM does not adapt.",
                remedy="Merge it into the weights, or use hf:BASE+ADAPTER.",
            )
        named[f"base_model.model.thinker.model.layers.{module.removeprefix(_LAYERS)}{half}"] = tensor
    # A pattern or full names would be those of the layout that it was trained in.
    config["target_modules"] = sorted({key.split(".lora_")[0].rpartition(".")[2] for key in named})
    config["exclude_modules"] = None
    save_file(named, to / _WEIGHTS)
    (to / _CONFIG).write_text(json.dumps(config), encoding="utf-8")
    return rank


def check_change(engine: Any, adapter: Any, folder: Path) -> None:
    """UsageError when what the engine writes with the adapter is what it writes without.

    adapter: `vllm.lora.request.LoRARequest`; folder: that the user named, for the message.
    """
    try:
        without, with_it = _probe(engine, None), _probe(engine, adapter)
    except (ValueError, RuntimeError, KeyError) as error:
        words = " ".join(str(error).split())[:200].rstrip(".")
        raise UsageError(f"vLLM can't use the adapter in {folder}: {words}.", remedy=_AGAIN) from error
    if without == with_it:
        raise UsageError(
            f"The adapter in {folder} changes nothing: the output with it is the output without it.",
            remedy="It was saved before it was trained, or made for another model; use another one.",
        )


def _probe(engine: Any, adapter: Any) -> dict[int, float]:
    """Log-probabilities of the likeliest first words after a few fixed tokens."""
    params = import_module("vllm.sampling_params").SamplingParams(temperature=0, max_tokens=1, logprobs=5)
    prompt = {"prompt_token_ids": list(range(1, 17))}
    engine.add_request("saber-probe", prompt, params, lora_request=adapter)
    outputs: list[Any] = []
    while engine.has_unfinished_requests():
        outputs += engine.step()
    [likeliest] = outputs[-1].outputs[0].logprobs
    return {token: one.logprob for token, one in likeliest.items()}
