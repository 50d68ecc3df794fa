"""What must hold of every model, whatever is behind it?

A backend's test module names one factory, and gets the whole suite:

    class TestMine(ModelContract):
        @pytest.fixture(scope="class")
        @classmethod
        def backend(cls) -> Iterator[Backend]:
            yield Backend(open=lambda: MyModel(...), takes=frozenset(Kind), goes_to=None, constrains=True)

What a backend can't do it does not declare, and those tests skip; what it declares it must do. One model
serves a whole class, in one event loop, for weights take long to load.
"""

from __future__ import annotations

import asyncio
import json
import string
from collections.abc import Callable, Coroutine, Iterator
from contextlib import aclosing, suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, TypeVar

import jsonschema
import numpy as np
import pytest

from media_maker import make_clip, make_sound, quadrants
from saber.core.errors import CallFailedError, ModelError, RefusedCallError, UsageError
from saber.core.records import Frame, Sound
from saber.infer.encode import jpegs, wav
from saber.models import Caller, Kind, Media, Model, Patience, Reply, Request, Sampling

__all__ = ["Backend", "ModelContract"]

T = TypeVar("T")
Run = Callable[[Coroutine[Any, Any, T]], T]


@dataclass(frozen=True)
class Backend:
    """How to open one, and what it declares that it can do."""

    open: Callable[[], Model]
    takes: frozenset[Kind]
    goes_to: str | None
    constrains: bool
    counts: bool = True
    """Says how many tokens a call took."""
    counts_all_answers: bool = True
    """Of several answers in one call it counts the tokens of all."""
    counts_media: frozenset[Kind] = frozenset()
    """Kinds whose tokens it counts by themselves: of sound in `audio_tokens`, of the others in
    `video_tokens`."""
    reads_media: bool = True
    """Decodes what it takes, so that it notices broken media."""
    writes: bool = True
    """Writes on until a limit: what it says is not fixed."""
    draws: bool = True
    """`n` answers in one call, drawn at random at a temperature above 0."""
    seeded: bool = True
    """The same seed draws the same answer."""
    context_tokens: int | None = None
    """The longest prompt that it can read; None: no limit that a test can reach."""


ASKED = Request(user="Describe the sea in one sentence.", sampling=Sampling(max_tokens=24))
LONG = replace(ASKED, user="Write a long story about the sea.", sampling=Sampling(max_tokens=200))
PATIENCE_S = 120.0
"""A hang is a failed test and not a stuck run."""


class ModelContract:
    """Derive from it and give the `backend` fixture, with scope "class"."""

    @pytest.fixture(scope="class")
    @classmethod
    def backend(cls) -> Iterator[Backend]:
        raise NotImplementedError("a test class of the contract gives the backend")

    @pytest.fixture(scope="class")
    @classmethod
    def runner(cls) -> Iterator[asyncio.Runner]:
        with asyncio.Runner() as runner:
            yield runner

    @pytest.fixture
    def run(self, runner: asyncio.Runner) -> Run[Any]:
        def within_time(work: Coroutine[Any, Any, T]) -> T:
            return runner.run(asyncio.wait_for(work, PATIENCE_S))

        return within_time

    @pytest.fixture(scope="class")
    @classmethod
    def model(cls, backend: Backend, runner: asyncio.Runner) -> Iterator[Model]:
        model = backend.open()
        yield model
        runner.run(model.close())

    # --- what it declares ----------------------------------------------------------------------

    def test_it_declares_what_it_is(self, model: Model, backend: Backend) -> None:
        assert isinstance(model.spec, str)
        assert model.spec
        assert model.takes == backend.takes
        assert model.goes_to == backend.goes_to
        assert model.constrains == backend.constrains

    # --- one answer ----------------------------------------------------------------------------

    def test_it_answers_and_says_what_that_took(
        self, run: Run[Reply], model: Model, backend: Backend
    ) -> None:
        reply = run(model.ask(ASKED))
        assert len(reply.texts) == 1
        assert reply.text.strip()
        assert reply.model
        assert reply.seconds >= 0
        assert (reply.attempts, reply.cached, reply.cost) == (1, False, None)
        if backend.counts:
            assert reply.usage.prompt_tokens is not None
            assert reply.usage.answer_tokens is not None
            assert reply.usage.prompt_tokens >= len(ASKED.user.split())
            # A sign that ends the answer is a token, too, and belongs to no text.
            assert 0 < reply.usage.answer_tokens <= ASKED.sampling.max_tokens + 1

    def test_more_text_is_more_prompt_tokens(self, run: Run[Reply], model: Model, backend: Backend) -> None:
        if not backend.counts:
            pytest.skip("counts no tokens")
        short = run(model.ask(ASKED)).usage.prompt_tokens
        longer = run(model.ask(replace(ASKED, user=ASKED.user + " Be kind and exact."))).usage.prompt_tokens
        assert short is not None
        assert longer is not None
        assert longer > short

    def test_greedy_answers_repeat(self, run: Run[Reply], model: Model) -> None:
        assert run(model.ask(ASKED)).texts == run(model.ask(ASKED)).texts

    def test_the_limit_on_the_answer_holds_and_is_told(
        self, run: Run[Reply], model: Model, backend: Backend
    ) -> None:
        if not backend.writes:
            pytest.skip("what it says is fixed")
        reply = run(model.ask(replace(LONG, sampling=Sampling(max_tokens=5))))
        assert reply.cut_off
        assert reply.usage.answer_tokens is None or reply.usage.answer_tokens <= 5
        assert len(reply.text) < 100

    @pytest.mark.parametrize("said", ["海浪是什么颜色？", "Ünïcödé 🌊 “quoted” <b>&amp;</b>", "a\tb\n\nc"])
    def test_it_takes_any_script(self, run: Run[Reply], model: Model, said: str) -> None:
        reply = run(model.ask(replace(ASKED, user=said)))
        reply.text.encode()  # no half characters

    # --- the same, piece by piece --------------------------------------------------------------

    def test_a_streamed_answer_is_the_same_reply(self, run: Run[Any], model: Model, backend: Backend) -> None:
        whole: Reply = run(model.ask(ASKED))
        *pieces, reply = run(_all_of(model, ASKED))
        assert all(isinstance(piece, str) and piece for piece in pieces)
        assert isinstance(reply, Reply)
        assert "".join(pieces) == reply.text == whole.text
        assert len(pieces) > 1
        assert (reply.usage, reply.cut_off, reply.model) == (whole.usage, whole.cut_off, whole.model)

    # --- media ---------------------------------------------------------------------------------

    @pytest.mark.parametrize("kind", Kind)
    def test_what_it_takes_arrives_and_is_counted(
        self, run: Run[Reply], model: Model, backend: Backend, kind: Kind, tmp_path: Path
    ) -> None:
        if kind not in backend.takes:
            pytest.skip(f"takes no {kind}")
        bare = run(model.ask(ASKED)).usage
        usage = run(model.ask(replace(ASKED, media=(sample(kind, tmp_path),)))).usage
        if backend.counts:
            assert (usage.prompt_tokens or 0) > (bare.prompt_tokens or 0)
        if kind in backend.counts_media:
            counted = usage.audio_tokens if kind is Kind.AUDIO else usage.video_tokens
            before = bare.audio_tokens if kind is Kind.AUDIO else bare.video_tokens
            assert (counted or 0) > 0
            assert not before

    @pytest.mark.parametrize("kind", Kind)
    @pytest.mark.parametrize("way", ["ask", "stream"])
    def test_what_it_can_not_take_is_refused_in_a_sentence(
        self, run: Run[Any], model: Model, backend: Backend, kind: Kind, way: str, tmp_path: Path
    ) -> None:
        if kind in backend.takes:
            pytest.skip(f"takes {kind}")
        request = replace(ASKED, media=(sample(kind, tmp_path),))
        with pytest.raises(UsageError, match=kind.value) as error:
            run(model.ask(request) if way == "ask" else _all_of(model, request))
        assert error.value.remedy

    @pytest.mark.parametrize("data", [b"", b"not a picture and not a sound"])
    @pytest.mark.parametrize("kind", Kind)
    def test_broken_media_are_an_error_of_that_call_only(
        self, run: Run[Reply], model: Model, backend: Backend, kind: Kind, data: bytes, tmp_path: Path
    ) -> None:
        if kind not in backend.takes or not backend.reads_media:
            pytest.skip(f"reads no {kind}")
        broken = replace(sample(kind, tmp_path), data=data)
        with pytest.raises((CallFailedError, RefusedCallError)):
            run(model.ask(replace(ASKED, media=(broken,))))
        assert run(model.ask(ASKED)).text

    # --- a schema, samples ---------------------------------------------------------------------

    def test_a_schema_is_held_to_where_that_is_declared(
        self, run: Run[Reply], model: Model, backend: Backend
    ) -> None:
        request = replace(ASKED, schema=MOOD, sampling=Sampling(max_tokens=120))
        reply = run(model.ask(request))
        if backend.constrains:
            jsonschema.validate(json.loads(reply.text), MOOD)

    def test_a_streamed_answer_is_held_to_it_as_well(
        self, run: Run[Any], model: Model, backend: Backend
    ) -> None:
        if not backend.constrains:
            pytest.skip("can't be held to a schema")
        request = replace(ASKED, schema=MOOD, sampling=Sampling(max_tokens=120))
        jsonschema.validate(json.loads(run(_all_of(model, request))[-1].text), MOOD)

    def test_several_answers_come_from_one_call(
        self, run: Run[Reply], model: Model, backend: Backend
    ) -> None:
        if not backend.draws:
            pytest.skip("draws no samples")
        one = run(model.ask(ASKED)).usage
        reply = run(model.ask(replace(ASKED, sampling=Sampling(temperature=1.2, max_tokens=24, n=2, seed=7))))
        assert len(reply.texts) == 2
        assert len(set(reply.texts)) > 1
        if backend.counts:
            assert (reply.usage.answer_tokens or 0) > (24 if backend.counts_all_answers else 0)
            assert (reply.usage.prompt_tokens or 0) < 2 * (one.prompt_tokens or 0)

    def test_a_seed_repeats_what_is_drawn(self, run: Run[Reply], model: Model, backend: Backend) -> None:
        if not backend.seeded:
            pytest.skip("has no seed")
        drawn = Sampling(temperature=1.2, max_tokens=24, seed=11)
        texts = [run(model.ask(replace(ASKED, sampling=drawn))).text for _ in range(2)]
        other = run(model.ask(replace(ASKED, sampling=replace(drawn, seed=12)))).text
        assert texts[0] == texts[1]
        assert other != texts[0]

    # --- what goes wrong -----------------------------------------------------------------------

    def test_a_prompt_that_is_too_long_is_refused_and_the_next_one_answered(
        self, run: Run[Any], model: Model, backend: Backend
    ) -> None:
        if backend.context_tokens is None:
            pytest.skip("no limit within reach")
        letters = np.random.default_rng(0).choice(list(string.ascii_lowercase), 5 * backend.context_tokens)
        request = replace(ASKED, user=" ".join("".join(letters)))
        for work in (model.ask(request), _all_of(model, request)):
            with pytest.raises((CallFailedError, RefusedCallError)):
                run(work)
        assert run(model.ask(ASKED)).text

    @pytest.mark.parametrize("user", ["", " ", "\x00"])
    def test_an_odd_question_ends_as_a_reply_or_a_reason(
        self, run: Run[Reply], model: Model, user: str
    ) -> None:
        with suppress(ModelError):
            run(model.ask(replace(ASKED, user=user)))

    def test_a_call_that_is_cancelled_leaves_it_usable(self, run: Run[Any], model: Model) -> None:
        async def give_up() -> Reply:
            for moments in (0, 1, 5):
                task = asyncio.ensure_future(model.ask(LONG))
                for _ in range(moments):
                    await asyncio.sleep(0.02)
                task.cancel()
                await asyncio.gather(task, return_exceptions=True)
                assert task.done()
            return await model.ask(ASKED)

        before = run(model.ask(ASKED))
        assert run(give_up()).texts == before.texts

    def test_a_stream_that_is_abandoned_leaves_it_usable(self, run: Run[Any], model: Model) -> None:
        async def listen_briefly() -> Reply:
            async with aclosing(model.stream(LONG)) as pieces:
                async for _ in pieces:
                    break
            return await model.ask(ASKED)

        before = run(model.ask(ASKED))
        assert run(listen_briefly()).texts == before.texts

    def test_calls_at_the_same_time_each_get_their_own_answer(
        self, run: Run[Any], model: Model, backend: Backend
    ) -> None:
        if not backend.constrains:
            pytest.skip("what it says can't be told apart without a schema")
        words = ["amber", "birch", "cedar", "delta", "ember"]

        async def all_at_once() -> list[Reply]:
            schema = [{**WORD, "properties": {"word": {"enum": [word]}}} for word in words]
            return await asyncio.gather(*(model.ask(replace(ASKED, schema=s)) for s in schema))

        assert [json.loads(reply.text) for reply in run(all_at_once())] == [{"word": w} for w in words]

    def test_it_works_inside_a_caller(self, run: Run[Any], model: Model, backend: Backend) -> None:
        caller = Caller(model, patience=Patience(tries=1))
        pieces: list[str] = []
        reply = run(caller.ask(ASKED, pieces.append))
        assert "".join(pieces) == reply.text
        if backend.counts:
            assert caller.budget.tokens_spent == reply.usage.prompt_tokens + reply.usage.answer_tokens

    def test_closing_twice_is_no_error_and_a_closed_model_fails_as_any_other(
        self, run: Run[Any], model: Model, backend: Backend
    ) -> None:
        """The last test of the class: the model is of no use to others afterwards."""
        run(model.close())
        run(model.close())
        for work in (model.ask(ASKED), _all_of(model, ASKED)):
            with suppress(RefusedCallError, CallFailedError):
                run(work)


MOOD: dict[str, Any] = {
    "type": "object",
    "properties": {
        "mood": {"type": "string", "enum": ["sad", "happy"]},
        "why": {
            "type": "object",
            "properties": {"seen": {"type": "boolean"}},
            "required": ["seen"],
            "additionalProperties": False,
        },
    },
    "required": ["mood", "why"],
    "additionalProperties": False,
}
WORD: dict[str, Any] = {
    "type": "object", "properties": {}, "required": ["word"], "additionalProperties": False
}  # fmt: skip


async def _all_of(model: Model, request: Request) -> list[str | Reply]:
    async with aclosing(model.stream(request)) as pieces:
        return [piece async for piece in pieces]


def sample(kind: Kind, folder: Path) -> Media:
    """A second of made media of that kind."""
    if kind is Kind.FRAMES:
        return jpegs((Frame(0, 0.0, quadrants(96, 64)),))[0]
    if kind is Kind.AUDIO:
        return wav(Sound(make_sound("speech", 1.0, 16_000), start_s=0.0))
    file = make_clip(folder / "clip.mp4", seconds=1.0, size=(96, 64))
    return Media(Kind.VIDEO, "video/mp4", file.read_bytes(), lasts_s=1.0)
