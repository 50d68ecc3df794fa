"""How much does the server accept, how long does it keep it, and whom does it answer?"""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["ServeSettings"]


@dataclass(frozen=True)
class ServeSettings:
    """The `[serve]` table of a settings file. Sizes in MB of 1,000,000 bytes."""

    workers: int = 1
    """Clips at the same time, each in a process of its own with its own models (about 1 GB)."""
    max_upload_mb: float = 200.0
    max_duration_s: float = 600.0
    """A clip that declares more is refused; one that lies is read up to here, and its record says so."""
    max_streams: int = 8
    """Picture and sound tracks together; a clip with more is refused."""
    max_queue: int = 32
    """Clips that wait; one more is answered with 429."""
    max_uploads: int = 4
    """Uploads at the same time."""
    upload_idle_s: float = 20.0
    """An upload of which nothing comes for so long is given up."""
    upload_total_s: float = 900.0
    """An upload that is not complete by then is given up."""
    max_requests: int = 128
    """Requests at the same time, event streams included; one more is answered with 503."""
    min_free_mb: float = 1_000.0
    """Uploads are answered with 503 when they would leave less on the disk."""
    max_clip_s: float = 1_800.0
    """Seconds that the analysis of one clip may take; then its worker is ended and the clip has failed."""
    worker_start_s: float = 180.0
    """Seconds that a worker may take to load its models."""
    worker_memory_mb: float = 6_000.0
    """A worker that holds more is ended; 0 sets no limit. Weights loaded with `hf:` need a higher one."""
    attempts: int = 3
    """How often a clip is begun whose worker, or whose server, dies on it."""
    keep_hours: float = 24.0
    """A clip and all that came of it are deleted so long after its analysis ended. 0: the upload is deleted
    as soon as it is analysed, its results ten minutes later."""

    def __post_init__(self) -> None:
        for name in ("workers", "max_streams", "max_queue", "max_uploads", "max_requests", "attempts"):
            if getattr(self, name) < 1:
                raise ValueError(f"{name} must be at least 1, not {getattr(self, name)}")
        for name in (
            "max_upload_mb",
            "max_duration_s",
            "upload_idle_s",
            "upload_total_s",
            "max_clip_s",
            "worker_start_s",
        ):
            if not 0 < getattr(self, name) < float("inf"):
                raise ValueError(f"{name} must be a positive number, not {getattr(self, name)}")
        for name in ("keep_hours", "min_free_mb", "worker_memory_mb"):
            if not 0 <= getattr(self, name) < float("inf"):
                raise ValueError(f"{name} can't be negative or endless, and is {getattr(self, name)}")

    @property
    def max_upload_bytes(self) -> int:
        return round(self.max_upload_mb * 1e6)
