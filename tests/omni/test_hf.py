"""Do local weights answer like any other model: counted, streamed, together, or in one sentence not?"""

from __future__ import annotations

import asyncio
import io
import json
import subprocess
import sys
import wave
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from media_maker import make_clip
from omni.test_weights import make_adapter
from saber.core.errors import MissingPieceError, RefusedCallError, UsageError
from saber.core.settings import build
from saber.models import (
    Kind,
    LocalSettings,
    Media,
    ModelSettings,
    Reply,
    Request,
    Sampling,
    Send,
    default_send,
    make_caller,
)
from saber.models.hf import HFModel, split_name

CPU = LocalSettings(device="cpu")


def wav(seconds: float = 1.0, rate_hz: int = 16_000, channels: int = 1) -> Media:
    out = io.BytesIO()
    with wave.open(out, "wb") as file:
        file.setnchannels(channels)
        file.setsampwidth(2)
        file.setframerate(rate_hz)
        values = np.random.default_rng(0).integers(-9000, 9000, round(seconds * rate_hz) * channels)
        file.writeframes(values.astype("<i2").tobytes())
    return Media(Kind.AUDIO, "audio/wav", out.getvalue())


@pytest.fixture(scope="module")
def film(tmp_path_factory: pytest.TempPathFactory) -> Media:
    """Two seconds at 25 frames a second."""
    path = make_clip(tmp_path_factory.mktemp("clips") / "film.mp4", seconds=2.0, sound=None)
    return Media(Kind.VIDEO, "video/mp4", path.read_bytes(), lasts_s=2.0)


def request(*media: Media, user: str = "Describe the person.", **sampling: Any) -> Request:
    return Request(user=user, media=media, sampling=Sampling(**{"max_tokens": 8, **sampling}))


class Watched(HFModel):
    """Notes how many requests are answered together."""

    def __init__(self, name: str, settings: LocalSettings) -> None:
        super().__init__(name, settings)
        self.batches: list[int] = []

    def _answer(self, jobs: Sequence[Any]) -> Any:
        self.batches.append(len(jobs))
        return super()._answer(jobs)


def run(model: HFModel, *requests: Request) -> list[Reply]:
    async def all_of_them() -> list[Reply]:
        try:
            return list(await asyncio.gather(*(model.ask(r) for r in requests)))
        finally:
            await model.close()

    return asyncio.run(all_of_them())


def test_an_answer_counts_its_tokens_by_kind(either: Path, film: Media) -> None:
    [reply] = run(HFModel(str(either), CPU), request(film, wav()))
    moe = either.name.endswith("moe")
    # 2 s are 4 frames, 2 grids; 64 x 48 times 5.72 is 366 x 274: 14 x 10 tokens of 28 px, 12 x 9 of 32.
    assert reply.usage.video_tokens == (2 * 12 * 9 if moe else 2 * 14 * 10)
    assert reply.usage.audio_tokens == (13 if moe else 25)
    assert reply.usage.prompt_tokens is not None
    assert reply.usage.prompt_tokens > reply.usage.video_tokens + reply.usage.audio_tokens + 15
    assert reply.model.startswith(f"{either.name} (")


def test_an_answer_that_ends_at_the_limit_is_cut_off(endless: Path) -> None:
    [reply] = run(HFModel(str(endless), CPU), request(max_tokens=5))
    assert reply.cut_off
    assert reply.usage.answer_tokens == 5


def test_frames_of_a_clip_are_its_video(tiny: Path) -> None:
    from saber.core.records import Frame
    from saber.infer.encode import jpegs

    pictures = [Frame(i, i * 0.5, np.full((60, 80, 3), 40 * i, np.uint8)) for i in range(4)]
    model = HFModel(str(tiny), CPU)
    stills, single = run(model, request(*jpegs(pictures)), request(*jpegs(pictures[:1])))
    assert stills.usage.video_tokens == 2 * 10 * 14
    assert stills.usage.audio_tokens == 0
    assert single.usage.video_tokens == 10 * 14


def test_the_stream_is_the_answer_piece_by_piece(either: Path, film: Media) -> None:
    async def talk() -> None:
        model = HFModel(str(either), CPU)
        asked = request(film, wav(), temperature=1.0, seed=5, max_tokens=40)
        pieces: list[str | Reply] = [piece async for piece in model.stream(asked)]
        whole = await model.ask(asked)
        await model.close()
        *said, reply = pieces
        assert isinstance(reply, Reply)
        assert "".join(str(piece) for piece in said) == reply.text == whole.text
        assert len(said) > 10
        assert reply.usage == whole.usage

    asyncio.run(talk())


def test_requests_that_come_together_are_one_batch_and_answered_as_alone(tiny: Path, film: Media) -> None:
    requests = [request(film, wav(), user=f"Describe {i}.", temperature=0.7, seed=i) for i in range(5)]
    model = Watched(str(tiny), LocalSettings(device="cpu", batch=3))
    together = run(model, *requests)
    assert sorted(model.batches) == [2, 3]
    alone = [run(HFModel(str(tiny), CPU), r)[0] for r in requests]
    assert [reply.texts for reply in together] == [reply.texts for reply in alone]


def test_candidates_come_from_one_call(tiny: Path, film: Media) -> None:
    many, one = run(
        HFModel(str(tiny), CPU),
        request(film, n=4, temperature=0.8, seed=2),
        request(film, n=1, temperature=0.8, seed=2),
    )
    assert len(set(many.texts)) == 4
    assert many.texts[0] == one.text
    assert many.usage.prompt_tokens == one.usage.prompt_tokens
    assert many.usage.answer_tokens is not None
    assert one.usage.answer_tokens is not None
    assert many.usage.answer_tokens > one.usage.answer_tokens


def test_all_candidates_of_a_request_share_one_reading_of_its_prompt(tiny: Path, film: Media) -> None:
    read: list[tuple[int, int]] = []

    async def ask() -> Reply:
        model = HFModel(str(tiny), CPU)
        await model.ask(request())  # loads
        assert model._loaded is not None
        model._loaded.thinker.model.language_model.register_forward_pre_hook(
            lambda _, given, named: read.append(tuple(named["inputs_embeds"].shape[:2])), with_kwargs=True
        )
        reply = await model.ask(request(film, wav(), n=6, temperature=1.0, max_tokens=3))
        await model.close()
        return reply

    reply = asyncio.run(ask())
    assert len(reply.texts) == 6
    assert read == [(1, reply.usage.prompt_tokens), (6, 1), (6, 1)]


def test_an_answer_that_nobody_waits_for_frees_the_model(endless: Path) -> None:
    async def give_up() -> None:
        model = HFModel(str(endless), CPU)
        await model.ask(request())  # loads
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.3):
                await model.ask(request(max_tokens=30_000))
        await model.ask(request())
        await model.close()

    asyncio.run(asyncio.wait_for(give_up(), 30))


def test_closing_ends_an_answer_under_way(endless: Path) -> None:
    async def close_early() -> None:
        model = HFModel(str(endless), CPU)
        await model.ask(request())
        asking = asyncio.create_task(model.ask(request(max_tokens=30_000)))
        await asyncio.sleep(0.2)
        await model.close()
        with pytest.raises(Exception, match="closed"):
            await asking
        with pytest.raises(RefusedCallError, match="closed"):
            await model.ask(request())

    asyncio.run(asyncio.wait_for(close_early(), 30))


def test_a_prompt_that_the_model_cannot_read_is_refused_before_it_runs(tiny: Path) -> None:
    with pytest.raises(RefusedCallError, match=r"takes 3\d{4} tokens, and the model reads 32768") as error:
        run(HFModel(str(tiny), CPU), request(user="x " * 17_000))
    assert error.value.reason == "too_long"


@pytest.mark.parametrize(
    ("media", "said"),
    [
        (Media(Kind.AUDIO, "audio/wav", b"RIFFnothing"), "no WAV"),
        (wav(rate_hz=44_100, channels=2), "2 channels of 16 bits at 44100 Hz"),
        (wav(301.0), "lasts 301 s"),
        (Media(Kind.FRAMES, "image/jpeg", b"\xff\xd8nothing"), "no JPEG"),
        (Media(Kind.VIDEO, "video/mp4", b"nothing at all"), "The video of the request"),
    ],
    ids=["no wav", "stereo", "long", "no jpeg", "no video"],
)
def test_bad_media_are_refused_in_one_sentence(tiny: Path, media: Media, said: str) -> None:
    with pytest.raises(RefusedCallError, match=said) as error:
        run(HFModel(str(tiny), CPU), request(media))
    assert error.value.reason == "bad_media"
    assert "/tmp" not in str(error.value)


def test_a_schema_is_kept_where_the_package_is_there(tiny: Path) -> None:
    pytest.importorskip("llguidance")
    schema = {
        "type": "object",
        "properties": {"emotion": {"enum": ["happy", "sad"]}},
        "required": ["emotion"],
        "additionalProperties": False,
    }
    model = HFModel(str(tiny), CPU)
    assert model.constrains
    asked = Request(user="x", schema=schema, sampling=Sampling(temperature=1.0, max_tokens=50))
    [reply] = run(model, asked)
    assert json.loads(reply.text)["emotion"] in ("happy", "sad")
    assert not reply.cut_off


def test_an_adapter_behind_the_plus_changes_the_answer(tiny: Path, tmp_path: Path) -> None:
    adapter = make_adapter(tiny, tmp_path / "with+plus", scale=0.5)
    plain, adapted = HFModel(str(tiny), CPU), HFModel(f"{tiny}+{adapter}", CPU)
    [before], [after] = run(plain, request()), run(adapted, request())
    assert before.text != after.text
    assert before.model != after.model
    assert after.model.startswith(f"{tiny.name}+with+plus (")


def test_where_the_name_is_split(tiny: Path, tmp_path: Path) -> None:
    named = tmp_path / "a+b"
    named.mkdir()
    assert split_name(str(named)) == (str(named), None)
    assert split_name(f"{named}+c/d") == (str(named), "c/d")
    assert split_name("org/base+org/adapter") == ("org/base", "org/adapter")
    assert split_name("org/base") == ("org/base", None)


def test_the_spec_opens_it_and_media_are_its_default(tiny: Path) -> None:
    settings = build(ModelSettings, {"local": {"device": "cpu", "inputs": "stated"}}, "model")
    caller = make_caller(f"hf:{tiny}", settings)
    assert caller is not None
    with caller:
        assert caller.model.goes_to is None
        assert caller.model.takes == frozenset(Kind)
        assert caller.patience.call_timeout_s == 3600
        assert caller.run(caller.ask(request())).usage.video_tokens == 0
    assert default_send(f"hf:{tiny}") is Send.MEDIA
    assert default_send("openai:x") is Send.CUES
    assert default_send("scripted:x") is Send.CUES


@pytest.mark.parametrize(
    ("name", "said"),
    [("/no/such/folder", "no folder"), ("org/never-here", "never downloaded"), ("{tmp}", "no config.json")],
)
def test_what_is_no_checkpoint_is_said_before_any_work(tmp_path: Path, name: str, said: str) -> None:
    with pytest.raises(UsageError, match=said) as error:
        make_caller("hf:" + name.replace("{tmp}", str(tmp_path)))
    assert error.value.remedy


def test_a_missing_adapter_is_said_before_any_work(tiny: Path) -> None:
    with pytest.raises(UsageError, match="no folder"):
        make_caller(f"hf:{tiny}+/no/such/adapter")


def test_without_the_packages_one_sentence_names_them(tiny: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "torch", None)
    with pytest.raises(MissingPieceError, match=r"torch, which is not installed.*saber-llm\[hf\]"):
        make_caller(f"hf:{tiny}")


def test_what_does_not_fit_into_memory_is_refused_and_the_rest_is_answered(tiny: Path) -> None:
    """In a process with little memory left one request of the batch needs more than that."""
    program = f"""
import asyncio, resource
from saber.core.errors import RefusedCallError
from saber.models import LocalSettings, Request, Sampling
from saber.models.hf import HFModel

def asked(n):
    return Request(user="x " * 300, sampling=Sampling(temperature=1.0, max_tokens=3, n=n))

async def main():
    model = HFModel({str(tiny)!r}, LocalSettings(device="cpu"))
    await model.ask(asked(2))
    used = int(open("/proc/self/statm").read().split()[0]) * resource.getpagesize()
    resource.setrlimit(resource.RLIMIT_AS, (used + 200_000_000, -1))
    answers = await asyncio.gather(model.ask(asked(1500)), model.ask(asked(1)), return_exceptions=True)
    assert isinstance(answers[0], RefusedCallError), answers
    print(answers[0].reason, answers[0], len(answers[1].texts))
    await model.close()

asyncio.run(main())
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    assert done.stdout.startswith("out_of_memory The memory of cpu is too small")
    assert done.stdout.strip().endswith("1")
