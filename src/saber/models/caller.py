"""How is a model called when calls cost money and fail?

Look in the cache; reserve the most it can cost; wait for a turn; call; on a failure that another try may not
meet, wait (as long as the server asks, else longer each time, with jitter) and try again; settle the cost.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncGenerator, Callable, Coroutine, Iterable
from concurrent.futures import ThreadPoolExecutor
from contextlib import aclosing
from dataclasses import dataclass, replace
from functools import partial
from itertools import islice
from types import TracebackType
from typing import Any, Protocol, Self, TypeVar

from saber.core.errors import CallFailedError, ModelError, SaberError
from saber.models.budget import Budget, estimate
from saber.models.model import Model
from saber.models.pace import Pace
from saber.models.request import Reply, Request, Usage
from saber.models.shared import OnText, SharedCall
from saber.models.tally import Tally

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
    """For all tries and the waits between them; waiting for a turn does not count."""
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
        self.tally = Tally()
        self._shelf = shelf
        self._asking: dict[str, SharedCall] = {}
        self._rng = rng or random.Random()
        self._sleep = sleep or asyncio.sleep
        self._runner: asyncio.Runner | None = None

    async def ask(self, request: Request, on_text: OnText | None = None) -> Reply:
        """The model's reply, or the last error.

        on_text gets the answer piece by piece while it is written, on the first try only: a second try
        would write over what is already on the screen. An answer from the cache comes in one piece.

        With a cache, the same question asked twice at the same time is one call; whoever gives up leaves it
        to the others.
        """
        if self._shelf is None:
            return await self._bounded(request, on_text)
        key = request.key(self.model.spec)
        while True:
            if (kept := self._shelf.get(key)) is not None:
                self.tally.cached += 1
                if on_text is not None:
                    on_text(kept.text)
                return replace(kept, cached=True)
            call, began = self._asking.get(key), False
            if call is None or call.abandoned:
                call, began = self._begin(key, request, on_text), True
            try:
                reply, had = await call.wait(began=began)
            except Exception:
                if began or not call.listener_broke:
                    raise
                continue  # what broke is the other asker's `on_text`: ask for ourselves
            self.tally.cached += had
            if on_text is not None and not began:
                on_text(reply.text)
            return replace(reply, cached=had)

    def _begin(self, key: str, request: Request, on_text: OnText | None) -> SharedCall:
        """Make the call, to be shared with whoever asks the same before it ends."""

        async def kept(hear: OnText | None) -> Reply:
            assert self._shelf is not None
            reply = await self._bounded(request, hear)
            self._shelf.put(key, reply)
            return reply

        def forget(_: object) -> None:
            if self._asking.get(key) is call:
                del self._asking[key]

        call = self._asking[key] = SharedCall(kept, on_text)
        call.task.add_done_callback(forget)
        return call

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

    async def ask_all(
        self, requests: Iterable[Request]
    ) -> AsyncGenerator[tuple[int, Reply | ModelError], None]:
        """Every request's reply or error, with its place in the order, as each is done.

        `requests` is read little by little, as calls end: a generator that makes them keeps memory flat.
        Stopping early cancels what is under way; use `contextlib.aclosing` to have that done at once.
        """

        async def one(place: int, request: Request) -> tuple[int, Reply | ModelError]:
            try:
                return place, await self.ask(request)
            except ModelError as error:
                return place, error

        # Twice as many as may be in flight: some wait before another try, and a free slot finds a taker.
        at_once = 2 * self.pace.concurrency
        to_come = enumerate(requests)
        under_way: set[asyncio.Task[tuple[int, Reply | ModelError]]] = set()
        try:
            while True:
                more = islice(to_come, at_once - len(under_way))
                under_way |= {asyncio.create_task(one(place, request)) for place, request in more}
                if not under_way:
                    return
                done, under_way = await asyncio.wait(under_way, return_when=asyncio.FIRST_COMPLETED)
                for task in done:
                    yield task.result()
        finally:
            for task in under_way:
                task.cancel()
            await asyncio.gather(*under_way, return_exceptions=True)

    async def _bounded(self, request: Request, on_text: OnText | None = None) -> Reply:
        try:
            # Runs while we wait for the model, not while we wait for a turn: of a thousand questions asked at
            # once, the last would fail without ever having been sent.
            async with asyncio.timeout(None) as total:
                return await self._try(request, on_text, total)
        except TimeoutError:
            if not total.expired():
                raise  # not our clock: an `on_text` that gave up
            raise CallFailedError(
                f"No answer within {self.patience.total_timeout_s:g} s, all tries together.",
                reason="total_timeout",
            ) from None

    async def _try(self, request: Request, on_text: OnText | None, total: asyncio.Timeout) -> Reply:
        for attempt in range(1, self.patience.tries + 1):
            try:
                reply = await self._call(request, on_text if attempt == 1 else None, total)
                return replace(reply, attempts=attempt)
            except CallFailedError as error:
                if attempt == self.patience.tries:
                    error.message += f" Tried {attempt} times."
                    raise
                await self._sleep(self._wait(attempt, error.retry_after_s))  # type: ignore[misc]
        raise AssertionError("unreachable: the last try returns or raises")

    async def _call(self, request: Request, on_text: OnText | None, total: asyncio.Timeout) -> Reply:
        most = estimate(request, self.budget.price)
        now = asyncio.get_running_loop().time
        until = total.when()
        left_s = self.patience.total_timeout_s if until is None else until - now()
        total.reschedule(None)
        async with self.pace.turn(most.tokens):
            total.reschedule(now() + left_s)
            self.budget.reserve(most)
            answered = False
            used: Usage | None = Usage()  # unless we learn otherwise, the call took its most
            try:
                async with asyncio.timeout(self.patience.call_timeout_s) as clock:
                    reply = await (
                        self.model.ask(request) if on_text is None else self._listen(request, on_text)
                    )
                used, answered = reply.usage, True
            except TimeoutError:
                if not clock.expired():
                    raise
                raise CallFailedError(
                    f"No answer within {self.patience.call_timeout_s:g} s.",
                    reason="timeout",
                    may_have_cost=True,
                ) from None
            except CallFailedError as error:
                used = Usage() if error.may_have_cost else None
                raise
            except SaberError:
                used = None  # refused by the server, or by the model before it sent anything
                raise
            finally:
                cost = self.budget.settle(most, used)
                self.tally.add(most, used, cost, answered=answered)
        return replace(reply, cost=cost)

    async def _listen(self, request: Request, on_text: OnText) -> Reply:
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
