"""What did people answer who heard, saw, or heard and saw CREMA-D's clips? (Read by the other scripts.)

`annotations/cremad/tabulatedVotes.csv` (Cao et al. 2014, ODbL 1.0): 7,442 clips of 91 actors, each judged
by people who heard it (row numbers 1xxxxx), saw it (2xxxxx), or both (3xxxxx), as counts of six answers.
Every fourth actor, from the fourth on, is held out: 22 of them.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from saber.core.taxonomy import AFFECT, Emotion

Array = NDArray[np.float64]
Indices = NDArray[np.int64]
Mask = NDArray[np.bool_]

ANSWERS: tuple[Emotion, ...] = (
    Emotion.NEUTRAL, Emotion.HAPPINESS, Emotion.SADNESS, Emotion.ANGER, Emotion.FEAR, Emotion.DISGUST,
)  # fmt: skip
K = len(ANSWERS)
_LETTERS = "NHSAFD"
_INTENDED = {"NEU": 0, "HAP": 1, "SAD": 2, "ANG": 3, "FEA": 4, "DIS": 5}


@dataclass(frozen=True)
class Votes:
    """Counts of answers, shape (clips, 6), in the order of `ANSWERS`; one row per clip."""

    clips: tuple[str, ...]
    actor: Indices
    intended: Indices
    heard: Array
    seen: Array
    both: Array

    @property
    def held_out(self) -> Mask:
        """True for the clips of the held-out actors."""
        actors = np.unique(self.actor)
        return np.isin(self.actor, actors[3::4])

    @property
    def target(self) -> Array:
        """Shares of the answers of those who heard and saw the clip."""
        shares: Array = self.both / self.both.sum(1, keepdims=True)
        return shares

    def take(self, mask: Mask) -> Votes:
        clips = tuple(c for c, keep in zip(self.clips, mask, strict=True) if keep)
        return Votes(
            clips, self.actor[mask], self.intended[mask], self.heard[mask], self.seen[mask], self.both[mask]
        )


def read_votes(media: Path) -> Votes:
    """All clips. Raises ValueError when the file isn't as described at the head."""
    found: dict[str, dict[str, list[int]]] = {}
    with (media / "annotations/cremad/tabulatedVotes.csv").open(newline="", encoding="utf-8") as file:
        for row in csv.DictReader(file):
            counts = [int(row[letter]) for letter in _LETTERS]
            if sum(counts) != int(row["numResponses"]):
                raise ValueError(f"{row['fileName']}: {sum(counts)} votes, {row['numResponses']} responses")
            found.setdefault(row["fileName"], {})[row[""][0]] = counts
    clips = tuple(sorted(found))
    heard, seen, both = (np.array([found[c][kind] for c in clips], dtype=float) for kind in "123")
    actor = np.array([int(c.split("_")[0]) for c in clips])
    intended = np.array([_INTENDED[c.split("_")[2]] for c in clips])
    return Votes(clips, actor, intended, heard, seen, both)


def majority(counts: Array) -> Indices:
    """The answer that most people gave, or -1 at a tie."""
    top = counts.max(1, keepdims=True)
    return np.where((counts == top).sum(1) == 1, counts.argmax(1), -1)


def disagreeing(votes: Votes) -> Mask:
    """Clips whose face, voice and both-majorities exist and whose face and voice majorities differ."""
    face, voice, both = majority(votes.seen), majority(votes.heard), majority(votes.both)
    mask: Mask = (face >= 0) & (voice >= 0) & (both >= 0) & (face != voice)
    return mask


def affect(counts: Array, dimension: int) -> Array:
    """Valence (0) or arousal (1) of each panel: its answers' mean place in `AFFECT`."""
    place = np.array([AFFECT[e][dimension] for e in ANSWERS])
    result: Array = counts / counts.sum(1, keepdims=True) @ place
    return result


def unrelated_pairs(votes: Votes) -> tuple[Indices, Indices]:
    """All (face's clip, voice's clip) of one actor whose intended emotions differ."""
    face, voice = [], []
    for actor in np.unique(votes.actor):
        mine = np.flatnonzero(votes.actor == actor)
        i, j = np.nonzero(votes.intended[mine][:, None] != votes.intended[mine][None, :])
        face.append(mine[i])
        voice.append(mine[j])
    return np.concatenate(face), np.concatenate(voice)
