"""How do calls that come one by one become batches for one model in this process?

One thread owns the model. It takes what is waiting, waits a moment for calls that are on their way, and
answers them together. It does not matter from which event loop or thread a call comes.
"""

from __future__ import annotations

import queue
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from contextlib import suppress
from types import TracebackType
from typing import Generic, Self, TypeVar

__all__ = ["Gatherer", "Kept"]

Item = TypeVar("Item")
Result = TypeVar("Result")


class Gatherer(Generic[Item, Result]):
    """Runs `work` on batches of at most `most` items in a thread of its own.

    work: the items' results or exceptions, in order. An exception that it raises is every item's.
    patience_s: how long a batch that is not full waits for calls that were announced.
    """

    def __init__(
        self,
        work: Callable[[Sequence[Item]], Sequence[Result | BaseException]],
        most: int,
        *,
        patience_s: float = 2.0,
    ) -> None:
        self._work = work
        self._most = most
        self._patience_s = patience_s
        self._waiting: queue.Queue[tuple[Item, Future[Result]] | None] = queue.Queue()
        self._lock = threading.Lock()
        self._announced = 0
        self._thread: threading.Thread | None = None
        self._closed = False

    def announce(self) -> None:
        """A call is being prepared and will be given to `put` or `withdraw` soon."""
        with self._lock:
            self._announced += 1

    def withdraw(self) -> None:
        """An announced call will not come."""
        with self._lock:
            self._announced -= 1

    def put(self, item: Item) -> Future[Result]:
        """An announced call, ready. Its result comes in the future."""
        future: Future[Result] = Future()
        with self._lock:
            self._announced -= 1
            if self._closed:
                raise RuntimeError("the model is closed")
            if self._thread is None:
                # A daemon: an interrupted program does not wait for the end of a long answer.
                self._thread = threading.Thread(target=self._run, name="saber-model", daemon=True)
                self._thread.start()
            self._waiting.put((item, future))
        return future

    def close(self) -> None:
        """Ends the thread after the batch at work; waits for it. What still waits is cancelled."""
        with self._lock:
            self._closed = True
            thread, self._thread = self._thread, None
        if thread is not None:
            self._waiting.put(None)
            thread.join()

    def _run(self) -> None:
        while True:
            batch = self._take()
            if batch:
                self._answer(batch)
            if self._closed:
                break
        with suppress(queue.Empty):
            while True:
                if (left := self._waiting.get_nowait()) is not None:
                    left[1].cancel()

    def _take(self) -> list[tuple[Item, Future[Result]]]:
        first = self._waiting.get()
        batch = [] if first is None else [first]
        until = time.monotonic() + self._patience_s
        while batch and len(batch) < self._most:
            with self._lock:
                coming = self._announced > 0
            try:
                another = self._waiting.get(timeout=0.01) if coming else self._waiting.get_nowait()
            except queue.Empty:
                if coming and time.monotonic() < until:
                    continue
                break
            if another is None:
                break
            batch.append(another)
        return [(item, future) for item, future in batch if future.set_running_or_notify_cancel()]

    def _answer(self, batch: list[tuple[Item, Future[Result]]]) -> None:
        results: Sequence[Result | BaseException] = ()
        with Kept() as kept:
            results = self._work([item for item, _ in batch])
        if kept.error is not None:
            results = [kept.error] * len(batch)
        for (_, future), result in zip(batch, results, strict=True):
            if isinstance(result, BaseException):
                future.set_exception(result)
            else:
                future.set_result(result)


class Kept:
    """Keeps what was raised for whoever asked, so that the thread lives on."""

    error: BaseException | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> bool:
        self.error = error
        return True
