"""Which colours, in words, is the picture made of?

The eleven basic colour terms of Berlin & Kay (1969), and cyan and beige for what film pictures often
hold. Borders in hue, saturation and value are our own choice, set by eye on a colour wheel.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

__all__ = ["COLOURS", "colour_shares"]

COLOURS = (
    "black", "grey", "white", "red", "orange", "brown", "yellow", "green", "cyan", "blue", "purple", "pink",
    "beige",
)  # fmt: skip
_HUES = (  # up to this hue in degrees: this colour
    (15, "red"), (42, "orange"), (68, "yellow"), (165, "green"), (195, "cyan"), (255, "blue"),
    (292, "purple"), (342, "pink"), (361, "red"),
)  # fmt: skip


def colour_shares(rgb: NDArray[np.uint8]) -> dict[str, float]:
    """Share of the picture's area of each of `COLOURS`; sums to 1."""
    values = rgb.reshape(-1, 3).astype(np.float32) / 255
    top, low = values.max(axis=1), values.min(axis=1)
    chroma = top - low
    safe = np.where(chroma > 0, chroma, 1)
    red, green, blue = values.T
    sector = np.where(
        top == red,
        ((green - blue) / safe) % 6,
        np.where(top == green, (blue - red) / safe + 2, (red - green) / safe + 4),
    )
    hue = 60 * sector
    saturation = chroma / np.where(top > 0, top, 1)
    names = np.array([COLOURS.index(name) for _, name in _HUES])
    kind = names[np.searchsorted(np.array([limit for limit, _ in _HUES]), hue, side="right")]
    warm = (hue < 68) | (hue >= 342)
    kind[warm & (hue >= 15) & (hue < 55) & (top < 0.65)] = COLOURS.index("brown")
    kind[warm & (hue < 15) & (saturation < 0.6) & (top < 0.65)] = COLOURS.index("brown")
    kind[warm & (saturation < 0.45) & (top >= 0.65)] = COLOURS.index("beige")
    kind[((hue >= 342) | (hue < 8)) & (saturation < 0.55) & (top >= 0.75)] = COLOURS.index("pink")
    grey = (saturation < 0.12) | (chroma < 0.06)
    kind[grey] = COLOURS.index("grey")
    kind[grey & (top >= 0.85)] = COLOURS.index("white")
    kind[top < 0.15] = COLOURS.index("black")
    counts = np.bincount(kind, minlength=len(COLOURS)) / len(kind)
    return {name: float(share) for name, share in zip(COLOURS, counts, strict=True)}
