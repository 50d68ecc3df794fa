"""Where do the pictures and the sound come from that a model may get?"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Protocol

from saber.core.records import Frame, Sound
from saber.media import MediaSettings, open_clip, probe

__all__ = ["ClipMedia", "MediaSource"]


class MediaSource(Protocol):
    """A clip's media, read only when something of it is really to be sent."""

    path: Path

    def frames(self, count: int, side_px: int) -> tuple[Frame, ...]:
        """At most `count` pictures, evenly spaced over the clip, at most `side_px` on their longer side."""
        ...

    def sound(self) -> Sound | None: ...


class ClipMedia:
    """The media of a file, read in the isolated process of `saber.media`. Raises its errors."""

    def __init__(self, path: str | Path, settings: MediaSettings | None = None) -> None:
        self.path = Path(path)
        self._settings = settings or MediaSettings()

    def frames(self, count: int, side_px: int) -> tuple[Frame, ...]:
        duration_s = probe(self.path, self._settings).duration_s
        settings = replace(
            self._settings,
            # As many a second as give `count` over the clip; of a stream that does not say how long it is,
            # one a second, and of those as many as are asked for.
            fps=count / duration_s if duration_s > 0 else 1.0,
            max_side_px=min(side_px, self._settings.max_side_px),
            sound=False,
        )
        with open_clip(self.path, settings) as reader:
            found = tuple(reader.frames())
        if len(found) <= count:
            return found
        return tuple(found[i * len(found) // count] for i in range(count))

    def sound(self) -> Sound | None:
        with open_clip(self.path, self._settings) as reader:
            return reader.sound  # comes before the pictures, which nobody takes
