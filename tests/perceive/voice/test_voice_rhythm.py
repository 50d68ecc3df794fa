"""Are syllables, pauses, slopes and movements counted as they were put in?"""

from __future__ import annotations

import numpy as np
import pytest

from perceive.voice.voice_sources import RATE_HZ, all_of, heard, noise, silence, syllables, vowel
from saber.core.records import Sound, Span, Word
from saber.perceive.voice import perceive_voice
from saber.perceive.voice.contour import movements
from saber.perceive.voice.syllables import syllables_in


@pytest.mark.parametrize(("count", "rate"), [(5, 4.0), (8, 5.0), (10, 3.0), (12, 6.0)])
def test_nuclei(count: int, rate: float) -> None:
    assert len(heard(syllables(count, rate)).nuclei.times_s) == count


def test_pauses_snr_and_spans() -> None:
    clean = np.concatenate([silence(0.5), syllables(6, 4), silence(0.6), syllables(4, 4), silence(0.5)])
    samples = clean + noise(len(clean) / RATE_HZ, 0.002)
    voice = heard(samples, (Span(start_s=0.5, end_s=2.0), Span(start_s=2.6, end_s=3.6)))
    assert len(voice.pauses) == 1
    assert voice.pauses[0] == pytest.approx((2.0, 2.6), abs=0.08)
    power = np.mean(np.concatenate([clean[8000:32000], clean[41600:57600]]) ** 2)
    assert voice.snr_db == pytest.approx(10 * np.log10(power / 0.002**2), abs=1.0)
    assert voice.snr_is_sure


def test_words_count_the_syllables_where_given() -> None:
    samples = syllables(8, 4.0)
    words = [Word(text=text, start_s=0.0, end_s=2.0, prob=0.9) for text in ("extraordinary", "你好")]
    cue = perceive_voice(Sound(samples), all_of(samples), words=words).cue("voice.articulation_rate")
    assert cue is not None
    assert cue.value == pytest.approx(7 / 2.0, rel=0.05)  # ex-traor-di-na-ry: 5, and 2 characters
    without = perceive_voice(Sound(samples), all_of(samples)).cue("voice.articulation_rate")
    assert without is not None
    assert without.value == pytest.approx(8 / 2.0 / 0.87, rel=0.05)
    assert without.confidence < cue.confidence


@pytest.mark.parametrize(
    ("word", "count"),
    [
        *[("cat", 1), ("Make", 1), ("table", 2), ("banana", 3), ("walked", 1), ("wanted", 2), ("boxes", 2)],
        *[("takes", 1), ("the", 1), ("rhythm", 1), ("你好", 2), ("甚至出现", 4), ("déjà", 2), ("...", 0)],
        *[("1813", None), ("привет", None)],
    ],
)
def test_syllables_of_words(word: str, count: int | None) -> None:
    assert syllables_in(word) == count


def test_slope_of_a_glide() -> None:
    time = np.arange(2 * RATE_HZ) / RATE_HZ
    found = heard(vowel(120 * 2 ** (time * 3 / 12), 2.0)).summary(0.0, 2.0)
    assert found["pitch_slope"] == pytest.approx(3.0, abs=0.1)
    assert found["pitch_final_slope"] == pytest.approx(3.0, abs=0.5)
    assert found["pitch_range"] == pytest.approx(0.9 * 6.0, abs=0.3)


def test_loudness_slope_and_level() -> None:
    time = np.arange(2 * RATE_HZ) / RATE_HZ
    held = vowel(120, 2.0)
    found = heard((held * 10 ** (-5 * time / 20)).astype(np.float32)).summary(0.0, 2.0)
    assert found["level_slope"] == pytest.approx(-5.0, abs=0.3)
    level = heard(held).summary(0.0, 2.0)["level"]
    assert level == pytest.approx(10 * np.log10(np.mean(held**2)), abs=0.6)


def test_movements_of_a_known_contour() -> None:
    time_s = np.arange(120) * 0.01
    st = np.concatenate(
        [np.zeros(20), np.linspace(0, 6, 20), np.full(20, 6.0), np.linspace(6, 1, 20), np.ones(40)]
    )
    rise, fall = movements(time_s, st)
    assert rise.semitones == pytest.approx(6.0, abs=0.3)
    assert (rise.start_s, rise.end_s) == pytest.approx((0.2, 0.4), abs=0.06)
    assert fall.semitones == pytest.approx(-5.0, abs=0.3)


def test_small_or_slow_movements_are_none() -> None:
    time_s = np.arange(200) * 0.01
    assert movements(time_s, 1.5 * np.sin(2 * np.pi * 2 * time_s)) == []
    assert movements(time_s, np.full(200, np.nan)) == []


def test_attack_is_steeper_for_sudden_syllables() -> None:
    time = np.arange(2 * RATE_HZ) / RATE_HZ
    held = vowel(120, 2.0)
    phase = time * 3 % 1
    sudden = held * np.where(phase < 0.05, 0.1 + 18 * phase, np.maximum(0.1, 1 - (phase - 0.05)))
    gentle = held * np.where(phase > 0.95, 0.1 + 18 * (1 - phase), np.maximum(0.1, phase + 0.05))
    fast, slow = (heard(s.astype(np.float32)).summary(0, 2)["attack"] for s in (sudden, gentle))
    assert fast > 3 * slow
