"""How densely and how strictly is the body looked at?"""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["BodySettings"]


@dataclass(frozen=True)
class BodySettings:
    """Rates, and the thresholds of the person gate."""

    pose_fps: float = 6.0
    """Pictures a second in which the pose is looked for. A gesture stroke lasts 0.3-1 s, so 6 keeps two
    or more points on it; the pose costs more than all other body work together."""
    motion_fps: float = 25.0
    """Pictures a second for the frame-difference motion, which costs next to nothing."""
    max_width_px: int = 640
    """Wider pictures are thinned by whole steps first: the models look at 256 px or less anyway."""
    max_head_error_ratio: float = 0.16
    """Mean distance, in face heights, between where the face model and the pose model put the eyes, nose,
    mouth and ears; up to this a body is a person's. Own choice, midway (geometric) between the worst of
    the people (0.12) and the best of an animated animal (0.21) in seven clips of no evaluation corpus."""
    min_face_px: float = 6.0
    """Smallest face height, in pixels, that may vouch for a body."""
    hold_s: float = 2.0
    """How long a body stays a person's after its face was last seen (turned away, covered), as long as
    the pose moves on without a jump."""

    def __post_init__(self) -> None:
        for name in ("pose_fps", "motion_fps", "max_head_error_ratio", "hold_s"):
            if not getattr(self, name) > 0:
                raise ValueError(f"{name} must be above 0")
        if self.max_width_px < 64:
            raise ValueError("max_width_px must be 64 or more")
