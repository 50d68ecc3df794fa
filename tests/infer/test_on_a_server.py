"""Does it work against a real server with real weights, and what really goes over the wire?

The weights are tiny: they prove the plumbing (a schema held to, tokens counted), not quality.
"""

from __future__ import annotations

import asyncio
import base64
import json
from collections.abc import Iterator

import jsonschema
import pytest

from infer.stand_ins import TEXTS, MadeMedia
from models.loopback import Proxy, smollm
from saber.core.taxonomy import Language
from saber.infer import InferSettings, Outcome, answer_schema, write_annotation, write_annotation_async
from saber.infer.question import sections_of
from saber.models import Kind, ModelSettings, Send, make_caller
from sample_cues import TEXT, sample_cues

JSON_ANSWER = {
    "video_desc": TEXTS["scene"],
    "facial_exp_desc": TEXTS["face"],
    "body_lang_desc": TEXTS["body"],
    "audio_desc": {"acoustic_feat": TEXTS["voice"], "speech_content": TEXTS["speech"]},
    "sentiment_analysis": TEXTS["reasoning"],
    "emotion": "anger",
}


def served(answer: object) -> bytes:
    message = {"role": "assistant", "content": json.dumps(answer)}
    return json.dumps({"choices": [{"message": message, "finish_reason": "stop"}]}).encode()


@pytest.mark.parametrize("send", Send)
def test_nothing_of_the_media_is_in_the_bytes_unless_allowed(send: Send) -> None:
    proxy = Proxy(body=served(JSON_ANSWER))
    media = MadeMedia()

    async def run() -> Outcome:
        async with proxy.running() as address:
            able = ModelSettings(base_url=address, takes_frames=True, takes_audio=True)
            caller = make_caller("openai:m", able, {})
            assert caller is not None
            settings = InferSettings(send=send.value, frames=2)
            written = await write_annotation_async(sample_cues(), media, caller, settings)
            await caller.model.close()
            return written.outcome

    assert asyncio.run(run()) is Outcome.OK
    body = json.dumps(proxy.requests[0])
    head = proxy.headers[0]
    pictures = base64.b64encode(b"\xff\xd8\xff").decode() in body
    sound = base64.b64encode(b"RIFF").decode()[:5] in body
    assert pictures == (Kind.FRAMES in send.allows)
    assert sound == (Kind.AUDIO in send.allows)
    assert ("data:" in body) == pictures
    assert ("input_audio" in body) == sound
    for secret in ("thanks.mp4", "clips/", "5f5f5f", "nowhere"):
        assert secret not in body + head
    if send is Send.CUES:
        assert media.reads == []
        assert isinstance(proxy.requests[0]["messages"][1]["content"], str)


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    with smollm() as address:
        yield address


@pytest.mark.parametrize("mode", ["one", "staged"])
def test_real_weights_held_to_the_schema_give_a_valid_record(server: str, mode: str) -> None:
    caller = make_caller("openai:smollm", ModelSettings(base_url=server), {})
    assert caller is not None
    settings = InferSettings(
        mode=mode,  # type: ignore[arg-type]
        longest_cues_chars=2000,
        longest_section_chars=60,
        max_tokens=400,
        retries=0,
    )
    pieces: list[str] = []
    with caller:
        written = write_annotation(sample_cues(), None, caller, settings, Language.ENGLISH, pieces.append)
    for attempt in written.attempts:
        schema = answer_schema(sections_of(attempt.stage, heard=False), 60)
        jsonschema.validate(json.loads(attempt.raw or ""), schema)
        # Weights this small may recite the request; what they write is always in the form.
        assert set(attempt.problems) <= {"echo", "missing_section"}
        assert (attempt.usage.prompt_tokens or 0) > 50
        assert (attempt.usage.answer_tokens or 0) > 3
        assert attempt.seconds > 0
    assert (written.outcome is Outcome.OK) == (written.annotation is not None)
    if written.annotation is not None:
        assert written.require().audio.speech == TEXT
        assert written.emotion_said in json.dumps(schema["properties"]["emotion"]["enum"])
    if mode == "one":
        assert "".join(pieces) == written.attempts[0].raw
        assert len(pieces) > 10


def test_a_caller_serves_one_clip_after_another_over_kept_connections(server: str) -> None:
    caller = make_caller("openai:smollm", ModelSettings(base_url=server), {})
    assert caller is not None
    quick = InferSettings(longest_cues_chars=2000, longest_section_chars=8, max_tokens=120, retries=0)
    with caller:
        ends = [write_annotation(sample_cues(), None, caller, quick) for _ in range(2)]
    assert {e.outcome for e in ends} <= {Outcome.OK, Outcome.INVALID}
    assert all(not a.error for e in ends for a in e.attempts)
