"""What films have known cuts, movement and light? Synthetic ones for the tests."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import gaussian_filter

from saber.core.records import Cue, Frame, Perception
from saber.perceive.scene import ScenePerceiver, SceneSettings

FPS = 25.0
Picture = NDArray[np.uint8]
NO_FACE = Perception(sense="face", present=False, absent_reason="no_face")


def picture(seed: int, height: int = 90, width: int = 160, grain_px: float = 3.0) -> Picture:
    """Coloured cloud of its own brightness and hue: the same seed gives the same picture."""
    random = np.random.default_rng(seed)
    noise = gaussian_filter(random.normal(0, 1, (height, width, 3)), (grain_px, grain_px, 0), mode="wrap")
    middle = random.permutation([60, 120, 190])
    return np.clip(middle + 40 * noise / noise.std(), 0, 255).astype(np.uint8)


def blend(a: Picture, b: Picture, share_of_b: float) -> Picture:
    return np.round((1 - share_of_b) * a + share_of_b * b).astype(np.uint8)


def film(*shots: tuple[Picture, float]) -> list[Picture]:
    """Each picture for so many seconds."""
    return [frame for frame, seconds in shots for _ in range(round(seconds * FPS))]


def pan(seconds: float, right_px: int, down_px: int) -> list[Picture]:
    """A large picture whose content moves by so many pixels a frame."""
    large = picture(7, 400, 600)
    return [
        np.roll(large, (down_px * i, right_px * i), axis=(0, 1))[100:190, 100:260]
        for i in range(round(seconds * FPS))
    ]


def watch(frames: list[Picture], *, face: Perception = NO_FACE, fps: float = FPS) -> Perception:
    perceiver = ScenePerceiver(SceneSettings())
    for i, frame in enumerate(frames):
        perceiver.see(Frame(i, i / fps, frame))
    return perceiver.conclude(face=face, duration_s=len(frames) / fps)


def cues_of(perception: Perception, name: str) -> list[Cue]:
    return [c for c in perception.cues if c.name == name and c.status == "measured"]
