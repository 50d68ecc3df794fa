"""What is a model to the rest of the program?"""

from __future__ import annotations

from collections.abc import AsyncGenerator
from typing import Protocol

from saber.core.errors import UsageError
from saber.models.request import Kind, Reply, Request

__all__ = ["Model", "check_takes"]


class Model(Protocol):
    """Anything that answers a request. The contract suite in the tests runs on every implementation.

    Attributes:
        spec: as the user wrote it (`openai:qwen-omni`).
        takes: what it can take besides text.
        goes_to: the host that requests leave for, or None when they stay in this process or on loopback.
        constrains: it can be held to a JSON schema while it writes.
    """

    spec: str
    takes: frozenset[Kind]
    goes_to: str | None
    constrains: bool

    async def ask(self, request: Request) -> Reply:
        """One call, no retry. Raises CallFailedError or RefusedCallError; UsageError, before anything is
        sent, for media that it does not take (`check_takes`)."""
        ...

    def stream(self, request: Request) -> AsyncGenerator[str | Reply, None]:
        """The one answer piece by piece, as it is written, and last the whole reply. Same errors, also when
        the answer breaks off."""
        ...

    async def close(self) -> None:
        """Let go of connections and weights; more than once is no error. A call after it is refused."""
        ...


def check_takes(model: Model, request: Request) -> None:
    """UsageError when the request holds media that the model can't take."""
    if unfit := request.needs - model.takes:
        raise UsageError(
            f"{model.spec} can't take {', '.join(sorted(unfit))}.",
            remedy="Send less, or use another model.",
        )
