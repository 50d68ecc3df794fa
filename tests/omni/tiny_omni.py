"""What is the smallest checkpoint that every program takes for a real Qwen-Omni?

    python tests/omni/tiny_omni.py FOLDER            Qwen2.5-Omni (what SABER-LLM is)
    python tests/omni/tiny_omni.py FOLDER --moe      Qwen3-Omni, a mixture of experts

Files and key names are those of the published checkpoints, without the talker; the sizes are tiny, the
weights random from a seed. Heads are 32 wide, the least that vLLM's kernels take.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

__all__ = ["SPECIALS", "make_tiny_omni"]

SPECIALS = (
    "<|endoftext|>",
    "<|im_start|>",
    "<|im_end|>",
    "<|AUDIO|>",
    "<|audio_bos|>",
    "<|audio_eos|>",
    "<|box_end|>",
    "<|quad_start|>",
    "<|quad_end|>",
    "<|vision_bos|>",
    "<|vision_eos|>",
    "<|vision_pad|>",
    "<|IMAGE|>",
    "<|VIDEO|>",
)
"""In the order of their ids, which follow those of the words."""

MOE_SPECIALS = {
    "<|AUDIO|>": "<|audio_pad|>",
    "<|audio_bos|>": "<|audio_start|>",
    "<|audio_eos|>": "<|audio_end|>",
    "<|vision_bos|>": "<|vision_start|>",
    "<|vision_eos|>": "<|vision_end|>",
    "<|IMAGE|>": "<|image_pad|>",
    "<|VIDEO|>": "<|video_pad|>",
}
"""What Qwen3-Omni calls them."""

NAMED = {
    "image_token": "<|IMAGE|>",
    "audio_token": "<|AUDIO|>",
    "video_token": "<|VIDEO|>",
    "vision_bos_token": "<|vision_bos|>",
    "vision_eos_token": "<|vision_eos|>",
    "audio_bos_token": "<|audio_bos|>",
    "audio_eos_token": "<|audio_eos|>",
}

WORDS = (
    '{"video_desc": "", "facial_exp_desc": "", "body_lang_desc": "", "audio_desc": {"acoustic_feat": "", '
    '"speech_content": ""}, "sentiment_analysis": ""}',
    "Describe the scene, the face, the body and the voice. You are a helpful assistant.",
    "The person smiles, the brows are raised, the pitch is high and the speech is fast.",
    "system user assistant evidence visual acoustic reasoning emotion happy sad angry neutral fear surprise",
    "画面中的人物面带微笑,语速较快,音调较高。请详细描述场景、面部表情、肢体语言和声音特征,并分析情绪。",
)
"""What the tiny vocabulary is trained on: the words of our prompts."""

_MEAN, _SD = [0.48145466, 0.4578275, 0.40821073], [0.26862954, 0.26130258, 0.27577711]
_HIDDEN = 128


def make_tiny_omni(folder: Path, *, moe: bool = False, seed: int = 0) -> Path:
    """Writes the checkpoint into `folder` and returns it; the same seed gives the same bytes.

    moe: Qwen3-Omni, whose patches are 16 px wide and whose layers have experts, instead of Qwen2.5-Omni.
    """
    folder.mkdir(parents=True, exist_ok=True)
    ids = _write_tokenizer(folder, MOE_SPECIALS if moe else {})
    config = _moe_config(ids) if moe else _config(ids)
    _write_json(folder / "config.json", config)
    _write_json(folder / "preprocessor_config.json", _preprocessor(moe))
    stop = {"eos_token_id": [ids["<|im_end|>"], ids["<|endoftext|>"]], "pad_token_id": ids["<|endoftext|>"]}
    _write_json(folder / "generation_config.json", {"do_sample": False, **stop})
    _write_weights(folder, moe, seed)
    return folder


def _write_tokenizer(folder: Path, renamed: dict[str, str]) -> dict[str, int]:
    """Byte-level BPE in the files of a Qwen tokenizer. Returns the specials' ids by their Qwen2.5 names."""
    from tokenizers import Regex, Tokenizer, models, pre_tokenizers, trainers
    from transformers import Qwen2Tokenizer
    from transformers.models.qwen2.tokenization_qwen2 import PRETOKENIZE_REGEX

    raw = Tokenizer(models.BPE())
    raw.pre_tokenizer = pre_tokenizers.Sequence(
        [
            pre_tokenizers.Split(Regex(PRETOKENIZE_REGEX), "isolated"),
            pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False),
        ]
    )
    alphabet = sorted(pre_tokenizers.ByteLevel.alphabet())
    trainer = trainers.BpeTrainer(vocab_size=600, initial_alphabet=alphabet, show_progress=False)
    raw.train_from_iterator(WORDS, trainer)
    trained = json.loads(raw.to_str())["model"]
    vocab: dict[str, int] = dict(trained["vocab"])
    # The specials must be known before the tokenizer is made: it hands out ids of its own otherwise.
    ids = {special: len(vocab) + i for i, special in enumerate(SPECIALS)}
    vocab |= {renamed.get(special, special): number for special, number in ids.items()}
    tokenizer = Qwen2Tokenizer(
        vocab=vocab,
        merges=[tuple(pair) for pair in trained["merges"]],
        eos_token="<|im_end|>",
        pad_token="<|endoftext|>",
        model_max_length=32768,
        extra_special_tokens={name: renamed.get(token, token) for name, token in NAMED.items()},
        chat_template=_chat_template(renamed),
        padding_side="left",
    )
    tokenizer.add_tokens(list(dict.fromkeys(renamed.get(s, s) for s in SPECIALS)), special_tokens=True)
    tokenizer.save_pretrained(folder)
    merges = "".join(f"{a} {b}\n" for a, b in trained["merges"])
    (folder / "merges.txt").write_text(f"#version: 0.2\n{merges}", encoding="utf-8")
    _write_json(
        folder / "vocab.json", {word: number for word, number in vocab.items() if word not in renamed}
    )
    _write_json(folder / "chat_template.json", {"chat_template": _chat_template(renamed)})
    return ids


def _chat_template(renamed: dict[str, str]) -> str:
    """The published form; only Qwen2.5-Omni puts a system turn of its own before a talk that has none."""

    def named(token: str) -> str:
        return renamed.get(token, token)

    def part(kind: str, opened: str, pad: str, closed: str) -> str:
        test = f"c.type == '{kind}' or '{kind}' in c"
        return f"{test} %}}{named(opened)}{named(pad)}{named(closed)}{{% elif "

    first = "<|im_start|>system\nYou are a helpful assistant.<|im_end|>\n"
    first = "" if renamed else f"{{% if loop.first and m.role != 'system' %}}{first}{{% endif %}}"
    return (
        "{% for m in messages %}" + first + "<|im_start|>{{ m.role }}\n"
        "{% if m.content is string %}{{ m.content }}{% else %}{% for c in m.content %}{% if "
        + part("image", "<|vision_bos|>", "<|IMAGE|>", "<|vision_eos|>")
        + part("audio", "<|audio_bos|>", "<|AUDIO|>", "<|audio_eos|>")
        + part("video", "<|vision_bos|>", "<|VIDEO|>", "<|vision_eos|>")
        + "'text' in c %}{{ c.text }}{% endif %}{% endfor %}{% endif %}<|im_end|>\n{% endfor %}"
        "{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}"
    )


def _config(ids: dict[str, int]) -> dict[str, Any]:
    audio = {
        "model_type": "qwen2_5_omni_audio_encoder",
        "num_mel_bins": 128,
        "encoder_layers": 2,
        "encoder_attention_heads": 2,
        "encoder_ffn_dim": 128,
        "d_model": 64,
        "n_window": 100,
        "max_source_positions": 1500,
        "output_dim": _HIDDEN,
    }
    vision = {
        "model_type": "qwen2_5_omni_vision_encoder",
        "depth": 2,
        "embed_dim": 64,
        "hidden_size": 64,
        "intermediate_size": 128,
        "num_heads": 2,
        "in_channels": 3,
        "in_chans": 3,
        "patch_size": 14,
        "spatial_patch_size": 14,
        "spatial_merge_size": 2,
        "temporal_patch_size": 2,
        "window_size": 112,
        "fullatt_block_indexes": [1],
        "out_hidden_size": _HIDDEN,
    }
    text = {
        "model_type": "qwen2_5_omni_text",
        **_text_sizes(ids),
        "rope_scaling": {"mrope_section": [4, 6, 6], "rope_type": "default", "type": "default"},
    }
    thinker = {
        "architectures": ["Qwen2OmniNaViTThinkerForConditionalGeneration"],
        "model_type": "qwen2_5_omni_thinker",
        "audio_token_index": ids["<|AUDIO|>"],
        "image_token_index": ids["<|IMAGE|>"],
        "video_token_index": ids["<|VIDEO|>"],
        "seconds_per_chunk": 2,
        "position_id_per_seconds": 25,
        **_shared(ids),
        "audio_config": audio,
        "vision_config": vision,
        "text_config": text,
    }
    return {
        "architectures": ["Qwen2_5OmniModel"],
        "model_type": "qwen2_5_omni",
        "enable_audio_output": False,
        "enable_talker": False,
        "dtype": "float32",
        "thinker_config": thinker,
    }


def _moe_config(ids: dict[str, int]) -> dict[str, Any]:
    audio = {
        "model_type": "qwen3_omni_moe_audio_encoder",
        "num_mel_bins": 128,
        "encoder_layers": 2,
        "encoder_attention_heads": 2,
        "encoder_ffn_dim": 128,
        "d_model": 64,
        "n_window": 50,
        "n_window_infer": 800,
        "conv_chunksize": 500,
        "downsample_hidden_size": 32,
        "max_source_positions": 1500,
        "output_dim": _HIDDEN,
    }
    vision = {
        "model_type": "qwen3_omni_moe_vision_encoder",
        "depth": 2,
        "hidden_size": 64,
        "intermediate_size": 128,
        "num_heads": 2,
        "in_channels": 3,
        "patch_size": 16,
        "spatial_merge_size": 2,
        "temporal_patch_size": 2,
        "num_position_embeddings": 64,
        "image_size": 128,
        "apply_vit_abs_pos_embed": True,
        "deepstack_visual_indexes": [0],
        "out_hidden_size": _HIDDEN,
    }
    text = {
        "model_type": "qwen3_omni_moe_text",
        **_text_sizes(ids),
        "head_dim": 32,
        "decoder_sparse_step": 1,
        "moe_intermediate_size": 64,
        "num_experts": 4,
        "num_experts_per_tok": 2,
        "norm_topk_prob": True,
        "mlp_only_layers": [],
        "rope_scaling": {
            "interleaved": True,
            "mrope_interleaved": True,
            "mrope_section": [6, 5, 5],
            "rope_type": "default",
            "type": "default",
        },
    }
    thinker = {
        "architectures": ["Qwen3OmniMoeThinkerForConditionalGeneration"],
        "model_type": "qwen3_omni_moe_thinker",
        "audio_token_id": ids["<|AUDIO|>"],
        "image_token_id": ids["<|IMAGE|>"],
        "video_token_id": ids["<|VIDEO|>"],
        "position_id_per_seconds": 13,
        **_shared(ids),
        "audio_config": audio,
        "vision_config": vision,
        "text_config": text,
    }
    return {
        "architectures": ["Qwen3OmniMoeForConditionalGeneration"],
        "model_type": "qwen3_omni_moe",
        "enable_audio_output": False,
        "dtype": "float32",
        "im_start_token_id": ids["<|im_start|>"],
        "im_end_token_id": ids["<|im_end|>"],
        "thinker_config": thinker,
    }


def _text_sizes(ids: dict[str, int]) -> dict[str, Any]:
    return {
        "vocab_size": -(-(max(ids.values()) + 1) // 64) * 64,
        "hidden_size": _HIDDEN,
        "intermediate_size": 256,
        "num_hidden_layers": 2,
        "num_attention_heads": 4,
        "num_key_value_heads": 2,
        "max_position_embeddings": 32768,
        "rms_norm_eps": 1e-6,
        "rope_theta": 1_000_000.0,
        "tie_word_embeddings": False,
        "bos_token_id": ids["<|im_start|>"],
        "eos_token_id": ids["<|im_end|>"],
        "pad_token_id": ids["<|endoftext|>"],
    }


def _shared(ids: dict[str, int]) -> dict[str, Any]:
    return {
        "audio_start_token_id": ids["<|audio_bos|>"],
        "audio_end_token_id": ids["<|audio_eos|>"],
        "vision_start_token_id": ids["<|vision_bos|>"],
        "vision_end_token_id": ids["<|vision_eos|>"],
        "vision_token_id": ids["<|vision_pad|>"],
        "bos_token_id": ids["<|im_start|>"],
        "eos_token_id": ids["<|im_end|>"],
        "pad_token_id": ids["<|endoftext|>"],
        "user_token_id": 0,
    }


def _preprocessor(moe: bool) -> dict[str, Any]:
    return {
        "chunk_length": 300,
        "dither": 0.0,
        "feature_extractor_type": "WhisperFeatureExtractor",
        "feature_size": 128,
        "hop_length": 160,
        "image_mean": [0.5] * 3 if moe else _MEAN,
        "image_std": [0.5] * 3 if moe else _SD,
        "image_processor_type": "Qwen2VLImageProcessor",
        "max_pixels": 12845056,
        "merge_size": 2,
        "min_pixels": 3136,
        "n_fft": 400,
        "n_samples": 4800000,
        "nb_max_frames": 30000,
        "padding_side": "right",
        "padding_value": 0.0,
        "patch_size": 16 if moe else 14,
        "processor_class": "Qwen3OmniMoeProcessor" if moe else "Qwen2_5OmniProcessor",
        "return_attention_mask": True,
        "sampling_rate": 16000,
        "temporal_patch_size": 2,
    }


def _write_weights(folder: Path, moe: bool, seed: int) -> None:
    import torch
    from safetensors.torch import save_file
    from transformers import (
        AutoConfig,
        Qwen2_5OmniForConditionalGeneration,
        Qwen3OmniMoeForConditionalGeneration,
    )

    with torch.random.fork_rng():
        torch.manual_seed(seed)
        kind = Qwen3OmniMoeForConditionalGeneration if moe else Qwen2_5OmniForConditionalGeneration
        model = kind(AutoConfig.from_pretrained(folder))
        with torch.no_grad():
            # With weights as they are initialised, pictures and sound would hardly move the output.
            for name, weight in sorted(model.named_parameters()):
                weight.copy_(
                    torch.randn_like(weight) * 0.07 + (1.0 if "norm" in name and weight.dim() == 1 else 0.0)
                )
    tensors = dict(_published(model.state_dict()))
    save_file(tensors, folder / "model.safetensors", metadata={"format": "pt"})
    if not moe:
        # transformers looks for the talker's speakers also where there is no talker.
        torch.save({}, folder / "spk_dict.pt")


def _published(state: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    """The tensors under the published names: `thinker.model.layers.0...`, and one for each expert."""
    for name, tensor in sorted(state.items()):
        if name.endswith("positional_embedding.positional_embedding"):
            continue
        name = name.replace("thinker.model.language_model.", "thinker.model.")
        name = name.replace("thinker.model.visual.", "thinker.visual.")
        name = name.replace("thinker.model.audio_tower.", "thinker.audio_tower.")
        experts, at, which = name.partition(".experts.")
        if not at:
            yield name, tensor.contiguous()
            continue
        for number, one in enumerate(tensor):
            if which == "gate_up_proj":
                gate, up = one.chunk(2)
                yield f"{experts}.experts.{number}.gate_proj.weight", gate.contiguous()
                yield f"{experts}.experts.{number}.up_proj.weight", up.contiguous()
            else:
                yield f"{experts}.experts.{number}.{which}.weight", one.contiguous()


def _write_json(file: Path, content: dict[str, Any]) -> None:
    file.write_text(json.dumps(content, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


if __name__ == "__main__":
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("folder", type=Path)
    arguments.add_argument("--moe", action="store_true", help="Qwen3-Omni instead of Qwen2.5-Omni")
    arguments.add_argument("--seed", type=int, default=0)
    given = arguments.parse_args()
    sys.stdout.write(f"{make_tiny_omni(given.folder, moe=given.moe, seed=given.seed)}\n")
