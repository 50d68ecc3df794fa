"""Which of several audio tracks carries speech?

Two properties that speech has together and tones, noise, clicks and silence do not: its loudness
rises and falls a few times a second, at the rate of syllables (Houtgast & Steeneken 1985 find the
peak near 4 Hz; Scheirer & Slaney 1997 use it to tell speech from music), and voiced and unvoiced
sounds take turns, so the rate of zero crossings changes (also Scheirer & Slaney 1997). The product,
and its use for choosing a track, are own choices. Plain Python: numpy would double the start-up.
"""

from __future__ import annotations

import math
from array import array
from collections.abc import Sequence
from itertools import pairwise

__all__ = ["FRAME_S", "LISTEN_RATE_HZ", "speech_likeness"]

LISTEN_RATE_HZ = 8_000
FRAME_S = 0.02
_SYLLABLES_HZ = (2.0, 8.0)
_FLOOR = 1e-4
"""RMS below which a track counts as silent: -80 dB of full scale."""


def speech_likeness(samples: array[float]) -> float:
    """0 for silence, a tone or steady noise; speech scores about 0.05 to 0.5.

    samples: mono float32 in -1..1 at LISTEN_RATE_HZ; at least a second, or the answer is 0.
    """
    size = int(LISTEN_RATE_HZ * FRAME_S)
    frames = [samples[i : i + size] for i in range(0, len(samples) - size + 1, size)]
    if len(frames) < 50:
        return 0.0
    loudness = [math.sqrt(sum(x * x for x in frame) / size) for frame in frames]
    mean = sum(loudness) / len(loudness)
    if mean < _FLOOR:
        return 0.0
    crossings = [sum(a * b < 0 for a, b in pairwise(frame)) / size for frame in frames]
    return _modulation(loudness, mean) * _spread(crossings, loudness)


def _modulation(loudness: Sequence[float], mean: float) -> float:
    """RMS of the loudness curve within the syllable band, relative to its mean."""
    n = len(loudness)
    step_hz = 1 / (n * FRAME_S)
    power = 0.0
    for k in range(math.ceil(_SYLLABLES_HZ[0] / step_hz), math.floor(_SYLLABLES_HZ[1] / step_hz) + 1):
        turn = 2 * math.pi * k / n
        real = sum(x * math.cos(turn * i) for i, x in enumerate(loudness))
        imaginary = sum(x * math.sin(turn * i) for i, x in enumerate(loudness))
        power += 2 * (real * real + imaginary * imaginary) / (n * n)
    return math.sqrt(power) / mean


def _spread(crossings: Sequence[float], loudness: Sequence[float]) -> float:
    """Standard deviation of the zero-crossing rate over the frames that are not pauses."""
    floor = 0.1 * max(loudness)
    heard = [c for c, level in zip(crossings, loudness, strict=True) if level > floor]
    mean = sum(heard) / len(heard)
    return math.sqrt(sum((c - mean) ** 2 for c in heard) / len(heard))
