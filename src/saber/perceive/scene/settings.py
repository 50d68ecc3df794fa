"""How densely is the scene looked at?"""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["SceneSettings"]


@dataclass(frozen=True)
class SceneSettings:
    """Rates in pictures a second."""

    shots_fps: float = 30.0
    """For cuts, black and frozen stretches: tiny pictures, so every frame of usual video."""
    motion_fps: float = 8.0
    """For the camera's movement and what moves behind the person."""
    looks_fps: float = 2.0
    """For light, colour and sharpness."""

    def __post_init__(self) -> None:
        for name in ("shots_fps", "motion_fps", "looks_fps"):
            if not getattr(self, name) > 0:
                raise ValueError(f"{name} must be above 0")
