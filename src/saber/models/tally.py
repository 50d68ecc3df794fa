"""What have the calls of a run taken: calls, tokens of each kind, money?"""

from __future__ import annotations

from dataclasses import dataclass

from saber.models.budget import Estimate
from saber.models.request import Usage

__all__ = ["Tally"]


@dataclass
class Tally:
    """Counts up; one event loop owns it. Tokens are what the backend stated, of all calls together."""

    calls: int = 0
    """Sent to the model, every further try counted."""
    failed: int = 0
    """Of the calls, those that brought no answer."""
    cached: int = 0
    """Answers that needed no call: from the cache, or shared with who asked the same at the same time."""
    prompt_tokens: int = 0
    """Everything that was read, media included."""
    answer_tokens: int = 0
    video_tokens: int = 0
    """Of the prompt, where the backend counts them by themselves; so too `audio_tokens`."""
    audio_tokens: int = 0
    unstated: int = 0
    """Calls that may have cost something and did not say what: a budget counts them at their most."""
    unstated_tokens: int = 0
    """That most, of all of these."""
    money: float | None = None
    """None where no price is known. Calls of unstated use are in it at their most."""

    def add(self, most: Estimate, used: Usage | None, cost: float | None, *, answered: bool) -> None:
        """One call has ended. `used`: None when it took nothing, as for `Budget.settle`."""
        self.calls += 1
        self.failed += not answered
        if cost is not None:
            self.money = (self.money or 0.0) + cost
        if used is None:
            return
        prompt, answer = used.prompt_tokens, used.answer_tokens
        if prompt is None or answer is None:
            self.unstated += 1
            self.unstated_tokens += (most.prompt_tokens if prompt is None else 0) + (
                most.answer_tokens if answer is None else 0
            )
        self.prompt_tokens += prompt or 0
        self.answer_tokens += answer or 0
        self.video_tokens += used.video_tokens or 0
        self.audio_tokens += used.audio_tokens or 0

    def text(self, currency: str = "") -> str:
        """One line for a person."""
        if not self.calls:
            return f"No call was made; {_count(self.cached, 'answer')} from the cache."
        failed = f" ({self.failed} failed)" if self.failed else ""
        kinds = [
            f"{tokens:,} {name}"
            for name, tokens in (("video", self.video_tokens), ("sound", self.audio_tokens))
            if tokens
        ]
        of_them = f" ({', '.join(kinds)})" if kinds else ""
        said = (
            f"{_count(self.calls, 'call')}{failed}, {_count(self.cached, 'answer')} from the cache; "
            f"{self.prompt_tokens:,} prompt tokens{of_them}, {self.answer_tokens:,} answer tokens"
        )
        if self.money is not None:
            said += f"; {self.money:.4f} {currency}".rstrip()
        if self.unstated:
            said += (
                f". Not stated for {_count(self.unstated, 'call')}, and counted at most: "
                f"{self.unstated_tokens:,} tokens"
            )
        return said + "."


def _count(number: int, what: str) -> str:
    return f"{number:,} {what}{'' if number == 1 else 's'}"
