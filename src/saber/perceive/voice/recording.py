"""How good is the recording: signal against noise, clipping, band?"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from saber.core.records import Sound, Span
from saber.perceive.voice.framing import Floats, grid_of

__all__ = [
    "MAX_SNR_DB",
    "MIN_NOISE_FRAMES",
    "apart_from_speech",
    "clipping_ratio",
    "is_narrow_band",
    "noise_level_db",
    "signal_to_noise_db",
    "snr_db",
]

MAX_SNR_DB = 60.0
"""Larger ratios say nothing more (digital silence between words) and are reported as this."""
MIN_NOISE_FRAMES = 20
_GUARD = 10
"""Frames (0.1 s) around speech that do not count as noise: breath and reverberation."""


def apart_from_speech(active: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Frames at least 0.1 s away from speech."""
    near = np.convolve(active.astype(np.float64), np.ones(2 * _GUARD + 1))[_GUARD:-_GUARD] > 0.5
    return np.asarray(~near, dtype=np.bool_)


def noise_level_db(level_db: Floats, apart: NDArray[np.bool_]) -> float:
    """Noise level in dB: the median level of the frames apart from speech when there are 0.2 s of them.

    Else the 5th percentile of all frames, which between words still holds some speech: an upper bound.
    """
    if apart.sum() >= MIN_NOISE_FRAMES:
        return float(np.median(level_db[apart]))
    return float(np.quantile(level_db, 0.05))


def snr_db(level_db: Floats, active: NDArray[np.bool_], noise_db: float) -> float:
    """Mean power of speech without the noise's, over the noise's, in dB, -10 to 60."""
    speech = float(np.mean(10 ** (level_db[active] / 10))) - 10 ** (noise_db / 10)
    ratio = max(speech, 1e-12) / 10 ** (noise_db / 10)
    return float(np.clip(10 * np.log10(ratio), -10.0, MAX_SNR_DB))


def signal_to_noise_db(sound: Sound, activity: Sequence[Span]) -> float | None:
    """`snr_db` of a sound at 16 kHz whose speech lies in `activity` (clip clock); None without speech."""
    grid = grid_of(sound.samples)
    times_s = grid.times_s + sound.start_s
    active = np.zeros(len(times_s), dtype=np.bool_)
    for span in activity:
        active |= (times_s >= span.start_s) & (times_s < span.end_s)
    if not active.any():
        return None
    return snr_db(grid.level_db, active, noise_level_db(grid.level_db, apart_from_speech(active)))


def clipping_ratio(samples: NDArray[np.float32]) -> float:
    """Share of samples within 2 % of the sound's own greatest magnitude, 0-1.

    Flat tops pile samples up there; unclipped speech has about one in ten thousand there. Independent of
    gain applied after the clipping. A lossy codec smears flat tops: a low value proves little then.
    """
    magnitude = np.abs(samples)
    return float(np.mean(magnitude >= 0.98 * magnitude.max())) if len(samples) else 0.0


def is_narrow_band(bands: NDArray[np.float32], band_hz: float) -> bool:
    """Whether speech ends near 4 kHz (telephone): 4.2-5.5 kHz is 40 dB under 2-3.4 kHz (ordinary: 5).

    `bands` (n, m): power per frame and band. The median frame decides: one click fills every band.
    """
    hz = (np.arange(bands.shape[1]) + 0.5) * band_hz
    high = bands[:, (hz >= 4200) & (hz < 5500)].mean(axis=1, dtype=np.float64)
    middle = bands[:, (hz >= 2000) & (hz < 3400)].mean(axis=1, dtype=np.float64)
    return bool(np.median(high / np.maximum(middle, 1e-30)) < 1e-4)
