"""How do frames become the patches that the vision encoder takes?

Shapes: F frames, H x W pixels; T = frames / frames_per_patch (rounded up), h x w patches of a frame.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from saber.omni.layout import Layout
from saber.omni.settings import InputSettings

if TYPE_CHECKING:
    import torch

__all__ = ["fit_size", "fitted", "frame_count", "patches"]

_MOST_STRETCHED = 200


def frame_count(duration_s: float, fps: float, settings: InputSettings) -> int:
    """How many frames of a clip to take: `settings.fps` a second within the limits.

    As Qwen's own reader counts them: never more than there are, and rounded down to an even number, for two
    frames make a patch. A clip of unknown length or rate gets the most.
    """
    if not (duration_s > 0 and fps > 0):
        return settings.max_frames
    there = max(1, round(duration_s * fps))
    wanted = min(max(duration_s * settings.fps, settings.min_frames), settings.max_frames, there)
    return max(1, math.floor(wanted / 2) * 2)


def fit_size(height: int, width: int, step: int, min_pixels: int, max_pixels: int) -> tuple[int, int]:
    """Height and width that a frame is resized to: multiples of `step` near its shape, within the limits.

    The rule of Qwen2-VL (`smart_resize`). Raises ValueError for a shape longer than 200 times its width.
    """
    if max(height, width) > _MOST_STRETCHED * min(height, width):
        raise ValueError(f"a frame of {width} x {height} pixels is too stretched")
    fitted = round(height / step) * step, round(width / step) * step
    if fitted[0] * fitted[1] > max_pixels:
        shrink = math.sqrt(height * width / max_pixels)
        return _down(height / shrink, step), _down(width / shrink, step)
    if fitted[0] * fitted[1] < min_pixels:
        grow = math.sqrt(min_pixels / (height * width))
        return math.ceil(height * grow / step) * step, math.ceil(width * grow / step) * step
    return fitted


def fitted(
    frames: Sequence[NDArray[np.uint8]], layout: Layout, min_pixels: int, max_pixels: int
) -> torch.Tensor:
    """The frames of one video in the size in which the model gets them, uint8 (F, 3, height, width).

    frames: RGB, each (H, W, 3); the size follows the first, and frames of another shape are fitted to it.
    """
    import torch

    if not frames:
        raise ValueError("a video without frames")
    first = frames[0].shape
    height, width = fit_size(first[0], first[1], layout.side_step_px, min_pixels, max_pixels)
    if len({frame.shape for frame in frames}) == 1:
        return _resize(np.stack(frames), height, width)
    return torch.cat([_resize(frame[None], height, width) for frame in frames])


def patches(
    frames: Sequence[NDArray[np.uint8]], layout: Layout, min_pixels: int, max_pixels: int
) -> tuple[torch.Tensor, tuple[int, int, int]]:
    """Patches and grid of one video.

    Args:
        frames: RGB, each (H, W, 3), see `fitted`.
        layout: of the checkpoint.
        min_pixels: of one frame.
        max_pixels: of one frame.

    Returns:
        float32 (T*h*w, 3 * frames_per_patch * patch_px**2), ordered so that the patches of one token are
        neighbours, and (T, h, w). An odd last frame is shown twice.
    """
    import torch

    px, merge, deep = layout.patch_px, layout.merge, layout.frames_per_patch
    resized = fitted(frames, layout, min_pixels, max_pixels)
    height, width = resized.shape[-2:]
    mean, sd = (torch.tensor(values, dtype=torch.float32) * 255 for values in (layout.mean, layout.sd))
    video = (resized.float() - mean[:, None, None]) / sd[:, None, None]
    if missing := -len(video) % deep:
        video = torch.cat([video, video[-1:].expand(missing, -1, -1, -1)])
    t, h, w = len(video) // deep, height // px, width // px
    tiles = video.view(t, deep, 3, h // merge, merge, px, w // merge, merge, px)
    flat = tiles.permute(0, 3, 6, 4, 7, 2, 1, 5, 8).reshape(t * h * w, 3 * deep * px * px)
    return flat, (t, h, w)


def _down(side: float, step: int) -> int:
    return max(step, math.floor(side / step) * step)


def _resize(frames: NDArray[np.uint8], height: int, width: int) -> torch.Tensor:
    """uint8 (F, 3, height, width), bicubic with antialias, in integers as torchvision does it."""
    import torch

    pixels = torch.from_numpy(frames).permute(0, 3, 1, 2)
    if pixels.shape[-2:] == (height, width):
        return pixels
    return torch.nn.functional.interpolate(pixels, (height, width), mode="bicubic", antialias=True)
