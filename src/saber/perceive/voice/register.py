"""Which register does a voice have, and how high is its pitch for that register?

A pitch of 200 Hz is ordinary for most women and excited for most men, and a clip does not say who
speaks. The length of the vocal tract does, and emotion hardly changes it: its upper formants. So the
register (low: typical of men; high: typical of women and children) is a probability from the third and
fourth formant and, more weakly, from the floor of the pitch, which rises less with excitement than its
median does (base value of Traunmueller & Eriksson 1995). Listeners locate pitch in an unknown speaker's
range much alike (Honorof & Whalen 2005). The register says nothing of who the speaker is.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from saber.perceive.voice.framing import RATE_HZ, WINDOW, Floats, Grid
from saber.perceive.voice.pitch import Pitch

__all__ = ["HIGH_HZ", "LOW_HZ", "Register", "register_of"]

LOW_HZ, HIGH_HZ = 120.0, 210.0
"""Typical mean pitch of men and of women (Traunmueller & Eriksson 1995, review of published data)."""
_F3_HZ = (2463.0, 2874.0)
"""Mean third formant of men and women over nine vowels without r (Peterson & Barney 1952, table II)."""
_F4_TO_F3 = 7 / 5
"""A uniform tube (Fant 1960): the fourth resonance is 7/5 of the third."""
_TRACT_SD = 0.05
"""Spread of the formant scale between speakers of a group (3-4 %) and of its measurement (3 % between
utterances of one speaker): own choice."""
_FLOOR_SD_ST = (2.5, 5.0)
"""Spread of the pitch floor under and over its group's mean: own choice, the spread between speakers
below, twice that above, because excitement lifts a floor and nothing lowers it as far."""
_BASE_BELOW_MEAN_ST = 4.0
"""The 5th percentile lies about 1.6 sd of 2.5 st below the mean."""
_MAX_TRACT_ODDS = 6.0
_MAX_FLOOR_ODDS = 2.0
"""Log-odds that each may give at most: formants can be mislabelled, and any voice can be raised, so a high
floor says little for the high register, while nothing limits what a low floor says for the low one."""
_PLAUSIBLE = (0.8, 1.6)
"""From the longest adult tract to a small child's; at a high pitch the harmonics pass for formants."""
_LPC_ORDER = 12
_LPC_TOP_HZ = 5500.0
_MAX_FRAMES = 300


@dataclass(frozen=True)
class Register:
    """high_prob: probability of the high register. tract_ratio: formants over those of men; None unknown."""

    high_prob: float
    tract_ratio: float | None

    @property
    def typical_hz(self) -> float:
        """Typical pitch for this register: the two groups' means, mixed on the semitone scale."""
        mixed = (1 - self.high_prob) * np.log2(LOW_HZ) + self.high_prob * np.log2(HIGH_HZ)
        return float(2**mixed)


def register_of(grid: Grid, pitch: Pitch, narrow_band: bool) -> Register | None:
    """The voice's register from all its voiced frames; None when there are none."""
    voiced_hz = pitch.hz[pitch.voiced]
    if len(voiced_hz) == 0:
        return None
    floor_st = 12 * np.log2(float(np.quantile(voiced_hz, 0.05)) / np.array([LOW_HZ, HIGH_HZ]))
    distance = floor_st + _BASE_BELOW_MEAN_ST
    distance /= np.where(distance < 0, _FLOOR_SD_ST[0], _FLOOR_SD_ST[1])
    log_odds = min(_MAX_FLOOR_ODDS, float(distance[0] ** 2 - distance[1] ** 2) / 2)
    tract_ratio = None if narrow_band else _tract_ratio(grid, pitch)
    if tract_ratio is not None:
        high = _F3_HZ[1] / _F3_HZ[0]
        evidence = ((tract_ratio - 1) ** 2 - (tract_ratio - high) ** 2) / (2 * _TRACT_SD**2)
        log_odds += float(np.clip(evidence, -_MAX_TRACT_ODDS, _MAX_TRACT_ODDS))
    return Register(float(1 / (1 + np.exp(-log_odds))), tract_ratio)


def _tract_ratio(grid: Grid, pitch: Pitch) -> float | None:
    """Third and fourth formant over men's, from clear voiced frames; None with under 10, or implausible."""
    clear = pitch.voiced & (np.nan_to_num(pitch.strength) > 0.8)
    clear &= grid.level_db > (np.median(grid.level_db[pitch.voiced]) - 10.0)
    index = np.flatnonzero(clear)
    if len(index) < 10:
        return None
    index = index[np.linspace(0, len(index) - 1, min(len(index), _MAX_FRAMES)).astype(np.intp)]
    formants = _formants(grid.frames(index))
    third, fourth = formants[:, 2], formants[:, 3]
    ratios = [
        float(np.median(part)) / (_F3_HZ[0] * scale)
        for part, scale in ((third[np.isfinite(third)], 1.0), (fourth[np.isfinite(fourth)], _F4_TO_F3))
        if len(part) >= 10
    ]
    # The lower of the two: a lower resonance that was missed shifts the labels, and the ratio, up.
    lowest = min(ratios, default=0.0)
    return lowest if _PLAUSIBLE[0] < lowest < _PLAUSIBLE[1] else None


def _formants(frames: NDArray[np.float32]) -> Floats:
    """First four resonances under 5.3 kHz of each frame, shape (n, 4), NaN where missing.

    Linear prediction of order 12 on the part of the spectrum below 5.5 kHz (selective LPC, Makhoul 1975).
    """
    import scipy.fft

    bin_hz = RATE_HZ / 1024
    top = round(_LPC_TOP_HZ / bin_hz)
    power = np.square(np.abs(scipy.fft.rfft(frames * WINDOW, 1024, axis=1)))[:, : top + 1].astype(np.float64)
    power *= np.square(np.maximum(np.arange(top + 1) * bin_hz, 50.0))  # +6 dB per octave: the source's tilt
    correlation = scipy.fft.irfft(power, axis=1)[:, : _LPC_ORDER + 1]
    correlation /= np.maximum(correlation[:, :1], 1e-300)
    order = np.arange(_LPC_ORDER)
    toeplitz = correlation[:, np.abs(order[:, None] - order)] + 1e-5 * np.eye(_LPC_ORDER)
    companion = np.zeros_like(toeplitz)
    companion[:, 0] = np.linalg.solve(toeplitz, correlation[:, 1:, None])[:, :, 0]
    companion[:, order[1:], order[:-1]] = 1.0
    poles = np.linalg.eigvals(companion)
    rate_hz = 2 * top * bin_hz
    hz = np.angle(poles) * rate_hz / (2 * np.pi)
    width_hz = -np.log(np.maximum(np.abs(poles), 1e-9)) * rate_hz / np.pi
    hz = np.where((hz > 200) & (hz < 5300) & (width_hz < 500), hz, np.nan)
    return np.asarray(np.sort(hz, axis=1)[:, :4], dtype=np.float64)  # NaN sorts last
