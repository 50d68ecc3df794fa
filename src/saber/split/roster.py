"""What is kept of each clip while all of them are divided? Its id and a few numbers.

Names (speakers, groups, files, ids) become 64-bit hashes: of 2 million names two are equal by chance with a
probability of 1e-7, and then two components are joined, which leaks nothing.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterator
from hashlib import blake2b

import numpy as np
from numpy.typing import NDArray

from saber.core.dataset import Annotated, Compared, Source, Unique, Verified
from saber.core.taxonomy import Emotion
from saber.flow import Item
from saber.split.settings import SplitSettings

__all__ = ["Codes", "Roster", "name_hash", "scramble"]


class Codes:
    """Small numbers for words that occur again and again, in the order in which they were met."""

    def __init__(self) -> None:
        self.words: list[str] = []
        self._code: dict[str, int] = {}

    def __getitem__(self, word: str) -> int:
        code = self._code.get(word)
        if code is None:
            code = self._code[word] = len(self.words)
            self.words.append(word)
        return code

    def __len__(self) -> int:
        return len(self.words)


class Roster:
    """Columns, one entry a clip."""

    def __init__(self, settings: SplitSettings) -> None:
        self._settings = settings
        self._ids = bytearray()
        self._ends = array("Q")
        self.own, self.source, self.speaker, self.group, self.file, self.near = (array("Q") for _ in range(6))
        """Hashes of names; 0: none. `source` is the id of what the clip was cut from, or its own, `near` that
        of the near-duplicate that it is linked to."""
        self.corpora, self.languages, self.emotions, self.halves, self.judges = (Codes() for _ in range(5))
        self.corpus, self.language, self.emotion, self.half, self.judged_by = (array("H") for _ in range(5))

    def add(self, item: Item) -> None:
        source = item.of("source", Source).holding_for(item.id)
        stands = item.of("verify", Verified).stands(item.of("annotate", Annotated))
        compared = item.of("compare", Compared)
        self._ids += item.id.encode()
        self._ends.append(len(self._ids))
        by = self._settings.together
        self.own.append(name_hash("id", item.id))
        self.source.append(name_hash("source", source.id))
        self.speaker.append(name_hash("speaker", source.speaker) if by != "group" else 0)
        self.group.append(name_hash("group", source.group) if by != "speaker" else 0)
        self.file.append(name_hash("file", source.path))
        self.near.append(self._linked(item.of("duplicates", Unique)))
        self.corpus.append(self.corpora[source.corpus])
        self.language.append(self.languages[source.language or stands.language])
        self.emotion.append(self.emotions[_emotion(source, stands)])
        self.half.append(self.halves[compared.half])
        self.judged_by.append(self.judges[_judges(compared)])

    def __len__(self) -> int:
        return len(self._ends)

    def ids(self) -> Iterator[str]:
        start = 0
        for end in self._ends:
            yield self._ids[start:end].decode()
            start = end

    def judges_of(self, clip: int) -> tuple[str, ...]:
        return tuple(self.judges.words[self.judged_by[clip]].split("\n"))

    def _linked(self, unique: Unique) -> int:
        settings = self._settings
        known = [
            distance <= limit
            for distance, limit in (
                (unique.picture_distance, settings.max_linked_picture_distance),
                (unique.sound_distance, settings.max_linked_sound_distance),
            )
            if distance is not None
        ]
        return name_hash("id", unique.nearest) if known and all(known) else 0


def name_hash(kind: str, name: str | None) -> int:
    """64 bits of the name, never 0; 0 for no name."""
    if name is None:
        return 0
    return int.from_bytes(blake2b(f"{kind}\0{name}".encode(), digest_size=8).digest(), "little") or 1


def scramble(hashes: NDArray[np.uint64], seed: int) -> NDArray[np.uint64]:
    """Other 64-bit numbers, evenly spread, the same for the same seed (SplitMix64's finisher, Steele et al.
    2014)."""
    start = np.frombuffer(blake2b(f"seed\0{seed}".encode(), digest_size=8).digest(), np.uint64)[0]
    z = hashes + start
    z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return np.asarray(z ^ (z >> np.uint64(31)), np.uint64)


def _emotion(source: Source, stands: Annotated) -> str:
    """The corpus' label; without one the writer's, without that the measured one."""
    label: Emotion | None = source.label or stands.emotion_said or stands.emotion.label
    return label.value if label is not None else "none"


def _judges(compared: Compared) -> str:
    asked = compared.opinions
    if compared.half != "unclear":
        asked = tuple(o for o in asked if o.verdict == compared.half)
    return "\n".join(o.judge for o in asked)
