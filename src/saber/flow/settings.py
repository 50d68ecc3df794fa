"""How many workers, how much memory, and when is a run stopped because it goes wrong?"""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["FlowSettings"]


@dataclass(frozen=True)
class FlowSettings:
    """The table `[flow]` of a dataset's settings. None of it changes what a stage answers."""

    workers: int = 0
    """Processes at once on this machine; 0: one for each processor. With Ray: actors at once, 0: as many as
    the cluster has processors."""
    threads: int = 1
    """Threads that the numeric libraries of one worker may use."""
    memory_limit_mb: int = 4096
    """Resident memory of one worker; a row that passes it is quarantined. 0: no limit."""
    tries: int = 2
    """How often a row is tried that crashed its process or ran out of time or memory: again, alone."""
    chunk_s: float = 0.25
    """Work handed to a worker at once, so that handing it over costs little; a row at least, 256 at most."""
    commit_rows: int = 500
    commit_s: float = 1.0
    """Finished rows are committed after so many or so long: what a kill can cost, in work done again."""
    max_error_ratio: float = 0.5
    error_rows: int = 50
    """The run stops when of the last `error_rows` rows of a stage more than this share was quarantined."""
    open_timeout_s: float = 600.0
    """For a stage to load what it needs in a worker."""
    ray_address: str = ""
    """A Ray cluster to join (`auto`, `host:6379`, `ray://host:10001`); empty: one on this machine's loopback,
    started and ended with the run."""

    def __post_init__(self) -> None:
        for name in ("workers", "memory_limit_mb"):
            if getattr(self, name) < 0:
                raise ValueError(f"{name} can't be negative")
        for name in ("threads", "tries", "commit_rows", "error_rows"):
            if getattr(self, name) < 1:
                raise ValueError(f"{name} is at least 1")
        for name in ("chunk_s", "commit_s", "open_timeout_s"):
            if getattr(self, name) <= 0:
                raise ValueError(f"{name} must be above 0")
        if not 0 < self.max_error_ratio <= 1:
            raise ValueError("max_error_ratio lies above 0 and is at most 1")
