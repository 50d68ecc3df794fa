"""Which clips repeat others, however they were encoded?"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import ClassVar, Literal

from saber.clean.settings import DuplicatesSettings
from saber.core.dataset import Clip, Unique
from saber.core.records import Record
from saber.core.settings import resolved
from saber.flow import Answer, Drop, Item, Keep, Tools

__all__ = ["DuplicatesStage"]


class DuplicatesStage:
    """Of clips that repeat one another the first is kept, in order of id."""

    name = "duplicates"
    version = 1
    needs: tuple[str, ...] = ("clean",)
    makes: type[Record] = Unique
    work: ClassVar[Literal["set"]] = "set"

    def __init__(self, settings: DuplicatesSettings | None = None) -> None:
        self._settings = settings or DuplicatesSettings()

    @property
    def settings(self) -> Mapping[str, object]:
        return resolved(self._settings)

    def decide(self, items: Iterable[Item], tools: Tools) -> Iterator[tuple[str, Answer]]:
        seen: dict[str, str] = {}
        for item in items:
            digest = item.of("clean", Clip).info.sha256
            first = seen.setdefault(digest, item.id)
            if first == item.id:
                yield item.id, Keep(Unique())
            else:
                yield item.id, Drop("duplicate", f"It repeats {first}.", Unique(nearest=first))
