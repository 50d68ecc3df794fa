"""Is the body's reading weak, lawful, and tilted the way the literature says?"""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from saber.core.taxonomy import Emotion
from saber.perceive.body.reading import BodyState, read


def state(**known: float) -> BodyState:
    return BodyState(**{"start_s": 0.0, "end_s": 4.0, "quality": 1.0, "hands_visible": 0.0, **known})


def test_a_quiet_head_and_shoulders_say_nothing() -> None:
    assert read(state()) is None
    assert read(state(motion=0.001)) is None
    assert read(state(motion=0.05, hand_at_face=0.0, slump=0.05, openness=1.3)) is None


def test_the_same_quiet_with_hands_in_view_lowers_the_arousal() -> None:
    reading = read(state(motion=0.01, hands_visible=1.0))
    assert reading is not None
    assert -0.3 <= reading.arousal < -0.2
    assert reading.rests_on == ("body.motion_mean",)


def test_vigour_raises_arousal_and_the_vigorous_emotions() -> None:
    reading = read(state(motion=0.3, hands_visible=1.0))
    assert reading is not None
    assert reading.arousal > 0.3
    assert reading.probs[Emotion.ANGER] > reading.probs[Emotion.DISGUST] > reading.probs[Emotion.SADNESS]


def test_a_hand_at_the_face_speaks_of_discomfort() -> None:
    reading = read(state(hand_at_face=0.4, hands_visible=0.4))
    assert reading is not None
    assert reading.valence < 0
    assert reading.probs[Emotion.SADNESS] > reading.probs[Emotion.HAPPINESS]
    assert reading.rests_on == ("body.hand_at_face",)


def test_a_slump_speaks_of_sadness() -> None:
    reading = read(state(slump=0.6))
    assert reading is not None
    assert max(reading.probs, key=lambda e: reading.probs[e]) is Emotion.SADNESS


measure = st.none() | st.floats(0, 5)


@given(measure, measure, measure, measure, st.floats(0, 1), st.floats(0, 1))
def test_whatever_is_measured_the_reading_stays_near_flat_and_unsure(
    motion: float | None,
    at_face: float | None,
    slump: float | None,
    openness: float | None,
    hands: float,
    quality: float,
) -> None:
    reading = read(BodyState(0.0, 2.0, quality, hands, motion, at_face, slump, openness))
    if reading is None:
        return
    assert sum(reading.probs.values()) == pytest.approx(1.0)
    assert max(reading.probs.values()) < 0.45
    assert min(reading.probs.values()) > 0.02
    assert reading.confidence <= 0.25 * quality + 1e-9
    assert reading.rests_on
