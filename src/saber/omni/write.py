"""How do several prompts become several answers each, every prompt read only once?

Prompts are read as one batch. The memory of each (its keys and values) is then repeated for its candidates,
so that K of them cost one reading; `generate(num_return_sequences=K)` would read each K times.

Every candidate draws with its own generator, seeded by its request: what it writes does not depend on who
else is in the batch, beyond rounding.
"""

from __future__ import annotations

import secrets
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from saber.omni.batch import collate
from saber.omni.encoder import Encoded, Encoder
from saber.omni.grammar import Held
from saber.omni.weights import Loaded

if TYPE_CHECKING:
    import torch

__all__ = ["Draft", "Order", "next_token_logits", "write"]


@dataclass
class Order:
    """One prompt and how it is to be answered. `temperature` 0 takes the likeliest token each time."""

    prompt: Encoded
    candidates: int = 1
    temperature: float = 0.0
    top_p: float = 1.0
    max_tokens: int = 256
    seed: int | None = 0
    held: Callable[[], Held] | None = None
    on_token: Callable[[int, int], None] | None = None
    """Called with the candidate's number and each token that it writes."""
    cancelled: threading.Event = field(default_factory=threading.Event)


@dataclass
class Draft:
    """One candidate's answer: the tokens without the one that ends it, and whether it ended by itself."""

    tokens: list[int] = field(default_factory=list)
    ended: bool = False


class _Row:
    """One candidate being written."""

    def __init__(self, order: Order, number: int, seed: int) -> None:
        self.order, self.number, self.draft = order, number, Draft()
        self.random = np.random.default_rng([seed, number])
        self.held = order.held() if order.held is not None else None
        self.done = False

    def take(self, token: int, stops: frozenset[int]) -> None:
        if token in stops:
            self.draft.ended = self.done = True
            return
        self.draft.tokens.append(token)
        if self.held is not None:
            self.held.take(token)
            self.draft.ended = self.done = self.held.ended
        if self.order.on_token is not None:
            self.order.on_token(self.number, token)
        if len(self.draft.tokens) >= self.order.max_tokens or self.order.cancelled.is_set():
            self.done = True


def write(
    orders: Sequence[Order], loaded: Loaded, encoder: Encoder, stops: frozenset[int]
) -> list[list[Draft]]:
    """The candidates of each order, in order.

    Args:
        orders: at least one.
        loaded: the model.
        encoder: that made the prompts.
        stops: tokens that end an answer.

    Raises torch.OutOfMemoryError when the batch does not fit; nothing is left in the device's memory then.
    """
    import torch

    rows = [_Row(order, number, _seed(order.seed)) for order in orders for number in range(order.candidates)]
    made = [[row.draft for row in rows if row.order is order] for order in orders]
    of = [place for place, order in enumerate(orders) for _ in range(order.candidates)]
    with torch.inference_mode():
        batch = collate([order.prompt for order in orders], encoder.layout, encoder.pad_id)
        logits, cache = _read(batch, loaded)
        repeat = torch.tensor(of, device=loaded.device)
        if len(of) > len(orders):
            cache.batch_select_indices(repeat)
        logits = logits[repeat]
        mask = batch["attention_mask"].to(loaded.device)[repeat]
        # The next position follows the largest of the prompt, which with video is not its length.
        at = torch.stack([torch.as_tensor(o.prompt.positions.max() + 1) for o in orders]).to(loaded.device)[
            repeat
        ]
        alive = rows
        vocabulary = len(encoder.tokenizer)
        while True:
            tokens = _draw(alive, logits[:, :vocabulary].float())
            for row, token in zip(alive, tokens, strict=True):
                row.take(token, stops)
            stay = [place for place, row in enumerate(alive) if not row.done]
            if not stay:
                return made
            if len(stay) < len(alive):
                kept = torch.tensor(stay, device=loaded.device)
                cache.batch_select_indices(kept)
                mask, at = mask[kept], at[kept]
                alive = [alive[place] for place in stay]
                tokens = [tokens[place] for place in stay]
            mask = torch.cat([mask, mask.new_ones(len(alive), 1)], dim=1)
            out = loaded.thinker.model(
                input_ids=torch.tensor(tokens, device=loaded.device)[:, None],
                attention_mask=mask,
                position_ids=at[None, :, None].expand(3, -1, -1),
                cache=cache,
                use_cache=True,
            )
            logits = loaded.thinker.lm_head(out.last_hidden_state[:, -1])
            at = at + 1


def next_token_logits(prompts: Sequence[Encoded], loaded: Loaded, encoder: Encoder) -> torch.Tensor:
    """float32 (prompts, vocabulary): what the model would write first. For checks and measurements."""
    import torch

    with torch.inference_mode():
        logits, _ = _read(collate(prompts, encoder.layout, encoder.pad_id), loaded)
    return logits.float()


def _read(batch: dict[str, torch.Tensor], loaded: Loaded) -> tuple[torch.Tensor, Any]:
    """Logits after the last token of each prompt, and the memory. Only there: those of all positions of a
    long prompt would be larger than the model's memory of it."""
    placed = {name: tensor.to(loaded.device) for name, tensor in batch.items()}
    out = loaded.thinker.model(**placed, use_cache=True)
    return loaded.thinker.lm_head(out.last_hidden_state[:, -1]), out.cache


def _draw(rows: Sequence[_Row], logits: torch.Tensor) -> list[int]:
    """One token for each row, of those that its schema allows."""
    import torch

    held = [row for row in rows if row.held is not None]
    if held:
        allowed = np.ones(tuple(logits.shape), bool)
        for place, row in enumerate(rows):
            if row.held is not None:
                allowed[place] = row.held.allowed()
        logits = logits.masked_fill(~torch.from_numpy(allowed).to(logits.device), -torch.inf)
    likeliest = logits.argmax(-1)
    if all(row.order.temperature == 0 for row in rows):
        return [int(token) for token in likeliest.tolist()]

    def column(values: list[float]) -> torch.Tensor:
        return torch.tensor(values, dtype=torch.float32, device=logits.device)[:, None]

    heat = column([row.order.temperature or 1.0 for row in rows])
    probs, tokens = torch.softmax(logits / heat, -1).sort(-1, descending=True)
    sums = probs.cumsum(-1)
    # Of the likeliest that together reach top_p; the first always stays.
    inside = (sums - probs) < column([row.order.top_p for row in rows])
    mass = (probs * inside).sum(-1, keepdim=True)
    point = column([float(row.random.random()) for row in rows]) * mass
    places = (sums <= point).sum(-1, keepdim=True).clamp(max=inside.sum(-1, keepdim=True) - 1)
    drawn = tokens.gather(-1, places)[:, 0]
    cold = torch.tensor([row.order.temperature == 0 for row in rows], device=logits.device)
    return [int(token) for token in torch.where(cold, likeliest, drawn).tolist()]


def _seed(seed: int | None) -> int:
    return secrets.randbits(63) if seed is None else abs(seed)
