"""How do several answers to one prompt fit into one row, none of them seeing the others?

    [prompt | answer 1 | answer 2 | ... | padding]

The prompt with its video and sound is read once. Each answer sees the prompt and itself (a block mask), and
its positions start after the prompt, as if it were alone: what a causal model computes for it is the same as
in a row of its own. The first token of every answer is predicted at the last token of the prompt.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import torch
from torch import Tensor

from saber.omni import Encoded

__all__ = ["Packed", "blind_mask", "pack", "target_places"]


@dataclass(frozen=True)
class Packed:
    """A prompt and its answers in one row.

    Attributes:
        row: all tokens with their positions; the media are the prompt's.
        prompt: how many of them are the prompt's.
        answers: how many each answer has, the token that ends it included.
    """

    row: Encoded
    prompt: int
    answers: tuple[int, ...]


def pack(prompt: Encoded, answers: Sequence[Sequence[int]]) -> Packed:
    """The row of a prompt and at least one answer. ValueError when an answer has no tokens."""
    if not answers or not all(len(answer) for answer in answers):
        raise ValueError("there must be an answer, and no answer may be empty")
    length = len(prompt.ids)
    alone = [prompt.followed_by(answer) for answer in answers]
    row = replace(
        prompt,
        ids=np.concatenate([prompt.ids, *(one.ids[length:] for one in alone)]),
        positions=np.concatenate([prompt.positions, *(one.positions[:, length:] for one in alone)], axis=1),
        counts=replace(prompt.counts, text=prompt.counts.text + sum(len(answer) for answer in answers)),
    )
    return Packed(row, length, tuple(len(answer) for answer in answers))


def blind_mask(rows: Sequence[Packed], length: int) -> Tensor:
    """bool (B, 1, L, L): may the token of that row (dimension 2) see that one (dimension 3)?

    length: L; rows are padded on the right. Padding sees the prompt, so that no softmax is over nothing.
    """
    # Which answer a token belongs to: 0 the prompt, 1, 2, ... the answers, -1 padding.
    owner = torch.full((len(rows), length), -1, dtype=torch.int32)
    for place, row in enumerate(rows):
        parts = [0] * row.prompt + [n for n, size in enumerate(row.answers, 1) for _ in range(size)]
        owner[place, : len(parts)] = torch.tensor(parts, dtype=torch.int32)
    asks, asked = owner[:, :, None], owner[:, None, :]
    at = torch.arange(length)
    return (((asked == 0) | ((asked == asks) & (asked > 0))) & (at[:, None] >= at[None, :]))[:, None]


def target_places(rows: Sequence[Packed], length: int) -> tuple[Tensor, Tensor]:
    """Where all answers' tokens are predicted, and which are whose.

    Returns `places` (N,) in the flattened batch (see `Reader`), and `answer` (N,), the number of the answer
    that a target belongs to, counted over the whole batch. Targets are in the order of the batch.
    """
    places: list[int] = []
    owner: list[int] = []
    answer = 0
    for number, row in enumerate(rows):
        at = number * length + row.prompt
        for size in row.answers:
            places += [number * length + row.prompt - 1, *range(at, at + size - 1)]
            owner += [answer] * size
            at += size
            answer += 1
    return torch.tensor(places), torch.tensor(owner)
