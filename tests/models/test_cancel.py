"""Does a call that somebody gives up leave everything as it was: the other askers, the budget, the pace?"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncGenerator, Callable, Iterator
from contextlib import aclosing
from dataclasses import replace
from pathlib import Path

import pytest

from models.loopback import Proxy
from saber.core.errors import CallFailedError, UsageError
from saber.models import (
    Budget,
    Caller,
    Estimate,
    Kind,
    Media,
    Pace,
    Patience,
    Reply,
    Request,
    Sampling,
    Usage,
)
from saber.models.openai import OpenAIModel
from saber.models.scripted import ScriptedModel
from saber.models.shelf import SqliteShelf

ASKED = Request(user="x", sampling=Sampling(max_tokens=8))


class Gated(ScriptedModel):
    """Starts to answer at once, and ends when the test opens the gate."""

    def __init__(self, script: Callable[[Request], str] = lambda _: "one two") -> None:
        super().__init__(script)
        self.gate = asyncio.Event()
        self.stopped = 0

    async def ask(self, request: Request) -> Reply:
        reply = await super().ask(request)
        try:
            await self.gate.wait()
        except asyncio.CancelledError:
            self.stopped += 1
            raise
        return replace(reply, usage=Usage(3, 2))

    async def stream(self, request: Request) -> AsyncGenerator[str | Reply, None]:
        yield "one "
        reply = await self.ask(request)
        yield "two"
        yield reply


async def turns(count: int = 20) -> None:
    """Let everything that can go on go on."""
    for _ in range(count):
        await asyncio.sleep(0)


@pytest.fixture
def shelf(tmp_path: Path) -> Iterator[SqliteShelf]:
    kept = SqliteShelf(tmp_path / "kept.sqlite")
    yield kept
    kept.close()


def started(caller: Caller, *askers: Callable[[str], None] | None) -> list[asyncio.Task[Reply]]:
    return [asyncio.create_task(caller.ask(ASKED, on_text)) for on_text in askers]


@pytest.mark.parametrize("gone", [0, 1, 2])
def test_whoever_of_three_askers_gives_up_the_others_get_the_one_answer(
    shelf: SqliteShelf, gone: int
) -> None:
    async def run() -> None:
        model, budget = Gated(), Budget(tokens=1000)
        caller = Caller(model, shelf=shelf, budget=budget)
        tasks = started(caller, None, None, None)
        await turns()
        tasks[gone].cancel()
        await turns()
        model.gate.set()
        ends = await asyncio.gather(*tasks, return_exceptions=True)
        assert isinstance(ends[gone], asyncio.CancelledError)
        replies = [end for end in ends if isinstance(end, Reply)]
        assert [r.text for r in replies] == ["one two", "one two"]
        # One of those that are left has it from the model, and so its cost; the other has a copy.
        assert sorted(r.cached for r in replies) == [False, True]
        assert len(model.asked) == 1
        assert budget.tokens_spent == 5
        assert shelf.get(ASKED.key(model.spec)) is not None

    asyncio.run(run())


def test_a_call_that_nobody_waits_for_any_more_is_stopped_and_the_next_asks_anew(shelf: SqliteShelf) -> None:
    async def run() -> None:
        model, budget = Gated(), Budget(tokens=1000)
        pace = Pace(concurrency=1)
        caller = Caller(model, shelf=shelf, budget=budget, pace=pace)
        tasks = started(caller, None, None)
        await turns()
        for task in tasks:
            task.cancel()
        late = asyncio.create_task(caller.ask(ASKED))  # before the cancelled call has come to its end
        await asyncio.gather(*tasks, return_exceptions=True)
        assert (model.stopped, shelf.get(ASKED.key(model.spec))) == (1, None)
        model.gate.set()
        assert (await late).text == "one two"
        assert len(model.asked) == 2
        assert pace.in_flight == 0
        assert budget.tokens_spent > 5 + 8  # the stopped call may have been charged: it counts at its most
        # All that is left fits, so no reservation was forgotten.
        budget.reserve(Estimate(1000 - budget.tokens_spent, 0, None))

    asyncio.run(run())


def test_an_asker_that_has_gone_hears_nothing_more_and_the_second_hears_the_whole(shelf: SqliteShelf) -> None:
    first: list[str] = []
    second: list[str] = []

    async def run() -> None:
        model = Gated()
        tasks = started(Caller(model, shelf=shelf), first.append, second.append)
        await turns()
        tasks[0].cancel()
        model.gate.set()
        assert (await tasks[1]).text == "one two"

    asyncio.run(run())
    assert (first, second) == (["one "], ["one two"])


def test_a_listener_that_breaks_costs_only_its_own_asker_the_answer(shelf: SqliteShelf) -> None:
    def broken(_: str) -> None:
        raise BrokenPipeError

    async def run() -> None:
        model = Gated()
        model.gate.set()
        ends = await asyncio.gather(
            *started(Caller(model, shelf=shelf), broken, None), return_exceptions=True
        )
        assert isinstance(ends[0], BrokenPipeError)
        assert isinstance(ends[1], Reply)

    asyncio.run(run())


def test_giving_up_while_waiting_for_a_turn_takes_nothing_from_the_others() -> None:
    now = [0.0]

    async def run() -> None:
        sleeping = asyncio.Event()

        async def sleep(seconds: float) -> None:
            sleeping.set()
            await asyncio.sleep(0 if now[0] else 3600)
            now[0] += seconds

        pace = Pace(concurrency=2, requests_per_minute=1, clock=lambda: now[0], sleep=sleep)
        async with pace.turn(tokens=1):
            pass

        async def wait() -> None:
            async with pace.turn(tokens=1):
                pass

        given_up = asyncio.create_task(wait())
        await sleeping.wait()
        given_up.cancel()
        await asyncio.gather(given_up, return_exceptions=True)
        now[0] = (
            60.0  # a minute later the one request of this minute is there, not taken by the one that left
        )
        await wait()
        assert now[0] == 60.0
        assert pace.in_flight == 0

    asyncio.run(run())


def test_slots_come_back_from_calls_that_are_cancelled_in_flight() -> None:
    async def run() -> None:
        model = Gated()
        pace = Pace(concurrency=2)
        caller = Caller(model, pace=pace)
        for _ in range(5):
            tasks = started(caller, None, None, None)
            await turns()
            assert pace.in_flight == 2
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            assert pace.in_flight == 0
        model.gate.set()
        assert (await caller.ask(ASKED)).text == "one two"

    asyncio.run(run())


def test_a_stream_that_is_abandoned_hangs_up_and_the_next_call_is_served() -> None:
    events = "".join(
        f'data: {{"choices": [{{"delta": {{"content": "w{i} "}}, "finish_reason": null}}]}}\n\n'
        for i in range(50)
    )
    proxy = Proxy(body=events.encode())

    async def run() -> None:
        async with proxy.running() as address:
            model = OpenAIModel("m", address)
            async with aclosing(model.stream(ASKED)) as pieces:
                async for _ in pieces:
                    break
            with pytest.raises(CallFailedError, match="not JSON"):
                await model.ask(ASKED)  # the events are no reply: it came through, on a line of its own
            await model.close()
        assert proxy.in_flight == 0

    asyncio.run(run())


def test_what_was_never_sent_is_not_charged() -> None:
    async def run() -> None:
        budget = Budget(tokens=10_000)
        model = OpenAIModel("m", "http://127.0.0.1:9/v1")
        caller = Caller(model, budget=budget, patience=Patience(tries=1))
        with pytest.raises(UsageError, match="frames"):
            await caller.ask(replace(ASKED, media=(Media(Kind.FRAMES, "image/jpeg", b"x"),)))
        assert budget.tokens_spent == 0
        with pytest.raises(CallFailedError):
            await caller.ask(ASKED)  # nobody listens there
        assert budget.tokens_spent == 0
        await model.close()

    asyncio.run(run())


def test_waiting_for_a_turn_is_not_counted_as_waiting_for_the_model() -> None:
    async def run() -> None:
        model = Gated()
        patience = Patience(tries=1, call_timeout_s=30.0, total_timeout_s=0.05)
        caller = Caller(model, pace=Pace(concurrency=1), patience=patience)
        async with caller.pace.turn(0):
            task = asyncio.create_task(caller.ask(ASKED))
            await asyncio.sleep(0.2)
            assert not task.done()
        model.gate.set()
        assert (await task).text == "one two"

    asyncio.run(run())


def test_many_requests_are_read_as_they_can_be_asked() -> None:
    """Six hundred thousand clips with their pictures don't fit into memory at once."""
    read = [0]

    def requests() -> Iterator[Request]:
        for i in range(1000):
            read[0] += 1
            yield replace(ASKED, user=f"question {i}")

    async def run() -> None:
        model = Gated()
        async with aclosing(Caller(model, pace=Pace(concurrency=3)).ask_all(requests())) as answers:
            pending = asyncio.ensure_future(anext(answers))
            await turns()
            assert (len(model.asked), read[0] < 20) == (3, True)
            model.gate.set()
            await pending
            places = {(await anext(answers))[0] for _ in range(500)}
            assert len(places) == 500
        assert read[0] < 600

    asyncio.run(run())


def test_a_cache_that_fails_loses_no_answer(shelf: SqliteShelf, caplog: pytest.LogCaptureFixture) -> None:
    async def run() -> None:
        caller = Caller(ScriptedModel(lambda _: "paid for"), shelf=shelf)
        shelf.put(ASKED.key("scripted"), Reply(("kept",), "m"))
        shelf._db.execute('UPDATE reply SET reply = \'{"of": "another version"}\'')
        assert (await caller.ask(ASKED)).text == "paid for"
        shelf._db.execute("DROP TABLE reply")
        assert (await caller.ask(ASKED)).text == "paid for"

    with caplog.at_level(logging.WARNING, "saber"):
        asyncio.run(run())
    assert len(caplog.records) == 1
