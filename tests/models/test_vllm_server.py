"""Does a real vLLM server with a Qwen2.5-Omni answer our client, with video, sound, samples and a schema?

Its weights are tiny and random: they prove the way there and back, not quality.
"""

from __future__ import annotations

import asyncio
import json
import subprocess
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import jsonschema
import numpy as np
import pytest
from numpy.typing import NDArray

from media_maker import make_clip
from models.contract import ASKED, Backend, ModelContract, sample
from models.vllm_server import NAME, environment, vllm_python, vllm_server
from saber.cli.main import main
from saber.core.errors import RefusedCallError
from saber.infer import answer_schema
from saber.models import Kind, Media, Reply, Request, Sampling
from saber.models.openai import OpenAIModel
from saber.sed import LABEL, SECTIONS

TESTS = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("vllm")
    make = [vllm_python(), TESTS / "omni" / "tiny_omni.py", folder / NAME]
    subprocess.run(list(map(str, make)), env=environment(), check=True, capture_output=True)
    with vllm_server(folder / NAME, folder / "server.log") as address:
        yield address


class TestServed(ModelContract):
    @pytest.fixture(scope="class")
    @classmethod
    def backend(cls, server: str) -> Backend:
        return Backend(
            open=lambda: OpenAIModel(NAME, server, takes=frozenset(Kind)),
            takes=frozenset(Kind),
            goes_to=None,
            constrains=True,
            counts_media=frozenset(Kind),
            context_tokens=8192,
        )


def _stripes(index: int) -> NDArray[np.uint8]:
    return np.tile(np.where(np.arange(96) // 8 % 2, 255, 0).astype(np.uint8)[None, :, None], (64, 1, 3))


def ask(server: str, *requests: Request) -> list[Reply]:
    async def run() -> list[Reply]:
        model = OpenAIModel(NAME, server, takes=frozenset(Kind))
        try:
            return await asyncio.gather(*map(model.ask, requests))
        finally:
            await model.close()

    return asyncio.run(run())


def test_video_and_sound_of_one_request_are_counted_apart(server: str, tmp_path: Path) -> None:
    media = (sample(Kind.VIDEO, tmp_path), sample(Kind.AUDIO, tmp_path))
    bare, video, audio, both = (
        reply.usage
        for reply in ask(
            server,
            ASKED,
            replace(ASKED, media=media[:1]),
            replace(ASKED, media=media[1:]),
            replace(ASKED, media=media),
        )
    )
    assert (video.video_tokens, video.audio_tokens) == (both.video_tokens, None)
    assert (audio.video_tokens, audio.audio_tokens) == (None, both.audio_tokens)
    # One second is shown in 4 frames, the least, which is two pairs; 96 x 64 px are enlarged to 12,544 px or
    # more: 5 x 4 tokens. A second of sound is 25 tokens.
    assert (both.video_tokens, both.audio_tokens) == (2 * 20, 25)
    # The media and the two tokens around each; a placeholder stands for none.
    assert both.prompt_tokens == (bare.prompt_tokens or 0) + 40 + 2 + 25 + 2


def test_a_long_clip_is_shown_in_as_many_frames_as_the_server_was_told(server: str, tmp_path: Path) -> None:
    file = make_clip(tmp_path / "long.mp4", seconds=30.0, fps=4, size=(96, 64), sound=None)
    [reply] = ask(server, replace(ASKED, media=(Media(Kind.VIDEO, "video/mp4", file.read_bytes()),)))
    assert reply.usage.video_tokens == 40 // 2 * 20


def test_the_order_of_what_is_seen_and_heard_is_kept(server: str, tmp_path: Path) -> None:
    """The same media in another order are another prompt; the same order is the same."""
    one, two = sample(Kind.VIDEO, tmp_path), sample(Kind.AUDIO, tmp_path)
    first, again, turned = ask(
        server,
        replace(ASKED, media=(one, two)),
        replace(ASKED, media=(one, two)),
        replace(ASKED, media=(two, one)),
    )
    assert first.text == again.text != turned.text


def test_what_is_seen_and_heard_matters(server: str, tmp_path: Path) -> None:
    other = make_clip(tmp_path / "other.mp4", seconds=1.0, size=(96, 64), picture=_stripes)
    video = sample(Kind.VIDEO, tmp_path)
    first, second = ask(
        server,
        replace(ASKED, media=(video,)),
        replace(ASKED, media=(replace(video, data=other.read_bytes()),)),
    )
    assert first.usage == second.usage
    assert first.text != second.text


def test_random_weights_held_to_the_schema_write_the_whole_record(server: str, tmp_path: Path) -> None:
    schema = answer_schema((*SECTIONS, LABEL), 60)
    media = (sample(Kind.VIDEO, tmp_path), sample(Kind.AUDIO, tmp_path))
    drawn = Sampling(temperature=1.0, max_tokens=2500, n=3, seed=3)
    [reply] = ask(server, Request("Describe the person.", media=media, schema=schema, sampling=drawn))
    assert len(set(reply.texts)) == 3
    for text in reply.texts:
        jsonschema.validate(json.loads(text), schema)
    assert not reply.cut_off


def test_what_the_server_does_not_allow_is_refused_in_its_words(server: str, tmp_path: Path) -> None:
    video = sample(Kind.VIDEO, tmp_path)
    with pytest.raises(RefusedCallError, match="At most 1 video") as error:
        ask(server, replace(ASKED, media=(video, video)))
    assert error.value.reason == "http_400"


@pytest.mark.parametrize("mode", ["one", "staged"])
def test_a_clip_is_analysed_with_its_media_from_end_to_end(
    server: str, mode: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    clip = make_clip(tmp_path / "clip.mp4", seconds=2.0, sound="speech")
    settings = tmp_path / "saber.toml"
    settings.write_text(
        "[infer]\nmax_tokens = 2500\nretries = 0\nlongest_section_chars = 60\ntemperature = 1.0\n"
    )
    where = ["--model", f"openai:{NAME}", "--base-url", server, "--takes", "frames,video,audio"]
    how = ["--send", "media", "--mode", mode, "--config", str(settings), "--json"]
    main(["analyze", str(clip), *where, *how])
    out, err = capsys.readouterr()
    record = json.loads(out)
    # Random words in the right form: taken as a record, or refused for what they say, never for their form.
    if record.get("reason"):
        assert record["reason"] == "invalid", record
        assert "not JSON" not in record["message"]
    assert "Traceback" not in err
