"""Does the pitch tremble: is there a regular modulation at 4-12 Hz?

Vocal tremor is a modulation of 4-12 Hz of the fundamental (Brueckl 2012, Interspeech; Maryn et al. 2019).
Speech itself modulates pitch with its syllables, so only unbroken voiced stretches that hold three whole
cycles are looked at, after taking a cubic trend away; in running speech the measure stays uncertain.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from saber.perceive.voice.framing import STEP_S, Floats

__all__ = ["Tremor", "tremor_of"]

_LOW_HZ, _HIGH_HZ = 4.0, 12.0
_CYCLES = 3.0
_REGULAR = 0.5
"""Share of the detrended variation that one sine must explain to be called regular: own choice."""


@dataclass(frozen=True)
class Tremor:
    """Modulation of the pitch. `depth_ratio`: amplitude over the mean pitch, 0 when nothing is regular."""

    depth_ratio: float
    rate_hz: float | None
    seconds: float
    """Voiced time that could be looked at."""


def tremor_of(hz: Floats) -> Tremor | None:
    """Tremor of a pitch contour in 10 ms steps (NaN unvoiced); None when no stretch is long enough."""
    voiced = np.flatnonzero(np.isfinite(hz))
    if len(voiced) == 0:
        return None
    total, depth, rates = 0, 0.0, []
    for run in np.split(voiced, np.flatnonzero(np.diff(voiced) > 1) + 1):
        found = _strongest(hz[run])
        if found is None:
            continue
        total += len(run)
        amplitude, rate_hz, explained = found
        if explained >= _REGULAR:
            depth += amplitude * len(run)
            rates.append((amplitude * len(run), rate_hz))
    if total == 0:
        return None
    rate = sum(w * r for w, r in rates) / sum(w for w, _ in rates) if rates else None
    return Tremor(depth / total, rate, total * STEP_S)


def _strongest(hz: Floats) -> tuple[float, float, float] | None:
    """Amplitude (ratio), rate and explained share of the best sine in one unbroken stretch."""
    n = len(hz)
    low_hz = max(_LOW_HZ, _CYCLES / (n * STEP_S))
    if low_hz > _HIGH_HZ - 2.0:  # leaves less than 2 Hz of the band to search
        return None
    time_s = np.arange(n) * STEP_S
    relative = hz / hz.mean() - 1
    centred = (time_s - time_s.mean()) / (n * STEP_S)
    rest = relative - np.polyval(np.polyfit(centred, relative, 3), centred)
    # 25 ms of smoothing at the frame length would shave fast tremor; none is applied.
    rates_hz = np.arange(low_hz, _HIGH_HZ + 1e-9, 0.25)
    phase = 2 * np.pi * rates_hz[:, None] * time_s
    weight = 2 / n * np.hypot(np.cos(phase) @ rest, np.sin(phase) @ rest)
    best = int(weight.argmax())
    variance = float(np.mean(rest**2))
    if variance <= 0:
        return 0.0, float(rates_hz[best]), 0.0
    return float(weight[best]), float(rates_hz[best]), min(1.0, float(weight[best]) ** 2 / 2 / variance)
