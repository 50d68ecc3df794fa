"""Which clips repeat others, however they were encoded?"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import ClassVar, Literal

import numpy as np

from saber.clean.nearness import Near, Prints, candidates, compare
from saber.clean.settings import DuplicatesSettings
from saber.core.dataset import Clip, Unique
from saber.core.records import Record
from saber.core.settings import resolved
from saber.flow import Answer, Drop, Item, Keep, Tools

__all__ = ["DuplicatesStage", "repeats"]


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
        prints = Prints()
        for item in items:
            cleaned = item.of("clean", Clip)
            prints.add(item.id, cleaned.fingerprints, cleaned.info.sha256)
        kept = np.ones(len(prints), np.bool_)
        pairs = candidates(prints)
        pair = next(pairs, None)
        for clip in range(len(prints)):
            near: list[Near] = []
            while pair is not None and pair[1] == clip:
                # Of many copies of one clip each is so compared with the one that was kept, and no other.
                if kept[pair[0]]:
                    near.append(compare(prints, *pair))
                pair = next(pairs, None)
            nearest = min(near, key=_how_far, default=None)
            repeated = [found for found in near if repeats(found, self._settings)]
            if repeated:
                nearest = min(repeated, key=_how_far)
            record = _record(prints, nearest)
            if repeated and self._settings.drop:
                kept[clip] = False
                yield prints.name(clip), Drop("duplicate", f"It repeats {record.nearest}.", record)
            else:
                yield prints.name(clip), Keep(record)


def repeats(near: Near, settings: DuplicatesSettings) -> bool:
    """Whether the two are one recording."""
    if near.same_file:
        return True
    if near.sound is None:
        return near.picture is not None and near.picture <= settings.max_picture_alone_distance
    if near.sound > settings.max_sound_distance:
        return False
    return near.picture is None or near.picture <= settings.max_picture_distance


def _how_far(near: Near) -> tuple[float, int]:
    distances = [d for d in (near.picture, near.sound) if d is not None]
    return (0.0 if near.same_file or not distances else max(distances)), near.earlier


def _record(prints: Prints, nearest: Near | None) -> Unique:
    if nearest is None:
        return Unique()
    return Unique(
        nearest=prints.name(nearest.earlier),
        picture_distance=None if nearest.picture is None else round(nearest.picture, 4),
        sound_distance=None if nearest.sound is None else round(nearest.sound, 4),
    )
