"""How is a model called when calls cost money and fail?

Look in the cache; reserve the most it can cost; wait for a turn; call; on a failure that another try may not
meet, wait (as long as the server asks, else longer each time, with jitter) and try again; settle the cost.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator, Callable, Coroutine, Iterable
from concurrent.futures import ThreadPoolExecutor
from contextlib import aclosing
from dataclasses import dataclass, replace
from functools import partial
from types import TracebackType
from typing import Any, Protocol, Self, TypeVar

from saber.core.errors import CallFailedError, ModelError
from saber.models.budget import Budget, estimate
from saber.models.model import Model
from saber.models.pace import Pace
from saber.models.request import Reply, Request, Usage

__all__ = ["Caller", "Patience", "Shelf"]

T = TypeVar("T")


class Shelf(Protocol):
    """Where answers are kept by the content of their question."""

    def get(self, key: str) -> Reply | None: ...
    def put(self, key: str, reply: Reply) -> None: ...
    def close(self) -> None: ...


@dataclass(frozen=True)
class Patience:
    """How long to wait and how often to try."""

    tries: int = 5
    call_timeout_s: float = 120.0
    total_timeout_s: float = 600.0
    first_wait_s: float = 0.5
    longest_wait_s: float = 30.0


class Caller:
    """A model with everything around it that calls need; use it in a `with` statement, or close it.

    Raises from `ask`: CallFailedError after the last try, RefusedCallError at once, BudgetSpentError before
    anything is sent.
    """

    def __init__(
        self,
        model: Model,
        *,
        patience: Patience | None = None,
        pace: Pace | None = None,
        budget: Budget | None = None,
        shelf: Shelf | None = None,
        rng: random.Random | None = None,
        sleep: Callable[[float], object] | None = None,
    ) -> None:
        self.model = model
        self.patience = patience or Patience()
        self.pace = pace or Pace()
        self.budget = budget or Budget()
        self._shelf = shelf
        self._asking: dict[str, asyncio.Future[Reply]] = {}
        self._rng = rng or random.Random()
        self._sleep = sleep or asyncio.sleep
        self._runner: asyncio.Runner | None = None

    async def ask(self, request: Request, on_text: Callable[[str], None] | None = None) -> Reply:
        """The model's reply, or the last error.

        on_text gets the answer piece by piece while it is written, on the first try only: a second try
        would write over what is already on the screen. An answer from the cache comes in one piece.
        """
        if self._shelf is None:
            return await self._bounded(request, on_text)
        key = request.key(self.model.spec)
        if (kept := self._shelf.get(key)) is not None:
            if on_text is not None:
                on_text(kept.text)
            return replace(kept, cached=True)
        if (same := self._asking.get(key)) is not None:
            # The same question is under way: its answer serves both. Shielded, so that giving up here
            # does not take it from the other.
            return replace(await asyncio.shield(same), cached=True)
        task = self._asking[key] = asyncio.ensure_future(self._bounded(request, on_text))
        try:
            reply = await task
        finally:
            del self._asking[key]
            task.cancel()
        self._shelf.put(key, reply)
        return reply

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        """Run `work` to its end from code that is not asynchronous.

        Always in the same event loop: connections that are kept open belong to the loop that opened them.
        In a thread that already runs one, as in a notebook, ours runs in a second thread meanwhile.
        """
        if self._runner is None:
            self._runner = asyncio.Runner()
        return _outside(partial(self._runner.run, work))

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the model's connections, the loop that `run` has used, and the cache."""
        self.run(self.model.close())
        assert self._runner is not None
        _outside(self._runner.close)
        self._runner = None
        if self._shelf is not None:
            self._shelf.close()

    async def _bounded(self, request: Request, on_text: Callable[[str], None] | None = None) -> Reply:
        try:
            async with asyncio.timeout(self.patience.total_timeout_s):
                return await self._try(request, on_text)
        except TimeoutError:
            raise CallFailedError(
                f"No answer within {self.patience.total_timeout_s:g} s, all tries together.",
                reason="total_timeout",
            ) from None

    async def ask_all(self, requests: Iterable[Request]) -> AsyncIterator[tuple[int, Reply | ModelError]]:
        """Every request's reply or error, with its place in the order, as each is done."""

        async def one(place: int, request: Request) -> tuple[int, Reply | ModelError]:
            try:
                return place, await self.ask(request)
            except ModelError as error:
                return place, error

        tasks = [asyncio.create_task(one(place, request)) for place, request in enumerate(requests)]
        try:
            for done in asyncio.as_completed(tasks):
                yield await done
        finally:
            for task in tasks:
                task.cancel()

    async def _try(self, request: Request, on_text: Callable[[str], None] | None) -> Reply:
        for attempt in range(1, self.patience.tries + 1):
            try:
                return replace(await self._call(request, on_text if attempt == 1 else None), attempts=attempt)
            except CallFailedError as error:
                if attempt == self.patience.tries:
                    error.message += f" Tried {attempt} times."
                    raise
                await self._sleep(self._wait(attempt, error.retry_after_s))  # type: ignore[misc]
        raise AssertionError("unreachable: the last try returns or raises")

    async def _call(self, request: Request, on_text: Callable[[str], None] | None) -> Reply:
        most = estimate(request, self.budget.price)
        async with self.pace.turn(most.tokens):
            self.budget.reserve(most)
            used: Usage | None = Usage()  # unless we learn otherwise, the call took its most
            try:
                async with asyncio.timeout(self.patience.call_timeout_s):
                    reply = await (
                        self.model.ask(request) if on_text is None else self._listen(request, on_text)
                    )
                used = reply.usage
            except TimeoutError:
                raise CallFailedError(
                    f"No answer within {self.patience.call_timeout_s:g} s.",
                    reason="timeout",
                    may_have_cost=True,
                ) from None
            except CallFailedError as error:
                used = Usage() if error.may_have_cost else None
                raise
            except ModelError:
                used = None
                raise
            finally:
                cost = self.budget.settle(most, used)
        return replace(reply, cost=cost)

    async def _listen(self, request: Request, on_text: Callable[[str], None]) -> Reply:
        """The streamed answer, passed on piece by piece."""
        async with aclosing(self.model.stream(request)) as pieces:
            async for piece in pieces:
                if isinstance(piece, Reply):
                    return piece
                on_text(piece)
        raise CallFailedError("The answer broke off.", reason="bad_reply", may_have_cost=True)

    def _wait(self, attempt: int, asked_s: float | None) -> float:
        """Full jitter (Brooker 2015, "Exponential Backoff And Jitter"), never less than the server asked."""
        longest = min(self.patience.longest_wait_s, self.patience.first_wait_s * 2 ** (attempt - 1))
        return (asked_s or 0.0) + self._rng.uniform(0.0, longest)


def _outside(work: Callable[[], T]) -> T:
    """Do the work in this thread, or in another one while this thread's own event loop waits."""
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return work()
    with ThreadPoolExecutor(max_workers=1, thread_name_prefix="asking") as beside:
        return beside.submit(work).result()
