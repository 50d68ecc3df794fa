"""Which stages stand in for those before verification? Importable, since workers must be able to load them.

A source's path says what is wrong with its annotation: `fine`, `words`, `voice` or `reasoning`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import ClassVar, Literal

from saber.core.dataset import Annotated, Clip, Heard, Perceived, Source
from saber.core.records import Record
from saber.flow import Answer, Item, Keep, Stage, Tools
from saber.storage import write_cues
from sample_cues import sample_cues
from verify.clips import WORDS, annotated, heard, records

FAULTS: dict[str, dict[str, str]] = {
    "fine": {},
    "words": {"speech": "Get out of my house this minute."},
    "voice": {"acoustic": "The voice is low-pitched."},
    "reasoning": {"reasoning": "She frowns in fear, and nods."},
}


class _Made:
    """A stage that keeps what a function makes."""

    name = ""
    version = 1
    needs: tuple[str, ...] = ("source",)
    makes: type[Record]
    work: ClassVar[Literal["process"]] = "process"
    timeout_s = 60.0
    settings: Mapping[str, object] = {}

    def open(self, tools: Tools) -> None:
        self._tools = tools

    def close(self) -> None: ...


class Clean(_Made):
    name = "clean"
    makes = Clip

    def __call__(self, item: Item) -> Answer:
        return Keep(records(self._tools.workspace, annotated(), name=item.id)["clean"])


class Perceive(_Made):
    name = "perceive"
    needs = ("clean",)
    makes = Perceived

    def __call__(self, item: Item) -> Answer:
        return Keep(write_cues(self._tools.workspace, item.id, sample_cues(), 0.0))


class Annotate(_Made):
    name = "annotate"
    needs = ("source", "perceive")
    makes = Annotated

    def __call__(self, item: Item) -> Answer:
        return Keep(annotated(**FAULTS[item.of("source", Source).path]))


class Hear(_Made):
    name = "hear"
    needs = ("annotate",)
    makes = Heard

    def __call__(self, item: Item) -> Answer:
        return Keep(heard(None) if item.id.endswith("unheard") else heard(WORDS))


BEFORE: tuple[Callable[[], Stage], ...] = (Clean, Perceive, Annotate, Hear)
