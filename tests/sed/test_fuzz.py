"""Does reading never fail, never invent and lose no section that is there, whatever a model writes?"""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from saber.core.records import Annotation, AudioDescription
from saber.core.taxonomy import Language
from saber.sed import FATAL, SECTIONS, Problem, read_answer, render, texts_of
from saber.sed.answer import _KEYS

ENGLISH = Annotation(
    scene="A plain room, lit from the left.",
    face="The lip corners rise from 1.0 s; the brows don't move.",
    body="The shoulders stay still (both of them).",
    audio=AudioDescription(acoustic="The voice is low: slow, then faster.", speech="Well <laughter> fine."),
    reasoning="The smile and the low voice disagree, so it isn't joy.",
)
CHINESE = Annotation(
    scene="房间普通，光线来自左侧。",
    face="1.0 秒起嘴角上扬；眉毛没有动。",
    body="肩膀保持不动（两侧都是）。",
    audio=AudioDescription(acoustic="声音低沉：先慢，后快。", speech="好吧 <laughter> 行。"),
    reasoning="笑容与低沉的声音“不一致”，所以不是喜悦。",
)
GOOD = {Language.ENGLISH: ENGLISH, Language.CHINESE: CHINESE}
BOTH = pytest.mark.parametrize("language", list(GOOD))
KEY = {name: key for key, name in reversed(_KEYS.items())}
"""Section -> its public JSON key."""


def as_json(annotation: Annotation, order: tuple[str, ...] = SECTIONS, *, indent: int | None = None) -> str:
    """The released form with its keys in that order; voice and speech share their object."""
    texts = texts_of(annotation)
    made: dict[str, object] = {}
    for name in order:
        if name in ("voice", "speech"):
            group = made.setdefault("audio_desc", {})
            assert isinstance(group, dict)
            group[KEY[name]] = texts[name]
        else:
            made[KEY[name]] = texts[name]
    return json.dumps(made, ensure_ascii=False, indent=indent)


def as_tags(annotation: Annotation, order: tuple[str, ...] = SECTIONS) -> str:
    texts = texts_of(annotation)
    return "\n".join(f"<{name}>{texts[name]}</{name}>" for name in order)


def forms(annotation: Annotation) -> dict[str, str]:
    return {
        "tags": render(annotation),
        "json": as_json(annotation),
        "pretty": as_json(annotation, indent=2),
        "fenced": f"```json\n{as_json(annotation, indent=2)}\n```",
        "commas": as_json(annotation, indent=2).replace('"\n', '",\n'),
    }


def ends(annotation: Annotation, raw: str) -> dict[str, int]:
    """Section -> how long a prefix of `raw` must be to hold it with the sign that ends it."""
    found = {}
    for name, told in texts_of(annotation).items():
        for written, end in ((told, f"</{name}>"), (json.dumps(told, ensure_ascii=False)[1:-1], '"')):
            if (at := raw.find(written + end)) >= 0:
                found[name] = at + len(written + end)
    assert set(found) == set(SECTIONS)
    return found


@BOTH
@pytest.mark.parametrize("form", list(forms(ENGLISH)))
def test_cut_off_anywhere_it_keeps_what_is_whole_and_only_that(language: Language, form: str) -> None:
    annotation = GOOD[language]
    raw = forms(annotation)[form]
    texts, needed = texts_of(annotation), ends(annotation, raw)
    for length in range(len(raw) + 1):
        answer = read_answer(raw[:length], language=language)
        whole = {name for name, end in needed.items() if end <= length}
        assert {n for n in answer.texts if n in SECTIONS} == whole, raw[:length][-40:]
        assert all(answer.texts[name] == texts[name] for name in whole)
        if whole != set(SECTIONS):
            assert FATAL.intersection(answer.problems)
    assert read_answer(raw, language=language).valid


@given(st.sampled_from(list(Language)), st.permutations(SECTIONS), st.booleans())
def test_sections_in_any_order_are_read_and_the_order_is_named(
    language: Language, order: list[str], tags: bool
) -> None:
    raw = (as_tags if tags else as_json)(GOOD[language], tuple(order))
    answer = read_answer(raw, language=language)
    assert answer.annotation == GOOD[language]
    found = list(answer.texts)
    assert answer.problems == (() if found == list(SECTIONS) else (Problem.SWAPPED_ORDER,))


BEFORE = ["Sure! Here is the analysis:\n\n", "<think>The <face> may {smile}.</think>\n",
          "好的，分析如下（{六}个维度）：\n",
          "The voice, then \"slow\". </think>", "```json\n", "```\n", "**Answer**\n", "{note} "]  # fmt: skip
AFTER = [
    "",
    "\n```",
    "\n\nI hope this helps!",
    "\n以上分析仅供参考。",
    " {end}",
    "\n<end>",
    '\n```\n\nNote: "low" is relative.',
]


@given(
    st.sampled_from(list(Language)),
    st.sampled_from(["tags", "json", "pretty"]),
    st.lists(st.sampled_from(BEFORE), max_size=2).map("".join),
    st.sampled_from(AFTER),
)
def test_what_stands_around_the_answer_is_seen_through(
    language: Language, form: str, before: str, after: str
) -> None:
    answer = read_answer(before + forms(GOOD[language])[form] + after, language=language)
    assert answer.annotation == GOOD[language]
    assert answer.valid


def damaged(raw: str, ways: list[str]) -> str:
    """Pretty JSON as models that are not held to a schema write it."""
    for way in ways:
        raw = {
            "trailing": raw.replace('"\n', '",\n'),
            "missing": raw.replace('",\n', '"\n', 1),
            "chinese_comma": raw.replace('",\n', '"，\n'),
            "chinese_colon": raw.replace('": "', '"："'),
            "line_break": raw.replace("，", "，\n").replace(", ", ",\n"),
            "single": raw.replace('"', "'"),
            "typographic": raw.replace('": "', '": “').replace('",\n', "”,\n").replace('"\n', "”\n"),
            "comment": raw.replace("{\n", "{ // the six dimensions\n", 1),
            "tabs": raw.replace("  ", "\t"),
            "quoted": raw.replace("lip corners", 'so-called "lip corners"').replace("嘴角", '所谓"嘴角"'),
            "quoted_comma": raw.replace("shoulders", '"left", "right" shoulders').replace(
                "肩膀", '"左"、"右"肩膀'
            ),
        }[way]
    return raw


WAYS = ["trailing", "missing", "chinese_comma", "chinese_colon", "line_break", "single", "comment", "tabs",
        "quoted", "quoted_comma"]  # fmt: skip


@BOTH
@pytest.mark.parametrize("way", [*WAYS, "typographic"])
def test_json_written_by_hand_loses_no_section(language: Language, way: str) -> None:
    raw = damaged(as_json(GOOD[language], indent=2), [way])
    answer = read_answer(raw, language=language)
    assert answer.valid, answer
    assert len(answer.texts) == 6
    wanted = texts_of(GOOD[language])
    for name, told in answer.texts.items():
        assert set(letters(wanted[name])) <= set(letters(told))
        assert letters(told) in letters(raw)
    assert (Problem.REPAIRED in answer.problems) == (way != "tabs")


@given(st.sampled_from(list(Language)), st.lists(st.sampled_from(WAYS), max_size=3, unique=True))
def test_several_faults_at_once_lose_no_section(language: Language, ways: list[str]) -> None:
    # Quotation marks within texts that are themselves in single ones are no fault but another language.
    if {"single", "quoted", "quoted_comma"} & set(ways) and len(ways) > 2:
        return
    raw = damaged(as_json(GOOD[language], indent=2), ways)
    answer = read_answer(raw, language=language)
    assert set(answer.texts) == set(SECTIONS), raw


def letters(text: str) -> str:
    return "".join(c for c in text if c.isalnum())


@given(
    st.sampled_from(list(Language)),
    st.sampled_from(["tags", "json", "pretty", "commas"]),
    st.lists(
        st.tuples(
            st.integers(0, 900),
            st.integers(0, 30),
            st.sampled_from(
                ["", '"', "'", "{", "}", "<", ">", "</face>", "<body>", ",", ":", "[", "]", "```", "笑 a"]
            ),
        ),
        max_size=6,
    ),
)
def test_mutilated_answers_are_read_without_failing_or_inventing(
    language: Language, form: str, changes: list[tuple[int, int, str]]
) -> None:
    raw = forms(GOOD[language])[form]
    for at, length, put in changes:
        raw = raw[: at % len(raw)] + put + raw[at % len(raw) + length :] if raw else raw
    answer = read_answer(raw, language=language, transcript="Well fine")
    for told in answer.texts.values():
        assert letters(told) in letters(raw)
    assert answer.valid == (answer.annotation is not None and not FATAL.intersection(answer.problems))


@pytest.mark.parametrize(
    "raw",
    [
        '{"a":' * 100_000,
        "[" * 100_000,
        '{"video_desc": ' * 50_000 + '"x"' + "}" * 50_000,
        "<face>" * 20_000,
        "<face><body></face>" * 5_000,
        '{"video_desc": "' + 'a" ' * 50_000,
        "{" * 100_000,
        '"' * 50_000,
        "<think>" * 20_000,
        "<think></think>" * 20_000,
        '{"scene": [' * 400 + '"x"',
        "\ud800" + '{"scene": "\\ud800"}',
    ],
)
def test_hostile_answers_are_read_to_their_end(raw: str) -> None:
    answer = read_answer(raw, language=Language.ENGLISH, transcript="one two three four")
    assert not answer.valid


def test_a_form_that_is_repeated_before_it_is_filled_in_is_not_the_answer() -> None:
    form = as_tags(Annotation(scene="...", face="…", body="...", reasoning="...",
                              audio=AudioDescription(acoustic="...", speech="...")))  # fmt: skip
    answer = read_answer(f"I will use this form:\n{form}\nNow the answer:\n{render(ENGLISH)}")
    assert answer.annotation == ENGLISH
    assert Problem.REPEATED_SECTION in answer.problems


@pytest.mark.parametrize("glue", ["\n", "\n\nAnd the sound:\n", "\n```\n```json\n"])
def test_an_answer_in_several_objects_is_one_answer(glue: str) -> None:
    whole = json.loads(as_json(ENGLISH))
    parts = [{k: v for k, v in whole.items() if (k == "audio_desc") == sound} for sound in (False, True)]
    answer = read_answer(glue.join(json.dumps(part) for part in parts))
    assert answer.annotation == ENGLISH
    assert read_answer(json.dumps([whole])).annotation == ENGLISH
    assert read_answer(json.dumps({"result": {"items": [whole]}})).annotation == ENGLISH


def test_a_section_in_pieces_is_read_with_the_models_own_names() -> None:
    whole = json.loads(as_json(ENGLISH))
    whole["facial_exp_desc"] = {"eyes": "They narrow.", "mouth": ["It opens.", "It closes."]}
    whole["body_lang_desc"] = ["Still.", "Then a nod."]
    answer = read_answer(json.dumps(whole))
    assert answer.valid
    assert answer.texts["face"] == "eyes: They narrow.\nmouth: It opens.\nmouth: It closes."
    assert answer.texts["body"] == "Still.\nThen a nod."


def test_a_tag_that_is_only_spoken_of_ends_nothing_and_a_forgotten_one_takes_nothing_along() -> None:
    spoken = as_tags(ENGLISH).replace("The smile", "As <face> shows, the smile")
    assert read_answer(spoken).texts["reasoning"].startswith("As <face> shows, the smile and")
    assert read_answer(spoken).problems == ()
    forgotten = as_tags(ENGLISH).replace("</face>", "") + "\n<face>Again.</face>"
    assert read_answer(forgotten).texts["body"] == ENGLISH.body
    assert read_answer(forgotten).texts["face"].strip() == ENGLISH.face


NASTY = st.lists(
    st.sampled_from(["<think>", "</think>", "< face >", "</ body>", "<\\face>", '{"', '"}',
                     '{"video_desc": "x"}', "```json", "<reasoning>", "\\", "\n", "笑", "<laughter>", '"'])
).map("".join)  # fmt: skip


@given(NASTY, NASTY, NASTY)
def test_both_forms_read_back_without_loss_whatever_they_hold(one: str, two: str, three: str) -> None:
    annotation = Annotation(
        scene=one, face=two, body=three, audio=AudioDescription(acoustic=two, speech=one), reasoning=three
    )
    assert read_answer(render(annotation)).annotation == annotation
    assert read_answer(annotation.model_dump_json(by_alias=True)).annotation == annotation
