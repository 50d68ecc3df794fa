"""How is a sound cut into frames, and how loud is each?

Everything later is measured on one grid: a frame every 10 ms, 40 ms long (three periods of the 75 Hz
pitch floor, as Boersma 1993 asks for autocorrelation), Hann-weighted, centred on its time.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

__all__ = ["STEP_S", "WINDOW", "Grid", "grid_of"]

Floats = NDArray[np.float64]

STEP_S = 0.01
WINDOW_S = 0.04
RATE_HZ = 16_000
STEP = round(STEP_S * RATE_HZ)
WINDOW_SIZE = round(WINDOW_S * RATE_HZ)
WINDOW: NDArray[np.float32] = np.hanning(WINDOW_SIZE + 2)[1:-1].astype(np.float32)
_HIGH_PASS_HZ = 60.0
"""Below every voice of the search range; keeps DC, rumble and the mains' fundamental out."""
_FLOOR_DB = -120.0


@dataclass(frozen=True)
class Grid:
    """A sound, cleaned of DC and rumble, and its frames. `n` frames; frame i is centred at `times_s[i]`."""

    samples: NDArray[np.float32]
    """(n_samples,), zero-phase high-passed at 60 Hz."""
    times_s: Floats
    """(n,), counted from the first sample."""
    level_db: Floats
    """(n,), Hann-weighted RMS of the frame in dB re full scale (a full-scale square wave is 0), >= -120."""

    def frames(self, index: NDArray[np.intp]) -> NDArray[np.float32]:
        """The unweighted frames of those numbers, each without its mean: shape (len(index), 640)."""
        frames = _windows(self.samples)[index]
        return np.asarray(frames - frames.mean(axis=1, keepdims=True), dtype=np.float32)


def grid_of(samples: NDArray[np.float32]) -> Grid:
    """The grid of a sound at 16 kHz; samples that are not numbers count as silence."""
    high = _high_passed(np.nan_to_num(np.asarray(samples, dtype=np.float32)))
    windows = _windows(high)
    n = len(windows)
    weight = (WINDOW / WINDOW.sum()).astype(np.float32)
    power = np.empty(n)
    for start in range(0, n, 4000):  # blocks, so that an hour of sound does not need gigabytes
        block = windows[start : start + 4000]
        power[start : start + 4000] = np.square(block) @ weight
    level_db = np.asarray(10 * np.log10(np.maximum(power, 10 ** (_FLOOR_DB / 10))), dtype=np.float64)
    return Grid(high, np.asarray((np.arange(n) + 0.5) * STEP_S, dtype=np.float64), level_db)


def _high_passed(samples: NDArray[np.float32]) -> NDArray[np.float32]:
    """Zero-phase, with the squared magnitude of a second-order Butterworth filter, over the whole sound."""
    import scipy.fft

    size = scipy.fft.next_fast_len(len(samples) + RATE_HZ // 4, real=True)  # room for the filter's tail
    spectrum = scipy.fft.rfft(samples - samples.mean(), size)
    hz = np.maximum(scipy.fft.rfftfreq(size, 1 / RATE_HZ), 1e-3)
    gain = (1 / (1 + (_HIGH_PASS_HZ / hz) ** 4)).astype(np.float32)
    return np.asarray(scipy.fft.irfft(spectrum * gain, size)[: len(samples)], dtype=np.float32)


def _windows(samples: NDArray[np.float32]) -> NDArray[np.float32]:
    """A view, shape (n, 640): frame i is centred on sample (i + 0.5) * 160; zeros beyond the ends."""
    n = max(1, len(samples) // STEP)
    left = (WINDOW_SIZE - STEP) // 2
    right = max(0, (n - 1) * STEP + WINDOW_SIZE - left - len(samples))
    padded = np.pad(samples, (left, right))
    view = np.lib.stride_tricks.sliding_window_view(padded, WINDOW_SIZE)[::STEP]
    return view[:n]
