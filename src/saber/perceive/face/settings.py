"""Which settings does perceiving faces have?"""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["FaceSettings"]


@dataclass(frozen=True)
class FaceSettings:
    """Settings of the face sense. Every threshold says which side keeps."""

    max_faces: int = 3
    """Faces looked for in one picture."""
    min_detection_confidence: float = 0.5
    """A detection below this is no face. MediaPipe's default."""
    min_tracking_confidence: float = 0.5
    """A mesh below this is lost and looked for anew. MediaPipe's default."""
    min_track_s: float = 0.3
    """A face seen for less is taken for a false detection (own choice: eight pictures), unless the whole
    clip is not much longer."""
    max_gap_s: float = 1.0
    """A face that comes back to the same place within this time is the same person. Own choice."""
    max_skull_jitter_ratio: float = 0.03
    """The bony points of a human face keep their shape from picture to picture; a face whose shape changes
    by more than this (root mean square, inter-ocular distances) is a drawing, an animal or a mistake. Own
    choice: three times the noisiest real face tried (0.010); a cartoon rabbit measured 0.05-0.10."""
    min_frames_per_s: float = 12.0
    """Below this rate blinks, nods and micro-expressions fall between pictures and are absent."""
    min_blink_watch_s: float = 10.0
    """Seconds of visible eyes needed for a blink rate. Own choice: at 17 a minute, three blinks expected."""
    max_yaw_deg: float = 30.0
    """From half of this on, turning the head lowers confidence; at twice this nothing is read. Own choice:
    the mesh invents the far half of a face that it can't see."""
    min_face_height_px: int = 48
    """Smaller faces (in the picture as read, at most 640 px) lower confidence in proportion. Own choice."""

    def __post_init__(self) -> None:
        if self.max_faces < 1:
            raise ValueError("max_faces must be at least 1")
