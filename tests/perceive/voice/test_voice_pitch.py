"""Is the tracked pitch the one that was put in?"""

from __future__ import annotations

import numpy as np
import pytest

from perceive.voice.voice_sources import FEMALE_HZ, MALE_HZ, RATE_HZ, heard, noise, read, vowel
from saber.perceive.voice import perceive_voice, voice_activity


@pytest.mark.parametrize("hz", [80, 100, 147, 220, 331, 500, 590])
def test_held_vowel(hz: float) -> None:
    pitch = heard(vowel(hz, 0.6)).pitch
    assert pitch.voiced.mean() > 0.95
    assert np.nanmax(np.abs(pitch.hz[2:-2] / hz - 1)) < 0.005


def test_pure_tone_and_missing_fundamental() -> None:
    time = np.arange(RATE_HZ) / RATE_HZ
    tone = (0.1 * np.sin(2 * np.pi * 200 * time)).astype(np.float32)
    missing = (0.05 * sum(np.sin(2 * np.pi * 150 * k * time) for k in (2, 3, 4))).astype(np.float32)
    assert np.nanmedian(heard(tone).pitch.hz) == pytest.approx(200, rel=0.002)
    assert np.nanmedian(heard(missing).pitch.hz) == pytest.approx(150, rel=0.002)


def test_a_falling_then_rising_pitch_is_followed() -> None:
    time = np.arange(2 * RATE_HZ) / RATE_HZ
    true = 200 * 2 ** (0.5 * np.cos(2 * np.pi * 0.5 * time))
    voice = heard(vowel(true, 2.0))
    at = np.interp(voice.grid.times_s, time, true)
    assert np.nanmedian(np.abs(voice.pitch.hz / at - 1)) < 0.003
    assert np.nanmean(np.abs(voice.pitch.hz / at - 1) > 0.05) == 0.0


def test_noise_alone_has_next_to_no_pitch() -> None:
    assert heard(noise(2.0, 0.1)).pitch.voiced.mean() < 0.05


@pytest.mark.parametrize("hum_hz", [50, 60])
def test_mains_hum_and_dc_do_not_move_the_pitch(hum_hz: float) -> None:
    clean = vowel(130, 1.0)
    time = np.arange(len(clean)) / RATE_HZ
    dirty = clean + 0.1 + 0.05 * np.sin(2 * np.pi * hum_hz * time)
    assert np.nanmedian(heard(dirty.astype(np.float32)).pitch.hz) == pytest.approx(130, rel=0.01)


def test_noise_as_loud_as_the_voice_leaves_the_median() -> None:
    clean = vowel(180, 2.0)
    noisy = clean + noise(2.0, float(np.sqrt(np.mean(clean**2))))
    assert np.nanmedian(heard(noisy).pitch.hz) == pytest.approx(180, rel=0.01)


def test_telephone_band_keeps_the_pitch() -> None:
    spectrum = np.fft.rfft(vowel(120, 1.0, tilt_db=-6.0))
    hz = np.fft.rfftfreq(RATE_HZ, 1 / RATE_HZ)
    thin = np.fft.irfft(np.where((hz > 300) & (hz < 3400), spectrum, 0))
    voice = heard(thin.astype(np.float32))
    assert np.nanmedian(voice.pitch.hz) == pytest.approx(120, rel=0.005)
    assert voice.register is not None
    assert voice.register.tract_ratio is None  # the fourth formant is cut off: not guessed


@pytest.mark.parametrize("hz", [110, 160, 220])
def test_register_follows_the_vocal_tract_not_the_pitch(hz: float) -> None:
    low, high = heard(vowel(hz, 1.0, MALE_HZ)).register, heard(vowel(hz, 1.0, FEMALE_HZ)).register
    assert low is not None
    assert high is not None
    assert low.high_prob < 0.1
    assert high.high_prob > 0.5
    assert low.tract_ratio == pytest.approx(1.0, abs=0.05)
    assert high.tract_ratio == pytest.approx(1.167, abs=0.05)


def test_typical_pitch_of_a_register_is_the_published_mean() -> None:
    low, high = heard(vowel(100, 1.0, MALE_HZ)).register, heard(vowel(210, 1.0, FEMALE_HZ)).register
    assert low is not None
    assert high is not None
    assert low.typical_hz == pytest.approx(120, rel=0.01)
    assert high.typical_hz == pytest.approx(210, rel=0.01)


@pytest.mark.media
def test_agrees_with_pyin_on_real_speech(media_dir) -> None:
    librosa = pytest.importorskip("librosa", reason="librosa is the reference here; pip install librosa")
    for name in (
        "asr_en/librispeech-1995-1837-0001.wav",
        "asr_zh/BAC009S0764W0121.wav",
        "grid_av/sbwe5n.mpg",
    ):
        sound = read(media_dir / name)
        track = perceive_voice(sound, voice_activity(sound)).track("voice.pitch")
        assert track is not None
        own = np.array([np.nan if hz is None else hz for hz in track.values])
        theirs, voiced, _ = librosa.pyin(
            sound.samples, fmin=75, fmax=600, sr=RATE_HZ, frame_length=1024, hop_length=320
        )
        other = np.interp(track.times_s, np.arange(len(theirs)) * 0.02, np.where(voiced, theirs, np.nan))
        both = np.isfinite(own) & np.isfinite(other)
        assert both.sum() > 20
        assert np.mean(np.abs(own[both] / other[both] - 1) > 0.2) < 0.02
