"""Which 64 bits stay the same when a picture is encoded again, scaled, or made lighter?"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

__all__ = ["NOTHING", "cells", "picture_hash"]

Floats = NDArray[np.float32]

NOTHING = 0
"""Hash of a picture without content: black, or one colour all over."""

_SIDE = 32
_BITS = 64
_LEAST_SD = 2.0
"""Own choice: a picture whose luma (0-255) varies by less shows nothing that could be told apart."""


def _cosines(count: int) -> Floats:
    """(count, 32): the first basis functions of the DCT-II."""
    steps = np.pi * (np.arange(_SIDE) + 0.5) / _SIDE
    return np.cos(np.arange(count)[:, None] * steps[None]).astype(np.float32)


def _slow_ones() -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """The 64 coefficients of the slowest change, without the mean, in a fixed order."""
    side = 12
    pairs = sorted((u + v, u, v) for u in range(side) for v in range(side) if u + v)[:_BITS]
    return np.array([u for _, u, _ in pairs]), np.array([v for _, _, v in pairs])


_BASIS = _cosines(12)
_ROWS, _COLUMNS = _slow_ones()


def picture_hash(luma: Floats) -> int:
    """Perceptual hash of a picture, luma 0-255 of shape (height, width), by the signs of its slow changes.

    The DCT hash (Zauner 2010, 3.2.1): 32 x 32 means, the 64 lowest coefficients but the mean, each held
    against their median. Gain and offset leave it as it is.
    """
    small = cells(luma, _SIDE, _SIDE)
    if float(small.std()) < _LEAST_SD:
        return NOTHING
    found = (_BASIS @ small @ _BASIS.T)[_ROWS, _COLUMNS]
    bits = found > np.median(found)
    return int.from_bytes(np.packbits(bits).tobytes(), "big")


def cells(luma: Floats, rows: int, columns: int) -> Floats:
    """The picture as means of so many cells; one that has fewer pixels is repeated first."""
    if luma.shape[0] < rows or luma.shape[1] < columns:
        luma = luma.repeat(-(-rows // luma.shape[0]), 0).repeat(-(-columns // luma.shape[1]), 1)
    height, width = luma.shape
    tops = np.arange(rows) * height // rows
    lefts = np.arange(columns) * width // columns
    sums = np.add.reduceat(np.add.reduceat(luma, tops, axis=0), lefts, axis=1)
    areas = np.diff(tops, append=height)[:, None] * np.diff(lefts, append=width)[None]
    return np.asarray(sums / areas, np.float32)
