"""How is a model asked until its answer can be used, and what did that take?"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

from pydantic import ValidationError

from saber.core.records import Record
from saber.models import Caller, Reply, Request

__all__ = ["Cost", "ask_until_usable", "read_answer", "rulings_schema"]

T = TypeVar("T")
R = TypeVar("R", bound=Record)

_THOUGHT = re.compile(r"<think(?:ing)?>.*?(?:</think(?:ing)?>|\Z)", re.DOTALL | re.IGNORECASE)
_TRAILING = re.compile(r",(\s*[}\]])")


@dataclass
class Cost:
    """What asking about one clip took."""

    money: float | None = None
    tokens: int | None = None
    asked: dict[str, int] = field(default_factory=dict)
    """Requests by the model's spec."""

    def add(self, spec: str, reply: Reply) -> None:
        self.asked[spec] = self.asked.get(spec, 0) + 1
        if not reply.cached:
            self.pay(reply.cost)
            if (used := reply.usage.total_tokens) is not None:
                self.tokens = (self.tokens or 0) + used

    def pay(self, money: float | None) -> None:
        if money is not None:
            self.money = (self.money or 0.0) + money

    def told(self) -> dict[str, Any]:
        return {"requests": self.asked, "cost": self.money, "tokens": self.tokens}


async def ask_until_usable(
    caller: Caller,
    request_of: Callable[[str, int], Request],
    read: Callable[[Reply], T | str],
    retries: int,
    cost: Cost,
) -> T | str:
    """What `read` makes of an answer, or in a few words why none could be used.

    Args:
        request_of: makes the request from what was wrong before ("" the first time) and the count of tries.
        read: the value, or what is wrong with the answer.
        retries: further tries after the first.
    """
    why = ""
    for attempt in range(retries + 1):
        reply = await caller.ask(request_of(why, attempt))
        cost.add(caller.model.spec, reply)
        found = read(reply)
        if not isinstance(found, str):
            return found
        why = found
    return f"no usable answer in {retries + 1} attempts: {why}"


def read_answer(raw: str, kind: type[R]) -> R | str:
    """The JSON object in an answer as a record, or what is wrong with it.

    Thoughts, fences and text around the object are passed over and a trailing comma is taken out. Nothing
    else is repaired: what is missing is not guessed.
    """
    text = _THOUGHT.sub("", raw)
    start = text.find("{")
    if start < 0:
        return "it holds no JSON object"
    try:
        value, _ = json.JSONDecoder().raw_decode(_TRAILING.sub(r"\1", text[start:]))
    except (json.JSONDecodeError, RecursionError) as error:
        return f"the JSON is broken ({getattr(error, 'msg', 'nested too deeply')})"
    try:
        return kind.model_validate(value)
    except ValidationError as error:
        first = error.errors()[0]
        return f"{'.'.join(str(part) for part in first['loc']) or 'the object'}: {first['msg']}"


def rulings_schema(names: Sequence[str], verdicts: Sequence[str]) -> dict[str, Any]:
    """JSON schema of an answer with one ruling for each name: quote, reason and one of the verdicts.

    It uses no more than every server with constrained decoding knows.
    """
    ruling = {
        "type": "object",
        "properties": {
            "quote": {"type": "string"},
            "reason": {"type": "string"},
            "verdict": {"type": "string", "enum": list(verdicts)},
        },
        "required": ["quote", "reason", "verdict"],
        "additionalProperties": False,
    }
    return {
        "type": "object",
        "properties": dict.fromkeys(names, ruling),
        "required": list(names),
        "additionalProperties": False,
    }
