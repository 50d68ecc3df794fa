"""What are the measurements of one voice, as a whole and over any stretch of it?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from saber.core.records import Sound, Span, Word
from saber.perceive.voice import contour, recording, rhythm, spectrum
from saber.perceive.voice.framing import STEP_S, Floats, Grid, grid_of
from saber.perceive.voice.periods import Periods, mark_periods
from saber.perceive.voice.pitch import Pitch, track_pitch
from saber.perceive.voice.register import Register, register_of
from saber.perceive.voice.settings import VoiceSettings
from saber.perceive.voice.tremor import Tremor, tremor_of

__all__ = ["Voice", "listen"]

_EMPHASIS_DB = 6.0
_EMPHASIS_ST = 4.0


@dataclass(frozen=True)
class Voice:
    """Everything measured frame by frame in one sound. Times count from the sound's first sample."""

    grid: Grid
    active: NDArray[np.bool_]
    sounding: NDArray[np.bool_]
    pitch: Pitch
    spectra: spectrum.Spectra
    periods: Periods
    nuclei: rhythm.Nuclei
    pauses: list[tuple[float, float]]
    register: Register | None
    noise: Floats | None
    snr_db: float
    snr_is_sure: bool
    clipping_ratio: float
    st: Floats
    """(n,) pitch in semitones over what is typical of the register; NaN unvoiced."""

    @property
    def voiced_s(self) -> float:
        return float(self.pitch.voiced.sum()) * STEP_S

    @property
    def span_s(self) -> tuple[float, float]:
        """From the first to the last sounding frame (of the active ones when none sounds)."""
        index = np.flatnonzero(self.sounding if self.sounding.any() else self.active)
        first_s, last_s = self.grid.times_s[index[[0, -1]]].tolist()
        return first_s - STEP_S / 2, last_s + STEP_S / 2

    def part(self, start_s: float, end_s: float) -> slice:
        """The frames centred between two times."""
        first, last = np.searchsorted(self.grid.times_s, [start_s, end_s]).tolist()
        return slice(first, last)

    def summary(self, start_s: float, end_s: float) -> dict[str, float]:
        """Cue values over a stretch by their names without `voice.`; what can't be had is left out."""
        part = self.part(start_s, end_s)
        times_s, level_db, hz, st = (
            values[part] for values in (self.grid.times_s, self.grid.level_db, self.pitch.hz, self.st)
        )
        spectra, sounding, voiced = self.spectra, self.sounding[part], np.isfinite(hz)
        found: dict[str, float | None] = {}
        if sounding.any():
            found["level"] = 10 * float(np.log10(np.mean(10 ** (level_db[sounding] / 10))))
            found["level_range"] = _spread(level_db[sounding])
            found["voiced_ratio"] = float(np.mean(voiced[sounding]))
            found["flux"] = _mean(spectra.flux[part][sounding])
        if voiced.sum() >= 5:
            found["pitch_median"] = float(np.median(hz[voiced]))
            found["pitch_level"] = float(np.median(st[voiced]))
            found["pitch_range"] = _spread(st[voiced])
            found["pitch_sd"] = float(np.std(st[voiced]))
            found["pitch_slope"] = contour.slope(times_s, st, 0.5)
            found["pitch_final_slope"] = contour.final_slope(times_s, st)
            found["level_sd"] = float(np.std(level_db[voiced]))
            found["level_slope"] = contour.slope(times_s, np.where(voiced, level_db, np.nan), 0.5)
            found["hnr"] = _mean(spectra.hnr_db[part])
            found["cpp"] = _mean(spectra.cpp_db[part])
            found["h1_h2"] = _mean(spectra.h1_h2_db[part])
            periods = self.periods.between(start_s, end_s)
            found["jitter"], found["shimmer"] = periods.jitter, periods.shimmer
            balance = spectrum.balance(spectra.bands[part][sounding], self.noise)
            if balance is not None:
                found["alpha_ratio"], found["hammarberg"] = balance["alpha_db"], balance["hammarberg_db"]
                found["slope_low"], found["slope_high"] = balance["slope_low"], balance["slope_high"]
        inside = (self.nuclei.times_s >= start_s) & (self.nuclei.times_s < end_s)
        if inside.any():
            found["attack"] = float(np.median(self.nuclei.attack_db_s[inside]))
        return {name: value for name, value in found.items() if value is not None and np.isfinite(value)}

    def tremor(self) -> Tremor | None:
        return tremor_of(self.pitch.hz)

    def emphases(self) -> list[tuple[float, float]]:
        """Syllables 6 dB and 4 st over the speech's own medians: time and dB over it, strongest first."""
        if len(self.nuclei.times_s) < 3:
            return []
        excess_db = self.nuclei.level_db - np.median(self.nuclei.level_db)
        usual_st = np.nanmedian(self.st)
        found = []
        for time_s, db in zip(self.nuclei.times_s.tolist(), excess_db.tolist(), strict=True):
            near = self.st[self.part(time_s - 0.05, time_s + 0.05)]
            if db >= _EMPHASIS_DB and np.isfinite(near).any() and np.nanmax(near) - usual_st >= _EMPHASIS_ST:
                found.append((time_s, db))
        return sorted(found, key=lambda pair: -pair[1])

    def rates(self, words: Sequence[Word]) -> dict[str, float]:
        """Speech rate, articulation rate (syllables per second) and pauses over the whole speech.

        `words` carry times on the clock of this object. The key `from_words` is 1 when they were counted.
        """
        start_s, end_s = self.span_s
        pause_s = sum(b - a for a, b in self.pauses)
        syllables = rhythm.word_syllables(words)
        found = {"pause_count": float(len(self.pauses)), "pause_ratio": pause_s / (end_s - start_s)}
        if self.pauses:
            found["pause_mean"] = pause_s / len(self.pauses)
        if syllables is not None:
            found["from_words"] = 1.0
        elif len(self.nuclei.times_s):
            syllables = len(self.nuclei.times_s)
        if syllables is not None:
            found["speech_rate"] = syllables / (end_s - start_s)
            found["articulation_rate"] = syllables / max(end_s - start_s - pause_s, STEP_S)
        return found


def listen(sound: Sound, activity: Sequence[Span], settings: VoiceSettings) -> Voice:
    """Measures a sound at 16 kHz whose speech lies in `activity` (clip clock; at least one span)."""
    grid = grid_of(sound.samples)
    times_s = grid.times_s + sound.start_s
    active = np.zeros(len(times_s), dtype=np.bool_)
    for span in activity:
        active |= (times_s >= span.start_s) & (times_s < span.end_s)
    pitch = track_pitch(grid, active, settings.pitch_floor_hz, settings.pitch_ceiling_hz)
    spectra = spectrum.spectra_of(grid, pitch, active)
    apart = recording.apart_from_speech(active)
    noise_db = recording.noise_level_db(grid.level_db, apart)
    sure = bool(apart.sum() >= recording.MIN_NOISE_FRAMES)
    sounding = rhythm.sounding_of(grid.level_db, active, pitch.voiced, noise_db if sure else None)
    narrow = active.any() and recording.is_narrow_band(spectra.bands[active], spectrum.BAND_HZ)
    snr_db = recording.snr_db(grid.level_db, active, noise_db)
    if not sure and pitch.voiced.any():
        # What repeats with the voice is not noise: without a look at the noise this is the better bound.
        harmonic_db = float(np.nanmean(spectra.hnr_db))
        snr_db = min(recording.MAX_SNR_DB, max(snr_db, harmonic_db))
    register = register_of(grid, pitch, bool(narrow))
    typical_hz = register.typical_hz if register is not None else 1.0
    return Voice(
        grid=grid,
        active=active,
        sounding=sounding,
        pitch=pitch,
        spectra=spectra,
        periods=mark_periods(grid, pitch),
        nuclei=rhythm.nuclei_of(grid.level_db, grid.times_s, sounding, pitch.voiced),
        pauses=rhythm.pauses_of(grid.times_s, sounding, settings.min_pause_s),
        register=register,
        noise=spectrum.noise_bands(grid, apart),
        snr_db=snr_db,
        snr_is_sure=sure,
        clipping_ratio=recording.clipping_ratio(sound.samples),
        st=contour.semitones(pitch.hz, typical_hz),
    )


def _mean(values: Floats) -> float | None:
    finite = values[np.isfinite(values)]
    return float(finite.mean()) if len(finite) else None


def _spread(values: Floats) -> float:
    """5th to 95th percentile."""
    low, high = np.quantile(values, [0.05, 0.95])
    return float(high - low)
