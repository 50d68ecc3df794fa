"""Do words pass only when somebody independent heard them, and is silence never a perfect score?"""

from __future__ import annotations

import pytest

from saber.core.dataset import Check, Heard, Writer
from saber.core.taxonomy import Dimension
from saber.verify.speech import speech_checks
from saber.verify.verdict import decide
from verify.clips import WORDS, annotated, heard, source


def checks(
    said: str, hearing: Heard, transcript: str | None = None, writer: str = "whisper-tiny.en"
) -> list[Check]:
    clip = annotated(speech=said)
    written_by = {**clip.written_by, Dimension.SPEECH: Writer(model=writer)}
    clip = clip.model_copy(update={"written_by": written_by})
    return list(speech_checks(clip, hearing, source(transcript), 0.5))


def test_the_same_words_pass_with_score_limit_unit_and_judge() -> None:
    (check,) = checks(f"{WORDS} <laughter>", heard("oh great thank you so much for your help"))
    assert (check.passed, check.score, check.limit, check.unit, check.judge) == (
        True,
        0.0,
        0.5,
        "WER",
        "another",
    )


def test_other_words_fail_and_are_named() -> None:
    (check,) = checks("Oh great, get out of my house.", heard())
    assert check.passed is False
    assert check.reason == "speech_mismatch"
    assert check.score is not None
    assert check.score > 0.5
    assert "thank you so much for your help/get out of my house" in check.detail


def test_invented_speech_over_silence_fails_and_has_no_perfect_score() -> None:
    (check,) = checks(WORDS, heard(""))
    assert (check.passed, check.reason, check.score) == (False, "speech_invented", None)


def test_missed_speech_fails() -> None:
    (check,) = checks("", heard())
    assert (check.passed, check.reason, check.score) == (False, "speech_missed", 1.0)


@pytest.mark.parametrize("silence", ["", "<laughter>", "..."])
def test_silence_on_both_sides_is_agreed(silence: str) -> None:
    (check,) = checks(silence, heard(""))
    assert (check.passed, check.score) == (True, None)
    assert "none are written" in check.detail


def test_nobody_who_heard_is_unknown_and_does_not_pass() -> None:
    found = checks(WORDS, heard(None))
    assert [(c.passed, c.reason, c.judge) for c in found] == [(None, "no_other_recogniser", "nobody")]
    verdict = decide(found, ("speech",))
    assert (verdict.stands, verdict.reason) == (False, "speech_unknown")


def test_a_recogniser_does_not_confirm_its_own_words() -> None:
    (check,) = checks(WORDS, heard(by="whisper-tiny.en"))
    assert (check.passed, check.reason) == (None, "not_independent")


def test_the_corpus_transcript_judges_where_nobody_heard() -> None:
    found = checks(WORDS, heard(None), WORDS)
    assert [c.judge for c in found] == ["nobody", "corpus"]
    assert decide(found, ("speech",)).stands
    wrong = checks("Get out of my house.", heard(None), WORDS)
    assert decide(wrong, ("speech",)).reason == "speech_mismatch"


def test_the_corpus_does_not_confirm_its_own_words() -> None:
    found = checks(WORDS, heard(None), WORDS, writer="corpus")
    assert [c.passed for c in found] == [None, None]


def test_one_judge_who_disagrees_is_enough() -> None:
    found = checks(WORDS, heard("get out of my house at once"), WORDS)
    assert [c.passed for c in found] == [False, True]
    assert not decide(found, ("speech",)).stands


def test_an_empty_corpus_transcript_says_that_nothing_is_said() -> None:
    found = checks(WORDS, heard(None), "")
    assert (found[1].passed, found[1].reason) == (False, "speech_invented")
