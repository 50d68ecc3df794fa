"""How does one get an Omni model of a real size without its weights? Random ones, made in memory.

Speed and memory do not depend on what the weights are; quality does, so nothing is said of that.
"""

from __future__ import annotations

import importlib.util
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from saber.omni import Encoder, InputSettings, Loaded

__all__ = ["SIZES", "Size", "random_omni", "write_files"]


@dataclass(frozen=True)
class Size:
    """Widths and depths of the three parts; `heads` of the text part are (heads, key-value heads)."""

    hidden: int
    inner: int
    layers: int
    heads: tuple[int, int]
    vocabulary: int
    towers: tuple[int, int]
    """Layers and width of the vision and of the sound encoder."""
    rope: tuple[int, int, int]
    """Of half a head's width: time, height, width."""


SIZES = {
    "tiny": Size(128, 256, 2, (4, 2), 1024, (2, 64), (4, 6, 6)),
    "small": Size(896, 4864, 12, (14, 2), 32_000, (4, 320), (8, 12, 12)),
    "3b": Size(2048, 11_008, 36, (16, 2), 151_936, (32, 1280), (16, 24, 24)),
    "7b": Size(3584, 18_944, 28, (28, 4), 152_064, (32, 1280), (16, 24, 24)),
}
"""`3b` and `7b` are Qwen2.5-Omni's; `tiny` and `small` run on a CPU."""


def random_omni(
    size: Size, folder: Path, device: str, dtype: str, inputs: InputSettings | None = None
) -> tuple[Loaded, Encoder]:
    """A Qwen2.5-Omni thinker of that size on the device, and the encoder of its input.

    folder: gets the small files of a tiny checkpoint, for the tokenizer and the configuration.
    """
    import torch
    import transformers

    log: Any = transformers.logging
    log.set_verbosity_error()
    kind: Any = transformers.Qwen2_5OmniThinkerForConditionalGeneration

    write_files(size, folder)
    built = transformers.AutoConfig.from_pretrained(folder).thinker_config
    default = torch.get_default_dtype()
    torch.set_default_dtype(getattr(torch, dtype))
    try:
        with torch.device(device), torch.random.fork_rng(), _no_init():
            torch.manual_seed(0)
            model = kind._from_config(built, attn_implementation="sdpa")
            with torch.no_grad():
                for name, weight in model.named_parameters():
                    one = "norm" in name and weight.dim() == 1
                    weight.fill_(1.0) if one else weight.normal_(std=0.02)
                # A model of noise must not end its answer at once: the words that end it get no weight.
                encoder = Encoder(folder, inputs)
                model.lm_head.weight[sorted(encoder.stop_ids)] = 0
    finally:
        torch.set_default_dtype(default)
    return Loaded(model.eval(), device, dtype), encoder


def write_files(size: Size, folder: Path) -> Path:
    """All files of a Qwen2.5-Omni checkpoint of that size but its weights; returns the folder."""
    _tiny_omni().make_tiny_omni(folder)
    file = folder / "config.json"
    config = json.loads(file.read_text(encoding="utf-8"))
    _resize(config["thinker_config"], size)
    file.write_text(json.dumps(config), encoding="utf-8")
    (folder / "model.safetensors").unlink()
    return folder


def _resize(thinker: dict[str, Any], size: Size) -> None:
    depth, width = size.towers
    thinker["text_config"] |= {
        "vocab_size": size.vocabulary,
        "hidden_size": size.hidden,
        "intermediate_size": size.inner,
        "num_hidden_layers": size.layers,
        "num_attention_heads": size.heads[0],
        "num_key_value_heads": size.heads[1],
        "rope_scaling": {"mrope_section": list(size.rope), "rope_type": "default", "type": "default"},
    }
    real = depth == SIZES["7b"].towers[0]
    thinker["vision_config"] |= {
        "depth": depth,
        "hidden_size": width,
        "embed_dim": width,
        "intermediate_size": 3420 if real else 2 * width,
        "num_heads": 16 if real else width // 32,
        "out_hidden_size": size.hidden,
        "fullatt_block_indexes": [7, 15, 23, 31] if real else [depth - 1],
    }
    thinker["audio_config"] |= {
        "encoder_layers": depth,
        "d_model": width,
        "encoder_ffn_dim": 4 * width,
        "encoder_attention_heads": 20 if real else width // 32,
        "output_dim": size.hidden,
    }


def _no_init() -> Any:
    """7 thousand million numbers are drawn once, not twice."""
    from transformers.initialization import no_init_weights

    return no_init_weights()


def _tiny_omni() -> Any:
    file = Path(__file__).resolve().parent.parent / "tests" / "omni" / "tiny_omni.py"
    spec = importlib.util.spec_from_file_location("tiny_omni", file)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
