"""What does verification ask of whoever writes a failed text again?"""

from __future__ import annotations

from typing import Protocol

from saber.core.dataset import Annotated
from saber.core.taxonomy import Dimension
from saber.flow import Item, Tools

__all__ = ["Rewriter"]


class Rewriter(Protocol):
    """Writes one text of an annotation again.

    Called with an item whose record of `annotate` is the annotation as it stands. `attempt` is 2 the first
    time. None: nothing usable came.
    """

    async def start(self, tools: Tools) -> None: ...
    async def stop(self) -> None: ...
    async def __call__(
        self, item: Item, dimension: Dimension, reason: str, attempt: int
    ) -> Annotated | None: ...
