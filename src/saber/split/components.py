"""Which clips must stay together?

Clips hang together by a speaker, a group, a file, or by being near-duplicates; whatever hangs together, also
over several steps, is one component. In MELD nearly everything does: its six main speakers meet in every
other dialogue.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from saber.split.roster import Roster, scramble

__all__ = ["Components", "components"]


@dataclass(frozen=True)
class Components:
    """n clips in c components.

    Attributes:
        of_clip: shape (n,), each clip's component, 0 to c-1.
        size: shape (c,), clips.
        place: shape (c,), 0 to 1 and evenly spread: where a component lies when all are drawn up in line.
            It hangs on the names of the component's members and on the seed alone. When a component grows,
            or two become one, it keeps the place of the part that holds the first name (in order of hash).
        corpus: shape (c,), the corpus that most of its clips are from.
    """

    of_clip: NDArray[np.int32]
    size: NDArray[np.int64]
    place: NDArray[np.float64]
    corpus: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.size)


def components(roster: Roster, seed: int, *, near: bool = True) -> Components:
    """The connected components, found over clips and names as the two kinds of nodes of one graph.

    near: near-duplicates hang together too; without, one sees what the others alone join.
    """
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    n = len(roster)
    if n == 0:
        empty = np.zeros(0, np.int64)
        return Components(empty.astype(np.int32), empty, empty.astype(np.float64), empty)
    names_of = [roster.own, roster.speaker, roster.group, roster.file, *([roster.near] if near else [])]
    columns = [np.frombuffer(c, np.uint64) for c in names_of]
    clips = np.tile(np.arange(n, dtype=np.int32), len(columns))
    names = np.concatenate(columns)
    there = names != 0
    clips, names = clips[there], names[there]
    nodes = np.unique(names, return_inverse=True)[1].astype(np.int32) + np.int32(n)
    total = int(nodes.max()) + 1
    graph = coo_array((np.ones(len(clips), np.int8), (clips, nodes)), shape=(total, total))
    _, label = connected_components(graph.tocsr(), directed=False)
    of_clip = np.unique(label[:n], return_inverse=True)[1].astype(np.int32)
    count = int(of_clip.max()) + 1
    first = np.full(count, np.iinfo(np.uint64).max, np.uint64)
    np.minimum.at(first, of_clip, _anchors(roster, seed))
    # The least of many names tends to be small: scrambled again, large components lie anywhere.
    place = scramble(first, seed + 1) / 2.0**64
    corpora = np.frombuffer(roster.corpus, np.uint16)
    return Components(of_clip, np.bincount(of_clip), place, _majority(of_clip, corpora, roster.corpora.words))


def _anchors(roster: Roster, seed: int) -> NDArray[np.uint64]:
    """Per clip the least of its lasting names: speaker and group, or else its source's id. Not its file's
    path: a folder may be moved."""
    most = np.uint64(np.iinfo(np.uint64).max)
    speaker, group, source = (
        np.where(hashes == 0, most, scramble(hashes, seed))
        for hashes in (np.frombuffer(c, np.uint64) for c in (roster.speaker, roster.group, roster.source))
    )
    named = np.minimum(speaker, group)
    return np.asarray(np.where(named == most, source, named), np.uint64)


def _majority(of_clip: NDArray[np.int32], corpora: NDArray[np.uint16], words: list[str]) -> NDArray[np.int64]:
    """Each component's most frequent corpus, the first by name among equals."""
    by_name = np.argsort(np.argsort(np.array(words)))  # code -> rank of the word: codes hang on the order met
    pairs, counts = np.unique(of_clip.astype(np.int64) * len(words) + by_name[corpora], return_counts=True)
    order = np.lexsort((pairs, -counts))
    owner = pairs[order] // len(words)
    _, first = np.unique(owner, return_index=True)
    ranks = pairs[order][first] % len(words)
    return np.asarray(np.argsort(by_name)[ranks], np.int64)
