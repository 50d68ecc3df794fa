"""How is a clip measured, once for all later stages?"""

from __future__ import annotations

import time
from collections.abc import Mapping
from pathlib import Path
from typing import ClassVar, Literal

from saber.core.dataset import Clip, Perceived
from saber.core.errors import ClipError
from saber.core.records import Record
from saber.core.settings import resolved
from saber.flow import Answer, Drop, Item, Keep, Tools
from saber.pipeline import Settings, perceive
from saber.storage import inside, write_cues

__all__ = ["PerceiveStage"]

SENSES = ("media", "face", "body", "scene", "voice", "speech")
"""The tables of `saber.pipeline.Settings` that decide what is measured."""


class PerceiveStage:
    """Face, body, voice, words and scene of a clip; the cues lie in `workspace/perceive/`.

    A clip that can't be read to its end is dropped with the reader's own reason.
    """

    name = "perceive"
    version = 1
    makes: type[Record] = Perceived
    work: ClassVar[Literal["process"]] = "process"

    def __init__(
        self, settings: Settings | None = None, *, after: str = "clean", timeout_s: float = 900.0
    ) -> None:
        """`after`: the stage that it follows; the clip itself is always the one that `clean` made."""
        self._settings = settings or Settings()
        self.needs: tuple[str, ...] = tuple(dict.fromkeys(("clean", after)))
        self.timeout_s = timeout_s
        self._workspace = Path()

    @property
    def settings(self) -> Mapping[str, object]:
        return {name: resolved(getattr(self._settings, name)) for name in SENSES}

    def open(self, tools: Tools) -> None:
        self._workspace = tools.workspace

    def __call__(self, item: Item) -> Answer:
        path = inside(self._workspace, item.of("clean", Clip).media_path)
        began_s = time.perf_counter()
        try:
            cues = perceive(path, settings=self._settings)
        except ClipError as error:
            return Drop(error.reason, str(error))
        return Keep(write_cues(self._workspace, item.id, cues, time.perf_counter() - began_s))

    def close(self) -> None: ...
