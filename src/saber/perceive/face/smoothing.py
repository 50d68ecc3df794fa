"""What is movement and what is the mesh's noise, in a curve sampled at the pictures' times?"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

__all__ = ["noise_of", "rolling_rms", "runs", "smooth"]

Floats = NDArray[np.float64]
_WINDOW_S = 0.25
"""Own choice: half the longest micro-expression, so that one survives."""


def runs(mask: NDArray[np.bool_]) -> list[tuple[int, int]]:
    """Stretches of True as (first, past the last)."""
    edges = np.flatnonzero(np.diff(np.concatenate([[False], mask, [False]]).astype(np.int8)))
    return list(zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True))


def smooth(curves: Floats, step_s: float, window_s: float = _WINDOW_S) -> Floats:
    """Savitzky & Golay 1964 (quadratic) over about `window_s`, down each column of (n, m) or (n,).

    Samples must follow each other without a gap. Keeps the height and the times of short peaks, unlike
    a moving average. Curves shorter than the window come back as they are.
    """
    half = max(1, round(window_s / max(step_s, 1e-6) / 2))
    width = 2 * half + 1
    if width < 5 or len(curves) < width:
        return curves.copy()
    return np.asarray(np.apply_along_axis(lambda c: _savgol(c, half), 0, curves))


def rolling_rms(curves: Floats, step_s: float, window_s: float) -> Floats:
    """Root mean square over about `window_s` around each sample, (n,), of one curve (n,) or several (m, n).

    Samples must follow each other without a gap; the first and the last stand for those beyond the ends.
    """
    power = np.atleast_2d(curves**2).mean(0)
    half = max(1, round(window_s / step_s / 2))
    window = np.ones(2 * half + 1) / (2 * half + 1)
    return np.asarray(np.sqrt(np.convolve(np.pad(power, half, mode="edge"), window, mode="valid")))


def noise_of(curves: Floats, step_s: float) -> Floats:
    """Standard deviation of what smoothing takes away, per column: 1.4826 x median absolute residual,
    so that blinks and other quick true movements do not count as noise."""
    residual = curves - smooth(curves, step_s)
    spread = np.median(np.abs(residual - np.median(residual, axis=0)), axis=0)
    return np.asarray(1.4826 * spread)


def _savgol(curve: Floats, half: int) -> Floats:
    position = np.arange(-half, half + 1)
    design = np.vander(position, 3, increasing=True).astype(float)
    fit = np.linalg.pinv(design)
    inner = np.convolve(curve, fit[0][::-1], mode="valid")
    head = design[:half] @ (fit @ curve[: 2 * half + 1])
    tail = design[half + 1 :] @ (fit @ curve[-2 * half - 1 :])
    return np.concatenate([head, inner, tail])
