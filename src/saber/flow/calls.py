"""How do many rows wait for a model elsewhere at once, in one event loop?"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Coroutine, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from typing import Any, TypeVar

from saber.core.errors import BudgetSpentError, SaberError, StageFailedError
from saber.core.records import Record
from saber.flow.rows import Caught, Done, Task, item_of, settled, stumbled
from saber.flow.stage import CallStage, Tools

__all__ = ["calls"]

_TURN_S = 0.1

T = TypeVar("T")


def calls(
    stage: CallStage,
    kinds: Mapping[str, type[Record]],
    tools: Tools,
    tasks: Iterator[Task],
    stopping: Callable[[], bool],
) -> Iterator[Done | None]:
    """Each row as it ends, in any order; None now and then, so that the caller gets a turn.

    The loop runs only while the caller waits here; answers that come meanwhile wait in their sockets.
    Raises StageFailedError when the stage can't be started, BudgetSpentError when the budget is: rows that
    were not asked stay pending.
    """
    with _loop() as loop:
        loop(_start(stage, tools))
        asked: set[asyncio.Task[Done]] = set()
        try:
            left, spent = True, None
            while True:
                while left and spent is None and len(asked) < stage.concurrency and not stopping():
                    task = next(tasks, None)
                    left = task is not None
                    if task is not None:
                        asked.add(loop(_begin(_one(stage, kinds, task))))
                if not asked:
                    break
                ended, asked = loop(_some(asked))
                for one in ended:
                    if (error := one.exception()) is None:
                        yield one.result()
                    else:
                        spent = error  # those under way are paid for: they are waited for
                yield None
            if spent is not None:
                raise spent
        finally:
            loop(_end(stage, asked))


async def _one(stage: CallStage, kinds: Mapping[str, type[Record]], task: Task) -> Done:
    start = time.perf_counter()
    with Caught() as caught:
        async with asyncio.timeout(stage.timeout_s):
            answer = await stage.ask(item_of(task, kinds))
        return settled(task, answer, stage.makes, time.perf_counter() - start)
    assert caught.error is not None
    if isinstance(caught.error, BudgetSpentError):
        raise caught.error
    return stumbled(task, caught.error, time.perf_counter() - start)


async def _start(stage: CallStage, tools: Tools) -> None:
    try:
        await stage.start(tools)
    except SaberError:
        raise
    except Exception as error:
        raise StageFailedError(
            f"Stage {stage.name!r} can't start: {type(error).__name__}: {error}."
        ) from error


async def _begin(work: Coroutine[Any, Any, Done]) -> asyncio.Task[Done]:
    return asyncio.create_task(work)


async def _some(asked: set[asyncio.Task[Done]]) -> tuple[set[asyncio.Task[Done]], set[asyncio.Task[Done]]]:
    return await asyncio.wait(asked, timeout=_TURN_S, return_when=asyncio.FIRST_COMPLETED)


async def _end(stage: CallStage, asked: set[asyncio.Task[Done]]) -> None:
    for task in asked:
        task.cancel()
    await asyncio.gather(*asked, return_exceptions=True)
    await stage.stop()


@contextmanager
def _loop() -> Iterator[Callable[[Coroutine[Any, Any, T]], T]]:
    """What runs work in one event loop, the same for all of it: open connections belong to their loop.

    In a second thread where this one has a loop at work already, as in a notebook.
    """
    with ExitStack() as stack:
        runner = asyncio.Runner()
        try:
            asyncio.get_running_loop()
        except RuntimeError:
            stack.callback(runner.close)
            yield runner.run
            return
        beside = stack.enter_context(ThreadPoolExecutor(max_workers=1, thread_name_prefix="calling"))
        stack.callback(lambda: beside.submit(runner.close).result())
        yield lambda work: beside.submit(runner.run, work).result()
