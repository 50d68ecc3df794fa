"""What is written of the leaks that were found?"""

from __future__ import annotations

from saber.core.records import Record
from saber.split.settings import SPLITS
from saber.split.tables import table

__all__ = ["Leaks", "NearTexts", "Overlap", "Pair", "Shared"]


class Shared(Record):
    """A name that occurs in more than one split."""

    name: str
    counts: dict[str, int]
    """Split -> clips."""


class Pair(Record):
    """Two clips of different splits that are alike."""

    first: str
    first_split: str
    second: str
    second_split: str
    distance: float


class NearTexts(Record):
    """Two texts that overlap."""

    first: Shared
    second: Shared
    overlap: float


class Overlap(Record):
    """What a benchmark and this dataset have in common."""

    benchmark: str
    corpus: str
    """As this dataset calls it."""
    relation: str
    part: str
    source: str
    counts: dict[str, int]
    """Split -> clips of that corpus."""
    listed_in: str | None
    """The benchmark's file that was looked up; None: the same corpus, ids unknown."""
    matched: dict[str, int]
    """Split -> clips that the file lists by name; empty when there was none to look up."""
    examples: tuple[str, ...] = ()


class Leaks(Record):
    """The report. `total` counts stand beside lists that are cut at the number of examples."""

    by_split: dict[str, int]
    speakers: tuple[Shared, ...]
    speakers_total: int
    groups: tuple[Shared, ...]
    groups_total: int
    files: tuple[Shared, ...]
    files_total: int
    speaker_unknown: dict[str, int]
    """Split -> clips whose speaker nobody names: of them nothing can be told."""
    pictures: tuple[Pair, ...]
    pictures_total: int
    pictures_missing: int
    """Clips without hashes of the picture."""
    pictures_not_compared: int
    """Hashes that too many clips share."""
    sounds: tuple[Pair, ...]
    sounds_total: int
    sounds_missing: int
    sounds_not_compared: int
    equal_texts: tuple[Shared, ...]
    equal_texts_total: int
    equal_texts_clips: int
    near_texts: tuple[NearTexts, ...]
    near_texts_total: int
    short_texts: int
    """Clips that say too little to compare."""
    benchmarks: tuple[Overlap, ...]
    other_files: dict[str, dict[str, int]]
    """Benchmark files that the table does not know -> split -> clips that they list by name."""

    @property
    def leaks(self) -> bool:
        """Something is shared that a split must not share: a speaker, a group, a file, or a clip."""
        return bool(
            self.speakers_total
            or self.groups_total
            or self.files_total
            or self.pictures_total
            or self.sounds_total
        )

    def markdown(self) -> str:
        found = (
            "Found: something of one split is in another."
            if self.leaks
            else "No leak was found, as far as it could be told."
        )
        parts = [
            "# Leakage",
            f"{found} {', '.join(f'{n} {c}' for n, c in self.by_split.items())} clips.",
            table(
                ("shared by two splits", "found", "could not be told"),
                (
                    (
                        "speakers",
                        self.speakers_total,
                        f"{sum(self.speaker_unknown.values())} clips: no speaker",
                    ),
                    ("groups", self.groups_total, ""),
                    ("files", self.files_total, ""),
                    (
                        "pairs that look alike",
                        self.pictures_total,
                        _untold(self.pictures_missing, self.pictures_not_compared),
                    ),
                    (
                        "pairs that sound alike",
                        self.sounds_total,
                        _untold(self.sounds_missing, self.sounds_not_compared),
                    ),
                    (
                        "equal texts",
                        f"{self.equal_texts_total} ({self.equal_texts_clips} clips)",
                        f"{self.short_texts} clips: too little is said",
                    ),
                    ("nearly equal texts", f"{self.near_texts_total} pairs", ""),
                ),
            ),
        ]
        for title, names in (("Speakers", self.speakers), ("Groups", self.groups), ("Files", self.files)):
            if names:
                parts += [f"## {title}", table(("name", *SPLITS), (_row(s) for s in names))]
        for title, pairs in (("Look alike", self.pictures), ("Sound alike", self.sounds)):
            if pairs:
                rows = (
                    (p.first, p.first_split, p.second, p.second_split, f"{p.distance:.3f}") for p in pairs
                )
                parts += [f"## {title}", table(("clip", "split", "clip", "split", "distance"), rows)]
        if self.equal_texts:
            parts += [
                "## Equal texts",
                "Where actors say given sentences this can't be otherwise: a model may know the words, and "
                "not how they are said.",
                table(("text", *SPLITS), (_row(s) for s in self.equal_texts)),
            ]
        if self.near_texts:
            rows_of_texts = ((n.first.name, n.second.name, f"{n.overlap:.2f}") for n in self.near_texts)
            parts += ["## Nearly equal texts", table(("text", "text", "overlap"), rows_of_texts)]
        parts += ["## Public benchmarks", *self._benchmarks()]
        return "\n\n".join(parts) + "\n"

    def _benchmarks(self) -> list[str]:
        if not self.benchmarks:
            return ["None of the benchmarks in the table draws from a corpus of this dataset."]
        rows = []
        for o in self.benchmarks:
            counts = ", ".join(f"{n} {o.counts.get(n, 0)}" for n in SPLITS)
            matched = "ids unknown"
            if o.listed_in is not None:
                matched = (
                    ", ".join(f"{n} {o.matched.get(n, 0)}" for n in SPLITS) + f" (by name, {o.listed_in})"
                )
            rows.append((o.benchmark, o.corpus, _RELATIONS[o.relation], o.part, counts, matched, o.source))
        parts = [
            table(
                (
                    "benchmark",
                    "corpus here",
                    "how",
                    "what it draws",
                    "clips here",
                    "of these listed",
                    "source",
                ),
                rows,
            )
        ]
        if self.other_files:
            listed = (
                (name, ", ".join(f"{n} {c.get(n, 0)}" for n in SPLITS))
                for name, c in self.other_files.items()
            )
            parts.append(table(("other file", "clips here with a name that it lists"), listed))
        return parts


_RELATIONS = {
    "same": "draws from it",
    "contains": "draws from what it holds",
    "related": "grew from one collection with it",
    "same_show": "other scenes of the same show",
}


def _untold(missing: int, common: int) -> str:
    return f"{missing} clips: no hashes; {common} hashes: too common"


def _row(shared: Shared) -> tuple[object, ...]:
    return (shared.name, *(shared.counts.get(n, 0) for n in SPLITS))
