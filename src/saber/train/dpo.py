"""What is the preference loss of a pair?

Direct preference optimisation (Rafailov et al. 2023, arXiv 2305.18290, eq. 7), with three options:

    h    = (log pi(c) - log ref(c)) - (log pi(r) - log ref(r))        c chosen, r rejected, x given
    L    = -(1 - s) log sigmoid(beta h) - s log sigmoid(-beta h)  +  sft * NLL(c)

    s    label smoothing: the share of pairs that may be labelled the wrong way round ("conservative DPO",
         Mitchell 2023, "A note on DPO with noisy preferences", eq. 6); 0 is eq. 7 of Rafailov et al.
    sft  weight of the mean negative log-likelihood of the chosen tokens (RPO: Pang et al. 2024,
         arXiv 2404.19733, eq. 1; Liu et al. 2024, arXiv 2405.16436), which keeps the chosen answer likely
         where DPO alone may lower both.
    length-normalised: each of the two differences of h is divided by its answer's number of tokens (as SimPO
         does without a reference, Meng et al. 2024, arXiv 2405.14734; with one, Tulu 3, Lambert et al. 2024,
         arXiv 2411.15124, eq. 6), so that a longer answer has no larger say. beta must then be larger.

Pure tensors: P pairs, all arguments (P,), sums over the tokens of an answer, its end token included.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
import torch.nn.functional as F  # noqa: N812
from torch import Tensor

__all__ = ["DpoLoss", "Preferences", "preference_loss"]


@dataclass(frozen=True)
class DpoLoss:
    """Which loss; the defaults are the standard one. `beta` is not published for SABER; 0.1 is the value of
    Rafailov et al. (appendix B)."""

    beta: float = 0.1
    label_smoothing: float = 0.0
    sft: float = 0.0
    length_normalised: bool = False

    def __post_init__(self) -> None:
        if not self.beta > 0:
            raise ValueError(f"beta must be above 0, not {self.beta}")
        if not 0 <= self.label_smoothing < 0.5:
            raise ValueError(f"label_smoothing must be 0 up to below 0.5, not {self.label_smoothing}")
        if self.sft < 0:
            raise ValueError(f"sft must not be negative, and is {self.sft}")


@dataclass(frozen=True)
class Preferences:
    """What the loss of P pairs is made of. `loss` carries the gradient, the rest is for the log.

    Attributes:
        loss: (P,) of each pair without the SFT term.
        nll: scalar sum over all chosen tokens of their negative log-likelihood.
        chosen_reward, rejected_reward: (P,) beta (log pi - log ref), of Rafailov et al. section 5; over the
            answer's tokens where the loss is length-normalised.
        kl: (P, 2) log pi - log ref of chosen and rejected, per token: how far the policy has moved on these
            answers. An estimate of no true KL divergence: the answers are not drawn from the policy.
    """

    loss: Tensor
    nll: Tensor
    chosen_reward: Tensor
    rejected_reward: Tensor
    kl: Tensor

    @property
    def margin(self) -> Tensor:
        """(P,)"""
        return self.chosen_reward - self.rejected_reward

    @property
    def accuracy(self) -> Tensor:
        """(P,) 1 where the chosen answer has the larger reward; a tie counts as a failure."""
        return (self.margin > 0).float()


def preference_loss(
    chosen: Tensor,
    rejected: Tensor,
    chosen_reference: Tensor,
    rejected_reference: Tensor,
    chosen_tokens: Tensor,
    rejected_tokens: Tensor,
    form: DpoLoss,
) -> Preferences:
    """The loss of each pair.

    Args:
        chosen, rejected: log-probability of each answer under the policy.
        chosen_reference, rejected_reference: the same under the reference; no gradient flows into it.
        chosen_tokens, rejected_tokens: how many tokens each answer has.
        form: the options.
    """
    moved = torch.stack([chosen - chosen_reference.detach(), rejected - rejected_reference.detach()], dim=1)
    per_token = moved / torch.stack([chosen_tokens, rejected_tokens], dim=1)
    rewards = form.beta * (per_token if form.length_normalised else moved)
    logit = rewards[:, 0] - rewards[:, 1]
    s = form.label_smoothing
    loss = -(1 - s) * F.logsigmoid(logit) - s * F.logsigmoid(-logit)
    told = rewards.detach()
    return Preferences(
        loss=loss,
        nll=-chosen.sum(),
        chosen_reward=told[:, 0],
        rejected_reward=told[:, 1],
        kl=per_token.detach(),
    )
