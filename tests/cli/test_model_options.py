"""Do the flags of a model reach the calls, and is what a run took told at its end?"""

from __future__ import annotations

import argparse
import asyncio
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from infer.stand_ins import TEXTS
from media_maker import make_clip
from models.loopback import Proxy
from saber.cli.main import main
from saber.cli.model_options import add_model_options, model_settings
from saber.core.errors import UsageError
from saber.models import Estimate, Kind, ModelSettings, Tally, Usage


def settings(*flags: str, base: ModelSettings | None = None) -> ModelSettings:
    parser = argparse.ArgumentParser()
    add_model_options(parser, "a model")
    return model_settings(parser.parse_args(flags), base)


ALL = (
    "--model openai:m --base-url http://127.0.0.1:9/v1 --api-key-env MY_KEY --takes frames,audio "
    "--concurrency 7 --requests-per-minute 30 --tokens-per-minute 9000 --cache kept.sqlite --price-prompt 2 "
    "--price-answer 10 --currency EUR --budget-tokens 5000 --budget-money 1.5"
)


def test_every_flag_reaches_its_setting() -> None:
    assert settings(*ALL.split()) == ModelSettings(
        base_url="http://127.0.0.1:9/v1",
        api_key_env="MY_KEY",
        takes_frames=True,
        takes_audio=True,
        concurrency=7,
        requests_per_minute=30.0,
        tokens_per_minute=9000.0,
        cache=Path("kept.sqlite"),
        prompt_price=2.0,
        answer_price=10.0,
        currency="EUR",
        budget_tokens=5000,
        budget_money=1.5,
    )


def test_flags_go_before_the_file_and_the_rest_stays() -> None:
    file = ModelSettings(takes_video=True, takes_audio=True, prompt_price=1.0, answer_price=2.0, tries=3)
    got = settings("--model", "openai:m", "--takes", "video", "--price-answer", "4", base=file)
    assert got == replace(file, takes_audio=False, answer_price=4.0)
    assert settings("--model", "openai:m", "--takes", "", base=file).takes == frozenset()
    assert settings("--model", "openai:m", base=file).takes == {Kind.VIDEO, Kind.AUDIO}
    assert settings(base=file) == file


@pytest.mark.parametrize(
    ("flags", "said"),
    [
        ("--model openai:m --price-prompt 2", "--price-answer"),
        ("--model openai:m --budget-money 2", "--price-prompt"),
        ("--model openai:m --concurrency 0", "concurrency"),
        ("--model openai:m --budget-tokens -1", "budget_tokens"),
        ("--model openai:m --price-prompt -1 --price-answer 1", "prompt_price"),
        ("--cache kept.sqlite", "--cache"),
        ("--takes frames", "--takes"),
    ],
)
def test_what_does_not_fit_together_is_one_sentence(flags: str, said: str) -> None:
    with pytest.raises(UsageError, match=said):
        settings(*flags.split())


def test_a_kind_that_there_is_not_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        settings("--model", "openai:m", "--takes", "frames,smell")
    assert "no smell among frames, video, audio" in capsys.readouterr().err


def test_the_tally_tells_kinds_money_and_what_was_not_stated() -> None:
    tally = Tally()
    assert tally.text() == "No call was made; 0 answers from the cache."
    most = Estimate(1000, 100, 0.5)
    tally.add(most, Usage(900, 20, video_tokens=500, audio_tokens=60), 0.4, answered=True)
    tally.add(most, Usage(), 0.5, answered=False)
    tally.add(most, None, None, answered=False)
    tally.cached = 1
    assert tally.text("EUR") == (
        "3 calls (2 failed), 1 answer from the cache; 900 prompt tokens (500 video, 60 sound), "
        "20 answer tokens; 0.9000 EUR. Not stated for 1 call, and counted at most: 1,100 tokens."
    )


@contextmanager
def serving(proxy: Proxy) -> Iterator[str]:
    """The proxy in a thread of its own, for a command that runs its own event loop."""
    started: list[str] = []
    ready, stop = threading.Event(), threading.Event()

    async def serve() -> None:
        async with proxy.running() as address:
            started.append(address)
            ready.set()
            await asyncio.to_thread(stop.wait)

    thread = threading.Thread(target=asyncio.run, args=(serve(),))
    thread.start()
    ready.wait(30)
    try:
        yield started[0]
    finally:
        stop.set()
        thread.join()


def test_a_run_ends_with_what_it_took_and_a_dry_one_with_what_it_would(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    clip = str(make_clip(tmp_path / "clip.mp4", seconds=1.0))
    answer = {
        "video_desc": TEXTS["scene"], "facial_exp_desc": TEXTS["face"], "body_lang_desc": TEXTS["body"],
        "audio_desc": {"acoustic_feat": TEXTS["voice"]}, "sentiment_analysis": TEXTS["reasoning"],
        "emotion": "anger",
    }  # fmt: skip
    message = {"role": "assistant", "content": json.dumps(answer)}
    body = {
        "choices": [{"message": message, "finish_reason": "stop"}],
        "usage": {"prompt_tokens": 1500, "completion_tokens": 200},
    }
    proxy = Proxy(body=json.dumps(body).encode())
    with serving(proxy) as address:
        flags = ["analyze", "--json", "--model", "openai:m", "--base-url", address, "--price-prompt", "2",
                 "--price-answer", "10", "--currency", "EUR"]  # fmt: skip
        assert main([*flags, "--dry-run", clip, clip]) == 0
        dry = capsys.readouterr()
        assert not proxy.requests
        assert main([*flags, "--cache", str(tmp_path / "kept.sqlite"), clip, clip]) == 0
    wet = capsys.readouterr()
    last = dry.out.strip().splitlines()[-1]
    assert last.startswith("All 2 clips: 2 requests, at most ")
    assert last.endswith(" EUR, without retries.")
    assert "call" not in dry.err
    assert len(proxy.requests) == 1
    assert (
        "saber: 1 call, 1 answer from the cache; 1,500 prompt tokens, 200 answer tokens; 0.0050 EUR."
        in wet.err.splitlines()
    )
