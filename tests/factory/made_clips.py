"""Which raw clips do these tests make a dataset of? Small ones whose faults are known, and no faces."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from media_maker import make_clip

LENIENT = """
[clean]
require_face = false
require_speech = false
max_frozen_ratio = 1.0

[verify]
required = []
"""
"""Settings by which a clip without a person goes through."""

GOOD = ("one.mp4", "two.mp4")
FAULTS = {
    "broken.mp4": "clean",
    "mute.mp4": "clean",
    "short.mp4": "clean",
    "zwei.mp4": "duplicates",
}
"""File -> the stage at which it ends, even by the lenient settings."""


def make_raw_clips(folder: Path) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    make_clip(folder / "one.mp4", seconds=2.0, size=(320, 240), sound="speech", picture=_moving(1))
    make_clip(folder / "two.mp4", seconds=2.5, size=(320, 240), sound="tone", picture=_moving(2))
    make_clip(folder / "mute.mp4", seconds=2.0, size=(320, 240), sound=None, picture=_moving(3))
    make_clip(folder / "short.mp4", seconds=0.4, size=(320, 240), sound="speech", picture=_moving(4))
    (folder / "broken.mp4").write_bytes((folder / "one.mp4").read_bytes()[:300])
    shutil.copyfile(folder / "two.mp4", folder / "zwei.mp4")
    return folder


def _moving(seed: int) -> Callable[[int], NDArray[np.uint8]]:
    """Blocks of random grey, another picture for each seed, that drift to the right."""
    blocks = np.random.default_rng(seed).integers(30, 226, (6, 8), dtype=np.uint8)
    still = np.kron(blocks, np.ones((40, 40), np.uint8))

    def picture(index: int) -> NDArray[np.uint8]:
        return np.repeat(np.roll(still, 3 * index, axis=1)[..., None], 3, axis=2)

    return picture
