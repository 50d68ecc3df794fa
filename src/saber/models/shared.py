"""Who waits for one call, and what becomes of it when some of them give up?"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

from saber.models.request import Reply

__all__ = ["OnText", "SharedCall"]

OnText = Callable[[str], None]


class SharedCall:
    """A call under way that several may wait for. It goes on while at least one of them does.

    `work` gets the place to pass the answer's pieces on to; they reach the asker who began the call, until
    that one gives up.
    """

    def __init__(
        self, work: Callable[[OnText | None], Coroutine[Any, Any, Reply]], on_text: OnText | None
    ) -> None:
        self._on_text = on_text
        self._waiting = 0
        self._taken = False
        self.abandoned = False
        self.listener_broke = False
        self.task = asyncio.create_task(work(None if on_text is None else self._hear))

    async def wait(self, *, began: bool) -> tuple[Reply, bool]:
        """The reply, and whether another asker has had it already; or the call's own error.

        The first to get the reply is the one whom it cost something, so that each cost is on record once.
        """
        self._waiting += 1
        try:
            await asyncio.wait({self.task})  # unlike awaiting the task, this does not cancel it with us
        finally:
            self._waiting -= 1
            if began:
                self._on_text = None
            if not self._waiting and not self.task.done():
                self.abandoned = True
                self.task.cancel()
                # Until it has settled its budget and given back its turn.
                await asyncio.gather(self.task, return_exceptions=True)
        reply, had = self.task.result(), self._taken
        self._taken = True
        return reply, had

    def _hear(self, piece: str) -> None:
        if self._on_text is not None:
            try:
                self._on_text(piece)
            except BaseException:
                self.listener_broke = True
                raise
