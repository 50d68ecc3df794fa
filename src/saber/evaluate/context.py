"""What does scoring need besides a sample and its response?"""

from __future__ import annotations

import gzip
import hashlib
import threading
import zlib
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from pydantic import ValidationError

from saber.core.dataset import Perceived
from saber.core.errors import ClipError
from saber.core.records import Cues
from saber.evaluate.records import Sample
from saber.evaluate.settings import EvaluateSettings
from saber.pipeline import perceive
from saber.storage import read_cues, write_whole

__all__ = ["Context"]


@dataclass(frozen=True)
class Context:
    """One evaluation's surroundings."""

    data: Path
    out: Path
    settings: EvaluateSettings = field(default_factory=EvaluateSettings)
    measure: Callable[[Path], Cues] = perceive
    _turn: threading.Lock = field(default_factory=threading.Lock)
    """Measuring takes all cores and a gigabyte: one clip at a time, however many are asked about."""

    def clip(self, sample: Sample) -> Path | None:
        return self.data / sample.media if sample.media else None

    def cues(self, sample: Sample, clip: Path | None = None) -> Cues:
        """What was measured in the sample's clip, or in `clip`, a changed copy of it.

        Taken from the workspace that made the dataset where the sample says so; else measured once and kept.
        Raises ClipError when the clip can't be read.
        """
        if clip is None and (perceived := sample.extra.get("perceived")) is not None:
            return read_cues(self.data, Perceived.model_validate(perceived))
        clip = clip or self.clip(sample)
        if clip is None:
            raise ClipError(f"The sample {sample.id} has no clip.", reason="clip_missing")
        return self.cues_of(clip)

    def cues_of(self, clip: Path) -> Cues:
        """Of a file; by its content, so that the same clip under another name is not measured again."""
        try:
            digest = hashlib.sha256(clip.read_bytes()).hexdigest()
        except OSError as error:
            raise ClipError(f"{clip} can't be read: {error.strerror}.", reason="clip_unreadable") from error
        kept = self.out / "cues" / f"{digest[:32]}.json.gz"
        with self._turn:
            try:
                return Cues.model_validate_json(gzip.decompress(kept.read_bytes()))
            except (OSError, EOFError, zlib.error, ValidationError):
                cues = self.measure(clip)
            write_whole(kept, gzip.compress(cues.model_dump_json().encode(), compresslevel=5, mtime=0))
        return cues
