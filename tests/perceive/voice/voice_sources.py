"""Which artificial voices have known pitch, jitter, shimmer, tremor, noise and rhythm?"""

from __future__ import annotations

from pathlib import Path

import av
import numpy as np
from numpy.typing import NDArray
from scipy.signal import lfilter

from saber.core.records import Sound, Span
from saber.perceive.voice import VoiceSettings
from saber.perceive.voice.measure import Voice, listen

RATE_HZ = 16_000
MALE_HZ = (
    *((500.0, 80.0), (1500.0, 100.0), (2463.0, 120.0), (3448.0, 160.0)),
    *((4433.0, 200.0), (5418.0, 250.0), (6403.0, 300.0)),
)
"""Formants and bandwidths of a neutral vowel: the third as Peterson & Barney's men have it, the others at
the odd multiples of a uniform tube."""
FEMALE_HZ = tuple((hz * 1.167, width) for hz, width in MALE_HZ)

Samples = NDArray[np.float32]


def vowel(
    hz: NDArray[np.float64] | float,
    seconds: float,
    formants: tuple[tuple[float, float], ...] = MALE_HZ,
    *,
    tilt_db: float = -6.0,
    peak: float = 0.2,
) -> Samples:
    """A held vowel: harmonics of `hz` (a number or one value per sample) falling by `tilt_db` per octave."""
    n = round(seconds * RATE_HZ)
    hz = np.broadcast_to(np.asarray(hz, dtype=np.float64), n)
    return _formed(_source(2 * np.pi * np.cumsum(hz) / RATE_HZ, float(hz.max()), tilt_db), formants, peak)


def uneven_vowel(
    hz: float, seconds: float, jitter: float, shimmer: float, seed: int = 0
) -> tuple[Samples, float, float]:
    """A vowel whose periods differ in length and strength, and its true jitter and shimmer (local)."""
    random = np.random.default_rng(seed)
    periods = round(seconds * hz)
    lengths = (1 + jitter * random.standard_normal(periods)) / hz
    strengths = 1 + shimmer * random.standard_normal(periods)
    starts = np.concatenate([[0.0], np.cumsum(lengths)])
    time = np.arange(int(starts[-1] * RATE_HZ)) / RATE_HZ
    phase = 2 * np.pi * np.interp(time, starts, np.arange(periods + 1))
    gain = strengths[
        np.minimum((phase / (2 * np.pi) + 0.5).astype(int), periods - 1)
    ]  # pulses are at whole turns
    samples = _formed(_source(phase, hz, -6.0) * gain, ((500.0, 300.0),), 0.2)

    def local(values: NDArray[np.float64]) -> float:
        return float(np.mean(np.abs(np.diff(values))) / np.mean(values))

    return samples, local(lengths), local(strengths)


def syllables(count: int, rate: float, hz: float = 120.0, *, tilt_db: float = -6.0) -> Samples:
    """`count` syllables per `rate` a second: a vowel under raised-cosine humps with 20 dB dips between."""
    sound = vowel(hz, count / rate, tilt_db=tilt_db)
    time = np.arange(len(sound)) / RATE_HZ
    return (sound * (0.1 + 0.9 * np.sin(np.pi * rate * time) ** 2)).astype(np.float32)


def noise(seconds: float, rms: float, seed: int = 0) -> Samples:
    return (rms * np.random.default_rng(seed).standard_normal(round(seconds * RATE_HZ))).astype(np.float32)


def silence(seconds: float) -> Samples:
    return np.zeros(round(seconds * RATE_HZ), dtype=np.float32)


def all_of(samples: Samples) -> tuple[Span, ...]:
    return (Span(start_s=0.0, end_s=len(samples) / RATE_HZ),)


def heard(samples: Samples, activity: tuple[Span, ...] | None = None) -> Voice:
    """Measured with everything counted as speech, unless told otherwise."""
    return listen(Sound(samples), all_of(samples) if activity is None else activity, VoiceSettings())


def read(path: Path) -> Sound:
    """A real file at 16 kHz, mono, within -1..1."""
    with av.open(str(path)) as container:
        resampler = av.AudioResampler("flt", "mono", RATE_HZ)
        frames = [out for frame in container.decode(audio=0) for out in resampler.resample(frame)]
        frames += resampler.resample(None)
    samples = np.concatenate([frame.to_ndarray()[0] for frame in frames])
    return Sound(np.clip(samples, -1, 1).astype(np.float32))


def _source(phase: NDArray[np.float64], top_hz: float, tilt_db: float) -> NDArray[np.float64]:
    count = max(1, int(7500 // top_hz))
    return np.sum([k ** (tilt_db / 6.02) * np.cos(k * phase) for k in range(1, count + 1)], axis=0)


def _formed(source: NDArray[np.float64], formants: tuple[tuple[float, float], ...], peak: float) -> Samples:
    for hz, width_hz in formants:
        radius = np.exp(-np.pi * width_hz / RATE_HZ)
        turn = 2 * radius * np.cos(2 * np.pi * hz / RATE_HZ)
        source = lfilter([1 - turn + radius**2], [1, -turn, radius**2], source)
    return (peak * source / np.abs(source).max()).astype(np.float32)
