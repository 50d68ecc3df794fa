"""Every model behind one door: a request goes in, a reply comes out."""

from saber.models.budget import Budget, Price
from saber.models.caller import Caller, Patience
from saber.models.model import Model
from saber.models.pace import Pace
from saber.models.request import Kind, Media, Reply, Request, Sampling, Send, Usage

__all__ = [
    "Budget",
    "Caller",
    "Kind",
    "Media",
    "Model",
    "Pace",
    "Patience",
    "Price",
    "Reply",
    "Request",
    "Sampling",
    "Send",
    "Usage",
]
