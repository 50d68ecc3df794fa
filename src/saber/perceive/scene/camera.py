"""Does the camera move, and what moves behind the person?

Phase correlation (Kuglin & Hines 1975) of eight windows of the picture against the same windows a
moment before; the shift that most of them share is the camera's. A person who moves in front of a
still background is outvoted by it.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

__all__ = ["CameraStep", "camera_step", "shift_of"]

Picture = NDArray[np.float32]

_ROWS, _COLUMNS = 2, 4
# A window with less spread of luma than this (4 of 255) has nothing to hold on to. Own choice.
_MIN_SPREAD = 4 / 255
# Correlation peak, as a share of a perfect match, below which a window's shift is a guess. Own choice.
_MIN_PEAK = 0.08
# The shared shift must be shared by this part of the windows that can be judged, and at least three.
_MIN_SHARE = 0.5
_MIN_WINDOWS = 3
# A pixel has changed when its luma differs by more than this. Own choice: as for the body's motion.
_CHANGED = 12 / 255


@dataclass(frozen=True, slots=True)
class CameraStep:
    """Between two pictures. Shifts are of the content, in pixels to the right and down; None where no
    shift is shared (little texture, a zoom, a cut, the whole picture in motion)."""

    time_s: float
    step_s: float
    shift_px: tuple[float, float] | None
    width_px: int
    changed: float
    """Share of all pixels that changed, 0-1."""
    changed_behind: float
    """The same for the calmer one of the left and right margins: a person may fill one of them."""


def camera_step(time_s: float, luma: Picture, before_s: float, before: Picture) -> CameraStep:
    width = luma.shape[1]
    changed = np.abs(luma - before) > _CHANGED
    margin = max(1, width // 8)
    return CameraStep(
        time_s=time_s,
        step_s=time_s - before_s,
        shift_px=shift_of(luma, before),
        width_px=width,
        changed=float(changed.mean()),
        changed_behind=float(min(changed[:, :margin].mean(), changed[:, -margin:].mean())),
    )


def shift_of(luma: Picture, before: Picture) -> tuple[float, float] | None:
    """Shift (right, down) in pixels of the content since `before`, or None where none is shared."""
    height, width = luma.shape[0] // _ROWS, luma.shape[1] // _COLUMNS
    if min(height, width) < 8:
        return None
    old, new = _windows(before, height, width), _windows(luma, height, width)
    textured = (old.std(axis=(1, 2)) >= _MIN_SPREAD) & (new.std(axis=(1, 2)) >= _MIN_SPREAD)
    if textured.sum() < _MIN_WINDOWS:
        return None
    taper = np.outer(np.hanning(height), np.hanning(width)).astype(np.float32)
    spectra = [
        np.fft.rfft2((w - w.mean(axis=(1, 2), keepdims=True)) * taper) for w in (old[textured], new[textured])
    ]
    cross = spectra[1] * np.conj(spectra[0])
    surface = np.fft.irfft2(cross / np.maximum(np.abs(cross), 1e-9), s=(height, width))
    shifts = np.array([s for s in (_peak(plane) for plane in surface) if s is not None])
    if len(shifts) < _MIN_WINDOWS:
        return None
    agree = np.linalg.norm(shifts[:, None] - shifts[None, :], axis=2) <= 1.0
    # Among equals the smallest shift: a still camera is the simpler explanation.
    votes = agree.sum(axis=1) - 1e-3 * np.linalg.norm(shifts, axis=1)
    winner = agree[int(np.argmax(votes))]
    if winner.sum() < max(_MIN_WINDOWS, _MIN_SHARE * textured.sum()):
        return None
    right, down = shifts[winner].mean(axis=0)
    return float(right), float(down)


def _windows(picture: Picture, height: int, width: int) -> Picture:
    cropped = picture[: height * _ROWS, : width * _COLUMNS]
    grid = cropped.reshape(_ROWS, height, _COLUMNS, width).swapaxes(1, 2)
    return grid.reshape(-1, height, width)


def _peak(surface: NDArray[np.float64]) -> tuple[float, float] | None:
    """Place of the maximum as a signed (right, down) shift, refined by a parabola through its neighbours."""
    height, width = surface.shape
    y, x = divmod(int(np.argmax(surface)), width)
    if surface[y, x] < _MIN_PEAK:
        return None

    def refine(low: float, top: float, high: float) -> float:
        bend = low - 2 * top + high
        return 0.5 * (low - high) / bend if bend < 0 else 0.0

    dy = y + refine(surface[y - 1, x], surface[y, x], surface[(y + 1) % height, x])
    dx = x + refine(surface[y, x - 1], surface[y, x], surface[y, (x + 1) % width])
    return (dx - width if dx > width / 2 else dx), (dy - height if dy > height / 2 else dy)
