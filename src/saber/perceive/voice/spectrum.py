"""How is the energy of the voice spread over frequency, and how clear is its period?

Per frame, independent of gain: harmonics-to-noise ratio (Boersma 1993), cepstral peak prominence
(Hillenbrand, Cleveland & Erickson 1994), first against second harmonic (uncorrected for formants, as in
GeMAPS: Eyben et al. 2016), spectral flux. Over any set of frames: alpha ratio, Hammarberg index and
spectral slopes from the long-term average spectrum.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from saber.perceive.voice.framing import RATE_HZ, WINDOW, Floats, Grid
from saber.perceive.voice.pitch import Pitch

__all__ = ["BAND_HZ", "Spectra", "balance", "noise_bands", "spectra_of"]

_FFT = 1024
_BIN_HZ = RATE_HZ / _FFT
BAND_HZ = 4 * _BIN_HZ
"""Width of a band of `Spectra.bands`: 62.5 Hz; band j is centred on (j + 0.5) x 62.5 Hz."""
_BANDS = 128
_BLOCK = 2000


@dataclass(frozen=True)
class Spectra:
    """Per frame of the grid, shape (n,); NaN where the frame was not looked at or is unvoiced."""

    bands: NDArray[np.float32]
    """(n, 128): power per 62.5 Hz up to 8 kHz; zero in frames without speech."""
    hnr_db: Floats
    cpp_db: Floats
    h1_h2_db: Floats
    flux: Floats
    """0 (same shape as the frame before) to sqrt(2) (nothing shared); needs no voicing."""


def spectra_of(grid: Grid, pitch: Pitch, active: NDArray[np.bool_]) -> Spectra:
    """Spectra of the active frames; HNR, CPP and H1-H2 of the voiced ones."""
    import scipy.fft

    n = len(grid.times_s)
    bands = np.zeros((n, _BANDS), dtype=np.float32)
    cpp_db, h1_h2_db, flux = (np.full(n, np.nan) for _ in range(3))
    index = np.flatnonzero(active)
    for start in range(0, len(index), _BLOCK):
        rows = index[start : start + _BLOCK]
        power = np.square(np.abs(scipy.fft.rfft(grid.frames(rows) * WINDOW, _FFT, axis=1)))
        bands[rows] = power[:, : _BANDS * 4].reshape(len(rows), _BANDS, 4).sum(axis=2)
        voiced = pitch.voiced[rows]
        if voiced.any():
            level_db = 10 * np.log10(power[voiced] + 1e-9 * power[voiced].max(axis=1, keepdims=True) + 1e-30)
            cpp_db[rows[voiced]] = _cepstral_peak_db(level_db, pitch.hz[rows[voiced]])
            h1_h2_db[rows[voiced]] = _first_harmonics_db(level_db, pitch.hz[rows[voiced]])
    shape = np.sqrt(bands[index])
    shape /= np.maximum(np.linalg.norm(shape, axis=1, keepdims=True), 1e-20)
    change = np.linalg.norm(np.diff(shape, axis=0), axis=1)
    neighbours = np.diff(index) == 1
    flux[index[1:][neighbours]] = change[neighbours]
    periodic = np.clip(pitch.strength, 1e-6, 1 - 1e-6)
    hnr_db = 10 * np.log10(periodic / (1 - periodic))
    return Spectra(bands, hnr_db, cpp_db, h1_h2_db, flux)


def noise_bands(grid: Grid, apart: NDArray[np.bool_]) -> NDArray[np.float64] | None:
    """Mean power per band of the frames marked as noise, shape (128,); None with under 20 of them."""
    import scipy.fft

    index = np.flatnonzero(apart)
    if len(index) < 20:
        return None
    index = index[np.linspace(0, len(index) - 1, min(len(index), 300)).astype(np.intp)]
    power = np.square(np.abs(scipy.fft.rfft(grid.frames(index) * WINDOW, _FFT, axis=1)))
    return np.asarray(power.mean(axis=0)[: _BANDS * 4].reshape(_BANDS, 4).sum(axis=1), dtype=np.float64)


def balance(bands: NDArray[np.float32], noise: Floats | None = None) -> dict[str, float] | None:
    """Spectral balance of frames' bands, shape (n, 128), from their mean power; None for silence.

    `noise` (128,) is taken away first, down to a twentieth of the power (spectral subtraction, Boll 1979):
    noise between words must not pass for brightness of the voice.

    alpha_db: 10 log10 of the energy 1-5 kHz over 50-1000 Hz (Frokjaer-Jensen & Prytz 1976; the sign of
    Sundberg & Nordenberg 2006: higher is brighter). hammarberg_db: strongest band of 0-2 kHz over the
    strongest of 2-5 kHz (Hammarberg et al. 1980). slope_low, slope_high: regression in dB per kHz over
    0-500 and 500-1500 Hz (Eyben et al. 2016). Soft voices are dull: low alpha, high index, steep slope.
    """
    power = bands.mean(axis=0, dtype=np.float64) if len(bands) else np.zeros(_BANDS)
    if power.sum() <= 0:
        return None
    if noise is not None:
        power = np.maximum(power - noise, 0.05 * power)
    hz = (np.arange(_BANDS) + 0.5) * BAND_HZ
    level_db = 10 * np.log10(power + 1e-12 * power.max())

    def peak_db(low_hz: float, high_hz: float) -> float:
        return float(level_db[(hz >= low_hz) & (hz < high_hz)].max())

    def energy(low_hz: float, high_hz: float) -> float:
        return float(power[(hz >= low_hz) & (hz < high_hz)].sum())

    def slope(low_hz: float, high_hz: float) -> float:
        part = (hz >= low_hz) & (hz < high_hz)
        return float(np.polyfit(hz[part] / 1000, level_db[part], 1)[0])

    whole = power.sum()
    return {
        "alpha_db": 10
        * float(np.log10((energy(1000, 5000) + 1e-9 * whole) / (energy(50, 1000) + 1e-9 * whole))),
        "hammarberg_db": peak_db(0, 2000) - peak_db(2000, 5000),
        "slope_low": slope(0, 500),
        "slope_high": slope(500, 1500),
    }


def _cepstral_peak_db(level_db: Floats, hz: Floats) -> Floats:
    """Height of the cepstral peak within a fifth of the tracked period, over the line through 1-25 ms."""
    import scipy.fft

    cepstrum = np.abs(scipy.fft.irfft(level_db, _FFT, axis=1)[:, : _FFT // 2])
    first, last = RATE_HZ // 1000, RATE_HZ * 25 // 1000
    cepstrum_db = 20 * np.log10(np.maximum(cepstrum[:, first:last], 1e-9))
    quefrency = np.arange(first, last, dtype=np.float64)
    design = np.column_stack([quefrency, np.ones_like(quefrency)])
    line = cepstrum_db @ np.linalg.pinv(design).T @ design.T
    period = RATE_HZ / hz[:, None]
    near = np.abs(quefrency - period) <= 0.2 * period
    above = np.where(near, cepstrum_db - line, -np.inf)
    # The line is read where the peak stands (Hillenbrand's normalisation).
    best = np.where(near, cepstrum_db, -np.inf).argmax(axis=1)
    return np.asarray(above[np.arange(len(hz)), best], dtype=np.float64)


def _first_harmonics_db(level_db: Floats, hz: Floats) -> Floats:
    """Level of the peak nearest the pitch minus that nearest its double."""

    def peak_db(target_hz: Floats) -> Floats:
        centre = np.rint(target_hz / _BIN_HZ).astype(np.intp)
        reach = np.maximum(1, 0.1 * hz / _BIN_HZ)
        offset = np.arange(-5, 6)
        column = np.clip(centre[:, None] + offset, 0, level_db.shape[1] - 1)
        near = np.abs(offset) <= reach[:, None]
        found = np.where(near, np.take_along_axis(level_db, column, 1), -np.inf)
        return np.asarray(found.max(axis=1), dtype=np.float64)

    return peak_db(hz) - peak_db(2 * hz)
