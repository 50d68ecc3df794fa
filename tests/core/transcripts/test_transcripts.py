"""Are transcripts compared as jiwer does, with tags, case, punctuation and number forms out of the way?"""

from __future__ import annotations

import jiwer
import pytest
from hypothesis import given
from hypothesis import strategies as st

from saber.core.transcripts import compare, find_tags, strip_tags, tokens
from saber.core.transcripts.numbers import read_chinese, read_english

SENTENCES = st.lists(st.sampled_from(["a", "b", "c", "dog", "cat"]), min_size=1, max_size=9).map(" ".join)


@given(reference=SENTENCES, hypothesis=SENTENCES)
def test_errors_equal_jiwers(reference: str, hypothesis: str) -> None:
    ours = compare(reference, hypothesis, "en")
    theirs = jiwer.process_words(reference, hypothesis)
    assert ours.errors == theirs.substitutions + theirs.deletions + theirs.insertions
    assert ours.rate == pytest.approx(theirs.wer)


@given(SENTENCES)
def test_a_transcript_has_no_errors_against_itself(text: str) -> None:
    assert compare(text, text, "en").errors == 0


def test_counts_by_hand() -> None:
    # "the cat sat" -> "a cat sat down": one word replaced, one added.
    count = compare("the cat sat", "a cat sat down", "en")
    assert (count.substitutions, count.deletions, count.insertions, count.reference_length) == (1, 0, 1, 3)
    both = count + compare("yes", "", "en")
    assert (both.errors, both.reference_length) == (3, 4)


def test_nothing_said_has_no_rate() -> None:
    assert compare("<laughter>", "hello", "en").rate is None


@pytest.mark.parametrize(
    ("said", "written", "language"),
    [
        ("in eighteen thirteen", "In 1813.", "en"),
        ("one thousand eight hundred and thirteen", "1813", "en"),
        ("set blue with e five now", "Set blue with E5 now.", "en"),
        ("one two three", "1, 2, 3!", "en"),
        ("the twenty first", "the 21st", "en"),
        ("three point five percent", "3.5%", "en"),
        ("twelve thousand", "12,000", "en"),
        ("nineteen oh five", "1905", "en"),
        ("it's <laughter> fine", "It’s fine", "en"),
        ("二零二四年", "2024年", "zh"),
        ("一百零五个", "105个", "zh"),
        ("百分之三点五", "3.5%。", "zh"),
        ("十二", "１２", "zh"),
    ],
)
def test_the_same_said_in_other_signs_is_no_error(said: str, written: str, language: str) -> None:
    assert compare(said, written, language).errors == 0
    assert compare(written, said, language).errors == 0


@pytest.mark.parametrize(("said", "written"), [("fifteen", "50"), ("e five", "b5"), ("eighteen", "1813")])
def test_another_number_is_an_error(said: str, written: str) -> None:
    assert compare(said, written, "en").errors > 0


def test_chinese_counts_characters() -> None:
    count = compare("几乎停滞的情况", "几乎停制的情况", "zh")
    assert (count.errors, count.reference_length) == (1, 7)


@pytest.mark.parametrize(
    ("digits", "chinese", "english"),
    [
        ("0", "零", "zero"), ("10", "十", "ten"), ("15", "十五", "fifteen"),
        ("110", "一百一十", "one hundred ten"),
        ("1005", "一千零五", "one thousand five"), ("10005", "一万零五", "ten thousand five"),
        ("100000", "十万", "one hundred thousand"), ("1000001", "一百万零一", "one million one"),
        ("007", "零零七", "zero zero seven"),
    ],
)  # fmt: skip
def test_numbers_are_read_aloud(digits: str, chinese: str, english: str) -> None:
    assert read_chinese(digits) == chinese
    assert " ".join(read_english(digits)) == english


def test_tags_are_found_and_taken_out() -> None:
    text = "Well <laughter> I <Deep Breath/> see."
    assert strip_tags(text) == "Well I see."
    assert find_tags(text) == ("laughter", "deep breath")
    assert tokens(text, "en") == ["well", "i", "see"]


def test_less_than_is_no_tag() -> None:
    assert strip_tags("3 < 4 and 5 > 4") == "3 < 4 and 5 > 4"
