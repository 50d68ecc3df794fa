"""Every model behind one door: a request goes in, a reply comes out."""

from saber.models.budget import Budget, Estimate, Price, estimate
from saber.models.caller import Caller, Patience
from saber.models.local import LocalSettings
from saber.models.model import Model
from saber.models.pace import Pace
from saber.models.request import Kind, Media, Reply, Request, Sampling, Send, Usage
from saber.models.shelf import SqliteShelf
from saber.models.spec import EMBEDDED, ModelSettings, check_spec, default_send, make_caller
from saber.models.tally import Tally

__all__ = [
    "EMBEDDED",
    "Budget",
    "Caller",
    "Estimate",
    "Kind",
    "LocalSettings",
    "Media",
    "Model",
    "ModelSettings",
    "Pace",
    "Patience",
    "Price",
    "Reply",
    "Request",
    "Sampling",
    "Send",
    "SqliteShelf",
    "Tally",
    "Usage",
    "check_spec",
    "default_send",
    "estimate",
    "make_caller",
]
