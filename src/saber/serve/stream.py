"""How is a clip followed while it is analysed? By server-sent events, which can be taken up anywhere."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

from saber.serve.desk import Desk
from saber.serve.records import Job

__all__ = ["follow"]

HEARTBEAT_S = 15.0
"""A comment so often, or proxies and browsers take a silent stream for dead."""
_LAST = frozenset({"done", "failed", "cancelled"})


async def follow(desk: Desk, job: Job, after: int) -> AsyncIterator[bytes]:
    """Everything that happened to the clip after event `after`, then what happens, until it has ended.

    A clip that is deleted meanwhile ends with a `state` event that says `cancelled`, without an id: there is
    nothing left to be taken up again.
    """
    position = job.position
    with desk.bells.hung(job.id) as bell:
        yield b"retry: 2000\n\n"
        while True:
            bell.clear()
            events = await desk.ask(desk.ledger.events, job.id, after)
            for event in events:
                yield f"id: {event.id}\nevent: {event.kind}\ndata: {event.data}\n\n".encode()
                after = event.id
                if event.kind in _LAST:
                    return
            if events:
                continue
            if desk.bells.closing:
                return
            now = await desk.ask(desk.ledger.job, job.id)
            if now is None:
                gone = job.model_copy(update={"state": "cancelled", "stage": "ended", "position": None})
                yield f"event: state\ndata: {gone.model_dump_json()}\n\n".encode()
                return
            if now.ended_at is not None:
                # Its last event is behind `after`: a client that has it all already.
                return
            if now.position != position:
                position = now.position
                yield f"event: state\ndata: {now.model_dump_json()}\n\n".encode()
            try:
                async with asyncio.timeout(HEARTBEAT_S):
                    await bell.wait()
            except TimeoutError:
                yield b": still here\n\n"
