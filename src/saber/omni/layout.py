"""What form of input does this checkpoint expect?"""

from __future__ import annotations

import json
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

from saber.core.errors import UsageError

__all__ = ["Family", "Layout", "read_layout"]


class Family(StrEnum):
    """Whose architecture it is; SABER-LLM is the first."""

    QWEN2_5 = "qwen2_5_omni"
    QWEN3 = "qwen3_omni_moe"


@dataclass(frozen=True)
class Layout:
    """Sizes and token ids that the input is made with, as the checkpoint's own files state them."""

    family: Family
    patch_px: int
    merge: int
    """Patches per token along each side."""
    frames_per_patch: int
    mean: tuple[float, float, float]
    sd: tuple[float, float, float]
    mel_bins: int
    sound_window: int
    """Half the mel frames that the sound encoder takes at once."""
    positions_per_second: float
    audio: int
    video: int
    audio_start: int
    audio_end: int
    vision_start: int
    vision_end: int
    longest_context: int

    @property
    def side_step_px(self) -> int:
        """Sides of frames are multiples of it: one token wide."""
        return self.patch_px * self.merge

    def sound_tokens(self, mel_frames: int) -> int:
        """How many tokens so many mel frames become: two convolutions or three, each halving."""
        if self.family is Family.QWEN2_5:
            return ((mel_frames - 1) // 2 + 1 - 2) // 2 + 1
        window = 2 * self.sound_window
        whole, rest = divmod(mel_frames, window)
        return _halved_thrice(rest) + whole * _halved_thrice(window)


def read_layout(folder: Path) -> Layout:
    """The layout of the checkpoint in `folder`. Raises UsageError in one sentence when it is none of ours."""
    config = _json(folder / "config.json", folder)
    kind = str(config.get("model_type", "nothing")).removesuffix("_thinker")
    if kind not in [f.value for f in Family]:
        raise UsageError(
            f"{folder} holds a model of type {config.get('model_type')!r}, which is no Qwen-Omni model.",
            remedy="Use Qwen2.5-Omni, Qwen3-Omni or SABER-LLM weights; serve others and use openai:MODEL.",
        )
    family = Family(kind)
    thinker = config.get("thinker_config", config)
    pictures = _pictures(folder)
    try:
        return _layout(family, thinker, pictures)
    except (KeyError, TypeError, ValueError) as error:
        raise UsageError(
            f"The configuration in {folder} lacks or garbles {error}.",
            remedy="Download the checkpoint again, all of its files.",
        ) from error


def _layout(family: Family, thinker: dict[str, Any], pictures: dict[str, Any]) -> Layout:
    suffix = "index" if family is Family.QWEN2_5 else "id"
    vision, sound = thinker["vision_config"], thinker["audio_config"]

    def three(name: str) -> tuple[float, float, float]:
        first, second, third = (float(value) for value in pictures[name])
        return first, second, third

    return Layout(
        family=family,
        patch_px=int(vision["patch_size"]),
        merge=int(vision["spatial_merge_size"]),
        frames_per_patch=int(vision["temporal_patch_size"]),
        mean=three("image_mean"),
        sd=three("image_std"),
        mel_bins=int(sound["num_mel_bins"]),
        sound_window=int(sound["n_window"]),
        positions_per_second=float(thinker["position_id_per_seconds"]),
        audio=int(thinker[f"audio_token_{suffix}"]),
        video=int(thinker[f"video_token_{suffix}"]),
        audio_start=int(thinker["audio_start_token_id"]),
        audio_end=int(thinker["audio_end_token_id"]),
        vision_start=int(thinker["vision_start_token_id"]),
        vision_end=int(thinker["vision_end_token_id"]),
        longest_context=int(thinker["text_config"]["max_position_embeddings"]),
    )


def _pictures(folder: Path) -> dict[str, Any]:
    """How pixels are scaled: in its own file as published, in a shared one as transformers 5 saves it."""
    shared = folder / "processor_config.json"
    if (folder / "preprocessor_config.json").exists() or not shared.exists():
        return _json(folder / "preprocessor_config.json", folder)
    parts = _json(shared, folder)
    found = parts.get("video_processor") or parts.get("image_processor")
    return found if isinstance(found, dict) else {}


def _halved_thrice(frames: int) -> int:
    for _ in range(3):
        frames = (frames - 1) // 2 + 1
    return frames


def _json(file: Path, folder: Path) -> dict[str, Any]:
    try:
        content = json.loads(file.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise UsageError(
            f"{folder} is no checkpoint: it has no {file.name}.",
            remedy="Name the folder that holds config.json and the weights.",
        ) from None
    except (OSError, ValueError) as error:
        raise UsageError(
            f"{file} can't be read: {error}.", remedy="Download the checkpoint again."
        ) from error
    if not isinstance(content, dict):
        raise UsageError(f"{file} must hold a JSON object.", remedy="Download the checkpoint again.")
    return content
