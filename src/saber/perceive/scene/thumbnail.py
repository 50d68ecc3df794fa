"""What small picture stands for a frame?"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

__all__ = ["luma_of", "thumbnail"]


def thumbnail(rgb: NDArray[np.uint8], width_px: int) -> NDArray[np.uint8]:
    """The picture thinned by whole steps to `width_px` or a little more (never enlarged), each value the
    mean of up to four pixels of its cell: much of an area average's calm at a fraction of its cost."""
    step = max(1, rgb.shape[1] // width_px)
    if step == 1:
        return np.ascontiguousarray(rgb)
    half = step // 2
    height, width = max(1, (rgb.shape[0] - half) // step), max(1, (rgb.shape[1] - half) // step)
    total = np.zeros((height, width, 3), dtype=np.uint16)
    for y in (0, half):
        for x in (0, half):
            total += rgb[y::step, x::step][:height, :width]
    return (total >> 2).astype(np.uint8)


def luma_of(rgb: NDArray[np.uint8]) -> NDArray[np.float32]:
    """ITU-R BT.709 luma of the picture as coded, 0-1, shape (height, width)."""
    weights = np.array([0.2126, 0.7152, 0.0722], dtype=np.float32) / np.float32(255)
    luma: NDArray[np.float32] = rgb.astype(np.float32) @ weights
    return luma
