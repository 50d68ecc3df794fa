"""What is the fundamental frequency, frame by frame?

Autocorrelation after Boersma (1993, "Accurate short-term analysis of the fundamental frequency and the
harmonics-to-noise ratio of a sampled sound", IFA Proceedings 17): the frame's autocorrelation divided by
that of its window, its highest peaks as candidates beside an unvoiced one, and the cheapest path
through them. Two passes: the second searches only the speaker's own range (De Looze & Hirst 2008, with
the wider ceiling that Hirst 2011 gives for expressive speech).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from saber.perceive.voice.framing import RATE_HZ, WINDOW, Floats, Grid

__all__ = ["Pitch", "autocorrelation", "track_pitch"]

# Boersma's standard costs, as published with the method.
_VOICING_THRESHOLD = 0.45
_SILENCE_THRESHOLD = 0.03
_OCTAVE_COST = 0.01
_OCTAVE_JUMP_COST = 0.35
_VOICED_UNVOICED_COST = 0.14
_CANDIDATES = 8
_OVERSAMPLING = 2
_FFT = 1024  # >= window + longest lag (640 + 214)
_BLOCK = 4000
_MIN_RUN = 3
"""Voiced runs of fewer frames (30 ms) are clicks or noise: own choice."""
_RANGE_LOW, _RANGE_HIGH = 0.75, 2.5
"""Second pass: 0.75 x the first quartile to 2.5 x the third (Hirst 2011, expressive speech)."""


@dataclass(frozen=True)
class Pitch:
    """Per frame of the grid, shape (n,); NaN where unvoiced."""

    hz: Floats
    strength: Floats
    """Height of the autocorrelation peak, 0-1: the share of the frame's power that repeats."""

    @property
    def voiced(self) -> NDArray[np.bool_]:
        return np.isfinite(self.hz)


def track_pitch(grid: Grid, active: NDArray[np.bool_], floor_hz: float, ceiling_hz: float) -> Pitch:
    """Pitch of the frames marked active; all others are unvoiced. Independent of the sound's gain."""
    n = len(grid.times_s)
    hz, strength = np.full(n, np.nan), np.full(n, np.nan)
    index = np.flatnonzero(active)
    if len(index) == 0:
        return Pitch(hz, strength)
    peak = np.concatenate(
        [np.abs(grid.frames(index[i : i + _BLOCK])).max(axis=1) for i in range(0, len(index), _BLOCK)]
    ).astype(np.float64)
    # A percentile, not the maximum: one click must not make the rest of the clip count as silence.
    loudness = peak / max(float(np.quantile(peak, 0.99)), 1e-12)
    runs = np.split(np.arange(len(index)), np.flatnonzero(np.diff(index) > 1) + 1)
    low_hz, high_hz = floor_hz, ceiling_hz
    for last in (False, True):
        # By blocks, and anew in each pass: the correlations of an hour of speech would fill half a gigabyte.
        blocks = [
            _candidates(autocorrelation(grid.frames(index[i : i + _BLOCK]), low_hz), low_hz, high_hz)
            for i in range(0, len(index), _BLOCK)
        ]
        candidate_hz = np.concatenate([block[0] for block in blocks])
        candidate_strength = np.concatenate([block[1] for block in blocks])
        for run in runs:
            path = _best_path(candidate_hz[run], candidate_strength[run], loudness[run], low_hz)
            chosen = np.maximum(path, 0)[:, None]
            rows = index[run]
            hz[rows] = np.where(path < 0, np.nan, np.take_along_axis(candidate_hz[run], chosen, 1)[:, 0])
            strength[rows] = np.take_along_axis(candidate_strength[run], chosen, 1)[:, 0]
        _drop_short_runs(hz)
        voiced = hz[np.isfinite(hz)]
        if last or len(voiced) < 10:
            break
        low_hz = max(floor_hz, _RANGE_LOW * float(np.quantile(voiced, 0.25)))
        high_hz = min(ceiling_hz, _RANGE_HIGH * float(np.quantile(voiced, 0.75)))
    strength[~np.isfinite(hz)] = np.nan
    return Pitch(hz, strength)


def autocorrelation(frames: NDArray[np.float32], floor_hz: float) -> NDArray[np.float32]:
    """Normalised autocorrelation of the signal under the window, shape (n, lags).

    Column j is lag j / (2 x 16 kHz); 1 at lag 0; up to one period of `floor_hz`. Zero for silence.
    """
    import scipy.fft

    lags = int(np.ceil(RATE_HZ / floor_hz)) * _OVERSAMPLING + 2
    spectrum = scipy.fft.rfft(frames * WINDOW, _FFT, axis=1)
    power = np.square(np.abs(spectrum))
    raw = scipy.fft.irfft(power, _FFT * _OVERSAMPLING, axis=1)[:, :lags]
    window_power = np.square(np.abs(scipy.fft.rfft(WINDOW.astype(np.float64), _FFT)))
    of_window = scipy.fft.irfft(window_power, _FFT * _OVERSAMPLING)[:lags]
    zero = raw[:, :1]
    normal = np.divide(raw, zero, out=np.zeros_like(raw), where=zero > 0) / (of_window / of_window[0])
    return np.asarray(normal, dtype=np.float32)


def _candidates(correlation: NDArray[np.float32], low_hz: float, high_hz: float) -> tuple[Floats, Floats]:
    """The best peaks of each frame between two pitches: hertz (NaN: none) and heights, (n, 8) each."""
    scale = RATE_HZ * _OVERSAMPLING
    first = max(1, int(np.floor(scale / high_hz)))
    last = min(correlation.shape[1] - 1, int(np.ceil(scale / low_hz)) + 1)
    left, mid, right = (correlation[:, first + d : last + d] for d in (-1, 0, 1))
    is_peak = (mid >= left) & (mid > right) & (mid > 0.1)
    lag = np.arange(first, last, dtype=np.float64)
    merit = np.where(is_peak, mid - _OCTAVE_COST * np.log2(low_hz * lag / scale), -np.inf)
    count = min(_CANDIDATES, merit.shape[1])
    top = np.argpartition(-merit, count - 1, axis=1)[:, :count]
    before, at, after = (np.take_along_axis(part, top, 1).astype(np.float64) for part in (left, mid, right))
    curve = before - 2 * at + after
    shift = np.divide(0.5 * (before - after), curve, out=np.zeros_like(at), where=curve < 0)
    hz = scale / (lag[top] + shift)
    height = np.minimum(at - 0.25 * (before - after) * shift, 1.0)
    found = np.take_along_axis(is_peak, top, 1) & (hz >= low_hz) & (hz <= high_hz)
    return np.where(found, hz, np.nan), np.where(found, height, -np.inf)


def _best_path(hz: Floats, strength: Floats, loudness: Floats, low_hz: float) -> NDArray[np.intp]:
    """Viterbi over the candidates of one stretch: the chosen column per frame, -1 for unvoiced."""
    n, k = hz.shape
    octave = np.log2(np.where(np.isfinite(hz), hz, low_hz))
    voiced = np.where(np.isfinite(hz), strength + _OCTAVE_COST * (octave - np.log2(low_hz)), -1e9)
    quiet = np.maximum(0.0, 2 - (loudness / _SILENCE_THRESHOLD) / (1 + _VOICING_THRESHOLD))
    local = np.column_stack([voiced, _VOICING_THRESHOLD + quiet])
    back = np.zeros((n, k + 1), dtype=np.intp)
    total = local[0]
    cost = np.full((k + 1, k + 1), _VOICED_UNVOICED_COST)
    cost[k, k] = 0.0
    for t in range(1, n):
        cost[:k, :k] = _OCTAVE_JUMP_COST * np.abs(octave[t - 1][:, None] - octave[t][None, :])
        reach = total[:, None] - cost
        back[t] = reach.argmax(axis=0)
        total = reach[back[t], np.arange(k + 1)] + local[t]
    path = np.empty(n, dtype=np.intp)
    path[-1] = total.argmax()
    for t in range(n - 1, 0, -1):
        path[t - 1] = back[t, path[t]]
    return np.where(path == k, -1, path)


def _drop_short_runs(hz: Floats) -> None:
    voiced = np.concatenate([[False], np.isfinite(hz), [False]]).astype(np.int8)
    starts, ends = np.flatnonzero(np.diff(voiced) == 1), np.flatnonzero(np.diff(voiced) == -1)
    for start, end in zip(starts, ends, strict=True):
        if end - start < _MIN_RUN:
            hz[start:end] = np.nan
