"""Which bits stay the same when a sound is encoded again, made louder, or trimmed?

Sub-fingerprints of Haitsma & Kalker 2002: is the difference between neighbouring bands growing or falling?
Made for short clips: longer windows on a coarser grid, and the grid hangs on the loudest moment, so that a
copy with another start is cut into the same windows.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from saber.core.records import Sound

__all__ = ["STEP_S", "sound_hashes"]

Floats = NDArray[np.float64]

STEP_S = 0.125
"""From one hash to the next."""

# Own choices, made on RAVDESS actors 1 to 6 with `bench/duplicates.py`; telephone speech keeps the bands.
_WINDOW_S = 0.512
_BANDS = 17
_LOWEST_HZ, _HIGHEST_HZ = 250.0, 4000.0
_GROWN_OVER = 3
"""Steps over which growing or falling is told."""
_STEPS_PER_HASH = 4
"""16 bits a step: 64 a hash."""
_SPAN = _GROWN_OVER + _STEPS_PER_HASH - 1
_QUIET_DB = 30.0
"""So far under the loudest window there is nothing at the start and the end that tells."""
_LOUDEST_OVER_S = 0.25
_SILENCE = 1e-4
"""A sound that never exceeds this has no hash."""


def sound_hashes(sound: Sound | None) -> tuple[str, ...]:
    """64-bit hashes as hex, 8 a second, of a sound at 16 kHz, from where it begins to where it ends.

    Empty for none, for silence, and for less than about a second.
    """
    if sound is None or len(sound.samples) < round(_WINDOW_S * sound.rate_hz):
        return ()
    samples = sound.samples
    if float(np.abs(samples).max()) < _SILENCE:
        return ()
    power = _band_power(samples, sound.rate_hz)
    level_db = 10 * np.log10(power.sum(axis=1) + 1e-12)
    loud = np.flatnonzero(level_db > level_db.max() - _QUIET_DB)
    level = np.log(power + 1e-12)
    tilt = level[:, :-1] - level[:, 1:]
    grows = tilt[_GROWN_OVER:] > tilt[:-_GROWN_OVER]
    count = len(grows) - (_STEPS_PER_HASH - 1)
    if count <= 0:
        return ()
    bits = np.concatenate([grows[i : i + count] for i in range(_STEPS_PER_HASH)], axis=1)
    starts = np.arange(count)
    inside = np.minimum(starts + _SPAN, loud[-1]) - np.maximum(starts, loud[0])
    return tuple(np.packbits(row).tobytes().hex() for row in bits[inside >= _SPAN / 2])


def _band_power(samples: NDArray[np.float32], rate_hz: int) -> Floats:
    """(n, 17): power in bands of equal ratio, a row each 0.125 s, one row centred on the loudest moment."""
    window, step = round(_WINDOW_S * rate_hz), round(STEP_S * rate_hz)
    first = _loudest(samples, rate_hz) % step
    # Row i is centred on sample first + (i - 1) * step.
    padded = np.pad(samples, (window // 2 + step - first, window // 2 + step))
    frames = np.lib.stride_tricks.sliding_window_view(padded, window)[::step]
    edges_hz = np.geomspace(_LOWEST_HZ, _HIGHEST_HZ, _BANDS + 1)
    edges = np.round(edges_hz * window / rate_hz).astype(np.intp)
    shape = np.hanning(window).astype(np.float32)
    rows = []
    for start in range(0, len(frames), 512):  # blocks, so that a long sound does not need gigabytes
        spectrum = np.fft.rfft(frames[start : start + 512] * shape, axis=1)
        rows.append(np.add.reduceat(np.abs(spectrum) ** 2, edges, axis=1)[:, :_BANDS])
    return np.concatenate(rows)


def _loudest(samples: NDArray[np.float32], rate_hz: int) -> int:
    """The sample around which most is heard; what rumbles counts little."""
    change = np.diff(samples, prepend=samples[:1]).astype(np.float64) ** 2
    block = round(0.002 * rate_hz)
    blocks = change[: len(change) // block * block].reshape(-1, block).sum(axis=1)
    size = round(_LOUDEST_OVER_S * rate_hz / block) | 1
    return int(np.argmax(np.convolve(blocks, np.hanning(size + 2)[1:-1], "same"))) * block
