"""Every model behind one door: a request goes in, a reply comes out.

`talk_of` is what local weights are given of a request, `split_name` how their name is read. They bring numpy
and the reader of clips, which asking a server does not need, and are imported when they are asked for.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from saber.models.budget import Budget, Estimate, Price, estimate
from saber.models.caller import Caller, Patience
from saber.models.local import LocalSettings
from saber.models.model import Model
from saber.models.pace import Pace
from saber.models.request import Kind, Media, Reply, Request, Sampling, Send, Usage
from saber.models.shelf import SqliteShelf
from saber.models.spec import EMBEDDED, ModelSettings, check_spec, default_send, make_caller
from saber.models.tally import Tally

if TYPE_CHECKING:
    from saber.models.hf import split_name
    from saber.models.local_input import talk_of

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
    "split_name",
    "talk_of",
]


def __getattr__(name: str) -> Any:
    if name == "split_name":
        from saber.models.hf import split_name

        return split_name
    if name == "talk_of":
        from saber.models.local_input import talk_of

        return talk_of
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
