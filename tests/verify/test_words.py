"""Are word and character errors counted as the reference library counts them, once spelling is evened out?"""

from __future__ import annotations

import jiwer
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from saber.verify.words import apart, plain

ENGLISH = st.lists(
    st.sampled_from(["the", "age", "was", "of", "wisdom", "belief", "light", "dark", "it"]),
    max_size=9,
)
CHINESE = st.text(alphabet="今天我们去看一场电影你好吗", max_size=12)


@settings(max_examples=60, deadline=None)
@given(ENGLISH.filter(bool), ENGLISH)
def test_word_errors_are_those_of_jiwer(reference: list[str], hypothesis: list[str]) -> None:
    found = apart(" ".join(reference), " ".join(hypothesis))
    told = jiwer.process_words(" ".join(reference), " ".join(hypothesis))
    assert found.unit == "WER"
    assert found.rate == pytest.approx(told.wer)
    assert found.count.errors == told.substitutions + told.deletions + told.insertions


@settings(max_examples=60, deadline=None)
@given(CHINESE.filter(bool), CHINESE)
def test_character_errors_are_those_of_jiwer(reference: str, hypothesis: str) -> None:
    found = apart(reference, hypothesis)
    assert found.unit == "CER"
    assert found.rate == pytest.approx(jiwer.cer(reference, hypothesis))


@settings(max_examples=60, deadline=None)
@given(ENGLISH, ENGLISH)
def test_the_words_that_differ_lead_from_one_to_the_other(
    reference: list[str], hypothesis: list[str]
) -> None:
    found = apart(" ".join(reference), " ".join(hypothesis))
    places = sum(max(len(d.reference), len(d.hypothesis)) for d in found.where)
    assert (not found.where) == (reference == hypothesis)
    # No place is longer than what was counted there, and together they are what was counted.
    assert places <= found.count.errors
    swapped = sum(len(d.reference) - len(d.hypothesis) for d in found.where)
    assert swapped == len(reference) - len(hypothesis)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("I'm 21 years old.", "i am twenty-one years old"),
        ("It cost $5!", "it cost five dollars"),
        ("1,000 people", "one thousand people"),
        ("in 1813", "in eighteen thirteen"),
        ("2024", "twenty twenty-four"),
        ("我今年21岁。", "我今年二十一歲"),
        ("第3號樓", "第三号楼"),
        ("meeting at 3 pm 好的", "meeting at three PM, 好的。"),
        ("我用 Python 写 code", "我用python寫code"),
        ("<laughter> Oh, GREAT!", "oh great"),
        ("[laughs softly] oh great <sigh>", "oh great"),
        ("（笑）好的", "好的"),
        ("They don't; we won't, you can't.", "they do not we will not you cannot"),
        ("It’s, uh, fine, she'll say", "it is fine she will say"),
        ("lay blue at x4 now", "lay blue at x four now"),
    ],
)
def test_what_is_written_otherwise_and_said_alike_is_no_error(one: str, other: str) -> None:
    assert apart(one, other).rate == 0
    assert apart(other, one).rate == 0
    assert apart(one, other).where == ()


@pytest.mark.parametrize(
    ("reference", "hypothesis", "unit", "rate"),
    [
        ("oh great thank you", "oh great thank him", "WER", 1 / 4),
        ("do not go", "do go", "WER", 1 / 3),
        ("我喜欢你", "我不喜欢你", "CER", 1 / 4),
        # Six tokens: four characters and two words, each in its own unit; a wrong word is one error.
        ("我在写 Python code 呢", "我在写 Java code 呢", "MER", 1 / 6),
        ("twenty-one", "twenty-two", "WER", 1 / 2),
    ],
)
def test_a_real_error_counts(reference: str, hypothesis: str, unit: str, rate: float) -> None:
    found = apart(reference, hypothesis)
    assert found.unit == unit
    assert found.rate == pytest.approx(rate)


def test_brackets_that_name_no_event_are_words() -> None:
    assert plain("he said (and I quote) yes").split() == ["he", "said", "(and", "I", "quote)", "yes"]
