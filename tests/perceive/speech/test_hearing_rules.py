"""Are doubtful words refused, times kept, languages settled and laughs told from words?"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from saber.core.records import Sound, Span, Word
from saber.core.transcripts import simplified
from saber.perceive.speech.events import confirm, described, laugh_runs, split_descriptions
from saber.perceive.speech.guards import refusal, said_inside
from saber.perceive.speech.language import languages_of
from saber.perceive.speech.measures import count_kinds, unit_count, units_per_minute
from saber.perceive.speech.recogniser import Heard, HeardWord
from saber.perceive.speech.sentences import SpokenWord, split_sentences
from saber.perceive.speech.stretches import excerpt, join_spans, loud_gaps


def span(start_s: float, end_s: float) -> Span:
    return Span(start_s=start_s, end_s=end_s)


def heard(
    text: str, *, log_prob: float = -0.3, no_speech: float = 0.05, ratio: float = 1.0, rate: float = 3
) -> Heard:
    words = [HeardWord(f" {word}", i / rate, (i + 0.9) / rate, 0.9) for i, word in enumerate(text.split())]
    return Heard(tuple(words), log_prob, no_speech, ratio)


def spoken(text: str, language: str = "en", start_s: float = 0.0, each_s: float = 0.3) -> list[SpokenWord]:
    pieces = list(text) if language == "zh" else text.split()
    return [
        SpokenWord(
            Word(text=p, start_s=start_s + i * each_s, end_s=start_s + (i + 1) * each_s, prob=0.9),
            language,
            language != "zh",
        )
        for i, p in enumerate(pieces)
    ]


# --- what is refused -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("said", "reason"),
    [
        (heard("set blue with e five now"), None),
        (heard("some more words words words words and that"), None),
        (heard("thank you very much"), None),
        (heard("no", log_prob=-0.79, no_speech=0.1), None),
        (heard(""), "empty"),
        (heard("Mm. " * 8, no_speech=0.5), "looping"),
        (heard("I am here I am here I am here I am here I am here I am here"), "looping"),
        (heard("fluent but improbable words", log_prob=-1.1), "improbable"),
        (heard("some words", no_speech=0.8), "no_speech"),
        (heard("You", log_prob=-0.95, no_speech=0.55), "phantom"),
        (heard("Thank you.", log_prob=-0.8, no_speech=0.35), "phantom"),
        (heard("a long line in no time at all", rate=40), "too_fast"),
        (heard("well, go on go on go on", ratio=2.5), "looping"),
        (heard("well, go on go on go on", ratio=2.3), None),
        (heard("it was the best of times, it was the worst of times, it was", ratio=2.6), None),
    ],
)  # fmt: skip
def test_a_run_of_words_is_believed_or_not(said: Heard, reason: str | None) -> None:
    assert refusal(said, "en") == reason


def test_words_outside_voice_activity_are_not_believed() -> None:
    activity = [span(1.0, 2.0)]
    word = HeardWord(" yes", 0, 0, 0.9)
    assert said_inside(word, span(2.2, 2.6), activity)
    assert not said_inside(word, span(2.6, 2.8), activity)
    assert not said_inside(HeardWord(" ", 0, 0, 0.9), span(1.2, 1.4), activity)


# --- times -----------------------------------------------------------------------------------


def test_short_pauses_are_filled_and_ends_padded_inside_the_sound() -> None:
    sound = Sound(np.zeros(16_000 * 10, np.float32), start_s=1.0)
    joined = join_spans([span(1.1, 2.0), span(2.9, 4.0), span(5.1, 10.9)], sound)
    assert [t for s in joined for t in (s.start_s, s.end_s)] == pytest.approx([1.0, 4.3, 4.8, 11.0])


@given(
    starts=st.lists(st.integers(0, 60), min_size=1, max_size=5, unique=True),
    offset_s=st.sampled_from([0.0, 1.5]),
)
def test_a_time_in_the_excerpt_is_found_again_in_the_clip(starts: list[int], offset_s: float) -> None:
    # The sample's value is its own index, so that what the excerpt holds says where it is from.
    sound = Sound(np.arange(700, dtype=np.float32), rate_hz=10, start_s=offset_s)
    spans = [span(offset_s + s, offset_s + s + 1.0) for s in sorted(starts)]
    piece = excerpt(sound, [s for i, s in enumerate(spans) if i == 0 or s.start_s >= spans[i - 1].end_s])
    for at in range(len(piece.samples)):
        found = piece.in_clip(at / 10, (at + 1) / 10)
        assert found.start_s == pytest.approx(offset_s + float(piece.samples[at]) / 10, abs=1e-6)


def test_a_word_over_a_seam_is_cut_to_the_piece_of_its_middle() -> None:
    sound = Sound(np.zeros(100, np.float32), rate_hz=10)
    piece = excerpt(sound, [span(0, 1), span(5, 6)])
    found = piece.in_clip(0.7, 1.2)
    assert (found.start_s, found.end_s) == pytest.approx((0.7, 1.0))
    found = piece.in_clip(0.9, 1.5)
    assert (found.start_s, found.end_s) == pytest.approx((5.0, 5.5))


def test_loud_stretches_outside_speech_are_found_and_soft_ones_are_not() -> None:
    rng = np.random.default_rng(0)
    samples = np.zeros(16_000 * 10)
    for start_s, end_s, level in ((1, 3, 0.1), (5, 6, 0.1), (7, 8, 0.002), (9, 9.3, 0.1)):
        samples[int(start_s * 16_000) : int(end_s * 16_000)] = level * rng.standard_normal(
            int((end_s - start_s) * 16_000)
        )
    found = loud_gaps(
        Sound(samples.astype(np.float32)),
        [span(1, 3)],
        min_s=0.6,
        floor_dbfs=-60.0,
        below_voice_db=20.0,
        most=4,
    )
    assert [t for s in found for t in (s.start_s, s.end_s)] == pytest.approx([5.0, 6.0])


# --- language --------------------------------------------------------------------------------


def settle(stretches: Sequence[Span], table: Mapping[float, Mapping[str, float]]) -> list[tuple[str, float]]:
    found = languages_of(stretches, lambda spans: table[spans[0].start_s])
    return [(s.language, s.prob) for s in found]


def test_each_long_sure_stretch_has_its_own_language() -> None:
    found = settle(
        [span(0, 8), span(10, 14), span(20, 21)], {0: {"en": 0.95, "zh": 0.01}, 10: {"zh": 0.9, "en": 0.02}}
    )
    assert found == [("en", 0.95), ("zh", 0.9), ("en", 0.95)]


def test_an_unsure_stretch_takes_the_clips_language() -> None:
    found = settle([span(0, 8), span(10, 14)], {0: {"en": 0.9}, 10: {"ko": 0.7, "en": 0.2}})
    assert found == [("en", 0.9), ("en", 0.9)]


def test_a_guess_among_many_languages_falls_back_and_stays_uncertain() -> None:
    assert settle([span(0, 1)], {0: {"ms": 0.44, "en": 0.15, "zh": 0.01}}) == [("en", 0.15)]
    assert settle([span(0, 2)], {0: {"fr": 0.9, "en": 0.05}}) == [("fr", 0.9)]


def test_traditional_becomes_simplified() -> None:
    assert simplified("砸自己的腳，E5 後面") == "砸自己的脚，E5 后面"


# --- laughter --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("caption", "event"),
    [
        ("(laughing)", "laughter"), ("[LAUGHTER]", "laughter"),
        ("*laughs*", "laughter"), ("Ha, ha, ha!", "laughter"),
        ("hahahahaha", "laughter"), ("（笑声）", "laughter"), ("哈哈哈", "laughter"),
        ("(coughing) (coughing)", "cough"),
        ("♪ soft music ♪", "music"), ("(bell dings)", None), ("(laughing) Come on, man.", None),
        ("Ha.", None),
        ("He had it.", None), ("Oh no!", None), ("", None),
    ],
)  # fmt: skip
def test_captions_are_read_as_events(caption: str, event: str | None) -> None:
    assert described(caption) == event


def test_a_laugh_needs_both_recognisers_and_three_notes() -> None:
    captions = {0: ["(laughing)", "*laughs*"], 2: ["(laughing)", "(coughing)"], 4: ["(laughing)", "(laughs)"]}
    found = confirm([span(0, 1), span(2, 3), span(4, 4.3)], lambda s: captions[int(s.start_s)])
    assert [(e.name, e.span.start_s, e.span.end_s) for e in found] == [("laughter", 0, 1)]


def test_the_second_recogniser_is_only_asked_where_the_first_heard_a_laugh() -> None:
    asked: list[str] = []

    def captions(_: Span) -> list[str]:
        raise AssertionError

    assert confirm([span(0, 0.2)], captions) == ()

    def lazy(_: Span):  # type: ignore[no-untyped-def]
        for caption in ("Hello.", "(laughing)"):
            asked.append(caption)
            yield caption

    assert confirm([span(0, 2)], lazy) == ()
    assert asked == ["Hello."]


def test_descriptions_are_told_from_words() -> None:
    words = ["", "Yes", "(soft", "music)", "and", "[laughs]", "then", "♪", "la", "la", "♪", "bye"][1:]
    assert split_descriptions(words) == [(1, 3), (4, 5), (6, 10)]
    assert split_descriptions(["5", "*", "3"]) == []
    assert laugh_runs(["well", "ha", "ha!", "he", "said", "he"]) == [(1, 4)]


# --- sentences and counts --------------------------------------------------------------------


def test_sentences_end_at_marks_pauses_and_changes_of_language() -> None:
    words = [
        *spoken("Stop it. I mean"),
        *spoken("it", start_s=4.0),
        *spoken("真的", "zh", start_s=4.4),
    ]
    found = split_sentences(words)
    assert [s.text for s in found] == ["Stop it.", "I mean", "it", "真的"]
    assert [s.language for s in found] == ["en", "en", "en", "zh"]


def test_counts_by_hand() -> None:
    found = split_sentences(
        spoken("Um, I think it's not right. Isn't it? Maybe never! Nothing, uh, happens.")
    )
    assert count_kinds(found) == {
        "speech.questions": 1,
        "speech.exclamations": 1,
        "speech.negations": 4,
        "speech.hedges": 2,
        "speech.fillers": 2,
    }


def test_chinese_counts_by_hand() -> None:
    found = split_sentences(spoken("呃，我可能不去了。没关系，不过别人会去吗？", "zh"))
    counts = count_kinds(found)
    assert (counts["speech.negations"], counts["speech.hedges"], counts["speech.fillers"]) == (2, 1, 1)
    assert counts["speech.questions"] == 1


def test_a_language_without_word_lists_has_no_counts() -> None:
    assert count_kinds(split_sentences(spoken("je ne sais pas", "fr")))["speech.negations"] is None


def test_rate_and_units() -> None:
    found = split_sentences(spoken("one two three four", each_s=0.5))
    assert units_per_minute(found) == pytest.approx(120.0)
    assert units_per_minute(split_sentences(spoken("yes", each_s=0.3))) is None
    assert unit_count("我有 E5 和 iPhone", "zh") == 5
    assert math.isclose(unit_count("it's a well-known fact", "en"), 4)
