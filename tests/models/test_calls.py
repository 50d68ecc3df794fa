"""Do calls that cost money and fail stay within their bounds, and does each end as a reply or a reason?"""

from __future__ import annotations

import asyncio
import random
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.loopback import FAULTS, Proxy, smollm
from saber.core.errors import BudgetSpentError, CallFailedError, ModelError, RefusedCallError, UsageError
from saber.models import Budget, Caller, Kind, Media, Pace, Patience, Price, Reply, Request, Sampling, Usage
from saber.models.budget import Estimate, estimate
from saber.models.openai import OpenAIModel
from saber.models.scripted import ScriptedModel
from saber.models.shelf import SqliteShelf

QUICK = Patience(tries=8, call_timeout_s=1.0, total_timeout_s=60, first_wait_s=0.01, longest_wait_s=0.05)
SECRET = "sk-secret-123"


def ask(proxy: Proxy, requests: list[Request], **around: object) -> list[Reply | ModelError]:
    """All requests through a client and the proxy, in order."""

    async def run() -> list[Reply | ModelError]:
        async with proxy.running() as address:
            model = OpenAIModel("m", address, api_key=SECRET)
            caller = Caller(model, **{"patience": QUICK, "rng": random.Random(1), **around})
            answers = dict([item async for item in caller.ask_all(requests)])
            await model.close()
            return [answers[place] for place in range(len(requests))]

    return asyncio.run(run())


def questions(n: int) -> list[Request]:
    return [Request(user=f"question {i}", sampling=Sampling(max_tokens=8)) for i in range(n)]


def test_one_call_carries_the_request_and_brings_the_answer() -> None:
    proxy = Proxy()
    (reply,) = ask(proxy, [Request(user="how?", system="be brief", schema={"type": "object"})])
    assert isinstance(reply, Reply)
    assert reply.text == "fine"
    assert reply.usage == Usage(7, 3)
    (sent,) = proxy.requests
    assert [m["role"] for m in sent["messages"]] == ["system", "user"]
    assert sent["response_format"]["json_schema"]["schema"] == {"type": "object"}
    assert sent["temperature"] == 0


@pytest.mark.parametrize("fault", FAULTS)
def test_each_fault_alone_ends_as_its_reason_after_the_last_try(fault: str) -> None:
    proxy = Proxy(faults=[fault])
    patience = replace(QUICK, tries=2, call_timeout_s=0.3)
    (error,) = ask(proxy, questions(1), patience=patience)
    assert isinstance(error, CallFailedError)
    assert proxy.seen[fault] == 2
    expected = {
        "429": "rate_limited", "429_wait": "rate_limited", "500": "http_500", "reset": "connection",
        "stall": "timeout", "half_body": "connection", "garbage": "bad_reply", "wrong_shape": "bad_reply",
        "error_inside": "error_inside",
    }  # fmt: skip
    assert error.reason == expected[fault]
    assert "Tried 2 times" in str(error)


def test_brackets_in_brackets_are_no_reply() -> None:
    (error,) = ask(Proxy(body=b"[" * 200_000), questions(1), patience=replace(QUICK, tries=1))
    assert isinstance(error, CallFailedError)
    assert error.reason == "bad_reply"


def test_what_can_not_be_retried_is_asked_once_and_keeps_the_secret() -> None:
    proxy = Proxy(faults=["401"])
    (error,) = ask(proxy, questions(1))
    assert isinstance(error, RefusedCallError)
    assert proxy.seen["401"] == 1
    assert SECRET in proxy.headers[0]
    assert SECRET not in str(error)
    assert "[key]" in str(error)


def test_with_a_third_of_the_calls_broken_every_question_is_answered_within_bounds() -> None:
    proxy = Proxy(faults=[f for f in FAULTS if f != "stall"], share=0.3, seed=3, work_s=0.01)
    pace = Pace(concurrency=3)
    answers = ask(proxy, questions(60), pace=pace)
    assert all(isinstance(a, Reply) for a in answers)
    assert len(proxy.seen) > 5
    assert 2 <= proxy.most_in_flight <= 3
    assert pace.most_in_flight <= 3


@pytest.mark.parametrize("tokens", [0, 300, 1000])
def test_the_token_budget_is_never_passed_also_by_calls_at_the_same_time(tokens: int) -> None:
    budget = Budget(tokens=tokens)
    proxy = Proxy(faults=["500", "garbage"], share=0.3, work_s=0.01)
    answers = ask(proxy, questions(30), budget=budget, pace=Pace(concurrency=8))
    assert budget.tokens_spent <= tokens
    assert sum(proxy.seen.values()) * 10 <= max(tokens, 1) + 300
    assert any(isinstance(a, BudgetSpentError) for a in answers)
    assert all(isinstance(a, Reply | ModelError) for a in answers)
    if tokens == 0:
        assert not proxy.seen


def test_a_budget_in_money_stops_before_it_is_passed_and_says_how_much() -> None:
    price = Price(prompt_per_million=1000, answer_per_million=2000)
    budget = Budget(money=0.3, price=price)
    answers = ask(Proxy(), questions(30), budget=budget, pace=Pace(concurrency=1))
    done = [a for a in answers if isinstance(a, Reply)]
    assert done
    assert all(a.cost == pytest.approx((7 * 1000 + 3 * 2000) / 1e6) for a in done)
    assert budget.money_spent == pytest.approx(sum(a.cost or 0 for a in done))
    assert budget.money_spent <= 0.3
    assert "0.3 USD" in str(next(a for a in answers if isinstance(a, BudgetSpentError)))


def test_retry_after_is_obeyed_as_seconds_and_as_a_date() -> None:
    waits: list[float] = []

    async def sleep(seconds: float) -> None:
        waits.append(seconds)

    date = format_datetime(datetime.now(UTC) + timedelta(seconds=40), usegmt=True)
    for header, least in (("7", 7.0), (date, 35.0)):
        proxy = Proxy(faults=["429_wait"], retry_after=header)
        ask(proxy, questions(1), patience=replace(QUICK, tries=2), sleep=sleep)
        assert waits.pop() >= least
    assert not waits


def test_waits_grow_and_are_jittered() -> None:
    waits: list[float] = []

    async def sleep(seconds: float) -> None:
        waits.append(seconds)

    patience = replace(QUICK, tries=6, first_wait_s=1.0, longest_wait_s=8.0)
    ask(Proxy(faults=["500"]), questions(1), patience=patience, sleep=sleep)
    assert len(waits) == 5
    assert all(w <= longest for w, longest in zip(waits, (1, 2, 4, 8, 8), strict=True))
    assert len(set(waits)) == 5


def test_the_total_time_is_bounded() -> None:
    patience = Patience(tries=100, call_timeout_s=10, total_timeout_s=0.3)
    (error,) = ask(Proxy(faults=["stall"]), questions(1), patience=patience)
    assert isinstance(error, CallFailedError)
    assert error.reason == "total_timeout"


def test_requests_and_tokens_a_minute_are_spread_over_time() -> None:
    now = [0.0]

    async def sleep(seconds: float) -> None:
        now[0] += seconds

    async def run(**limits: float) -> list[float]:
        pace = Pace(concurrency=1, clock=lambda: now[0], sleep=sleep, **limits)
        starts = []
        for _ in range(5):
            async with pace.turn(tokens=100):
                starts.append(now[0])
        return starts

    # 2 a minute: two at once, then one every 30 s. 200 tokens a minute with 100 each: the same.
    assert asyncio.run(run(requests_per_minute=2)) == pytest.approx([0, 0, 30, 60, 90])
    now[0] = 0.0
    assert asyncio.run(run(tokens_per_minute=200)) == pytest.approx([0, 0, 30, 60, 90])


def test_an_answer_is_kept_by_content_and_never_asked_for_twice(tmp_path: Path) -> None:
    proxy = Proxy()
    request = Request(user="same", sampling=Sampling(max_tokens=8))
    shelf = SqliteShelf(tmp_path / "cache" / "answers.sqlite")
    first, again, other = ask(
        proxy,
        [request, replace(request, clip="another name for it"), replace(request, system="else")],
        shelf=shelf,
        pace=Pace(concurrency=1),
    )
    shelf.close()
    assert isinstance(first, Reply)
    assert isinstance(again, Reply)
    assert isinstance(other, Reply)
    assert (first.cached, again.cached, other.cached) == (False, True, False)
    assert sum(proxy.seen.values()) == 2
    assert SECRET.encode() not in (tmp_path / "cache" / "answers.sqlite").read_bytes()


@given(st.binary(max_size=20), st.binary(max_size=20), st.sampled_from(list(Kind)))
def test_the_key_tells_media_apart(one: bytes, two: bytes, kind: Kind) -> None:
    keys = {Request(user="u", media=(Media(kind, "x/y", data),)).key("m") for data in (one, two)}
    assert len(keys) == len({one, two})


@given(st.text(max_size=200), st.integers(1, 100))
def test_the_estimate_is_an_upper_bound_for_text(text: str, answer: int) -> None:
    most = estimate(Request(user=text, sampling=Sampling(max_tokens=answer, n=2)), Price(1e6, 1e6))
    assert most.prompt_tokens >= len(text.split())
    assert most.answer_tokens == 2 * answer
    assert most.cost == pytest.approx(most.tokens)


def test_settling_without_a_statement_counts_the_most() -> None:
    budget = Budget(tokens=100)
    most = Estimate(60, 20, None)
    budget.reserve(most)
    with pytest.raises(BudgetSpentError):
        budget.reserve(most)
    budget.settle(most, Usage())
    assert budget.tokens_spent == 80


@pytest.mark.parametrize("address", ["localhost:8000", "ftp://host/v1", "http://example.org/v1"])
def test_an_address_that_is_none_or_would_leak_the_key_is_refused(address: str) -> None:
    with pytest.raises(UsageError):
        OpenAIModel("m", address, api_key=SECRET)


def test_media_that_the_model_can_not_take_never_leave() -> None:
    proxy = Proxy()
    face = Media(Kind.FRAMES, "image/jpeg", b"face")

    async def run() -> None:
        async with proxy.running() as address:
            model = OpenAIModel("m", address)
            with pytest.raises(UsageError, match="frames"):
                await model.ask(Request(user="u", media=(face,)))
            await model.close()

    asyncio.run(run())
    assert not proxy.requests


def test_the_scripted_model_answers_as_told() -> None:
    model = ScriptedModel(lambda request: request.user.upper())
    reply = asyncio.run(Caller(model).ask(Request(user="abc", sampling=Sampling(n=2))))
    assert reply.texts == ("ABC", "ABC")


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    with smollm() as address:
        yield address


MOOD = {
    "type": "object",
    "properties": {"mood": {"type": "string", "enum": ["sad", "happy"]}},
    "required": ["mood"],
    "additionalProperties": False,
}


def test_a_real_server_writes_what_the_schema_allows_through_all_faults(server: str) -> None:
    proxy = Proxy(server, faults=[f for f in FAULTS if f != "stall"], share=0.3, seed=5)
    asked = [
        Request(user=f"Person {i} cries. Which mood?", schema=MOOD, sampling=Sampling(max_tokens=40))
        for i in range(6)
    ]
    answers = ask(proxy, asked, patience=replace(QUICK, call_timeout_s=30), pace=Pace(concurrency=2))
    assert all(isinstance(a, Reply) for a in answers)
    texts = {"".join(a.text.split()) for a in answers if isinstance(a, Reply)}
    assert texts <= {'{"mood":"sad"}', '{"mood":"happy"}'}
    assert all((a.usage.prompt_tokens or 0) > 10 for a in answers if isinstance(a, Reply))
    assert proxy.most_in_flight <= 2


def test_a_real_server_streams_piece_by_piece(server: str) -> None:
    async def run() -> list[str]:
        model = OpenAIModel("m", server)
        asked = Request(user="Count to five.", sampling=Sampling(max_tokens=24))
        *pieces, streamed = [piece async for piece in model.stream(asked)]
        whole = await model.ask(asked)
        await model.close()
        assert isinstance(streamed, Reply)
        assert "".join(map(str, pieces)) == streamed.text == whole.text
        assert streamed.usage == whole.usage
        assert streamed.cut_off == whole.cut_off
        return [str(piece) for piece in pieces]

    assert len(asyncio.run(run())) > 5
