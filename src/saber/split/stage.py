"""How is a whole dataset divided, so that no split knows a speaker, a dialogue or a clip of another?"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import ClassVar, Literal

import numpy as np
from numpy.typing import NDArray

from saber.core.dataset import Assigned
from saber.core.records import Record
from saber.core.settings import resolved
from saber.flow import Answer, Item, Keep, Tools
from saber.split.assign import assign
from saber.split.components import Components, components
from saber.split.roster import Codes, Roster, scramble
from saber.split.saber_test import Choice, choose
from saber.split.settings import SPLITS, SplitSettings
from saber.split.summary import Summary

__all__ = ["SplitStage"]

HALVES: tuple[Literal["consistent", "inconsistent"], ...] = ("consistent", "inconsistent")


class SplitStage:
    """Adds `Assigned` to every clip; drops none. Writes `summary.json` and `summary.md` into its folder."""

    name = "split"
    version = 1
    needs = ("source", "annotate", "verify", "duplicates", "compare")
    makes: type[Record] = Assigned
    work: ClassVar[Literal["set"]] = "set"

    def __init__(self, settings: SplitSettings | None = None) -> None:
        self._settings = settings or SplitSettings()
        self.summary: Summary | None = None
        """Of the last decision."""

    @property
    def settings(self) -> Mapping[str, object]:
        return resolved(self._settings)

    def decide(self, items: Iterable[Item], tools: Tools) -> Iterator[tuple[str, Answer]]:
        """One `Keep` for each item, in the order in which they came. The order does not matter."""
        chosen = self._settings
        roster = Roster(chosen)
        for item in items:
            roster.add(item)
        found = components(roster, chosen.seed)
        of_component, moved = assign(found, chosen.ratios, chosen.tolerance_ratio)
        split = of_component[found.of_clip]
        test = self._saber_test(roster, split)
        in_test = frozenset((*test.consistent, *test.inconsistent))
        self.summary = _summary(chosen, roster, found, split, int(moved.sum()), test)
        _write(tools.workspace / self.name, self.summary)
        for clip, id_ in enumerate(roster.ids()):
            yield (
                id_,
                Keep(
                    Assigned(
                        split=SPLITS[split[clip]],
                        half=roster.halves.words[roster.half[clip]],
                        half_judges=roster.judges_of(clip),
                        saber_test=clip in in_test,
                    )
                ),
            )

    def _saber_test(self, roster: Roster, split: NDArray[np.int8]) -> Choice:
        half, in_test = _column(roster.half), split == SPLITS.index("test")
        pools = [np.flatnonzero(in_test & (half == roster.halves[name])) for name in HALVES]
        cells = np.stack(
            [
                _ranks(roster.corpora)[_column(roster.corpus)],
                _ranks(roster.languages)[_column(roster.language)],
                _ranks(roster.emotions)[_column(roster.emotion)],
            ],
            axis=1,
        )
        own = np.frombuffer(roster.own, np.uint64)
        speaker = np.frombuffer(roster.speaker, np.uint64)
        return choose(
            pools[0],
            pools[1],
            cells,
            np.where(speaker == 0, own, speaker),
            scramble(own, self._settings.seed),
            self._settings.saber_test_clips,
        )


def _column(codes: object) -> NDArray[np.int64]:
    return np.frombuffer(codes, np.uint16).astype(np.int64)  # type: ignore[call-overload,no-any-return]


def _ranks(codes: Codes) -> NDArray[np.int64]:
    """Code -> rank of its word: codes hang on the order in which clips came, ranks don't."""
    return np.argsort(np.argsort(np.array(codes.words, dtype=str))).astype(np.int64)


def _summary(
    settings: SplitSettings,
    roster: Roster,
    found: Components,
    split: NDArray[np.int8],
    moved: int,
    test: Choice,
) -> Summary:
    corpus = _column(roster.corpus)
    unknown = np.frombuffer(roster.speaker, np.uint64) == 0
    alone = unknown & (np.frombuffer(roster.group, np.uint64) == 0)

    names: tuple[str, ...] = SPLITS

    def across(codes: Codes, column: NDArray[np.int64]) -> dict[str, dict[str, int]]:
        table = np.bincount(column * 3 + split, minlength=3 * len(codes)).reshape(-1, 3)
        return {word: dict(zip(names, map(int, table[code]), strict=True)) for code, word in _by_name(codes)}

    def by_corpus(mask: NDArray[np.bool_]) -> dict[str, int]:
        counts = np.bincount(corpus[mask], minlength=len(roster.corpora))
        return {word: int(counts[code]) for code, word in _by_name(roster.corpora) if counts[code]}

    cells: dict[str, dict[str, int]] = {}
    for name, clips in zip(HALVES, (test.consistent, test.inconsistent), strict=True):
        for clip in clips:
            words = (
                roster.corpora.words[roster.corpus[clip]],
                roster.languages.words[roster.language[clip]],
                roster.emotions.words[roster.emotion[clip]],
            )
            row = cells.setdefault(", ".join(words), dict.fromkeys(HALVES, 0))
            row[name] += 1
    sizes = found.size[found.of_clip] if len(found) else np.zeros(0, np.int64)
    largest = {}
    for code, word in _by_name(roster.corpora):
        members = np.flatnonzero(corpus == code)
        # Of equal ones the first in line, whatever the order of the clips.
        top = members[np.lexsort((found.place[found.of_clip[members]], -sizes[members]))[0]]
        inside = int(np.count_nonzero(found.of_clip[members] == found.of_clip[top]))
        largest[word] = (inside, SPLITS[split[top]])
    counts = np.bincount(split, minlength=3)
    return Summary(
        clips=len(roster),
        components=len(found),
        targets=dict(zip(names, settings.ratios, strict=True)),
        by_split=dict(zip(names, map(int, counts), strict=True)),
        by_corpus=across(roster.corpora, corpus),
        by_language=across(roster.languages, _column(roster.language)),
        by_emotion=across(roster.emotions, _column(roster.emotion)),
        by_half=across(roster.halves, _column(roster.half)),
        largest=largest,
        without_speaker=by_corpus(unknown) if settings.together != "group" else {},
        without_speaker_or_group=by_corpus(alone) if settings.together != "group" else {},
        linked_near_duplicates=int(np.count_nonzero(np.frombuffer(roster.near, np.uint64))),
        moved=moved,
        saber_test=dict(zip(HALVES, (len(test.consistent), len(test.inconsistent)), strict=True)),
        saber_test_wanted=settings.saber_test_clips,
        saber_test_available=dict(zip(HALVES, test.available, strict=True)),
        saber_test_pairs=test.pairs,
        saber_test_cells={cell: cells[cell] for cell in sorted(cells)},
    )


def _by_name(codes: Codes) -> list[tuple[int, str]]:
    return sorted(enumerate(codes.words), key=lambda pair: pair[1])


def _write(folder: Path, summary: Summary) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in (
        ("summary.json", summary.model_dump_json(indent=1) + "\n"),
        ("summary.md", summary.markdown()),
    ):
        partial = folder / f".{name}.partial"
        partial.write_text(text, encoding="utf-8")
        os.replace(partial, folder / name)
