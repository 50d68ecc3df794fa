"""Which clips do the tests of cleaning make for themselves?"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from media_maker import make_clip
from saber.clean import CleanSettings
from saber.core.dataset import Source

__all__ = ["ANYBODY", "SIZE", "blurred", "make", "source", "still", "textured"]

SIZE = (320, 240)
ANYBODY = CleanSettings(require_speech=False, require_face=False)
"""For clips that nobody is in."""

Picture = Callable[[int], NDArray[np.uint8]]


def textured(seed: int = 0, light: float = 1.0, drift: int = 2) -> Picture:
    """Pictures of large and small coloured boxes, which drift by so many pixels from one to the next."""
    draw = np.random.default_rng(seed)
    whole = np.zeros((SIZE[1], SIZE[0], 3), np.float32)
    for side in (80, 16):
        boxes = draw.integers(15, 113, (SIZE[1] // side, SIZE[0] // side, 3)).astype(np.float32)
        whole += boxes.repeat(side, 0).repeat(side, 1) * light
    whole = whole.astype(np.uint8)
    return lambda index: np.roll(whole, index * drift, axis=1)


def blurred(drift: int = 2, width_px: int = 15) -> Picture:
    """The same pictures, each pixel a mean of so many around it, twice."""
    values = textured()(0).astype(np.float32)
    for axis in (0, 1):
        for _ in range(2):
            values = np.mean([np.roll(values, i - width_px // 2, axis) for i in range(width_px)], axis=0)
    whole = values.astype(np.uint8)
    return lambda index: np.roll(whole, index * drift, axis=1)


def still(picture: Picture) -> Picture:
    first = picture(0)
    return lambda _: first


def make(path: Path, **differently: object) -> Path:
    """A clip that passes everything but speech and face, made differently where told."""
    usual: dict[str, object] = {"seconds": 2.0, "size": SIZE, "picture": textured(), "sound": "speech"}
    return make_clip(path, **{**usual, **differently})  # type: ignore[arg-type]


def source(path: Path, start_s: float | None = None, end_s: float | None = None) -> Source:
    name = path.name if start_s is None else f"{path.name}#t={start_s:g}-{end_s:g}"
    return Source(
        id=f"made/{name}", corpus="folder", path=str(path), start_s=start_s, end_s=end_s, terms="unknown"
    )
