"""Is a conflict found where two sure readings contradict each other, named and timed, and nowhere else?"""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from saber.annotate.consistency import ConsistencySettings, judge_consistency, log_ratio, state_probs
from saber.annotate.human_votes import ArousalGap, HumanVotes
from saber.core.records import Probs, Reading
from saber.core.taxonomy import AFFECT, EMOTIONS, MODALITIES, Emotion, Modality

FACE, VOICE, BODY, SPEECH = Modality.FACE, Modality.VOICE, Modality.BODY, Modality.SPEECH
HAPPY, ANGRY, NEUTRAL, SAD = Emotion.HAPPINESS, Emotion.ANGER, Emotion.NEUTRAL, Emotion.SADNESS


def only(emotion: Emotion, share: float = 0.8) -> Probs:
    return {e: share if e is emotion else (1 - share) / 6 for e in EMOTIONS}


def reading(
    modality: Modality,
    emotion: Emotion,
    confidence: float = 0.7,
    share: float = 0.8,
    start_s: float = 0,
    end_s: float = 6,
) -> Reading:
    valence, arousal = AFFECT[emotion]
    return Reading(
        modality=modality, start_s=start_s, end_s=end_s, probs=only(emotion, share),
        valence=valence * share, arousal=arousal * share, confidence=confidence,
    )  # fmt: skip


def clip_of(*readings: Reading) -> dict[Modality, Reading | None]:
    return {r.modality: r for r in readings}


@st.composite
def any_reading(draw: st.DrawFn, modality: Modality) -> Reading:
    raw = [x + 1e-3 for x in draw(st.lists(st.floats(0, 1), min_size=7, max_size=7))]
    probs = {e: x / sum(raw) for e, x in zip(EMOTIONS, raw, strict=True)}
    signed = st.floats(-1, 1)
    return Reading(
        modality=modality, start_s=0, end_s=3, probs=probs,
        valence=draw(signed), arousal=draw(signed), confidence=draw(st.floats(0, 1)),
    )  # fmt: skip


# --- arithmetic by hand --------------------------------------------------------------------------

# Every modality shows a state as itself in 7 of 10 answers, as each other in 0.5 of 10.
SEVEN_OF_TEN = HumanVotes(
    panel_votes=10,
    smoothing=1,
    witnesses=1,
    arousal_gap=ArousalGap(one_clip=0.2, unrelated=0.3, say=0),
    pull={},
    valence_pull={},
    arousal_pull={},
    shown_as={m: {s: {k: 0.7 if k is s else 0.05 for k in EMOTIONS} for s in EMOTIONS} for m in MODALITIES},
)


def test_one_sure_witness_says_the_state_as_often_as_it_is_shown() -> None:
    states = state_probs(reading(FACE, HAPPY, 1, share=1), SEVEN_OF_TEN)
    assert states[HAPPY] == pytest.approx(0.7)
    assert states[SAD] == pytest.approx(0.05)


def test_the_ratio_of_two_sure_witnesses() -> None:
    happy, same = reading(FACE, HAPPY, 1, share=1), reading(VOICE, HAPPY, 1, share=1)
    other = reading(VOICE, ANGRY, 1, share=1)
    assert log_ratio(happy, same, SEVEN_OF_TEN) == pytest.approx(math.log(7 * (0.7**2 + 6 * 0.05**2)))
    assert log_ratio(happy, other, SEVEN_OF_TEN) == pytest.approx(
        math.log(7 * (2 * 0.7 * 0.05 + 5 * 0.05**2))
    )


def test_the_score_is_the_probability_of_one_state() -> None:
    clip = clip_of(reading(FACE, HAPPY, 1, share=1), reading(VOICE, ANGRY, 1, share=1))
    ratio = 7 * 0.0825
    found = judge_consistency(clip, {}, votes=SEVEN_OF_TEN)
    assert found.score == pytest.approx(ratio / (1 + ratio))
    assert [c.strength for c in found.conflicts] == pytest.approx(
        [1 - 2 * ratio / (1 + ratio)] * len(found.conflicts)
    )


def test_doubt_is_taken_off_the_confidence() -> None:
    # 0.8 and six times 1/30: 7/30 of it is doubt, the other 23/30 answer happiness.
    doubting = state_probs(reading(FACE, HAPPY, 1, share=0.8), SEVEN_OF_TEN)
    surer = state_probs(reading(FACE, HAPPY, 23 / 30, share=1), SEVEN_OF_TEN)
    assert doubting == pytest.approx(surer)


# --- verdicts ------------------------------------------------------------------------------------


def test_a_smile_over_a_hostile_tone_is_a_conflict_with_a_time() -> None:
    clip = clip_of(reading(FACE, HAPPY), reading(VOICE, ANGRY), reading(SPEECH, NEUTRAL))
    moments = {
        FACE: [
            reading(FACE, NEUTRAL, 0.7, 0.6, 0, 2),
            reading(FACE, HAPPY, 0.7, 0.9, 2, 4),
            reading(FACE, NEUTRAL, 0.7, 0.6, 4, 6),
        ],
        VOICE: [
            reading(VOICE, NEUTRAL, 0.7, 0.6, 0, 2),
            reading(VOICE, ANGRY, 0.7, 0.8, 2, 4),
            reading(VOICE, NEUTRAL, 0.7, 0.6, 4.5, 6),
        ],
    }
    found = judge_consistency(clip, moments)
    assert found.verdict == "inconsistent"
    assert found.score is not None
    assert found.score < 0.4
    assert {c.about for c in found.conflicts} == {"emotion", "valence"}
    for conflict in found.conflicts:
        assert conflict.between == (FACE, VOICE)
        assert (conflict.start_s, conflict.end_s) == (2, 4)
        assert conflict.strength > 0.2
    says = {c.about: c.says for c in found.conflicts}
    assert says == {"emotion": ("happiness", "anger"), "valence": ("positive", "negative")}


def test_without_moments_the_conflict_spans_what_both_do() -> None:
    clip = clip_of(reading(FACE, HAPPY, start_s=1, end_s=5), reading(VOICE, ANGRY, start_s=0, end_s=4))
    conflict = judge_consistency(clip, {}).conflicts[0]
    assert (conflict.start_s, conflict.end_s) == (1, 4)


def test_moments_of_one_alone_meet_the_others_whole() -> None:
    clip = clip_of(reading(FACE, HAPPY), reading(SPEECH, ANGRY, 0.9))
    moments = {FACE: [reading(FACE, ANGRY, 0.5, 0.7, 0, 3), reading(FACE, HAPPY, 0.7, 0.9, 3, 5)]}
    conflict = judge_consistency(clip, moments).conflicts[0]
    assert (conflict.start_s, conflict.end_s) == (3, 5)


def test_a_pause_does_not_split_a_conflict_and_sliding_windows_do_not_break_it() -> None:
    clip = clip_of(reading(FACE, HAPPY), reading(VOICE, ANGRY))
    moments = {
        FACE: [reading(FACE, HAPPY, 0.7, 0.9, t, t + 1) for t in (0.0, 0.5, 1.0, 1.5, 2.0)],
        VOICE: [reading(VOICE, ANGRY, start_s=0.2, end_s=1.0), reading(VOICE, ANGRY, start_s=1.4, end_s=2.8)],
    }
    conflict = judge_consistency(clip, moments).conflicts[0]
    assert (conflict.start_s, conflict.end_s) == (0.2, 2.8)


@pytest.mark.parametrize("emotion", [HAPPY, SAD, ANGRY, Emotion.FEAR, Emotion.DISGUST, Emotion.SURPRISE])
def test_face_and_voice_of_one_emotion_are_consistent(emotion: Emotion) -> None:
    found = judge_consistency(clip_of(reading(FACE, emotion), reading(VOICE, emotion)), {})
    assert found.verdict == "consistent"
    assert found.conflicts == ()


@pytest.mark.parametrize("clip", [{}, dict.fromkeys(MODALITIES), clip_of(reading(FACE, HAPPY)),
                                  clip_of(reading(FACE, HAPPY), reading(VOICE, ANGRY, 0.0))])  # fmt: skip
def test_fewer_than_two_readings_have_no_score(clip: dict[Modality, Reading | None]) -> None:
    found = judge_consistency(clip, {})
    assert (found.verdict, found.score, found.conflicts) == ("unclear", None, ())


def test_two_unsure_readings_that_differ_are_unclear() -> None:
    found = judge_consistency(clip_of(reading(FACE, HAPPY, 0.2), reading(VOICE, ANGRY, 0.2)), {})
    assert found.verdict == "unclear"
    assert found.score is not None
    assert 0.4 < found.score < 0.5


@pytest.mark.parametrize("emotion", EMOTIONS)
@pytest.mark.parametrize("heard", [FACE, VOICE, BODY])
def test_neutral_words_are_never_a_conflict(emotion: Emotion, heard: Modality) -> None:
    found = judge_consistency(clip_of(reading(heard, emotion, 1, 1), reading(SPEECH, NEUTRAL, 1, 1)), {})
    assert found.score == pytest.approx(0.5)
    assert found.verdict == "unclear"


def test_words_of_their_own_feeling_are() -> None:
    found = judge_consistency(clip_of(reading(VOICE, ANGRY, 0.9), reading(SPEECH, HAPPY, 0.9)), {})
    assert found.verdict == "inconsistent"
    assert found.conflicts[0].between == (VOICE, SPEECH)


def test_a_voice_that_sounds_neutral_is_weak_evidence_and_a_still_face_is_against_joy_only() -> None:
    smile, still = reading(FACE, HAPPY), reading(FACE, NEUTRAL)
    assert log_ratio(smile, reading(VOICE, ANGRY)) < -1.4
    assert -0.5 < log_ratio(smile, reading(VOICE, NEUTRAL)) < 0
    assert log_ratio(still, reading(VOICE, HAPPY)) < -1.4
    assert -1.0 < log_ratio(still, reading(VOICE, Emotion.FEAR)) < 0
    assert log_ratio(still, reading(VOICE, NEUTRAL)) > 0


def test_a_calm_voice_says_more_against_a_lively_face_than_a_plain_one() -> None:
    laugh = reading(FACE, HAPPY, 0.6, 0.9)
    plain, calm = (reading(VOICE, NEUTRAL, 0.6, 0.6).model_copy(update={"arousal": a}) for a in (0.1, -0.4))
    assert log_ratio(laugh, calm) < log_ratio(laugh, plain) - 0.3
    assert judge_consistency(clip_of(laugh, plain), {}).verdict == "unclear"
    assert judge_consistency(clip_of(laugh, calm), {}).verdict == "inconsistent"


def test_the_arousal_term_by_hand() -> None:
    gap = ArousalGap(one_clip=0.2, unrelated=0.4, say=0.5)
    table = HumanVotes(**{**SEVEN_OF_TEN.__dict__, "arousal_gap": gap})
    a = reading(FACE, HAPPY, 0.5).model_copy(update={"arousal": 0.4})
    b = reading(VOICE, HAPPY, 0.4).model_copy(update={"arousal": -0.2})
    # log 2 - 0.36 / 2 * (25 - 6.25), at half its say and 0.5 * 0.4 of the confidence
    added = 0.5 * 0.2 * (math.log(2) - 0.18 * 18.75)
    assert log_ratio(a, b, table) == pytest.approx(log_ratio(a, b, SEVEN_OF_TEN) + added)
    words = b.model_copy(update={"modality": SPEECH})
    assert log_ratio(a, words, table) == pytest.approx(log_ratio(a, words, SEVEN_OF_TEN))


def test_a_passing_conflict_counts_less_the_more_chances_it_had() -> None:
    clip = clip_of(reading(FACE, HAPPY, 0.7), reading(VOICE, HAPPY, 0.7))

    def score(seconds: int) -> float:
        voice = [reading(VOICE, HAPPY, start_s=t, end_s=t + 1) for t in range(seconds)]
        voice[0] = reading(VOICE, ANGRY, 0.9, 0.9, 0, 1)
        face = [reading(FACE, HAPPY, 0.7, 0.9, t, t + 1) for t in range(seconds)]
        found = judge_consistency(clip, {FACE: face, VOICE: voice}).score
        assert found is not None
        return found

    assert score(2) < score(5) < score(30)
    assert score(30) > 0.5


def test_agreement_elsewhere_does_not_excuse_a_conflict() -> None:
    pair = clip_of(reading(FACE, HAPPY, 0.9), reading(VOICE, ANGRY, 0.9))
    alone = judge_consistency(pair, {})
    joined = judge_consistency({**pair, SPEECH: reading(SPEECH, HAPPY, 0.9)}, {})
    assert joined.verdict == alone.verdict == "inconsistent"
    assert joined.score is not None
    assert alone.score is not None
    assert joined.score <= alone.score


def test_arousal_is_named_when_only_it_is_opposite() -> None:
    calm, tense = reading(FACE, SAD, 0.9), reading(VOICE, Emotion.FEAR, 0.9)
    found = judge_consistency(clip_of(calm, tense), {}, ConsistencySettings(max_inconsistent_score=0.49))
    assert {c.about: c.says for c in found.conflicts}["arousal"] == ("low", "high")
    assert "valence" not in {c.about for c in found.conflicts}


def test_conflicts_come_strongest_first() -> None:
    clip = clip_of(reading(FACE, HAPPY, 0.9), reading(VOICE, ANGRY, 0.8), reading(SPEECH, ANGRY, 0.9))
    strengths = [c.strength for c in judge_consistency(clip, {}).conflicts]
    assert strengths == sorted(strengths, reverse=True)
    assert len({c.between for c in judge_consistency(clip, {}).conflicts}) == 2


@pytest.mark.parametrize(("low", "high"), [(0.6, 0.7), (0.4, 0.3), (0.0, 0.6), (0.4, 1.0)])
def test_thresholds_must_be_on_their_sides(low: float, high: float) -> None:
    with pytest.raises(ValueError, match="max_inconsistent_score"):
        ConsistencySettings(max_inconsistent_score=low, min_consistent_score=high)


# --- laws ----------------------------------------------------------------------------------------


@given(any_reading(FACE), any_reading(VOICE))
def test_the_ratio_is_symmetric_and_bounded(a: Reading, b: Reading) -> None:
    assert log_ratio(a, b) == pytest.approx(log_ratio(b, a))
    assert log_ratio(a, b) <= math.log(7) + 1e-9


@given(any_reading(FACE), any_reading(VOICE), any_reading(SPEECH))
def test_order_does_not_matter(a: Reading, b: Reading, c: Reading) -> None:
    assert judge_consistency(clip_of(a, b, c), {}) == judge_consistency(clip_of(c, b, a), {})


@given(any_reading(FACE), any_reading(VOICE), any_reading(BODY))
def test_what_has_no_confidence_or_is_flat_changes_nothing(a: Reading, b: Reading, extra: Reading) -> None:
    two = judge_consistency(clip_of(a, b), {})
    mute = extra.model_copy(update={"confidence": 0.0})
    assert judge_consistency(clip_of(a, b, mute), {}) == two
    if two.score is not None:
        flat = extra.model_copy(update={"probs": only(NEUTRAL, 1 / 7), "confidence": 1.0})
        assert judge_consistency(clip_of(a, b, flat), {}).score == pytest.approx(two.score)


@given(any_reading(FACE), any_reading(VOICE), any_reading(BODY), any_reading(SPEECH))
def test_verdict_score_and_conflicts_say_the_same(a: Reading, b: Reading, c: Reading, d: Reading) -> None:
    found = judge_consistency(clip_of(a, b, c, d), {})
    assert (found.verdict == "inconsistent") == bool(found.conflicts)
    if found.score is not None:
        limits = ConsistencySettings()
        assert (found.verdict == "inconsistent") == (found.score <= limits.max_inconsistent_score)
        assert (found.verdict == "consistent") == (found.score >= limits.min_consistent_score)


@given(st.lists(st.tuples(st.sampled_from(EMOTIONS), st.floats(0.05, 1)), min_size=1, max_size=8))
def test_a_conflict_lies_where_both_were_read(said: list[tuple[Emotion, float]]) -> None:
    clip = clip_of(reading(FACE, HAPPY, 1, end_s=9), reading(VOICE, ANGRY, 1, end_s=9))
    voice = [reading(VOICE, e, c, start_s=1 + i * 0.5, end_s=1.5 + i * 0.5) for i, (e, c) in enumerate(said)]
    found = judge_consistency(clip, {FACE: [reading(FACE, HAPPY, 0.9, end_s=3)], VOICE: voice})
    for conflict in found.conflicts:
        assert conflict.start_s < conflict.end_s
        assert (conflict.start_s >= 1 and conflict.end_s <= min(3, voice[-1].end_s)) or (
            conflict.start_s,
            conflict.end_s,
        ) == (0, 9)
