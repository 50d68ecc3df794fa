"""Is a streamed answer paid for and checked like any other, and can a caller be used again and again?"""

from __future__ import annotations

import asyncio
import json
from dataclasses import replace
from pathlib import Path

import pytest

from models.loopback import Proxy
from saber.core.errors import CallFailedError
from saber.models import Budget, Caller, Kind, Media, Patience, Reply, Request, Sampling, Usage, estimate
from saber.models.openai import OpenAIModel
from saber.models.scripted import ScriptedModel
from saber.models.shelf import SqliteShelf

ASKED = Request(user="x", sampling=Sampling(max_tokens=8))
QUICK = Patience(tries=2, call_timeout_s=2.0, first_wait_s=0.01, longest_wait_s=0.02)


def event(text: str | None = None, end: str | None = None, **more: object) -> str:
    choices = [] if text is None else [{"delta": {"content": text}, "finish_reason": end}]
    return f"data: {json.dumps({'model': 'named', 'choices': choices, **more})}\n\n"


USED = event(usage={"prompt_tokens": 7, "completion_tokens": 2})
WHOLE = event("Hel") + event("lo", "stop") + USED + "data: [DONE]\n\n"


def listen(
    body: str, budget: Budget | None = None, tries: int = 2
) -> tuple[Reply | CallFailedError, list[str], Proxy]:
    """One streamed call to a server that sends `body`."""
    proxy = Proxy(body=body.encode())
    pieces: list[str] = []

    async def run() -> Reply | CallFailedError:
        async with proxy.running() as address:
            model = OpenAIModel("m", address)
            try:
                return await Caller(model, patience=replace(QUICK, tries=tries), budget=budget).ask(
                    ASKED, pieces.append
                )
            except CallFailedError as error:
                return error
            finally:
                await model.close()

    return asyncio.run(run()), pieces, proxy


def test_a_stream_brings_its_pieces_its_usage_and_its_end() -> None:
    budget = Budget(tokens=10_000)
    reply, pieces, proxy = listen(WHOLE, budget)
    assert isinstance(reply, Reply)
    assert pieces == ["Hel", "lo"]
    assert (reply.text, reply.model, reply.usage, reply.cut_off) == ("Hello", "named", Usage(7, 2), False)
    assert budget.tokens_spent == 9
    assert proxy.requests[0]["stream_options"] == {"include_usage": True}


def test_a_stream_that_ends_at_the_limit_says_so() -> None:
    reply, _, _ = listen(event("Hel", "length"))
    assert isinstance(reply, Reply)
    assert reply.cut_off


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (event("Hel"), "bad_reply"),
        ("data: {nonsense\n\n", "bad_reply"),
        ('data: {"error": {"message": "overloaded"}}\n\n', "error_inside"),
        ('data: {"choices": "none"}\n\n', "bad_reply"),
    ],
)
def test_a_stream_that_breaks_off_is_an_error_and_asked_again_without_streaming(
    body: str, reason: str
) -> None:
    error, pieces, proxy = listen(body, tries=1)
    assert isinstance(error, CallFailedError)
    assert error.reason == reason
    assert len(pieces) <= 1
    _, _, proxy = listen(body)
    assert [r.get("stream", False) for r in proxy.requests] == [True, False]


def test_a_kept_answer_is_passed_on_in_one_piece() -> None:
    class Memory(dict[str, Reply]):
        def put(self, key: str, reply: Reply) -> None:
            self[key] = reply

        def close(self) -> None:
            pass

    pieces: list[str] = []
    with Caller(ScriptedModel(lambda _: "one two"), shelf=Memory()) as caller:
        first = caller.run(caller.ask(ASKED, pieces.append))
        again = caller.run(caller.ask(ASKED, pieces.append))
    assert pieces == ["one ", "two", "one two"]
    assert (first.cached, again.cached) == (False, True)


def test_calls_from_plain_code_share_one_loop_until_it_is_closed() -> None:
    loops = []

    async def which() -> None:
        loops.append(asyncio.get_running_loop())

    with Caller(ScriptedModel(lambda _: "")) as caller:
        caller.run(which())
        caller.run(which())
    assert loops[0] is loops[1]
    assert loops[0].is_closed()


def test_plain_code_inside_a_running_loop_is_served_too(tmp_path: Path) -> None:
    async def notebook_cell() -> list[str]:
        with Caller(ScriptedModel(lambda _: "yes"), shelf=SqliteShelf(tmp_path / "kept.sqlite")) as caller:
            return [caller.run(caller.ask(ASKED)).text for _ in range(2)]

    assert asyncio.run(notebook_cell()) == ["yes", "yes"]


def test_a_long_video_is_reserved_for_at_its_length() -> None:
    video = Media(Kind.VIDEO, "video/mp4", b"x", lasts_s=300.0)
    most = estimate(replace(ASKED, media=(video,)), None)
    assert most.prompt_tokens > 300_000
    unknown = estimate(replace(ASKED, media=(replace(video, lasts_s=None),)), None)
    assert unknown.prompt_tokens > most.prompt_tokens
