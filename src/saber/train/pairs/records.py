"""Which records does the making of pairs hand on?"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from pydantic import Field

from saber.core.records import Cues, Record
from saber.core.taxonomy import Emotion, Language, Modality

__all__ = ["PARTS", "Candidate", "Facts", "Origin", "Pair", "Scores"]

PARTS = ("structure", "entailed", "consistent", "grounded", "balanced", "dominance", "label", "judge")
"""Of a score."""


Made = Literal["without_sound", "without_picture", "swapped_acoustic", "swapped_visual"]
Origin = Literal["drawn", "person"] | Made
"""Where an answer comes from. `drawn`: the model, asked with the whole clip. `without_...`: the model, asked
without that. `swapped_...`: made, with that evidence of another clip in it. `person`: a reviewer."""


@dataclass(frozen=True)
class Facts:
    """What is known of a clip besides the clip itself; None is unknown.

    label: of the whole clip; `unimodal`: of what a modality shows by itself.
    """

    cues: Cues | None = None
    label: Emotion | None = None
    unimodal: Mapping[Modality, Emotion] = field(default_factory=dict)
    half: Literal["consistent", "inconsistent", "unclear"] | None = None
    language: Language | None = None


class Scores(Record):
    """The parts of an answer's score, each 0 (worst) to 1 (best); None: can't be told.

    `total` is the mean of those that can be told, by their weights; 0 for an answer whose form is broken.
    """

    structure: float | None = None
    entailed: float | None = None
    consistent: float | None = None
    grounded: float | None = None
    balanced: float | None = None
    dominance: float | None = None
    label: float | None = None
    judge: float | None = None
    total: float
    why: dict[str, str] = Field(default_factory=dict)
    """What decided a part, in a few words."""


class Candidate(Record):
    """One answer to one question."""

    row: str
    """The question's name, `FILE:LINE`."""
    clip: str
    text: str
    origin: Origin
    scores: Scores


@dataclass(frozen=True)
class Pair:
    """Two answers to one question. `by`: `score`, or `person` where somebody chose."""

    chosen: Candidate
    rejected: Candidate
    by: Literal["score", "person"] = "score"

    @property
    def gap(self) -> float:
        return self.chosen.scores.total - self.rejected.scores.total
