"""May this call still be made, and what has been spent?

A call is reserved at its most before it is sent and settled at what it really took afterwards, so that calls
under way at the same time can't pass the limit together.
"""

from __future__ import annotations

from dataclasses import dataclass

from saber.core.errors import BudgetSpentError
from saber.models.request import Kind, Request, Usage

__all__ = ["Budget", "Estimate", "Price", "estimate"]

TOKENS_PER_FRAME = 1_500
TOKENS_PER_AUDIO_S = 60
TOKENS_PER_VIDEO_S = 1_000
"""Own choice, above what the vendors' documents state for frames of up to 768 px at one to two a second."""

UNKNOWN_VIDEO_S = 600.0
"""A video of unknown length counts as the longest that the reader reads by default."""

_WAV_BYTES_PER_S = 32_000


@dataclass(frozen=True)
class Price:
    """Money per million tokens, as the user's contract says; SABER ships no prices, for they change."""

    prompt_per_million: float
    answer_per_million: float
    currency: str = "USD"

    def of(self, prompt_tokens: int, answer_tokens: int) -> float:
        return (prompt_tokens * self.prompt_per_million + answer_tokens * self.answer_per_million) / 1e6


@dataclass(frozen=True)
class Estimate:
    """The most that a call can take."""

    prompt_tokens: int
    answer_tokens: int
    cost: float | None

    @property
    def tokens(self) -> int:
        return self.prompt_tokens + self.answer_tokens


def estimate(request: Request, price: Price | None) -> Estimate:
    """An upper bound: no tokenizer makes more text tokens than there are bytes, and schemas count as text."""
    prompt = len(request.system.encode()) + len(request.user.encode()) + 64
    if request.schema is not None:
        prompt += len(str(request.schema).encode())
    for media in request.media:
        if media.kind is Kind.FRAMES:
            prompt += TOKENS_PER_FRAME
        elif media.kind is Kind.AUDIO:
            prompt += int(len(media.data) / _WAV_BYTES_PER_S + 1) * TOKENS_PER_AUDIO_S
        else:
            lasts_s = UNKNOWN_VIDEO_S if media.lasts_s is None else media.lasts_s
            prompt += int(lasts_s + 1) * TOKENS_PER_VIDEO_S
    answer = request.sampling.max_tokens * request.sampling.n
    return Estimate(prompt, answer, price.of(prompt, answer) if price else None)


class Budget:
    """A limit in tokens, in money, in both or in none. Not thread-safe: one event loop owns it."""

    def __init__(
        self, *, tokens: int | None = None, money: float | None = None, price: Price | None = None
    ) -> None:
        if money is not None and price is None:
            raise ValueError("a budget in money needs a price")
        self.price = price
        self.token_limit = tokens
        self.money_limit = money
        self.tokens_spent = 0
        self.money_spent = 0.0
        self._tokens_reserved = 0
        self._money_reserved = 0.0

    def reserve(self, most: Estimate) -> None:
        """Set the call's most aside. Raises BudgetSpentError, changing nothing, when it does not fit."""
        tokens = self.tokens_spent + self._tokens_reserved + most.tokens
        money = self.money_spent + self._money_reserved + (most.cost or 0.0)
        if self.token_limit is not None and tokens > self.token_limit:
            raise BudgetSpentError(
                f"The budget of {self.token_limit} tokens does not cover this call: {self.tokens_spent} "
                f"are spent, {self._tokens_reserved} under way, and it may take {most.tokens}."
            )
        if self.money_limit is not None and money > self.money_limit:
            currency = self.price.currency if self.price else ""
            raise BudgetSpentError(
                f"The budget of {self.money_limit:g} {currency} does not cover this call: "
                f"{self.money_spent:.4f} are spent, {self._money_reserved:.4f} under way, "
                f"and it may take {most.cost:.4f}."
            )
        self._tokens_reserved += most.tokens
        self._money_reserved += most.cost or 0.0

    def settle(self, most: Estimate, usage: Usage | None) -> float | None:
        """Replace the reservation by what was used; None: nothing was. Returns the cost.

        Where the server did not say how much, the most counts: a budget that guesses low is none.
        """
        self._tokens_reserved -= most.tokens
        self._money_reserved -= most.cost or 0.0
        if usage is None:
            return None
        prompt = most.prompt_tokens if usage.prompt_tokens is None else usage.prompt_tokens
        answer = most.answer_tokens if usage.answer_tokens is None else usage.answer_tokens
        self.tokens_spent += prompt + answer
        if self.price is None:
            return None
        cost = self.price.of(prompt, answer)
        self.money_spent += cost
        return cost
