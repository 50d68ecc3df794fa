"""When may the next call start? Bounded concurrency, requests a minute, tokens a minute."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

__all__ = ["Pace"]

_MINUTE_S = 60.0


class Pace:
    """Lets at most `concurrency` calls be in flight and refills both allowances evenly over time.

    `clock` and `sleep` are seams for tests.
    """

    def __init__(
        self,
        *,
        concurrency: int = 4,
        requests_per_minute: float | None = None,
        tokens_per_minute: float | None = None,
        clock: Callable[[], float] | None = None,
        sleep: Callable[[float], object] | None = None,
    ) -> None:
        if concurrency < 1:
            raise ValueError("concurrency is at least 1")
        self.concurrency = concurrency
        self._slots = asyncio.Semaphore(concurrency)
        self._clock = clock or (lambda: asyncio.get_running_loop().time())
        self._sleep = sleep or asyncio.sleep
        self._turn = asyncio.Lock()
        self._allowances = [
            _Allowance(per_minute) if per_minute else None
            for per_minute in (requests_per_minute, tokens_per_minute)
        ]
        self.in_flight = 0
        self.most_in_flight = 0

    @asynccontextmanager
    async def turn(self, tokens: int) -> AsyncIterator[None]:
        """Wait for a slot and for the allowances, hold the slot while the body runs."""
        async with self._slots:
            async with self._turn:  # one waits at a time, so that nobody is overtaken for ever
                await self._take((1.0, float(tokens)))
            self.in_flight += 1
            self.most_in_flight = max(self.most_in_flight, self.in_flight)
            try:
                yield
            finally:
                self.in_flight -= 1

    async def _take(self, amounts: tuple[float, float]) -> None:
        """Take both amounts and wait until they are there; give them back when the waiting is cancelled."""
        taken: list[tuple[_Allowance, float]] = []
        try:
            for allowance, amount in zip(self._allowances, amounts, strict=True):
                if allowance is not None:
                    wait = allowance.take(amount, self._clock())
                    taken.append((allowance, amount))
                    if wait > 0:
                        await self._sleep(wait)  # type: ignore[misc]
        except BaseException:
            for allowance, amount in taken:
                allowance.give_back(amount)
            raise


class _Allowance:
    """A token bucket that may run into debt: an amount larger than the bucket waits, it does not starve."""

    def __init__(self, per_minute: float) -> None:
        self._size = per_minute
        self._rate = per_minute / _MINUTE_S
        self._left = per_minute
        self._at: float | None = None

    def take(self, amount: float, now: float) -> float:
        """Take it and return the seconds to wait before going on."""
        if self._at is not None:
            self._left = min(self._size, self._left + (now - self._at) * self._rate)
        self._at = now
        self._left -= amount
        return max(0.0, -self._left / self._rate)

    def give_back(self, amount: float) -> None:
        """What was taken for a call that is not made after all."""
        self._left = min(self._size, self._left + amount)
