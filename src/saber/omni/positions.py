"""Where does each token stand in time, height and width?"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from saber.omni.layout import Family, Layout

__all__ = ["rope_positions"]


def rope_positions(
    ids: NDArray[np.int64],
    grids: Sequence[tuple[int, int, int]],
    seconds_per_grid: Sequence[float],
    layout: Layout,
) -> NDArray[np.float32] | NDArray[np.int64]:
    """(3, L): one position each in time, height and width.

    Text and sound count on by one in all three. A video's tokens share the position where it starts, plus
    `positions_per_second` for each second in time and their row and column; what follows it starts after the
    largest. Qwen2.5-Omni rounds times down to whole positions (int64), Qwen3-Omni does not (float32).

    Args:
        ids: (L,) with the placeholders repeated, one for each token.
        grids: (T, h, w) patches of each video, in order.
        seconds_per_grid: of each video, from one grid to the next.
        layout: of the checkpoint.
    """
    whole = layout.family is Family.QWEN2_5
    pieces: list[NDArray[np.float32]] = []
    next_at = np.float32(0)
    at, left = 0, list(zip(grids, seconds_per_grid, strict=True))
    places = np.flatnonzero(ids == layout.video)
    while at < len(ids):
        first = len(ids)
        if left:
            first = int(places[np.searchsorted(places, at)])
        if first > at:
            line = np.arange(first - at, dtype=np.float32) + next_at
            pieces.append(np.broadcast_to(line, (3, len(line))))
            next_at = line[-1] + np.float32(1)
        at = first
        if left:
            (t, h, w), seconds = left.pop(0)
            time = (
                np.arange(t, dtype=np.float32) * np.float32(seconds) * np.float32(layout.positions_per_second)
            )
            time = np.floor(time) if whole else time
            block = np.stack(np.meshgrid(time, np.arange(h // layout.merge), np.arange(w // layout.merge),
                                         indexing="ij")).reshape(3, -1).astype(np.float32)  # fmt: skip
            pieces.append(block + next_at)
            next_at = pieces[-1].max() + np.float32(1)
            at += block.shape[1]
    joined = np.concatenate(pieces, axis=1) if pieces else np.zeros((3, 0), np.float32)
    return joined.astype(np.int64) if whole else joined
