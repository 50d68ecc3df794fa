"""Which stages stand in for the factory's in a workspace that pairs are made of? Importable by workers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import ClassVar, Literal

from saber.core.dataset import Assigned, Example, Message, Source
from saber.core.records import Record
from saber.flow import Answer, Item, Keep, Tools
from saber.storage import write_cues
from sample_cues import sample_cues

__all__ = ["Known"]


@dataclass
class Known:
    """`perceive`, `split` or `instruct`: what a real stage of that name would keep."""

    name: str
    needs: tuple[str, ...]
    makes: type[Record]
    version: int = 1
    settings: Mapping[str, object] = field(default_factory=dict)
    work: ClassVar[Literal["process"]] = "process"
    timeout_s: float = 30.0

    def open(self, tools: Tools) -> None:
        self._workspace = tools.workspace

    def __call__(self, item: Item) -> Answer:
        if self.name == "perceive":
            return Keep(write_cues(self._workspace, item.id, sample_cues(), 0.1))
        if self.name == "split":
            return Keep(Assigned(split="train", half="inconsistent", half_judges=("measured",)))
        path = item.of("source", Source).path
        told = Message(role="assistant", content="x")
        return Keep(Example(messages=(told,), videos=(path,), audios=(path,), language="en"))

    def close(self) -> None: ...
