"""Does a split know something of another one, or of a public benchmark?

Speakers, groups and files must not be shared, and the split sees to that; this looks again, at the result,
and for what the split can't prevent: clips that look or sound alike, equal texts, and corpora from which a
benchmark draws too.
"""

from __future__ import annotations

from array import array
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from saber.core.dataset import Annotated, Assigned, Clip, Source, Verified
from saber.flow import Item
from saber.split import near_media
from saber.split.benchmarks import benchmarks, clip_names, corpus_key, file_stem, in_saber
from saber.split.leaks import Leaks, NearTexts, Overlap, Pair, Shared
from saber.split.near_media import Prints, alike_across
from saber.split.near_text import Said, Texts
from saber.split.settings import SPLITS

__all__ = ["LeakageSettings", "Placed", "find_leaks", "placed"]


@dataclass(frozen=True)
class LeakageSettings:
    """Own choices.

    Attributes:
        max_picture_distance, max_sound_distance: clips no further apart (share of differing bits) are alike.
        min_text_overlap: of the sets of three tokens in a row; 1 is the same text.
        examples: how many of each kind are named.
        benchmark_files: folder with a benchmark's own lists of clips, to look clips up by name.
    """

    max_picture_distance: float = 0.1
    max_sound_distance: float = 0.1
    min_text_overlap: float = 0.8
    examples: int = 20
    benchmark_files: Path | None = None

    def __post_init__(self) -> None:
        for name in ("max_picture_distance", "max_sound_distance"):
            if not 0 <= getattr(self, name) < 0.5:
                raise ValueError(f"{name} must be 0 or more and below 0.5, where chance is")
        if not 0 < self.min_text_overlap <= 1:
            raise ValueError(f"min_text_overlap must be above 0 up to 1, not {self.min_text_overlap}")


@dataclass(frozen=True)
class Placed:
    """A clip and where it went, as far as leakage is concerned."""

    id: str
    corpus: str
    split: str
    saber_test: bool = False
    speaker: str | None = None
    group: str | None = None
    file: str = ""
    text: str = ""
    language: str = "en"
    picture: Sequence[str] = ()
    sound: Sequence[str] = ()


def placed(item: Item) -> Placed:
    """Of an item with the records of source, clean, annotate, verify and split."""
    source = item.of("source", Source).holding_for(item.id)
    prints = item.of("clean", Clip).fingerprints
    stands = item.of("verify", Verified).stands(item.of("annotate", Annotated))
    assigned = item.of("split", Assigned)
    return Placed(
        id=item.id,
        corpus=source.corpus,
        split=assigned.split,
        saber_test=assigned.saber_test,
        speaker=source.speaker,
        group=source.group,
        file=source.path,
        text=stands.annotation.audio.speech or source.transcript or "",
        language=source.language or stands.language,
        picture=prints.picture,
        sound=prints.sound,
    )


def find_leaks(clips: Iterable[Placed], settings: LeakageSettings | None = None) -> Leaks:
    """What the splits have in common. Reads the clips once; keeps their hashes, ids and distinct texts.

    Raises UsageError: the benchmark files can't be read.
    """
    chosen = settings or LeakageSettings()
    listed = clip_names(chosen.benchmark_files) if chosen.benchmark_files is not None else {}
    ids: list[str] = []
    split = array("b")
    names = {kind: _Names() for kind in ("speaker", "group", "file")}
    unknown: Counter[str] = Counter()
    pictures, sounds, texts = Prints(), Prints(), Texts()
    corpora: dict[str, Counter[str]] = {}
    matches: dict[tuple[str, str], Counter[str]] = {}
    examples: dict[tuple[str, str], list[str]] = {}
    by_split: Counter[str] = Counter()
    for number, clip in enumerate(clips):
        code = SPLITS.index(clip.split)
        ids.append(clip.id)
        split.append(code)
        by_split[clip.split] += 1
        names["speaker"].add(clip.speaker, code)
        names["group"].add(clip.group, code)
        names["file"].add(clip.file or None, code)
        unknown[clip.split] += clip.speaker is None
        pictures.add(clip.picture)
        sounds.add(clip.sound)
        texts.add(number, clip.text, clip.language, code)
        corpora.setdefault(clip.corpus, Counter())[clip.split] += 1
        stem = file_stem(clip.id)
        for file, wanted in listed.items():
            if stem in wanted:
                matches.setdefault((file, clip.corpus), Counter())[clip.split] += 1
                examples.setdefault((file, clip.corpus), []).append(clip.id)
    where = np.asarray(split, np.int8)
    alike = alike_across(pictures, sounds, where, chosen.max_picture_distance, chosen.max_sound_distance)
    equal, near = texts.equal_across(), texts.near_across(chosen.min_text_overlap)
    most = chosen.examples
    shared = {kind: found.shared() for kind, found in names.items()}
    overlaps, known = _overlaps(corpora, listed, matches, examples, most)
    return Leaks(
        by_split={n: by_split[n] for n in SPLITS},
        speakers=tuple(shared["speaker"][:most]),
        speakers_total=len(shared["speaker"]),
        groups=tuple(shared["group"][:most]),
        groups_total=len(shared["group"]),
        files=tuple(shared["file"][:most]),
        files_total=len(shared["file"]),
        speaker_unknown={n: unknown[n] for n in SPLITS},
        same_clips=_pairs(alike.same, ids, split, most),
        same_clips_total=len(alike.same),
        look_alike=_pairs(alike.look, ids, split, most),
        look_alike_total=len(alike.look),
        sound_alike=_pairs(alike.sound, ids, split, most),
        sound_alike_total=len(alike.sound),
        without_hashes=int(np.count_nonzero(pictures.empty() & sounds.empty())),
        not_compared=alike.not_compared,
        equal_texts=tuple(_shared(s) for s in equal[:most]),
        equal_texts_total=len(equal),
        equal_texts_clips=sum(s.clips for s in equal),
        near_texts=tuple(
            NearTexts(first=_shared(a), second=_shared(b), overlap=o) for a, b, o in near[:most]
        ),
        near_texts_total=len(near),
        short_texts=texts.short,
        benchmarks=overlaps,
        other_files={
            file: dict(sum((c for (f, _), c in matches.items() if f == file), Counter()))
            for file in sorted(listed)
            if file not in known
        },
    )


class _Names:
    """In which splits each name occurs."""

    def __init__(self) -> None:
        self._counts: dict[str, list[int]] = {}

    def add(self, name: str | None, split: int) -> None:
        if name is not None:
            self._counts.setdefault(name, [0, 0, 0])[split] += 1

    def shared(self) -> list[Shared]:
        """The names of more than one split, those of most clips first."""
        found = [(name, counts) for name, counts in self._counts.items() if sum(c > 0 for c in counts) > 1]
        found.sort(key=lambda pair: (-sum(pair[1]), pair[0]))
        return [Shared(name=name, counts=dict(zip(SPLITS, counts, strict=True))) for name, counts in found]


def _overlaps(
    corpora: dict[str, Counter[str]],
    listed: dict[str, set[str]],
    matches: dict[tuple[str, str], Counter[str]],
    examples: dict[tuple[str, str], list[str]],
    most: int,
) -> tuple[tuple[Overlap, ...], set[str]]:
    """The overlaps by source, with the clips that are listed by name; and the files that were looked up."""
    found: list[Overlap] = []
    known: set[str] = set()
    for benchmark in benchmarks():
        for draw in benchmark.draws:
            for corpus, counts in sorted(corpora.items()):
                fits = in_saber(corpus) if draw.corpus == "*" else corpus_key(corpus) == draw.corpus
                if not fits:
                    continue
                files = [f for f in (draw.ids or "").split(", ") if f in listed]
                known.update(files)
                matched: Counter[str] = sum((matches.get((f, corpus), Counter()) for f in files), Counter())
                found.append(
                    Overlap(
                        benchmark=benchmark.name,
                        corpus=corpus,
                        relation=draw.relation,
                        part=draw.part,
                        source=draw.source,
                        counts={n: counts[n] for n in SPLITS},
                        listed_in=", ".join(files) or None,
                        matched=dict(matched),
                        examples=tuple(i for f in files for i in examples.get((f, corpus), ()))[:most],
                    )
                )
    return tuple(found), known


def _pairs(
    alike: Sequence[near_media.Pair], ids: list[str], split: Sequence[int], most: int
) -> tuple[Pair, ...]:
    return tuple(
        Pair(
            first=ids[a],
            first_split=SPLITS[split[a]],
            second=ids[b],
            second_split=SPLITS[split[b]],
            picture_distance=seen,
            sound_distance=heard,
        )
        for a, b, seen, heard in alike[:most]
    )


def _shared(said: Said) -> Shared:
    return Shared(name=said.text, counts=dict(zip(SPLITS, said.counts, strict=True)))
