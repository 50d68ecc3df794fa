"""Is a raw clip fit to be annotated? The stage that says so, and makes a `Clip` of it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import ClassVar, Literal

import numpy as np

from saber.clean.examine import examine
from saber.clean.settings import CleanSettings
from saber.clean.stretch import stretch_of, write_stretch
from saber.core.dataset import Clip, Source
from saber.core.errors import ClipError
from saber.core.records import Record, Sound
from saber.core.settings import resolved
from saber.flow import Answer, Drop, Item, Keep, Tools
from saber.perceive.face import FaceDetector
from saber.perceive.voice import voice_activity
from saber.storage import name_of

__all__ = ["CleanStage"]


class CleanStage:
    """Cheap checks first, and none after the first that fails, unless `all_checks`.

    A stretch of a file becomes a file of its own in `workspace/clean/`, so that later stages need not know
    of stretches. What can't be told has not passed: the clip is dropped as `<check>_unknown`.
    """

    name = "clean"
    version = 1
    makes: type[Record] = Clip
    work: ClassVar[Literal["process"]] = "process"

    def __init__(
        self,
        settings: CleanSettings | None = None,
        *,
        after: Literal["source", "cut"] = "source",
        timeout_s: float = 300.0,
    ) -> None:
        """`after`: the stage whose `Source` is cleaned."""
        self._settings = settings or CleanSettings()
        self._after = after
        self.needs: tuple[str, ...] = (after,)
        self.timeout_s = timeout_s
        self._workspace = Path()
        self._faces: FaceDetector | None = None

    @property
    def settings(self) -> Mapping[str, object]:
        return resolved(self._settings)

    def open(self, tools: Tools) -> None:
        self._workspace = tools.workspace
        if self._settings.require_face:
            self._faces = FaceDetector()
        if self._settings.require_speech:
            # Loads the model now, so that a missing package stops the run and not each clip.
            hum = np.sin(np.arange(16_000) / 20).astype(np.float32)
            voice_activity(Sound(hum), self._settings.voice)

    def __call__(self, item: Item) -> Answer:
        source = item.of(self._after, Source)
        stretch = stretch_of(source)
        try:
            found = examine(Path(source.path), self._settings, self._faces, stretch)
            info, failed = found.info, found.findings.failed
            media_path = source.path
            if stretch is not None and failed is None:
                media_path = f"{self.name}/{name_of(item.id)}.mp4"
                info = write_stretch(Path(source.path), stretch, self._workspace / media_path)
        except ClipError as error:
            return Drop(error.reason, str(error))
        made = Clip(
            media_path=media_path,
            info=info,
            checks=tuple(found.findings.checks),
            fingerprints=found.fingerprints,
        )
        if failed is not None:
            return Drop(failed.reason, found.findings.sentence(failed), made)
        return Keep(made)

    def close(self) -> None:
        if self._faces is not None:
            self._faces.close()
