"""How likely does a model hold given tokens, without the logits of a whole batch ever existing?

At 152,064 words, float32 logits take 0.6 MB a token; of a batch they would be larger than the model. Here
only the positions that predict a target are projected to the vocabulary, `chunk` of them at a time, and their
logits are computed again in the backward pass rather than kept.

N is the number of targets, H the width of the model, V the number of words, B rows of L tokens.
"""

from __future__ import annotations

from functools import partial
from typing import Any

import torch
from torch import Tensor, nn
from torch.utils.checkpoint import checkpoint

from saber.train.towers import hidden_of

__all__ = ["CHUNK", "Reader", "log_probs"]

CHUNK = 256
"""Own choice: at 152,064 words the float32 logits of a chunk take 156 MB."""


def log_probs(hidden: Tensor, head: Tensor, targets: Tensor, chunk: int = CHUNK) -> Tensor:
    """float32 (N,): log-probability of each target.

    Args:
        hidden: (N, H), the last layer at the positions that predict the targets.
        head: (V, H), the output embedding.
        targets: (N,) token ids.
        chunk: positions that are projected at once.
    """
    if not len(targets):
        return hidden.new_zeros(0, dtype=torch.float32)
    pieces = zip(torch.split(hidden, chunk), torch.split(targets, chunk), strict=True)
    if not torch.is_grad_enabled():
        return torch.cat([_chunk(some, head, of) for some, of in pieces])
    again = partial(checkpoint, _chunk, use_reentrant=False, preserve_rng_state=False)
    return torch.cat([again(some, head, of) for some, of in pieces])


def _chunk(hidden: Tensor, head: Tensor, targets: Tensor) -> Tensor:
    # float32 from here on: bfloat16 keeps 8 bits, and a sum over hundreds of tokens would drown in rounding.
    logits = (hidden @ head.T).float()
    return logits.gather(-1, targets[:, None])[:, 0] - logits.logsumexp(-1)


class Reader(nn.Module):
    """A language model as the function from a batch to the log-probabilities of its targets.

    It is one module so that whatever wraps it (DDP, FSDP, DeepSpeed) sees all of its work in one forward.

    lm: a transformers model with `model` (the layers; takes what `inputs` of a batch holds) and `lm_head`: a
        thinker of the Qwen-Omni family, or a causal language model. Adapters lie inside it.
    """

    def __init__(self, lm: Any, chunk: int = CHUNK) -> None:
        super().__init__()
        self.lm = lm
        self._chunk = chunk

    def forward(self, inputs: dict[str, Tensor], places: Tensor, targets: Tensor) -> Tensor:
        """float32 (N,).

        Args:
            inputs: what the model's layers take, or `seen` and `heard` in the place of the media.
            places: (N,) where in the flattened (B * L) batch the token before each target stands.
            targets: (N,) token ids.
        """
        hidden = hidden_of(self.lm, inputs)
        return log_probs(hidden.flatten(0, 1)[places], self.lm.lm_head.weight, targets, self._chunk)
