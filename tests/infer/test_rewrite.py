"""Is one text written anew from what it may rest on, and everything else left as it was?"""

from __future__ import annotations

import asyncio

import pytest

from infer.stand_ins import CHINESE_TEXTS, TEXTS, MadeMedia, asked_sections, good, scripted, tags
from saber.core.taxonomy import Dimension, Language
from saber.infer import InferSettings, Outcome, Rewritten, rewrite_async
from saber.models import Caller, Kind, Request
from saber.sed import annotation_of, texts_of
from sample_cues import sample_cues

OLD = {name: f"Old words on {name}." for name in TEXTS if name != "emotion"}


def again(caller: Caller, dimension: Dimension, reason: str = "The brows were not raised.") -> Rewritten:
    settings = InferSettings(send="media")
    return asyncio.run(
        rewrite_async(
            sample_cues(),
            MadeMedia(),
            caller,
            annotation_of(OLD),
            dimension,
            reason,
            settings=settings,
        )
    )


@pytest.mark.parametrize(
    ("dimension", "section"),
    [
        (Dimension.SCENE, "scene"),
        (Dimension.FACE, "face"),
        (Dimension.BODY, "body"),
        (Dimension.ACOUSTIC, "voice"),
        (Dimension.REASONING, "reasoning"),
    ],
)
def test_only_that_text_is_asked_for_and_replaced(dimension: Dimension, section: str) -> None:
    caller, model = scripted(good, takes=frozenset({Kind.FRAMES, Kind.AUDIO}))
    found = again(caller, dimension)
    assert found.annotation is not None
    assert texts_of(found.annotation) == {**OLD, section: TEXTS[section]}
    (request,) = model.asked
    assert asked_sections(request) == [section]
    assert "The brows were not raised." in request.user
    assert OLD[section] in request.user


def test_each_text_is_written_from_what_it_may_rest_on() -> None:
    sent: dict[Dimension, set[Kind]] = {}
    for dimension in (Dimension.FACE, Dimension.ACOUSTIC, Dimension.REASONING):
        caller, model = scripted(good, takes=frozenset({Kind.FRAMES, Kind.VIDEO, Kind.AUDIO}))
        again(caller, dimension)
        sent[dimension] = {media.kind for media in model.asked[0].media}
    assert sent == {
        Dimension.FACE: {Kind.FRAMES},
        Dimension.ACOUSTIC: {Kind.AUDIO},
        Dimension.REASONING: set(),
    }


def test_a_reasoning_reads_the_evidence_as_it_stands() -> None:
    caller, model = scripted(good)
    again(caller, Dimension.REASONING)
    for name in ("scene", "face", "body", "voice", "speech"):
        assert OLD[name] in model.asked[0].user


def test_speech_is_only_asked_of_a_model_that_hears() -> None:
    deaf, model = scripted(good, takes=frozenset({Kind.FRAMES}))
    found = again(deaf, Dimension.SPEECH)
    assert (found.annotation, found.reason, model.asked) == (None, "not_heard", [])
    hearing, _ = scripted(good, takes=frozenset({Kind.AUDIO}))
    told = again(hearing, Dimension.SPEECH).annotation
    assert told is not None
    assert told.audio.speech == TEXTS["speech"]


def test_what_stays_unusable_changes_nothing_and_says_so() -> None:
    caller, model = scripted(["", "<face></face>", ""])
    found = again(caller, Dimension.FACE)
    assert found.annotation is None
    assert found.outcome is Outcome.INVALID
    assert "3 attempts" in found.message
    assert len(model.asked) == len(found.attempts) == 3


def test_each_round_is_drawn_anew() -> None:
    seeds: list[int] = []

    def noted(request: Request) -> str:
        seeds.append(request.sampling.seed or 0)
        return tags(["face"])

    caller, _ = scripted(noted)
    for round_ in (2, 3):
        asyncio.run(
            rewrite_async(sample_cues(), None, caller, annotation_of(OLD), Dimension.FACE, "x", round_=round_)
        )
    assert len(set(seeds)) == 2


def test_chinese_is_asked_in_chinese() -> None:
    caller, model = scripted(lambda request: tags(asked_sections(request), CHINESE_TEXTS))
    found = asyncio.run(
        rewrite_async(
            sample_cues(),
            None,
            caller,
            annotation_of(OLD),
            Dimension.FACE,
            "眉毛没有抬起。",
            language=Language.CHINESE,
        )
    )
    assert found.annotation is not None
    assert found.annotation.face == CHINESE_TEXTS["face"]
    assert "请重新写这一部分" in model.asked[0].user
    assert found.prompt.name == "rewrite.visual.zh"
