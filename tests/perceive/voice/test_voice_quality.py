"""Are jitter, shimmer, noise, balance and tremor those that were put in?"""

from __future__ import annotations

import numpy as np
import pytest

from perceive.voice.voice_sources import RATE_HZ, heard, noise, uneven_vowel, vowel
from saber.core.catalogue import spec_of
from saber.perceive.voice.spectrum import balance


@pytest.mark.parametrize("jitter", [0.005, 0.01, 0.02, 0.04])
def test_jitter(jitter: float) -> None:
    samples, true, _ = uneven_vowel(140, 1.5, jitter, 0.0)
    assert heard(samples).periods.jitter == pytest.approx(true, rel=0.12)


@pytest.mark.parametrize("shimmer", [0.02, 0.05, 0.1, 0.2])
def test_shimmer(shimmer: float) -> None:
    samples, _, true = uneven_vowel(140, 1.5, 0.0, shimmer)
    assert heard(samples).periods.shimmer == pytest.approx(true, rel=0.12)


@pytest.mark.parametrize("hz", [90, 137, 215, 330])
def test_floor_of_jitter_at_16_khz_is_under_a_thousandth(hz: float) -> None:
    periods = heard(vowel(hz, 1.0)).periods
    assert periods.jitter is not None
    assert periods.jitter < 0.001


def test_too_few_periods_give_no_jitter() -> None:
    assert heard(vowel(100, 0.08)).periods.jitter is None


@pytest.mark.parametrize("ratio_db", [5, 10, 20, 30])
def test_harmonics_to_noise_ratio(ratio_db: float) -> None:
    clean = vowel(140, 1.5)
    rms = float(np.sqrt(np.mean(clean**2)))
    voice = heard(clean + noise(1.5, rms * 10 ** (-ratio_db / 20)))
    assert np.nanmedian(voice.spectra.hnr_db) == pytest.approx(ratio_db, abs=1.0)


def test_cepstral_peak_sinks_with_noise() -> None:
    clean = vowel(140, 1.5)
    rms = float(np.sqrt(np.mean(clean**2)))
    found = [
        float(np.nanmean(heard(clean + noise(1.5, rms * 10 ** (-snr / 20))).spectra.cpp_db))
        for snr in (30, 20, 10)
    ]
    assert found[0] > found[1] + 1 > found[2] + 2


def test_first_harmonics_differ_by_the_sources_tilt() -> None:
    # No formants: a falling source of 12 dB per octave has its second harmonic 12 dB under the first.
    voice = heard(vowel(150, 1.0, formants=(), tilt_db=-12.0))
    assert np.nanmean(voice.spectra.h1_h2_db) == pytest.approx(12.0, abs=0.5)


def test_brighter_source_means_higher_alpha_and_lower_hammarberg() -> None:
    found = [heard(vowel(120, 1.0, tilt_db=tilt)).summary(0, 1) for tilt in (-15.0, -12.0, -9.0, -6.0)]
    alpha = [f["alpha_ratio"] for f in found]
    hammarberg = [f["hammarberg"] for f in found]
    assert alpha == sorted(alpha)
    assert hammarberg == sorted(hammarberg, reverse=True)


def test_balance_of_a_known_spectrum() -> None:
    bands = np.zeros((3, 128), dtype=np.float32)
    hz = (np.arange(128) + 0.5) * 62.5
    bands[:, (hz > 50) & (hz < 1000)] = 10.0  # 15 bands of 10 against 64 bands of 1, and 16 of 2
    bands[:, (hz >= 1000) & (hz < 5000)] = 1.0
    found = balance(bands)
    assert found is not None
    low, high = 10.0 * ((hz > 50) & (hz < 1000)).sum(), 1.0 * ((hz >= 1000) & (hz < 5000)).sum()
    assert found["alpha_db"] == pytest.approx(10 * np.log10(high / low), abs=1e-3)
    assert found["hammarberg_db"] == pytest.approx(10.0, abs=1e-3)


def test_noise_between_words_is_taken_out_of_the_balance() -> None:
    clean = vowel(120, 1.0, tilt_db=-9.0)
    hiss = noise(2.0, 0.004)
    samples = np.concatenate([clean, np.zeros(RATE_HZ, dtype=np.float32)]) + hiss
    from saber.core.records import Span

    speech = (Span(start_s=0.0, end_s=1.0),)
    true = heard(np.concatenate([clean, np.zeros(RATE_HZ, dtype=np.float32)]), speech).summary(0, 1)
    kept = heard(samples, speech)
    cleaned = kept.summary(0, 1)["alpha_ratio"]
    raw = balance(kept.spectra.bands[kept.sounding])
    assert raw is not None
    assert abs(cleaned - true["alpha_ratio"]) < 0.5 * abs(raw["alpha_db"] - true["alpha_ratio"])


def test_norms_of_balance_are_those_of_the_published_speech_spectrum() -> None:
    # Byrne et al. 1994, universal long-term average speech spectrum: third octaves, 63 Hz to 5 kHz, dB.
    centre = 1000 * 2 ** (np.arange(-12, 8) / 3)
    low = [38.6, 43.5, 54.4, 57.7, 56.8, 60.2, 60.3, 59.0, 62.1, 62.1]
    level = np.array([*low, 60.5, 56.8, 53.7, 53.0, 52.0, 48.7, 48.1, 46.8, 45.6, 44.5])
    density_db = level - 10 * np.log10(centre * (2 ** (1 / 6) - 2 ** (-1 / 6)))
    hz = (np.arange(128) + 0.5) * 62.5
    found = balance((10 ** (np.interp(hz, centre, density_db) / 10)).astype(np.float32)[None, :])
    assert found is not None
    for name, key in (
        ("alpha_ratio", "alpha_db"),
        ("hammarberg", "hammarberg_db"),
        ("slope_high", "slope_high"),
    ):
        norm = spec_of(f"voice.{name}").norm
        assert norm is not None
        assert found[key] == pytest.approx(norm.mean, abs=0.2), name


@pytest.mark.parametrize(("rate_hz", "depth"), [(5.0, 0.03), (8.0, 0.02), (10.0, 0.05)])
def test_tremor(rate_hz: float, depth: float) -> None:
    time = np.arange(2 * RATE_HZ) / RATE_HZ
    tremor = heard(vowel(150 * (1 + depth * np.sin(2 * np.pi * rate_hz * time)), 2.0)).tremor()
    assert tremor is not None
    assert tremor.rate_hz == pytest.approx(rate_hz, abs=0.3)
    assert tremor.depth_ratio == pytest.approx(depth, rel=0.15)


def test_steady_and_gliding_voices_do_not_tremble() -> None:
    time = np.arange(2 * RATE_HZ) / RATE_HZ
    for hz in (np.full(len(time), 150.0), 120 * 2 ** (time / 2), 150 + 20 * np.sin(2 * np.pi * 1.0 * time)):
        tremor = heard(vowel(hz, 2.0)).tremor()
        assert tremor is not None
        assert tremor.depth_ratio < 0.005


def test_a_stretch_shorter_than_three_cycles_says_nothing_of_tremor() -> None:
    assert heard(vowel(150, 0.2)).tremor() is None
