"""How does a browser play a clip of a dataset, and what does its sound look like?

Corpora hold files that no browser plays. Of those a preview is made when somebody wants to see one, kept in a
temporary folder while it is among the last few, and deleted with the server at the latest.
"""

from __future__ import annotations

import tempfile
import threading
from collections import OrderedDict
from dataclasses import dataclass
from pathlib import Path

from saber.core.records import ClipInfo
from saber.media import probe
from saber.report import Waveform, embed

__all__ = ["Shown", "ShownClips"]

MOST_KEPT = 32
"""Own choice: a reviewer goes back a few clips, not hundreds."""


@dataclass(frozen=True)
class Shown:
    """`path` is what a browser plays: the clip itself, or its preview; None: nothing that it could."""

    path: Path | None
    is_preview: bool
    mime: str | None
    waveform: Waveform | None


class ShownClips:
    """Of one server. May be asked from many threads; clips are worked on one at a time."""

    def __init__(self) -> None:
        self._folder: tempfile.TemporaryDirectory[str] | None = None
        self._kept: OrderedDict[tuple[str, int, int], Shown] = OrderedDict()
        self._lock = threading.Lock()
        self._count = 0

    def of(self, path: Path, info: ClipInfo | None = None) -> Shown:
        """`info` is what is known of that file; None has it looked at. Raises ClipError where that fails, and
        OSError where there is no such file."""
        stat = path.stat()
        key = (str(path), stat.st_size, stat.st_mtime_ns)
        with self._lock:
            if key in self._kept:
                self._kept.move_to_end(key)
                return self._kept[key]
            clip = probe(path) if info is None else info
            embedded = embed(clip.model_copy(update={"path": str(path)}))
            shown = Shown(path, False, embedded.mime, embedded.waveform)
            if embedded.mime is None:
                shown = Shown(None, False, None, embedded.waveform)
            elif embedded.is_preview:
                shown = Shown(self._keep(embedded.data), True, embedded.mime, embedded.waveform)
            self._kept[key] = shown
            while len(self._kept) > MOST_KEPT:
                _, old = self._kept.popitem(last=False)
                if old.is_preview and old.path is not None:
                    old.path.unlink(missing_ok=True)
            return shown

    def _keep(self, preview: bytes) -> Path:
        if self._folder is None:
            self._folder = tempfile.TemporaryDirectory(prefix="saber-shown-")
        self._count += 1
        path = Path(self._folder.name) / f"{self._count}.webm"
        path.write_bytes(preview)
        return path
