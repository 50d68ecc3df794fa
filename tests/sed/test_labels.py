"""Are a label after the reasoning, a blank section and a recited request read for what they are?"""

from __future__ import annotations

import json

import pytest

from saber.core.records import Annotation, AudioDescription
from saber.core.taxonomy import Emotion
from saber.sed import Problem, read_answer, render

GOOD = Annotation(
    scene="A plain room.",
    face="The lip corners rise.",
    body="Still.",
    audio=AudioDescription(acoustic="Low and slow.", speech=""),
    reasoning="They disagree.",
)


@pytest.mark.parametrize("label", ["anger", " Angry.", "愤怒。"])
def test_a_label_is_read_in_both_forms_and_is_no_part_of_the_annotation(label: str) -> None:
    tagged = read_answer(f"{render(GOOD)}\n<emotion>{label}</emotion>")
    mapped = read_answer(json.dumps(json.loads(GOOD.model_dump_json(by_alias=True)) | {"emotion": label}))
    for answer in (tagged, mapped):
        assert answer.valid
        assert answer.problems == ()
        assert answer.emotion is Emotion.ANGER
        assert answer.annotation == GOOD


def test_no_label_or_a_strange_one_names_no_emotion() -> None:
    assert read_answer(render(GOOD)).emotion is None
    assert read_answer(f"{render(GOOD)}<emotion>mixed</emotion>").emotion is None


def test_a_label_alone_does_not_hide_a_json_answer() -> None:
    answer = read_answer(f"<emotion>anger</emotion> {GOOD.model_dump_json(by_alias=True)}")
    assert answer.annotation == GOOD


def test_a_section_that_holds_the_label_tag_is_read_back_as_written() -> None:
    odd = GOOD.model_copy(update={"reasoning": "It says <emotion>fear</emotion> on a sign."})
    answer = read_answer(render(odd))
    assert answer.annotation == odd
    assert answer.emotion is None


@pytest.mark.parametrize("blank", ["", "  ", "...", "-"])
def test_a_blank_section_is_missing_and_blank_speech_is_not(blank: str) -> None:
    answer = read_answer(render(GOOD.model_copy(update={"face": blank})))
    assert Problem.MISSING_SECTION in answer.problems
    assert not answer.valid
    assert read_answer(render(GOOD)).valid


def test_an_answer_that_begins_with_the_request_is_an_echo() -> None:
    asked = "posture, movements and gestures"
    recited = GOOD.model_copy(update={"body": "Posture, movements and gestures, and more."})
    assert Problem.ECHO in read_answer(render(recited), instructions=[asked]).problems
    assert read_answer(render(GOOD), instructions=[asked, "low"]).valid
