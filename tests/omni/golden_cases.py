"""Which clips is our encoder compared on with the library's own processor?

Made of integers alone, so that every machine makes the same bytes.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

__all__ = ["CASES", "Case", "noise", "pictures"]


@dataclass(frozen=True)
class Case:
    """`count` frames of `size` (width, height) at `fps`, `samples` of sound; 0 of either: none."""

    name: str
    count: int
    size: tuple[int, int]
    fps: float
    samples: int
    user: str = "Describe the person's face and voice."
    system: str = "You are a careful observer."


CASES = (
    Case("plain", 4, (320, 240), 2.0, 32_480),
    Case(
        "upright, odd number of frames, odd rate",
        7,
        (270, 480),
        1.7,
        59_137,
        "请详细描述面部表情和语音特征。",
    ),
    Case("one picture", 1, (100, 100), 2.0, 8_000),
    Case("wide, at the most frames", 40, (640, 272), 1.37, 96_000, system=""),
    Case("pictures only", 2, (176, 144), 2.0, 0),
    Case("sound only", 0, (0, 0), 0.0, 16_001),
)


def pictures(case: Case) -> list[NDArray[np.uint8]]:
    """RGB frames with slopes, edges and a moving pattern."""
    width, height = case.size
    y, x = np.mgrid[:height, :width]
    made = []
    for i in range(case.count):
        red, green = (x * 7 + y * 3 + i * 11) % 256, (x * y // 16 + i * 5) % 256
        blue = np.where((x // 9 + y // 7 + i) % 2, 230, 20)
        made.append(np.stack([red, green, blue], axis=-1).astype(np.uint8))
    return made


def noise(case: Case) -> NDArray[np.float32]:
    """A linear congruential generator's noise, loud in the middle, silent in the last fifth."""
    at = np.arange(case.samples, dtype=np.uint64)
    state = (at * np.uint64(1_103_515_245) + np.uint64(12_345)) * (at + np.uint64(1)) % np.uint64(65_536)
    loud = np.minimum(at, np.uint64(max(1, case.samples)) - at).astype(np.int64)
    values = (state.astype(np.int64) - 32_768) * loud // max(1, case.samples)
    values[case.samples * 4 // 5 :] = 0
    return (values / 32_768).astype(np.float32)
