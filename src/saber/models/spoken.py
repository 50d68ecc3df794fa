"""How does an answer that is written in another thread become a stream?"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable, Coroutine
from typing import Any

from saber.models.request import Reply

__all__ = ["Speak", "spoken"]

Speak = Callable[[str], None]
"""Gets each piece of the answer, in any thread."""


async def spoken(
    ask: Callable[[Speak], Coroutine[Any, Any, Reply]],
) -> AsyncGenerator[str | Reply, None]:
    """The pieces that `ask` speaks, then its reply. Whoever stops listening cancels it."""
    loop = asyncio.get_running_loop()
    pieces: asyncio.Queue[str | None] = asyncio.Queue()

    def speak(piece: str) -> None:
        loop.call_soon_threadsafe(pieces.put_nowait, piece)

    asking = asyncio.ensure_future(ask(speak))
    asking.add_done_callback(lambda _: pieces.put_nowait(None))
    said = 0
    try:
        while (piece := await pieces.get()) is not None:
            said += len(piece)
            yield piece
        reply = await asking
        if rest := reply.text[said:]:  # half a character, at which the answer was cut off
            yield rest
        yield reply
    finally:
        asking.cancel()
