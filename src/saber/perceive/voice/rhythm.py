"""How fast does the speech go, and where does it pause?

Syllable nuclei from the signal: voiced peaks of intensity that rise at least 2 dB out of the dip before
them and lie within 25 dB of the loud syllables (de Jong & Wempe 2009, Behavior Research Methods 41:
385-390; own code). Recognised words, where given, count syllables instead.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from saber.core.records import Word
from saber.perceive.voice.framing import STEP_S, Floats
from saber.perceive.voice.syllables import syllables_in

__all__ = ["Nuclei", "nuclei_of", "pauses_of", "sounding_of", "word_syllables"]

_DIP_DB = 2.0
_BELOW_LOUD_DB = 25.0


@dataclass(frozen=True)
class Nuclei:
    """Syllable nuclei, shape (n,) each."""

    times_s: Floats
    level_db: Floats
    attack_db_s: Floats
    """Steepness of the rise from the dip before, dB per second."""


def sounding_of(
    level_db: Floats, active: NDArray[np.bool_], voiced: NDArray[np.bool_], noise_db: float | None
) -> NDArray[np.bool_]:
    """Frames of speech that are not silence: voiced, or within 25 dB of the loudest and above noise."""
    if not active.any():
        return active.copy()
    loud_db = float(np.quantile(level_db[active], 0.99))
    threshold_db = loud_db - _BELOW_LOUD_DB
    if noise_db is not None:
        threshold_db = max(threshold_db, min(noise_db + 6.0, loud_db - 10.0))
    return active & (voiced | (level_db >= threshold_db))


def nuclei_of(
    level_db: Floats, times_s: Floats, sounding: NDArray[np.bool_], voiced: NDArray[np.bool_]
) -> Nuclei:
    """Syllable nuclei of a sound, in order of time."""
    smooth = np.convolve(np.pad(level_db, 2, mode="edge"), np.ones(5) / 5, "valid")
    inner = np.flatnonzero((smooth[1:-1] > smooth[:-2]) & (smooth[1:-1] >= smooth[2:])) + 1
    peaks = [int(p) for p in inner if sounding[p]]
    kept: list[tuple[int, int]] = []
    dip_from = 0
    for peak in peaks:
        dip = dip_from + int(smooth[dip_from : peak + 1].argmin())
        if smooth[peak] - smooth[dip] >= _DIP_DB:
            kept.append((peak, dip))
            dip_from = peak
        elif kept and smooth[peak] > smooth[kept[-1][0]]:
            # Same hill, higher top: the peak moves, the dip before it stays.
            kept[-1] = (peak, kept[-1][1])
            dip_from = peak
    kept = [(p, d) for p, d in kept if voiced[max(0, p - 2) : p + 3].any()]
    top = np.array([p for p, _ in kept], dtype=np.intp)
    # A rise is timed over its last 20 dB at most: before that there is only silence.
    attack = []
    for p, d in kept:
        start = d + int(np.flatnonzero(smooth[d : p + 1] >= smooth[p] - 20.0)[0])
        attack.append((smooth[p] - smooth[start]) / max(STEP_S, (p - start) * STEP_S))
    return Nuclei(times_s[top], smooth[top], np.array(attack, dtype=np.float64))


def pauses_of(times_s: Floats, sounding: NDArray[np.bool_], min_pause_s: float) -> list[tuple[float, float]]:
    """Silences between the first and the last sounding frame that last at least `min_pause_s`."""
    index = np.flatnonzero(sounding)
    gaps = np.flatnonzero(np.diff(index) > 1)
    spans = [(times_s[index[g]] + STEP_S / 2, times_s[index[g + 1]] - STEP_S / 2) for g in gaps]
    return [(float(a), float(b)) for a, b in spans if b - a >= min_pause_s - 1e-9]


def word_syllables(words: Sequence[Word]) -> int | None:
    """Syllables of all words together; None without words or when some word's can't be told."""
    counts = [syllables_in(word.text) for word in words]
    if not counts or any(count is None for count in counts):
        return None
    return sum(count for count in counts if count is not None) or None
