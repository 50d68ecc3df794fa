"""How do those who follow a clip hear of news? They wait for a bell, then read the ledger."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager

__all__ = ["Bells"]


class Bells:
    """One bell per follower; ringing costs nothing when nobody follows. For one event loop."""

    def __init__(self) -> None:
        self._bells: dict[str, set[asyncio.Event]] = {}
        self.closing = False
        """The server is about to end: whoever follows should leave, and come back to the next one."""

    @contextmanager
    def hung(self, job: str) -> Iterator[asyncio.Event]:
        """Rings from now on; clear it before reading."""
        bell = asyncio.Event()
        self._bells.setdefault(job, set()).add(bell)
        try:
            yield bell
        finally:
            self._bells[job].discard(bell)
            if not self._bells[job]:
                del self._bells[job]

    def ring(self, job: str) -> None:
        for bell in self._bells.get(job, ()):
            bell.set()

    def ring_all(self) -> None:
        """The queue has moved on: every place in it has changed."""
        for job in self._bells:
            self.ring(job)

    def close(self) -> None:
        """Send all followers away. To be called in the event loop."""
        self.closing = True
        self.ring_all()

    @property
    def followers(self) -> int:
        return sum(len(bells) for bells in self._bells.values())
