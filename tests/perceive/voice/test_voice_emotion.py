"""Does the rule table say what its sources say, and nothing when nothing stands out?"""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from saber.core.catalogue import CATALOGUE
from saber.core.taxonomy import EMOTIONS, Emotion
from saber.perceive.voice.emotion import (
    AROUSAL_WEIGHTS,
    MAX_CONFIDENCE,
    PATTERNS,
    arousal_from,
    probs_from,
    reading_from,
)

CUES = sorted(set(AROUSAL_WEIGHTS) | {cue for pattern in PATTERNS.values() for cue in pattern})
z_scores = st.dictionaries(st.sampled_from(CUES), st.floats(-6, 6), max_size=len(CUES))


def test_every_cue_of_the_table_has_a_norm_and_does_not_depend_on_gain() -> None:
    for name in CUES:
        assert CATALOGUE[name].norm is not None, name
        assert name != "voice.level"


def test_arousal_by_hand() -> None:
    # (2 x 1.5 + 2 x 0.75 + 1 x 0) / 5 = 0.9; tanh(0.9 / 1.5)
    found = arousal_from({"voice.pitch_level": 1.5, "voice.effort": 0.75, "voice.attack": 0.0})
    assert found is not None
    assert found[0] == pytest.approx(math.tanh(0.6))
    assert found[1] == ("voice.pitch_level", "voice.effort")


def test_no_reading_without_pitch_and_effort() -> None:
    assert arousal_from({"voice.articulation_rate": 2.0}) is None
    assert reading_from({"voice.articulation_rate": 2.0}, 0.0, 1.0, 1.0) is None


@pytest.mark.parametrize("emotion", [e for e in EMOTIONS if e != Emotion.DISGUST])
def test_a_voice_on_its_pattern_is_read_as_that(emotion: Emotion) -> None:
    probs = probs_from({cue: 1.5 * step for cue, step in PATTERNS[emotion].items()})
    assert max(probs, key=lambda e: probs[e]) == emotion


def test_ordinary_voice_is_neutral_with_valence_near_zero() -> None:
    reading = reading_from(dict.fromkeys(CUES, 0.0), 0.0, 2.0, 1.0)
    assert reading is not None
    assert max(reading.probs, key=lambda e: reading.probs[e]) == Emotion.NEUTRAL
    assert reading.arousal == 0.0
    assert abs(reading.valence) < 0.15
    assert reading.rests_on == ()


def test_without_quality_a_reading_is_flat_and_weighs_nothing() -> None:
    reading = reading_from(dict.fromkeys(CUES, 2.0), 0.0, 2.0, 0.0)
    assert reading is not None
    assert list(reading.probs.values()) == pytest.approx([1 / 7] * 7)
    assert (reading.valence, reading.arousal, reading.confidence) == (pytest.approx(0.0), 0.0, 0.0)


@given(z_scores, st.floats(0, 1))
def test_laws(z: dict[str, float], quality: float) -> None:
    reading = reading_from(z, 0.0, 1.0, quality)
    if reading is None:
        assert not {"voice.pitch_level", "voice.effort"} & set(z)
        return
    assert sum(reading.probs.values()) == pytest.approx(1.0)
    assert 0.0 <= reading.confidence <= MAX_CONFIDENCE
    assert all(abs(z[cue]) > 0 for cue in reading.rests_on)


@given(z_scores, st.sampled_from(sorted(AROUSAL_WEIGHTS)), st.floats(0, 3))
def test_more_of_an_aroused_cue_never_calms(z: dict[str, float], cue: str, more: float) -> None:
    z = {"voice.pitch_level": 0.0, cue: 0.0, **z}
    before, after = arousal_from(z), arousal_from({**z, cue: z[cue] + more})
    assert before is not None
    assert after is not None
    assert after[0] >= before[0] - 1e-12
