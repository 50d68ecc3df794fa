"""What is trained: which weights, which of them move, and in what form does the model get a conversation?

An Omni checkpoint's thinker, or a causal language model that reads text only (cues instead of a clip). Both
are one `Student` to the rest: an encoder that makes tokens, a language model with `model` and `lm_head`, LoRA
in it.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, Protocol

import numpy as np
import torch
from torch import Tensor

from saber.core.errors import MissingPieceError, UsageError
from saber.omni import (
    Encoded,
    Encoder,
    Family,
    InputSettings,
    Layout,
    Message,
    TokenCounts,
    Words,
    collate,
    load,
    locate,
)
from saber.train.adapters import Form, LoraSettings, add_lora, continue_adapter

__all__ = ["ModelSettings", "Student", "TextEncoder", "collate_rows", "make_encoder", "open_student"]


class Encodes(Protocol):
    """What `saber.omni.Encoder` and `TextEncoder` share. `layout` and `settings` are None for text."""

    tokenizer: Any
    stop_ids: frozenset[int]

    @property
    def layout(self) -> Layout | None: ...
    @property
    def settings(self) -> InputSettings | None: ...
    @property
    def pad_id(self) -> int: ...
    def encode(self, messages: Iterable[Message], *, to_answer: bool = True) -> Encoded: ...
    def answer_ids(self, text: str) -> list[int]: ...


@dataclass(frozen=True)
class ModelSettings:
    """Table `[model]` of a recipe.

    Attributes:
        base: folder or hub id of the weights.
        adapter: folder of an adapter that goes on being trained; "" starts a new one.
        dtype: of the weights; `auto` is bfloat16 on a GPU and float32 on a CPU.
        device: `auto` takes a GPU where there is one; with several processes each takes its own.
        attention: kernel. CA-DPO needs `sdpa` or `eager`: the others take no block mask.
        tune: `lora` (the language model; both towers stay as they are) or `full` (all of the language model).
        download: a hub id that is not here may be fetched.
    """

    base: str
    adapter: str = ""
    dtype: Literal["auto", "float32", "bfloat16", "float16"] = "auto"
    device: str = "auto"
    attention: Literal["sdpa", "eager", "flash_attention_2"] = "sdpa"
    tune: Literal["lora", "full"] = "lora"
    checkpointing: bool = True
    """Layers are computed again in the backward pass rather than kept."""
    download: bool = False

    def __post_init__(self) -> None:
        if self.adapter and self.tune == "full":
            raise ValueError("an adapter can't go on being trained with tune = 'full'; merge it first")


@dataclass
class Student:
    """A model that is about to learn.

    Attributes:
        lm: the thinker or the causal language model, LoRA inside; only what is trained requires gradients.
        encoder: makes its input.
        base: folder of the weights that it came from.
        lora: peft's configuration of the adapter; None when all of the language model is trained.
        device: where it lies.
    """

    lm: Any
    encoder: Encodes
    base: Path
    lora: Any | None
    device: str

    @property
    def form(self) -> Form:
        """How the adapter's tensors are named where it is kept."""
        return "plain" if self.encoder.layout is None else "transformers"


class TextEncoder:
    """Makes the input of a causal language model that has a chat template.

    Raises UsageError for a folder without one, and in `encode` for a talk with video or sound.
    """

    def __init__(self, folder: Path) -> None:
        from transformers import AutoTokenizer

        try:
            self.tokenizer: Any = AutoTokenizer.from_pretrained(folder, local_files_only=True)
        except (OSError, ValueError) as error:
            words = " ".join(str(error).split())[:200]
            raise UsageError(f"The tokenizer in {folder} can't be read: {words}.") from error
        if not self.tokenizer.chat_template or self.tokenizer.eos_token_id is None:
            raise UsageError(
                f"The tokenizer in {folder} has no chat template, or names no token that ends a turn.",
                remedy="Use an instruction-tuned model.",
            )
        self.layout: Layout | None = None
        self.settings: InputSettings | None = None
        self.stop_ids = frozenset({int(self.tokenizer.eos_token_id)})

    @property
    def pad_id(self) -> int:
        pad = self.tokenizer.pad_token_id
        return int(self.tokenizer.eos_token_id if pad is None else pad)

    def encode(self, messages: Iterable[Message], *, to_answer: bool = True) -> Encoded:
        talk = []
        for message in messages:
            if not all(isinstance(part, Words) for part in message.parts):
                raise UsageError("This model reads text only, and the row holds video or sound.")
            words = "".join(part.text for part in message.parts if isinstance(part, Words))
            talk.append({"role": message.role, "content": words})
        text = self.tokenizer.apply_chat_template(talk, tokenize=False, add_generation_prompt=to_answer)
        ids = np.asarray(self.tokenizer(text, add_special_tokens=False)["input_ids"], np.int64)
        line = np.broadcast_to(np.arange(len(ids)), (3, len(ids)))
        return Encoded(ids, line, (), (), (), (), TokenCounts(len(ids), 0, 0))

    def answer_ids(self, text: str) -> list[int]:
        return [
            *self.tokenizer(text, add_special_tokens=False)["input_ids"],
            int(self.tokenizer.eos_token_id),
        ]


def collate_rows(rows: Sequence[Encoded], encoder: Encodes) -> dict[str, Tensor]:
    """What the model's layers take, for rows that are padded on the right; see `saber.omni.collate`."""
    if encoder.layout is not None:
        return collate(rows, encoder.layout, encoder.pad_id, side="right")
    longest = max(len(row.ids) for row in rows)
    ids = torch.full((len(rows), longest), encoder.pad_id)
    mask, positions = torch.zeros_like(ids), torch.zeros_like(ids)
    for place, row in enumerate(rows):
        size = len(row.ids)
        ids[place, :size], mask[place, :size] = torch.from_numpy(row.ids), 1
        positions[place, :size] = torch.from_numpy(np.ascontiguousarray(row.positions[0]))
    return {"input_ids": ids, "attention_mask": mask, "position_ids": positions}


def is_omni(folder: Path) -> bool:
    """Is it a checkpoint of the Qwen-Omni family? UsageError when there is no checkpoint."""
    try:
        config = json.loads((folder / "config.json").read_text(encoding="utf-8"))
        kind = str(config.get("model_type", "")).removesuffix("_thinker")
    except (OSError, ValueError, AttributeError) as error:
        raise UsageError(
            f"{folder} is no checkpoint: its config.json can't be read.",
            remedy="Name the folder that holds config.json and the weights.",
        ) from error
    return kind in [family.value for family in Family]


def make_encoder(folder: Path, inputs: InputSettings | None = None) -> Encodes:
    """Of an Omni checkpoint or of a causal language model; `inputs` as for `saber.omni.Encoder`."""
    return Encoder(folder, inputs) if is_omni(folder) else TextEncoder(folder)


def open_student(
    settings: ModelSettings, lora: LoraSettings, inputs: InputSettings | None = None, *, seed: int = 0
) -> Student:
    """The weights, loaded, with what is trained made trainable.

    seed: of the adapter's random half. Raises UsageError and MissingPieceError in one sentence.
    """
    folder = locate(settings.base, download=settings.download)
    encoder = make_encoder(folder, inputs)
    if encoder.layout is not None:
        loaded = load(
            folder, device=_device(settings.device), dtype=settings.dtype, attention=settings.attention
        )
        lm, device = loaded.thinker, loaded.device
    else:
        lm, device = _load_text(folder, settings)
    lm.requires_grad_(False)
    config = None
    torch.manual_seed(seed)
    if settings.adapter:
        config = continue_adapter(lm, locate(settings.adapter), folder)
    elif settings.tune == "lora":
        config = add_lora(lm, lora, folder)
    else:
        for part in (language_model(lm), lm.lm_head):
            part.requires_grad_(True)
    if settings.checkpointing:
        _checkpoint_layers(lm)
    for name, parameter in lm.named_parameters():
        # Adam's steps are smaller than bfloat16 resolves: what is trained is kept in float32.
        if parameter.requires_grad and settings.tune == "lora" and parameter.dtype != torch.float32:
            parameter.data = parameter.data.float()
        assert "lora_" in name or settings.tune == "full" or not parameter.requires_grad
    return Student(lm, encoder, folder, config, device)


def language_model(lm: Any) -> Any:
    """The layers of text, without the towers."""
    return getattr(lm.model, "language_model", lm.model)


def _device(asked: str) -> str:
    """With several processes each takes the GPU of its own number."""
    if asked != "auto":
        return asked
    return f"cuda:{os.environ.get('LOCAL_RANK', '0')}" if torch.cuda.is_available() else "cpu"


def _checkpoint_layers(lm: Any) -> None:
    # Since transformers 5.24 under another name.
    enable = getattr(lm, "activation_checkpointing_enable", None) or lm.gradient_checkpointing_enable
    enable({"use_reentrant": False})
    # It also makes embeddings require gradients, which only the other kind of checkpoint needs; with them the
    # frozen towers would be part of the backward pass.
    lm.disable_input_require_grads()


def _load_text(folder: Path, settings: ModelSettings) -> tuple[Any, str]:
    try:
        from transformers import AutoModelForCausalLM
    except ImportError as error:
        raise MissingPieceError(
            "Training needs torch and transformers.", remedy="Install them: pip install 'saber-llm[train]'."
        ) from error
    device = _device(settings.device)
    dtype = settings.dtype
    if dtype == "auto":
        dtype = "bfloat16" if device.startswith("cuda") else "float32"
    try:
        lm: Any = AutoModelForCausalLM.from_pretrained(
            folder,
            dtype=getattr(torch, dtype),
            attn_implementation=settings.attention,
            local_files_only=True,
        ).to(device)  # type: ignore[arg-type]
    except (OSError, ValueError, RuntimeError, ImportError) as error:
        words = " ".join(str(error).split())[:300]
        raise UsageError(f"The weights in {folder} can't be loaded: {words}.") from error
    return lm.eval(), device
