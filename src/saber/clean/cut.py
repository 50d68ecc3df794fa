"""Where does a long video divide into clips of one utterance?"""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar, Literal

from saber.clean.settings import CutSettings
from saber.core.dataset import Source
from saber.core.errors import ClipError
from saber.core.records import Record
from saber.core.settings import resolved
from saber.flow import Answer, Drop, Item, Many, Tools
from saber.media import open_clip
from saber.perceive.voice import voice_activity

__all__ = ["CutStage"]


class CutStage:
    """One source becomes several, each a stretch of it: `#t=start-end` is put to its id."""

    name = "cut"
    version = 1
    needs: tuple[str, ...] = ("source",)
    makes: type[Record] = Source
    work: ClassVar[Literal["process"]] = "process"

    def __init__(self, settings: CutSettings | None = None, *, timeout_s: float = 3600.0) -> None:
        self._settings = settings or CutSettings(cut=True)
        self.timeout_s = timeout_s

    @property
    def settings(self) -> Mapping[str, object]:
        return resolved(self._settings)

    def open(self, tools: Tools) -> None: ...

    def __call__(self, item: Item) -> Answer:
        source = item.of("source", Source)
        try:
            with open_clip(source.path) as clip:
                spans = voice_activity(clip.sound)
        except ClipError as error:
            return Drop(error.reason, str(error))
        if not spans:
            return Drop("no_speech", "Nobody speaks in it.")
        start_s, end_s = round(spans[0].start_s, 2), round(spans[-1].end_s, 2)
        stretch = source.model_copy(
            update={"id": f"{source.id}#t={start_s:g}-{end_s:g}", "start_s": start_s, "end_s": end_s}
        )
        return Many({f"#t={start_s:g}-{end_s:g}": stretch})

    def close(self) -> None: ...
