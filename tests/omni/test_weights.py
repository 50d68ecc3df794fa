"""Is a model really the one in the folder, and an adapter one that belongs to it and does something?"""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from saber.core.errors import UsageError
from saber.omni import Encoder, Message, Words, fingerprint, load, locate, next_token_logits
from saber.omni.adapter import module_of
from saber.omni.quiet import quietly

peft = pytest.importorskip("peft")

TARGETS = (
    r"^(?:.*\.)?(?:thinker\.)?model\.(?:language_model\.)?layers\.\d+\."
    r"(?:self_attn\.(?:q|k|v|o)_proj|mlp\.(?:gate|up|down)_proj)$"
)


def thinker_prefix(key: str) -> str:
    """As from the whole model, and by ms-swift."""
    return key.replace("base_model.model.model.language_model.", "base_model.model.thinker.model.")


def older(key: str) -> str:
    """As from the thinker before transformers 5.21."""
    return key.replace("model.language_model.", "model.")


def make_adapter(
    base: Path,
    folder: Path,
    *,
    scale: float = 0.2,
    rename: Callable[[str], str] = str,
    change: Callable[[dict[str, Any]], None] = lambda tensors: None,
) -> Path:
    """A LoRA adapter with random weights; `scale` 0 is one as it is before training."""
    import torch
    from safetensors.torch import load_file, save_file

    torch.manual_seed(3)
    thinker = load(base, device="cpu").thinker
    # Names and no pattern: in a mixture of experts peft 0.21 widens a pattern to last names, towers and all.
    names = [n for n, m in thinker.named_modules() if hasattr(m, "weight") and re.match(TARGETS, n)]
    config = peft.LoraConfig(r=4, lora_alpha=8, target_modules=names)
    with quietly():
        model = peft.get_peft_model(thinker, config)
        for name, weight in model.named_parameters():
            if "lora_B" in name:
                torch.nn.init.normal_(weight, std=scale)
        model.save_pretrained(folder)
    file = folder / "adapter_model.safetensors"
    tensors = {rename(key): tensor for key, tensor in load_file(file).items()}
    change(tensors)
    save_file(tensors, file)
    return folder


def first_logits(base: Path, adapter: Path | None = None) -> Any:
    encoder = Encoder(base)
    asked = encoder.encode([Message("user", (Words("Describe the face."),))])
    return next_token_logits([asked], load(base, adapter, device="cpu"), encoder)


@pytest.mark.parametrize("rename", [str, thinker_prefix, older])
def test_an_adapter_of_every_layout_changes_the_output_alike(
    either: Path, tmp_path: Path, rename: Callable[[str], str]
) -> None:
    import torch

    adapter = make_adapter(either, tmp_path / "adapter", rename=rename)
    # What the library computes with the adapter as it wrote it.
    plain = make_adapter(either, tmp_path / "plain")
    with quietly():
        model = peft.PeftModel.from_pretrained(load(either, device="cpu").thinker, str(plain)).eval()
    encoder = Encoder(either)
    asked = encoder.encode([Message("user", (Words("Describe the face."),))])
    ids = torch.from_numpy(asked.ids)[None]
    with torch.inference_mode():
        wanted = model(input_ids=ids, attention_mask=torch.ones_like(ids)).logits[:, -1]
    found = first_logits(either, adapter)
    assert float((found - wanted).abs().max()) < 1e-5
    assert float((found - first_logits(either)).abs().max()) > 0.01
    # Attention and, where it is no mixture of experts, the three of the feed-forward part, in two layers.
    assert load(either, adapter, device="cpu").trained == (2 * 4 if either.name.endswith("moe") else 2 * 7)


def test_an_adapter_that_changes_nothing_is_refused(tiny: Path, tmp_path: Path) -> None:
    adapter = make_adapter(tiny, tmp_path / "adapter", scale=0.0)
    with pytest.raises(UsageError, match="changes nothing"):
        load(tiny, adapter, device="cpu")


def test_an_adapter_of_another_model_is_refused(tiny: Path, tmp_path: Path) -> None:
    def narrower(tensors: dict[str, Any]) -> None:
        for key in list(tensors):
            if "lora_A" in key:
                tensors[key] = tensors[key][:, :32].contiguous()

    adapter = make_adapter(tiny, tmp_path / "narrow", change=narrower)
    with pytest.raises(UsageError, match=r"not made for the model in .* is \d+ wide, .* fits 32"):
        load(tiny, adapter, device="cpu")
    deeper = make_adapter(tiny, tmp_path / "deep", rename=lambda key: key.replace("layers.1.", "layers.27."))
    with pytest.raises(UsageError, match=r"no layer model\.language_model\.layers\.27"):
        load(tiny, deeper, device="cpu")


def test_an_adapter_with_lost_tensors_is_refused(tiny: Path, tmp_path: Path) -> None:
    def lose(tensors: dict[str, Any]) -> None:
        del tensors[next(key for key in sorted(tensors) if "lora_B" in key)]

    with pytest.raises(UsageError, match="lacks half of"):
        load(tiny, make_adapter(tiny, tmp_path / "half", change=lose), device="cpu")
    with pytest.raises(UsageError, match="is empty"):
        load(tiny, make_adapter(tiny, tmp_path / "empty", change=dict.clear), device="cpu")


def test_a_folder_without_an_adapter_is_refused(tiny: Path, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="holds no adapter"):
        load(tiny, tmp_path, device="cpu")


def test_only_lora_is_taken(tiny: Path, tmp_path: Path) -> None:
    adapter = make_adapter(tiny, tmp_path / "adapter")
    file = adapter / "adapter_config.json"
    config = {"peft_type": "IA3", "task_type": None, "target_modules": ["q_proj"], "feedforward_modules": []}
    file.write_text(json.dumps(config))
    with pytest.raises(UsageError, match=r"IA3.*Only LoRA"):
        load(tiny, adapter, device="cpu")


@pytest.mark.parametrize(
    ("key", "module"),
    [
        (
            "base_model.model.thinker.model.layers.0.mlp.up_proj.lora_A.weight",
            "model.language_model.layers.0.mlp.up_proj",
        ),
        (
            "base_model.model.model.language_model.layers.3.self_attn.q_proj.lora_B.weight",
            "model.language_model.layers.3.self_attn.q_proj",
        ),
    ],
)
def test_which_module_a_tensor_belongs_to(key: str, module: str) -> None:
    assert module_of(key) == module


def test_a_checkpoint_that_lost_weights_is_refused(tiny: Path, tmp_path: Path) -> None:
    from safetensors.torch import load_file, save_file

    folder = shutil.copytree(tiny, tmp_path / "copy")
    tensors = load_file(folder / "model.safetensors")
    del tensors["thinker.audio_tower.proj.weight"]
    save_file(tensors, folder / "model.safetensors", metadata={"format": "pt"})
    with pytest.raises(UsageError, match=r"lacks 1 of the model's weights, .*audio_tower\.proj"):
        load(folder, device="cpu")


@pytest.mark.parametrize("damage", ["cut", "gone", "wide"])
def test_damaged_weights_are_one_sentence(tiny: Path, tmp_path: Path, damage: str) -> None:
    folder = shutil.copytree(tiny, tmp_path / "copy")
    file = folder / "model.safetensors"
    if damage == "cut":
        file.write_bytes(file.read_bytes()[:100_000])
    elif damage == "gone":
        file.unlink()
    else:
        config = json.loads((folder / "config.json").read_text())
        config["thinker_config"]["text_config"]["intermediate_size"] = 512
        (folder / "config.json").write_text(json.dumps(config))
    with pytest.raises(UsageError) as error:
        load(folder, device="cpu")
    assert str(folder) in error.value.message
    assert error.value.remedy


def test_a_device_that_is_not_there_is_one_sentence(tiny: Path) -> None:
    import torch

    with pytest.raises(UsageError, match="no device 'toaster'"):
        load(tiny, device="toaster")
    with pytest.raises(UsageError, match=f"no device 'cuda:{torch.cuda.device_count() + 7}'"):
        load(tiny, device=f"cuda:{torch.cuda.device_count() + 7}")


def test_half_width_answers_nearly_the_same(tiny: Path) -> None:
    encoder = Encoder(tiny)
    asked = encoder.encode([Message("user", (Words("Describe the face."),))])
    wide, narrow = (
        next_token_logits([asked], load(tiny, device="cpu", dtype=dtype), encoder)
        for dtype in ("float32", "bfloat16")
    )
    assert 0 < float((wide - narrow).abs().max()) < 0.1


@pytest.mark.parametrize("name", ["no/such/folder/at/all", "nothing-here", "/nowhere/x"])
def test_a_folder_that_is_not_there_is_one_sentence(name: str) -> None:
    with pytest.raises(UsageError, match="There is no folder"):
        locate(name)


def test_a_hub_id_that_was_never_downloaded_is_not_fetched() -> None:
    with pytest.raises(UsageError, match=r"never downloaded.*--download"):
        locate("some-org/some-model-that-is-not-here")


def test_the_fingerprint_follows_the_weights(tiny: Path, tmp_path: Path) -> None:
    folder = shutil.copytree(tiny, tmp_path / "copy")
    assert fingerprint(folder) == fingerprint(tiny)
    file = folder / "model.safetensors"
    data = bytearray(file.read_bytes())
    data[-1] ^= 1
    file.write_bytes(data)
    assert fingerprint(folder) != fingerprint(tiny)
