"""How are candidates drawn, scored and paired?"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

__all__ = ["PairsSettings", "ScoreWeights"]


@dataclass(frozen=True)
class ScoreWeights:
    """How much each part of the score counts; 0 leaves it out. Own choices: the paper's scorer is not
    published. A part that can't be told for an answer is left out of its mean and not taken for good."""

    structure: float = 1.0
    entailed: float = 2.0
    consistent: float = 1.0
    grounded: float = 2.0
    balanced: float = 1.0
    dominance: float = 0.0
    """Above 0 it is computed at all, with weights that are here."""
    label: float = 1.0
    judge: float = 0.0

    def __post_init__(self) -> None:
        if min(vars(self).values()) < 0 or sum(vars(self).values()) <= 0:
            raise ValueError("weights of the score must not be negative, nor all of them 0")


@dataclass(frozen=True)
class PairsSettings:
    """Table `[pairs]`.

    Attributes:
        rows: the questions, as `saber instruct` writes them.
        out: folder of the pairs, the candidates with their scores, and the table.
        model: which model answers, as for `--model`.
        workspace: of the dataset that the rows come from: for cues, labels and halves; "" has none of them.
        candidates: per question; K = 10 is the paper's.
        temperature: 0.8 is the paper's.
        max_tokens: of an answer.
        least_score: of a chosen answer.
        least_gap: between the scores of chosen and rejected, 0 to 1.
        longest_ratio: of the longer to the shorter answer of a pair.
        counterfactuals: share of the pairs, at most, whose rejected answer is made and not drawn.
        only_inconsistent: takes questions about clips of the inconsistent half only.
        choices: a JSON-lines file of people's choices, which replace the scorer's; "" has none.
    """

    rows: Path
    out: Path
    model: str = ""
    workspace: str = ""
    candidates: int = 10
    temperature: float = 0.8
    top_p: float = 1.0
    max_tokens: int = 1024
    least_score: float = 0.5
    least_gap: float = 0.1
    longest_ratio: float = 1.5
    counterfactuals: float = 0.3
    only_inconsistent: bool = False
    choices: str = ""
    seed: int = 0
    weights: ScoreWeights = field(default_factory=ScoreWeights)

    def __post_init__(self) -> None:
        if self.candidates < 1 or self.max_tokens < 1:
            raise ValueError("candidates and max_tokens must be at least 1")
        if not 0 <= self.temperature <= 2 or not 0 < self.top_p <= 1:
            raise ValueError("temperature is 0 to 2, top_p above 0 up to 1")
        if (
            not min(self.least_gap, self.least_score) >= 0
            or max(self.least_gap, self.least_score) > 1
            or self.longest_ratio < 1
            or not 0 <= self.counterfactuals <= 1
        ):
            raise ValueError("least_gap and counterfactuals are 0 to 1, longest_ratio at least 1")
