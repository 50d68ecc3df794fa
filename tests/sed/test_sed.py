"""Is SED text read back without loss, and is what models really write read for what it is?"""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from saber.core.records import Annotation, AudioDescription
from saber.core.taxonomy import Language
from saber.sed import SECTIONS, Problem, read_answer, render

PIECES = st.sampled_from(
    [
        "<face>",
        "</face>",
        "<\\face>",
        "<laughter>",
        '"',
        "\\",
        "\n",
        "{",
        "}",
        "</reasoning>",
        "```",
        "笑",
        "a b",
    ]
)
TEXTS = st.one_of(st.text(max_size=40), st.lists(PIECES, max_size=8).map("".join))


@st.composite
def annotations(draw: st.DrawFn) -> Annotation:
    scene, face, body, acoustic, speech, reasoning = (draw(TEXTS) for _ in range(6))
    return Annotation(
        scene=scene,
        face=face,
        body=body,
        audio=AudioDescription(acoustic=acoustic, speech=speech),
        reasoning=reasoning,
    )


@given(annotations())
def test_sed_text_reads_back_as_written(annotation: Annotation) -> None:
    assert read_answer(render(annotation)).annotation == annotation


@given(annotations())
def test_the_released_json_reads_back_as_written(annotation: Annotation) -> None:
    assert read_answer(annotation.model_dump_json(by_alias=True)).annotation == annotation


@given(st.text(max_size=300))
def test_no_text_makes_it_fail(raw: str) -> None:
    assert read_answer(raw, language=Language.ENGLISH, transcript="one two three four").raw == raw


GOOD = Annotation(
    scene="A plain room.",
    face="The lip corners rise from 1.0 s.",
    body="The shoulders stay still.",
    audio=AudioDescription(acoustic="The voice is low and slow.", speech="Well <laughter> fine."),
    reasoning="The smile and the low voice disagree.",
)
JSON = GOOD.model_dump_json(by_alias=True)
TAGS = render(GOOD)


@pytest.mark.parametrize(
    ("raw", "problems"),
    [
        (JSON, ()),
        (TAGS, ()),
        (f"```json\n{JSON}\n```", ()),
        (f"Here is the analysis:\n\n{JSON}\n\nI hope this helps!", ()),
        (f"<think>The face {{smiles}}.</think>{TAGS}", ()),
        (JSON[:-1] + ",}", (Problem.REPAIRED,)),
        (JSON.replace("A plain room.", "A plain\nroom."), (Problem.REPAIRED,)),
        (TAGS.replace("</body>", ""), (Problem.REPAIRED,)),
        (TAGS.upper().replace("A PLAIN ROOM.", "A plain room."), ()),
        (TAGS + "\n<scene>Again.</scene>", (Problem.REPEATED_SECTION,)),
    ],
)
def test_what_models_write_around_a_good_answer_is_seen_through(
    raw: str, problems: tuple[Problem, ...]
) -> None:
    answer = read_answer(raw, language=Language.ENGLISH)
    assert answer.valid
    assert answer.problems == problems
    assert answer.texts["scene"].replace("\n", " ") == "A plain room."


@pytest.mark.parametrize("cut", range(20, len(JSON) - 2, 7))
def test_a_cut_off_json_keeps_whole_sections_only(cut: int) -> None:
    answer = read_answer(JSON[:cut])
    assert not answer.valid
    whole = {v for k, v in json.loads(JSON).items() if isinstance(v, str)} | set(
        json.loads(JSON)["audio_desc"].values()
    )
    assert set(answer.texts.values()) <= whole


def test_a_cut_off_sed_text_is_named_and_its_last_section_dropped() -> None:
    answer = read_answer(TAGS[: TAGS.index("disagree")])
    assert Problem.CUT_OFF in answer.problems
    assert "reasoning" not in answer.texts
    assert answer.texts["speech"] == "Well <laughter> fine."


@pytest.mark.parametrize(
    ("raw", "problem"),
    [
        ("", Problem.EMPTY),
        ("  \n", Problem.EMPTY),
        ("I'm sorry, but I can't help with identifying emotions.", Problem.REFUSAL),
        ("抱歉，我无法分析视频。", Problem.REFUSAL),
        ("The person smiles and speaks softly.", Problem.NOT_STRUCTURED),
        ('{"video_desc": "A room."}', Problem.MISSING_SECTION),
        ("[1, 2]", Problem.NOT_STRUCTURED),
    ],
)
def test_what_is_no_annotation_is_named(raw: str, problem: Problem) -> None:
    answer = read_answer(raw)
    assert not answer.valid
    assert problem in answer.problems


def test_swapped_order_is_valid_but_named() -> None:
    swapped = dict(reversed(json.loads(JSON).items()))
    answer = read_answer(json.dumps(swapped))
    assert answer.valid
    assert answer.problems == (Problem.SWAPPED_ORDER,)
    assert answer.annotation == GOOD


def test_the_wrong_language_is_noticed_in_both_directions() -> None:
    chinese = Annotation(
        scene="房间很普通。", face="嘴角上扬。", body="肩膀不动。",
        audio=AudioDescription(acoustic="声音低而慢。", speech="set blue with e five now"),
        reasoning="笑容与低沉的声音不一致。",
    )  # fmt: skip
    assert Problem.WRONG_LANGUAGE in read_answer(render(chinese), language=Language.ENGLISH).problems
    assert Problem.WRONG_LANGUAGE in read_answer(TAGS, language=Language.CHINESE).problems
    assert read_answer(render(chinese), language=Language.CHINESE).valid


def test_a_recited_transcript_is_noticed() -> None:
    said = "I told you a hundred times"
    echo = GOOD.model_copy(update={"reasoning": "I told you, a hundred times!"})
    assert Problem.ECHO in read_answer(render(echo), transcript=said).problems
    assert read_answer(TAGS, transcript=said).valid


def test_a_staged_answer_needs_only_its_own_sections() -> None:
    answer = read_answer(
        "<scene>A room.</scene><face>A smile.</face><body>Still.</body>", expect=SECTIONS[:3]
    )
    assert answer.problems == ()
    assert answer.annotation is None
    assert set(answer.texts) == {"scene", "face", "body"}
