"""How loud is a sound?"""

from __future__ import annotations

import numpy as np

from saber.core.records import Sound

__all__ = ["SILENT_DB", "loud_level_db"]

SILENT_DB = -120.0
"""Level given to digital silence."""
_STEP_S = 0.1


def loud_level_db(sound: Sound) -> float:
    """Level of the loudest tenth of a sound in dB re full scale, in stretches of 0.1 s; -120 at least."""
    step = round(_STEP_S * sound.rate_hz)
    samples = sound.samples[: max(len(sound.samples) // step, 1) * step].astype(np.float64)
    samples = samples - samples.mean()
    if len(samples) < step:
        power = np.array([np.mean(samples**2)])
    else:
        power = np.mean(samples.reshape(-1, step) ** 2, axis=1)
    loud = np.sort(power)[-max(1, len(power) // 10) :]
    return float(max(SILENT_DB, 10 * np.log10(max(float(loud.mean()), 1e-12))))
