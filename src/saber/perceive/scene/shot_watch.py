"""How do frames, seen one after another, become what shots are found in?"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from saber.core.records import Frame
from saber.perceive.scene.shots import BLACK_PIXEL, Pictures, transitions
from saber.perceive.scene.thumbnail import luma_of, thumbnail

__all__ = ["SHOT_WIDTH_PX", "ShotWatch"]

SHOT_WIDTH_PX = 80


class ShotWatch:
    """Call `see` for frames in order of time, ten or so a second; a few hundred bytes of each are kept."""

    def __init__(self) -> None:
        self._times_s: list[float] = []
        self._luma: list[NDArray[np.uint8]] = []
        self._histograms: list[NDArray[np.float64]] = []
        self._black: list[float] = []
        self._change: list[float] = []
        self._last_fine: NDArray[np.float32] | None = None

    def see(self, frame: Frame) -> None:
        small = thumbnail(frame.rgb, SHOT_WIDTH_PX)
        fine = luma_of(small)
        if self._luma and (self._last_fine is None or fine.shape != self._last_fine.shape):
            return  # the picture's size changed in mid-stream: nothing to compare with
        rows, columns = max(1, fine.shape[0] // 2), max(1, fine.shape[1] // 2)
        tiny = fine[: rows * 2, : columns * 2]
        if min(fine.shape) >= 2:
            tiny = tiny.reshape(rows, 2, columns, 2).mean(axis=(1, 3))
        levels = small >> 6
        codes = (levels[..., 0] << 4) + (levels[..., 1] << 2) + levels[..., 2]
        self._times_s.append(frame.time_s)
        self._luma.append(np.round(tiny * 255).astype(np.uint8))
        self._histograms.append(np.bincount(codes.ravel(), minlength=64) / codes.size)
        self._black.append(float((fine < BLACK_PIXEL).mean()))
        self._change.append(1.0 if self._last_fine is None else float(np.abs(fine - self._last_fine).max()))
        self._last_fine = fine

    def pictures(self) -> Pictures | None:
        """None when nothing was seen."""
        if not self._times_s:
            return None
        return Pictures(
            times_s=np.array(self._times_s),
            luma=np.stack(self._luma),
            histograms=np.stack(self._histograms),
            black_share=np.array(self._black),
            change=np.array(self._change),
        )

    def changes_s(self) -> list[float]:
        """When one shot ends and the next begins, in order of time."""
        pictures = self.pictures()
        return [] if pictures is None else [found.time_s for found in transitions(pictures)]
