"""What does a model think of an answer's reasoning?"""

from __future__ import annotations

import json
import re
from typing import Any

from saber.core.prompts import prompt_of
from saber.core.taxonomy import Language
from saber.models import Request, Sampling

__all__ = ["judge_request", "read_judgement"]

_SCHEMA: dict[str, Any] = {
    "type": "object",
    "properties": {"reason": {"type": "string"}, "score": {"type": "integer"}},
    "required": ["reason", "score"],
    "additionalProperties": False,
}
_BEST = 10


def judge_request(answer: str, language: Language, clip: str = "") -> Request:
    """One greedy question about one answer; no media."""
    words = prompt_of("saber.train.pairs", "judge", language)
    # As a JSON string, so that no word of an answer can pass for a part of the prompt.
    user = words.fill("user", answer=json.dumps(answer, ensure_ascii=False))
    sampling = Sampling(max_tokens=256)
    return Request(user=user, system=words.parts["system"], schema=_SCHEMA, sampling=sampling, clip=clip)


def read_judgement(raw: str) -> float | None:
    """0 to 1; None when the reply holds no whole number from 0 to 10 where the score belongs."""
    for found in re.finditer(r"\{[^{}]*\}", raw):
        try:
            score = json.loads(found.group())["score"]
        except (ValueError, KeyError, TypeError):
            continue
        if isinstance(score, int) and not isinstance(score, bool) and 0 <= score <= _BEST:
            return score / _BEST
    return None
