"""Which part of an answer is each token of: what is seen, what is heard, or what follows from both?"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

__all__ = ["PARTS", "SectionWeights", "parts_of_tokens"]

PARTS = ("visual", "acoustic", "reasoning")

_OPENS = {
    "visual": r"<visual_evidence>|<(?:scene|face|body)>|\"(?:video_desc|facial_exp_desc|body_lang_desc)\"",
    "acoustic": r"<acoustic_evidence>|<(?:voice|speech)>|\"(?:audio_desc|acoustic_feat|speech_content)\"",
    "reasoning": r"<(?:reasoning|emotion)>|\"(?:sentiment_analysis|emotion)\"",
}
_MARK = re.compile("|".join(f"(?P<{part}>{pattern})" for part, pattern in _OPENS.items()), re.IGNORECASE)


@dataclass(frozen=True)
class SectionWeights:
    """How much a token of each part counts in the loss. Own choice: all the same. The label counts as
    reasoning, and so does whatever stands in no part (an answer of another form, the token that ends it)."""

    visual: float = 1.0
    acoustic: float = 1.0
    reasoning: float = 1.0

    def __post_init__(self) -> None:
        if (
            min(self.visual, self.acoustic, self.reasoning) < 0
            or self.visual + self.acoustic + self.reasoning <= 0
        ):
            raise ValueError("section weights must not be negative, nor all of them 0")

    def of(self, part: int) -> float:
        return (self.visual, self.acoustic, self.reasoning)[part]


def parts_of_tokens(answer: str, tokenizer: Any, tokens: int) -> list[int]:
    """Index into `PARTS` for each of the answer's `tokens`, the one that ends it included.

    A token belongs to the part whose mark (tag or key) began last before its end; before the first mark, to
    that of the first.
    """
    marks = [(m.start(), PARTS.index(str(m.lastgroup))) for m in _MARK.finditer(answer)]
    if not marks:
        return [PARTS.index("reasoning")] * tokens
    spans = tokenizer(answer, add_special_tokens=False, return_offsets_mapping=True)["offset_mapping"]
    found: list[int] = []
    at = 0
    for _, end in spans:
        while at + 1 < len(marks) and marks[at + 1][0] < end:
            at += 1
        found.append(marks[at][1])
    return [*found, *[PARTS.index("reasoning")] * (tokens - len(found))]
