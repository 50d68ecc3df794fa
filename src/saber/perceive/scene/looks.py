"""How bright, colourful, warm and sharp is a picture?"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from saber.perceive.scene.thumbnail import luma_of

__all__ = ["Looks", "blur", "colourfulness", "look", "sharpness", "warmth"]

# Below this spread of luma there is no edge to judge sharpness by (own choice: 2 of 255).
_MIN_SPREAD = 2 / 255


@dataclass(frozen=True, slots=True)
class Looks:
    """Of one picture; None where nothing in it allows the measure."""

    time_s: float
    luma: float
    contrast: float
    colourfulness: float
    warmth: float
    sharpness: float | None
    blur: float | None


def look(time_s: float, small: NDArray[np.uint8], full: NDArray[np.uint8]) -> Looks:
    """`small` is a thumbnail for light and colour; `full` the picture for sharpness (thinned by whole
    steps to 360 px or a little more on its short side, so that sizes compare)."""
    luma = luma_of(small)
    step = max(1, min(full.shape[:2]) // 360)
    fine = luma_of(full[::step, ::step])
    judged = min(fine.shape) >= 16 and float(fine.std()) >= _MIN_SPREAD
    return Looks(
        time_s=time_s,
        luma=float(luma.mean()),
        contrast=float(luma.std()),
        colourfulness=colourfulness(small),
        warmth=warmth(small),
        sharpness=sharpness(fine) if judged else None,
        blur=blur(fine) if judged else None,
    )


def colourfulness(rgb: NDArray[np.uint8]) -> float:
    """Hasler & Suesstrunk 2003 (Proc. SPIE 5007), eq. 1-4: 0 for grey, about 110 for the most vivid."""
    red, green, blue = (rgb[..., c].astype(np.float64) for c in range(3))
    rg, yb = red - green, (red + green) / 2 - blue
    spread = np.hypot(rg.std(), yb.std())
    mean = np.hypot(rg.mean(), yb.mean())
    return float(spread + 0.3 * mean)


def warmth(rgb: NDArray[np.uint8]) -> float:
    """(mean red - mean blue) / (mean red + mean blue): -1 blue, 0 neutral (also for black), 1 red."""
    red, blue = float(rgb[..., 0].mean()), float(rgb[..., 2].mean())
    return (red - blue) / (red + blue) if red + blue > 0 else 0.0


def sharpness(luma: NDArray[np.float32]) -> float:
    """Variance of the Laplacian, luma in 0-255 (Pech-Pacheco et al. 2000, Proc. ICPR 3:314-317)."""
    y = luma * 255
    laplacian = y[:-2, 1:-1] + y[2:, 1:-1] + y[1:-1, :-2] + y[1:-1, 2:] - 4 * y[1:-1, 1:-1]
    return float(laplacian.var())


def blur(luma: NDArray[np.float32]) -> float:
    """Perceptual blur, 0 sharp to 1 blurred: how little a strong blur changes the picture further (Crete,
    Dolmiere, Ladret & Nicolas 2007, Proc. SPIE 6492), the worse of both directions."""
    from scipy.ndimage import uniform_filter1d

    worst = 0.0
    for axis in (0, 1):
        before = np.abs(np.diff(luma, axis=axis))
        after = np.abs(np.diff(uniform_filter1d(luma, 9, axis=axis, mode="nearest"), axis=axis))
        total = float(before.sum())
        if total > 0:
            lost = float(np.maximum(0.0, before - after).sum())
            worst = max(worst, (total - lost) / total)
    return worst
