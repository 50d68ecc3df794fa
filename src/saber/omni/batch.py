"""How do several talks become one batch, with proof that no video and no sound got lost?"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Literal

import numpy as np

from saber.omni.encoder import Encoded
from saber.omni.layout import Layout

if TYPE_CHECKING:
    import torch

__all__ = ["collate", "collate_text"]


def collate(
    talks: Sequence[Encoded], layout: Layout, pad_id: int, side: Literal["left", "right"] = "left"
) -> dict[str, torch.Tensor]:
    """What the thinker's forward takes, by its own names, for B talks of at most L tokens.

    Args:
        talks: at least one.
        layout: of the checkpoint.
        pad_id: token to pad with; masked.
        side: to pad on: left to write on, right to train.

    Returns:
        `input_ids`, `attention_mask` (B, L), `position_ids` (3, B, L), and where there are any
        `pixel_values_videos` (patches of all, patch), `video_grid_thw` (videos, 3), `video_second_per_grid`
        (videos,), `input_features` (sounds, mel_bins, most frames), `feature_attention_mask` (sounds, most
        frames).

    What a row holds does not depend on the others, but Qwen3-Omni's own sound encoder is not blind to longer
    sound beside one of under 1 s: it moved logits of a tiny model by 2e-3.

    Raises ValueError when placeholders and media disagree: a model trained without its sound looks healthy.
    """
    import torch

    for talk in talks:
        _prove(talk, layout)
    batch = collate_text(talks, pad_id, side)
    if grids := [grid for talk in talks for grid in talk.grids]:
        batch["pixel_values_videos"] = torch.cat([pixels for talk in talks for pixels in talk.pixels])
        batch["video_grid_thw"] = torch.tensor(grids)
        batch["video_second_per_grid"] = torch.tensor([s for talk in talks for s in talk.seconds_per_grid])
    if mels := [mel for talk in talks for mel in talk.mels]:
        frames = max(mel.shape[1] for mel in mels)
        heard = torch.zeros(len(mels), frames, dtype=torch.long)
        features = torch.zeros(len(mels), layout.mel_bins, frames)
        for row, mel in enumerate(mels):
            features[row, :, : mel.shape[1]], heard[row, : mel.shape[1]] = mel, 1
        batch |= {"input_features": features, "feature_attention_mask": heard}
    return batch


def collate_text(
    talks: Sequence[Encoded], pad_id: int, side: Literal["left", "right"] = "left"
) -> dict[str, torch.Tensor]:
    """Of the above what there is without any media, placeholders and positions included."""
    import torch

    longest = max(len(talk.ids) for talk in talks)
    ids = np.full((len(talks), longest), pad_id, np.int64)
    mask = np.zeros((len(talks), longest), np.int64)
    positions = np.ones((3, len(talks), longest), talks[0].positions.dtype)
    for row, talk in enumerate(talks):
        where = slice(longest - len(talk.ids), longest) if side == "left" else slice(0, len(talk.ids))
        ids[row, where], mask[row, where], positions[:, row, where] = talk.ids, 1, talk.positions
    return {
        "input_ids": torch.from_numpy(ids),
        "attention_mask": torch.from_numpy(mask),
        "position_ids": torch.from_numpy(positions),
    }


def _prove(talk: Encoded, layout: Layout) -> None:
    video, audio = (int((talk.ids == token).sum()) for token in (layout.video, layout.audio))
    patches = sum(len(pixels) for pixels in talk.pixels) // layout.merge**2
    sound = sum(layout.sound_tokens(mel.shape[1]) for mel in talk.mels)
    if (video, audio) != (patches, sound) or (video, audio) != (talk.counts.video, talk.counts.audio):
        raise ValueError(
            f"the text holds {video} video and {audio} audio tokens, the media {patches} and {sound}"
        )
