"""Does vLLM in this process keep the contract, and does it answer as the same weights do by themselves?

Needs an environment with vLLM; `test_vllm_environment.py` runs this file there. Weights are tiny and random,
of the real architecture.
"""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import jsonschema
import numpy as np
import pytest

if find_spec("vllm") is None:
    pytest.skip("vLLM is not installed here: see test_vllm_environment.py", allow_module_level=True)

from media_maker import make_clip
from models.contract import ASKED, Backend, ModelContract, sample
from omni.tiny_omni import make_tiny_omni
from saber.core.errors import MissingPieceError, RefusedCallError, UsageError
from saber.infer import answer_schema
from saber.models import Kind, LocalSettings, Media, Reply, Request, Sampling, make_caller
from saber.models.local_input import talk_of
from saber.models.vllm import VLLMModel
from saber.models.vllm_engine import Engine, Started, Work, start
from saber.omni import STATED, Encoded, Encoder, collate, load
from saber.sed import LABEL, SECTIONS

SMALL = LocalSettings(context_tokens=8192, cache_gb=0.5, inputs="stated")
BLOCK = 128
"""Tokens that vLLM keeps together on a CPU; only whole blocks of what was read are used again."""

_met: list[Any] = []


def _listen(event: str, told: tuple[Any, ...]) -> None:
    if event in ("socket.connect", "socket.bind", "socket.getaddrinfo", "socket.sendto"):
        _met.append(told[0] if event == "socket.getaddrinfo" else told[1])


sys.addaudithook(_listen)


@pytest.fixture(scope="session")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_tiny_omni(tmp_path_factory.mktemp("checkpoints") / "tiny")


@pytest.fixture(scope="session")
def tiny_moe(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_tiny_omni(tmp_path_factory.mktemp("checkpoints") / "tiny-moe", moe=True)


def counted(name: str) -> int:
    """One of vLLM's own counters."""
    from vllm.v1.metrics.reader import get_metrics_snapshot

    return sum(int(m.value) for m in get_metrics_snapshot() if m.name == f"vllm:{name}")


def film(folder: Path, seconds: float = 1.0, seed: int = 0) -> Media:
    """Noise: pictures that differ from each other and from those of other seeds."""
    random = np.random.default_rng(seed)
    file = make_clip(
        folder / f"film-{seed}.mp4", seconds=seconds, fps=4, size=(96, 64), sound=None,
        picture=lambda _: random.integers(0, 255, (64, 96, 3), np.uint8),
    )  # fmt: skip
    return Media(Kind.VIDEO, "video/mp4", file.read_bytes())


class TestInProcess(ModelContract):
    @pytest.fixture(scope="class")
    @classmethod
    def backend(cls, tiny: Path) -> Backend:
        return Backend(
            open=lambda: VLLMModel(str(tiny), SMALL),
            takes=frozenset(Kind),
            goes_to=None,
            constrains=True,
            counts_media=frozenset(Kind),
            context_tokens=8192,
        )


# --- the same as by itself -----------------------------------------------------------------------


def likeliest(weights: Path, request: Request, tokens: int) -> str:
    """The oracle: transformers reads all of the text anew before each token, from our encoder's input."""
    encoder = Encoder(weights, STATED)
    thinker = load(weights, device="cpu").thinker
    prompt: Encoded = encoder.encode(talk_of(request, STATED))
    written: list[int] = []
    for _ in range(tokens):
        after = prompt.followed_by(written) if written else prompt
        batch = collate([after], encoder.layout, encoder.pad_id)
        written.append(int(thinker(**batch, use_cache=False).logits[0, -1].argmax()))
    return str(encoder.tokenizer.decode(written, skip_special_tokens=True))


@pytest.mark.parametrize(("family", "seconds"), [("tiny", (1.0, 30.0)), ("tiny_moe", (8.0, 16.0))])
def test_it_answers_as_the_same_weights_in_transformers(
    family: str, seconds: tuple[float, float], tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    """A clip of 30 s has 40 frames, 0.75 s apart: a server would take them for 0.5 s.

    Of Qwen3-Omni vLLM knows whole positions in time alone, so there its clips are of 2 frames a second.
    """
    weights: Path = request.getfixturevalue(family)
    sound, frame = sample(Kind.AUDIO, tmp_path), sample(Kind.FRAMES, tmp_path)
    short, long = (film(tmp_path, lasts_s, seed=number) for number, lasts_s in enumerate(seconds))
    cases = [(), (sound,), (short,), (long, sound), (frame,)]
    requests = [replace(ASKED, media=media, sampling=Sampling(max_tokens=6)) for media in cases]

    async def run() -> list[Reply]:
        model = VLLMModel(str(weights), SMALL)
        try:
            return await asyncio.gather(*map(model.ask, requests))
        finally:
            await model.close()

    replies = asyncio.run(run())
    encoder = Encoder(weights, STATED)
    for asked, reply in zip(requests, replies, strict=True):
        counts = encoder.encode(talk_of(asked, STATED)).counts
        usage = reply.usage
        assert (usage.prompt_tokens, usage.video_tokens, usage.audio_tokens) == (
            counts.all, counts.video, counts.audio,
        )  # fmt: skip
        assert reply.text == likeliest(weights, asked, 6)


# --- one model, asked many things ------------------------------------------------------------------


class TestOneModel:
    """A program can hold one engine, so whoever needs another one stands outside."""

    @pytest.fixture(scope="class")
    @classmethod
    def runner(cls) -> Iterator[asyncio.Runner]:
        with asyncio.Runner() as runner:
            yield runner

    @pytest.fixture(scope="class")
    @classmethod
    def model(cls, tiny: Path, runner: asyncio.Runner) -> Iterator[VLLMModel]:
        model = VLLMModel(str(tiny), SMALL)
        runner.run(model.ask(ASKED))  # the engine's counters begin with it
        yield model
        runner.run(model.close())

    @pytest.fixture
    def ask(self, model: VLLMModel, runner: asyncio.Runner) -> Any:
        def all_at_once(*requests: Request) -> list[Reply]:
            async def run() -> list[Reply]:
                return await asyncio.gather(*map(model.ask, requests))

            return runner.run(run())

        return all_at_once

    def test_the_prompt_is_read_once_for_all_candidates(self, ask: Any, tmp_path: Path) -> None:
        drawn = Sampling(temperature=1.0, max_tokens=8, n=5, seed=2)
        asked = replace(ASKED, media=(film(tmp_path, 8.0, seed=5),), sampling=drawn)
        hits, read = counted("prefix_cache_hits"), counted("prefix_cache_queries")
        [many] = ask(asked)
        length = many.usage.prompt_tokens
        assert counted("prefix_cache_queries") - read == 5 * length
        assert length > BLOCK
        assert counted("prefix_cache_hits") - hits == 4 * (length // BLOCK) * BLOCK
        assert len(set(many.texts)) == 5
        [one] = ask(replace(asked, sampling=replace(drawn, n=1)))
        assert many.texts[0] == one.text

    def test_a_second_question_about_a_clip_does_not_read_the_clip_again(
        self, ask: Any, tmp_path: Path
    ) -> None:
        clip = film(tmp_path, 8.0, seed=6)
        first = replace(ASKED, media=(clip,), user="What is seen?")
        [before] = ask(first)
        hits = counted("prefix_cache_hits")
        ask(replace(first, user="And what is felt, and why?"))
        assert counted("prefix_cache_hits") - hits >= before.usage.video_tokens // BLOCK * BLOCK > 0
        other = film(tmp_path, 8.0, seed=7)
        hits = counted("prefix_cache_hits")
        ask(replace(first, media=(other,)))
        assert counted("prefix_cache_hits") == hits

    def test_at_temperature_0_all_candidates_are_the_likeliest(self, ask: Any) -> None:
        [many], [one] = (
            ask(replace(ASKED, sampling=Sampling(max_tokens=6, n=3))),
            ask(replace(ASKED, sampling=Sampling(max_tokens=6))),
        )
        assert many.texts == one.texts * 3
        assert many.usage == one.usage

    def test_many_questions_at_once_are_answered_as_one_by_one(self, ask: Any) -> None:
        requests = [
            replace(ASKED, user=f"Describe {i}.", sampling=Sampling(0.7, seed=i, max_tokens=9))
            for i in range(30)
        ]
        together = ask(*requests)
        alone = [ask(one)[0] for one in requests]
        assert [reply.texts for reply in together] == [reply.texts for reply in alone]

    def test_random_weights_held_to_the_schema_write_the_whole_record(self, ask: Any, tmp_path: Path) -> None:
        schema = answer_schema((*SECTIONS, LABEL), 60)
        media = (sample(Kind.VIDEO, tmp_path), sample(Kind.AUDIO, tmp_path))
        drawn = Sampling(temperature=1.0, max_tokens=2500, n=8, seed=3)
        [reply] = ask(Request("Describe the person.", media=media, schema=schema, sampling=drawn))
        assert len(set(reply.texts)) == 8
        for text in reply.texts:
            jsonschema.validate(json.loads(text), schema)
        assert not reply.cut_off

    def test_a_schema_that_can_not_be_enforced_is_refused(self, ask: Any) -> None:
        with pytest.raises(RefusedCallError, match="vLLM refused the request"):
            ask(replace(ASKED, schema={"type": "no such type"}))
        assert ask(ASKED)[0].text

    def test_more_than_one_clip_in_a_request_is_refused(self, ask: Any, tmp_path: Path) -> None:
        clip = film(tmp_path)
        with pytest.raises(RefusedCallError, match="one video and one sound") as error:
            ask(replace(ASKED, media=(clip, clip)))
        assert error.value.reason == "bad_media"

    def test_nobody_outside_was_asked_anything(self, ask: Any) -> None:
        """Of all that the tests before it did in this process."""
        ask(ASKED)
        hosts = {where[0] if isinstance(where, tuple) else where for where in _met}
        outside = {
            h
            for h in hosts
            if not (h in ("127.0.0.1", "::1", "localhost", "", None) or str(h).startswith("/"))
        }
        assert not outside


# --- an adapter ----------------------------------------------------------------------------------


def make_adapter(folder: Path, layers: str, *, scale: float = 0.5) -> Path:
    """A LoRA of rank 4 on four kinds of layers, with names that begin with `layers`."""
    import torch
    from safetensors.torch import save_file

    folder.mkdir()
    random = torch.Generator().manual_seed(3)
    sizes = {"self_attn.q_proj": (128, 128), "self_attn.v_proj": (128, 64), "mlp.down_proj": (256, 128)}
    tensors = {}
    for layer in range(2):
        for name, (into, out) in sizes.items():
            tensors[f"{layers}{layer}.{name}.lora_A.weight"] = torch.randn(4, into, generator=random)
            tensors[f"{layers}{layer}.{name}.lora_B.weight"] = torch.randn(out, 4, generator=random) * scale
    save_file(tensors, folder / "adapter_model.safetensors")
    config = {"peft_type": "LORA", "r": 4, "lora_alpha": 8, "bias": "none", "task_type": "CAUSAL_LM",
              "target_modules": ["q_proj", "v_proj", "down_proj"]}  # fmt: skip
    (folder / "adapter_config.json").write_text(json.dumps(config), encoding="utf-8")
    return folder


def once(name: str) -> Reply:
    async def run() -> Reply:
        model = VLLMModel(name, SMALL)
        try:
            return await model.ask(replace(ASKED, sampling=Sampling(max_tokens=8)))
        finally:
            await model.close()

    return asyncio.run(run())


def test_an_adapter_of_every_layout_changes_the_answer_alike(tiny: Path, tmp_path: Path) -> None:
    """By itself vLLM would take the second one for nothing."""
    plain = once(str(tiny))
    known = once(f"{tiny}+{make_adapter(tmp_path / 'a', 'base_model.model.thinker.model.layers.')}")
    other = once(f"{tiny}+{make_adapter(tmp_path / 'b', 'base_model.model.model.language_model.layers.')}")
    assert known.text == other.text != plain.text
    assert known.model.startswith(f"{tiny.name}+a (")


def test_an_adapter_that_does_nothing_or_fits_nothing_is_refused(tiny: Path, tmp_path: Path) -> None:
    layers = "base_model.model.thinker.model.layers."
    for folder, said in (
        (make_adapter(tmp_path / "untrained", layers, scale=0.0), "changes nothing"),
        (make_adapter(tmp_path / "tower", "base_model.model.thinker.visual.blocks."), "does not adapt"),
        (tmp_path, "no LoRA adapter"),
    ):
        with pytest.raises(UsageError, match=said) as error:
            once(f"{tiny}+{folder}")
        assert error.value.remedy


# --- what goes wrong -----------------------------------------------------------------------------


def test_closing_ends_answers_under_way(tiny: Path) -> None:
    async def close_early() -> None:
        model = VLLMModel(str(tiny), SMALL)
        await model.ask(ASKED)
        asking = [asyncio.create_task(model.ask(replace(ASKED, sampling=Sampling(1.0, max_tokens=8000))))
                  for _ in range(3)]  # fmt: skip
        await asyncio.sleep(0.2)
        await model.close()
        for ended in await asyncio.gather(*asking, return_exceptions=True):
            assert isinstance(ended, RefusedCallError)
            assert ended.reason == "closed"

    asyncio.run(asyncio.wait_for(close_early(), 60))


def test_a_second_model_is_refused_while_one_is_open(tiny: Path) -> None:
    async def two() -> None:
        first, second = VLLMModel(str(tiny), SMALL), VLLMModel(str(tiny), SMALL)
        try:
            await first.ask(ASKED)
            with pytest.raises(UsageError, match="Another vllm: model is open"):
                await second.ask(ASKED)
            assert (await first.ask(ASKED)).text
        finally:
            await second.close()
            await first.close()

    asyncio.run(two())


def test_an_engine_that_breaks_says_so_to_all_who_ask(tiny: Path) -> None:
    def broken() -> Started:
        engine = start(tiny, SMALL)

        def step() -> None:
            raise MemoryError("no memory left")

        engine.step = step
        return Started(engine)

    from vllm.sampling_params import SamplingParams

    engine = Engine(broken)
    try:
        for _ in range(2):
            work = Work({"prompt_token_ids": [1, 2, 3]}, SamplingParams(max_tokens=3))
            with pytest.raises(RefusedCallError, match=r"vLLM stopped: no memory left.*cache_gb"):
                engine.put(work).result(60)
    finally:
        engine.close()


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        (LocalSettings(cache_gb=0.0001), "cache"),
        (LocalSettings(device="cuda:3"), "runs on cpu"),
        (LocalSettings(cache_gb=100_000.0), "memory"),
    ],
)
def test_settings_that_do_not_fit_are_one_sentence(tiny: Path, settings: LocalSettings, said: str) -> None:
    caller = make_caller(f"vllm:{tiny}")
    assert caller is not None
    caller.close()

    async def run() -> None:
        model = VLLMModel(str(tiny), settings)
        try:
            await model.ask(ASKED)
        finally:
            await model.close()

    with pytest.raises(UsageError, match=said) as error:
        asyncio.run(run())
    assert error.value.remedy


def test_what_is_no_checkpoint_is_said_before_any_work(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no folder"):
        VLLMModel("/no/such/folder")
    with pytest.raises(UsageError, match=r"config\.json"):
        VLLMModel(str(tmp_path))
    with pytest.raises(UsageError, match="never downloaded"):
        VLLMModel("org/never-here")


def test_without_vllm_one_sentence_names_it(tiny: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "vllm", None)
    with pytest.raises(MissingPieceError, match="vllm, which is not installed"):
        VLLMModel(str(tiny))


# --- nothing leaves, nothing is printed ----------------------------------------------------------


def test_a_plain_script_prints_its_answer_alone_and_ends(tiny: Path) -> None:
    """Without a `__main__` guard, and without closing the model."""
    script = f"""
from saber.models import LocalSettings, Request, Sampling, make_caller, ModelSettings
local = LocalSettings(context_tokens=4096, cache_gb=0.25)
caller = make_caller("vllm:{tiny}", ModelSettings(local=local))
print(len(caller.run(caller.ask(Request("x", sampling=Sampling(1.0, n=2, max_tokens=4)))).texts))
"""
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, timeout=240, check=False
    )
    assert done.returncode == 0, done.stderr[-2000:]
    assert done.stdout == "2\n"
    assert done.stderr == ""
