"""Do the measurements and a model agree on sight against sound, and is a useless answer never a verdict?"""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

import pytest

from infer.stand_ins import OPEN, scripted
from models.loopback import Proxy
from saber.core.dataset import Annotated, Compared, Opinion, Verified
from saber.core.errors import CallFailedError, UsageError
from saber.core.taxonomy import Emotion, Language, Modality
from saber.flow import Item, Keep, Tools
from saber.models import ModelSettings
from saber.models.scripted import ScriptedModel
from saber.split import CompareSettings, CompareStage
from saber.split.comparison import Comparison, compare_prompt, read_comparison
from saber.split.opinions import agree, measured_opinion
from split.dataset import CHINESE, ENGLISH, annotated

HAPPY, ANGRY = Emotion.HAPPINESS, Emotion.ANGER
FACE, BODY, VOICE, SPEECH = Modality.FACE, Modality.BODY, Modality.VOICE, Modality.SPEECH


def answer(verdict: str = "inconsistent", **other: str) -> str:
    told = {
        "visual_emotion": "happiness",
        "acoustic_emotion": "anger",
        "reason": "The smile lies over a hard voice.",
        "verdict": verdict,
    }
    return json.dumps(told | other)


def item(first: Annotated, again: Annotated | None = None) -> Item:
    return Item(id="a/1", records={"annotate": first, "verify": Verified(annotated=again, checks=())})


def compare(stage: CompareStage, *items: Item) -> list[Keep]:
    async def work() -> list[Keep]:
        await stage.start(Tools(workspace=Path()))
        try:
            answers = await asyncio.gather(*(stage.ask(i) for i in items))
        finally:
            await stage.stop()
        return [a for a in answers if isinstance(a, Keep)]

    kept = asyncio.run(work())
    assert len(kept) == len(items)
    return kept


def with_model(answers: list[str], clip: Annotated, **chosen: object) -> tuple[Compared, Keep, ScriptedModel]:
    caller, model = scripted(answers)
    stage = CompareStage(CompareSettings(**chosen), caller=caller)  # type: ignore[arg-type]
    (kept,) = compare(stage, item(clip))
    assert isinstance(kept.record, Compared)
    return kept.record, kept, model


@pytest.fixture(autouse=True)
def _closed() -> object:
    yield
    while OPEN:
        OPEN.pop().close()


# --- measured ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("clip", "verdict", "visual", "acoustic"),
    [
        (annotated(), "consistent", HAPPY, HAPPY),
        (annotated(verdict="inconsistent", between=(FACE, VOICE), voice=ANGRY), "inconsistent", HAPPY, ANGRY),
        (annotated(verdict="inconsistent", between=(SPEECH, BODY), body=HAPPY), "inconsistent", HAPPY, HAPPY),
        # A friendly text in a hostile voice, a smile over clenched fists: each is within one side.
        (annotated(verdict="inconsistent", between=(VOICE, SPEECH), speech=ANGRY), "unclear", HAPPY, HAPPY),
        (annotated(verdict="inconsistent", between=(FACE, BODY), body=ANGRY), "unclear", HAPPY, HAPPY),
        # Face and body agree, and nothing can be heard: that says nothing of sight against sound.
        (annotated(body=HAPPY, voice=None), "unclear", None, None),
        (annotated(face=None, speech=HAPPY), "unclear", None, None),
        (annotated(verdict="unclear"), "unclear", HAPPY, HAPPY),
    ],
)
def test_the_measured_verdict_is_on_sight_against_sound(
    clip: Annotated, verdict: str, visual: Emotion | None, acoustic: Emotion | None
) -> None:
    opinion = measured_opinion(clip)
    assert opinion.verdict == verdict
    assert (opinion.visual, opinion.acoustic) == (visual, acoustic)
    if verdict == "inconsistent":
        assert "1.0-2.0 s" in opinion.reason


def test_without_a_model_the_measured_verdict_stands_alone_and_nothing_is_asked() -> None:
    clips = [
        annotated(),
        annotated(verdict="inconsistent", between=(FACE, VOICE)),
        annotated(verdict="unclear"),
    ]
    kept = compare(CompareStage(), *(item(c) for c in clips))
    records = [k.record for k in kept]
    assert [(r.half, r.because) for r in records if isinstance(r, Compared)] == [
        ("consistent", "agreed"),
        ("inconsistent", "agreed"),
        ("unclear", "nobody"),
    ]
    assert all(k.cost is None and k.tokens is None for k in kept)


# --- who agrees ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("verdicts", "all_must", "some_may"),
    [
        (["consistent", "consistent"], ("consistent", "agreed"), ("consistent", "agreed")),
        (["inconsistent", "inconsistent"], ("inconsistent", "agreed"), ("inconsistent", "agreed")),
        (["consistent", "inconsistent"], ("unclear", "disagreed"), ("unclear", "disagreed")),
        (["unclear", "inconsistent"], ("unclear", "not_everybody"), ("inconsistent", "agreed")),
        (["consistent", None], ("unclear", "not_everybody"), ("consistent", "agreed")),
        (["unclear", None], ("unclear", "nobody"), ("unclear", "nobody")),
        (["unclear", "consistent", "inconsistent"], ("unclear", "disagreed"), ("unclear", "disagreed")),
    ],
)
def test_what_follows_from_several_opinions(
    verdicts: list[str | None], all_must: tuple[str, str], some_may: tuple[str, str]
) -> None:
    opinions = [Opinion(judge=str(i), verdict=v) for i, v in enumerate(verdicts)]  # type: ignore[arg-type]
    for agreement, wanted in (("all", all_must), ("some", some_may)):
        for order in (opinions, opinions[::-1]):
            result = agree(order, agreement)  # type: ignore[arg-type]
            assert (result.half, result.because) == wanted
            assert result.opinions == tuple(order)


# --- a model -------------------------------------------------------------------------------------


def test_a_model_is_asked_for_the_two_sides_and_not_told_the_conclusion() -> None:
    clip = annotated(verdict="inconsistent", between=(FACE, VOICE), voice=ANGRY)
    record, kept, model = with_model([answer()], clip)
    assert (record.half, record.because) == ("inconsistent", "agreed")
    measured, asked = record.opinions
    assert measured.judge == "measured"
    assert asked.judge == "scripted"
    assert (asked.visual, asked.acoustic, asked.attempts) == (HAPPY, ANGRY, 1)
    assert asked.reason == "The smile lies over a hard voice."
    assert asked.prompt_sha256 == compare_prompt(Language.ENGLISH).sha256
    (request,) = model.asked
    for text in (ENGLISH.scene, ENGLISH.face, ENGLISH.body, ENGLISH.audio.acoustic, ENGLISH.audio.speech):
        assert json.dumps(text)[1:-1] in request.user
    assert ENGLISH.reasoning not in request.user
    assert request.schema is not None
    assert list(request.schema["properties"]) == list(Comparison.model_fields)
    assert request.schema["properties"]["verdict"]["enum"] == ["consistent", "inconsistent", "unclear"]
    assert "$" not in json.dumps(request.schema)
    assert kept.tokens == 0


def test_judges_that_contradict_each_other_make_it_unclear_and_both_are_kept() -> None:
    record, _, _ = with_model([answer("inconsistent")], annotated())
    assert (record.half, record.because) == ("unclear", "disagreed")
    assert [o.verdict for o in record.opinions] == ["consistent", "inconsistent"]


def test_the_annotation_that_was_written_again_is_compared_in_its_language() -> None:
    caller, model = scripted([answer("consistent", reason="两方一致。")])
    stage = CompareStage(caller=caller)
    again = annotated(CHINESE, "zh")
    compare(stage, item(annotated(verdict="inconsistent", between=(FACE, VOICE)), again))
    assert CHINESE.face in model.asked[0].user
    assert "只回答一个 JSON 对象" in model.asked[0].user


@pytest.mark.parametrize(
    "raw",
    [
        "",
        "I'm sorry, I can't help with that.",
        "They agree.",
        answer("mostly consistent"),
        answer(visual_emotion="joyful"),
        answer(reason="   "),
        answer().replace('"verdict"', '"result"'),
        answer()[:-30],
        json.dumps([answer()]),
        '{"verdict": "consistent"}',
    ],
)
def test_a_useless_answer_makes_that_judge_unknown_and_never_a_verdict(raw: str) -> None:
    record, _, model = with_model([raw], annotated(), retries=2)
    assert (record.half, record.because) == ("unclear", "not_everybody")
    asked = record.opinions[1]
    assert asked.verdict is None
    assert asked.attempts == len(model.asked) == 3
    assert "No usable answer in 3 attempts" in asked.reason
    assert len({r.key("m") for r in model.asked}) == 3
    assert "could not be used" in model.asked[1].user
    assert "could not be used" not in model.asked[0].user


@pytest.mark.parametrize(
    "raw",
    [
        answer("consistent"),
        f"```json\n{answer('consistent')}\n```",
        f"<think>The smile {{...}} hmm</think>{answer('consistent')}",
        answer("consistent").replace('"}', '",}'),
        answer(" Consistent "),
        f"Here it is: {answer('consistent')} I hope that helps.",
    ],
)
def test_what_can_be_read_is_read(raw: str) -> None:
    read = read_comparison(raw)
    assert isinstance(read, Comparison)
    assert read.verdict == "consistent"
    assert read.visual is HAPPY


@pytest.mark.parametrize(("word", "emotion"), [("mixed", None), ("unclear", None), ("fear", Emotion.FEAR)])
def test_a_side_without_one_emotion_has_none(word: str, emotion: Emotion | None) -> None:
    read = read_comparison(answer(acoustic_emotion=word))
    assert isinstance(read, Comparison)
    assert read.acoustic is emotion


def test_a_second_try_can_succeed() -> None:
    record, _, _ = with_model(["no idea", answer("consistent")], annotated())
    assert (record.half, record.opinions[1].attempts) == ("consistent", 2)


def test_a_server_that_fails_is_an_error_and_one_that_answers_is_closed() -> None:
    async def work(faults: tuple[str, ...], body: str) -> Compared:
        content = {"model": "served", "choices": [{"message": {"role": "assistant", "content": body}}]}
        proxy = Proxy(faults=faults, body=json.dumps(content).encode())
        async with proxy.running() as address:
            stage = CompareStage(
                CompareSettings(model="openai:m"), ModelSettings(base_url=address, api_key_env="", tries=1)
            )
            await stage.start(Tools(workspace=Path()))
            try:
                kept = await stage.ask(item(annotated()))
            finally:
                await stage.stop()
        assert isinstance(kept, Keep)
        assert isinstance(kept.record, Compared)
        return kept.record

    with pytest.raises(CallFailedError):
        asyncio.run(work(("500",), ""))
    record = asyncio.run(work((), answer("consistent")))
    assert record.opinions[1].judge.startswith("openai:m")
    assert record.half == "consistent"


def test_the_settings_name_the_model_and_the_prompts_and_a_wrong_model_is_refused_at_once() -> None:
    assert "prompt_en" not in CompareStage().settings
    caller, _ = scripted([answer()])
    told = CompareStage(caller=caller).settings
    assert told["model"] == "scripted"
    assert told["prompt_zh"] == compare_prompt(Language.CHINESE).sha256
    with pytest.raises(UsageError, match="no model"):
        CompareStage(CompareSettings(model="nonsense"))
