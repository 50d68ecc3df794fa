"""Which cues of the catalogue does a measured voice give, and how sure is each?"""

from __future__ import annotations

from collections.abc import Sequence

from saber.core.catalogue.spec import CueSpec, Norm, absent, measured
from saber.core.catalogue.voice import SPECS
from saber.core.records import Cue, Word
from saber.perceive.voice import contour
from saber.perceive.voice.measure import Voice
from saber.perceive.voice.settings import VoiceSettings

__all__ = ["NUCLEI_PER_SYLLABLE", "all_absent", "cues_of", "effort_of", "norm_of", "quality_of", "z_scores"]

BY_NAME: dict[str, CueSpec] = {spec.name.removeprefix("voice."): spec for spec in SPECS}
NUCLEI_PER_SYLLABLE = 0.87
"""See `voice.speech_rate` in the catalogue."""
_EFFORT = (("alpha_ratio", 1.0), ("hammarberg", -1.0), ("slope_high", 1.0))
_FINE = frozenset({"jitter", "shimmer", "hnr", "cpp", "h1_h2", "tremor_depth", "quality"})
"""Noise ruins these first."""
_FROM_ENERGY = frozenset({"level", "level_range", "voiced_ratio", "flux", "attack"})
"""These need no voiced speech."""
_EVENTS = 2


def all_absent(reason: str, start_s: float = 0.0, end_s: float = 0.0) -> tuple[Cue, ...]:
    """Every summary and category cue of the voice, absent for one reason."""
    specs = (spec for spec in SPECS if spec.kind in ("summary", "category"))
    return tuple(absent(spec, reason, start_s, end_s) for spec in specs)


def quality_of(voice: Voice, voiced_s: float) -> float:
    """How far measurements over that much voiced speech can be trusted, 0-1.

    Full from 20 dB of signal to noise and 0.8 s of voice (about four syllables), nothing at 0 dB; clipping
    of 1 % of the samples halves it. Own choices.
    """
    signal = min(1.0, max(0.0, voice.snr_db / 20.0))
    length = min(1.0, voiced_s / 0.8)
    return signal * length / (1 + 100 * max(0.0, voice.clipping_ratio - 0.001))


def norm_of(name: str) -> Norm:
    """The catalogue's norm of a cue that has one."""
    norm = BY_NAME[name].norm
    assert norm is not None, name
    return norm


def effort_of(values: dict[str, float]) -> float | None:
    """Vocal effort: mean z-score of the spectral balance; None without it."""
    parts = []
    for name, sign in _EFFORT:
        if name in values:
            parts.append(sign * (values[name] - norm_of(name).mean) / norm_of(name).sd)
    return sum(parts) / len(parts) if parts else None


def z_scores(cues: Sequence[Cue]) -> dict[str, float]:
    """z by cue name of the measured cues that have a norm."""
    return {cue.name: cue.z for cue in cues if cue.z is not None}


def cues_of(voice: Voice, offset_s: float, words: Sequence[Word], settings: VoiceSettings) -> tuple[Cue, ...]:
    """All cues: summaries over the whole speech (absent ones with their reason), then events in time.

    `offset_s` is added to the voice's times; `words` have the voice's times.
    """
    start_s, end_s = voice.span_s
    values = voice.summary(start_s, end_s)
    enough = voice.voiced_s >= settings.min_voiced_s
    if not enough:
        values = {name: value for name, value in values.items() if name in _FROM_ENERGY}
    effort = effort_of(values)
    if effort is not None:
        values["effort"] = effort
    rates = voice.rates(words)
    if "from_words" not in rates:
        for name in ("speech_rate", "articulation_rate"):
            if name in rates:
                rates[name] /= NUCLEI_PER_SYLLABLE
    values |= {name: value for name, value in rates.items() if name in BY_NAME and enough}
    values |= {"snr": voice.snr_db, "clipping": voice.clipping_ratio}
    tremor = voice.tremor() if enough else None
    if tremor is not None:
        values["tremor_depth"] = tremor.depth_ratio
        if tremor.rate_hz is not None:
            values["tremor_rate"] = tremor.rate_hz
    noisy = voice.snr_db < settings.min_snr_db
    quality = quality_of(voice, voice.voiced_s)
    categories = _categories(voice, values) if enough else {}
    summaries = []
    for name, spec in BY_NAME.items():
        at = (offset_s + start_s, offset_s + end_s)
        if spec.kind not in ("summary", "category"):
            continue
        if noisy and name in _FINE | {"tremor_rate"}:
            summaries.append(absent(spec, "too_noisy", *at))
        elif name in values:
            confidence = _confidence(name, voice, quality, "from_words" in rates)
            if name.startswith("tremor") and tremor is not None:
                # Half, for syllables move the pitch too; less when under a second could be looked at.
                confidence = 0.5 * quality * min(1.0, tremor.seconds)
            summaries.append(measured(spec, values[name], *at, confidence=confidence))
        elif name in categories:
            value, confidence = categories[name]
            summaries.append(measured(spec, value, *at, confidence=confidence))
        else:
            summaries.append(absent(spec, _why_absent(name, rates, tremor is not None), *at))
    events = _events(voice, offset_s, quality) if enough else []
    return (*summaries, *sorted(events, key=lambda cue: cue.start_s))


def _why_absent(name: str, rates: dict[str, float], tremor_seen: bool) -> str:
    if name == "pause_mean" and rates["pause_count"] == 0:
        return "no_pause"
    if name == "tremor_rate" and tremor_seen:
        return "no_tremor"
    return "too_short"


def _confidence(name: str, voice: Voice, quality: float, from_words: bool) -> float:
    if name == "snr":
        return 1.0 if voice.snr_is_sure else 0.2  # a lower bound: nothing to be said of
    if name in ("clipping", "level"):
        return 1.0
    if name in ("pitch_median", "pitch_range", "pitch_sd", "pause_count", "pause_mean", "pause_ratio"):
        return 0.5 + 0.5 * quality  # robust: the tracker holds at 0 dB
    if name == "pitch_level":
        sure = abs(2 * voice.register.high_prob - 1) if voice.register is not None else 0.0
        return quality * (0.5 + 0.5 * sure)
    if name in ("speech_rate", "articulation_rate"):
        return quality * (0.95 if from_words else 0.6)
    if name in ("level_range", "level_sd"):
        return quality * min(1.0, max(0.0, voice.snr_db / 25.0))  # noise fills the valleys
    return quality


def _categories(voice: Voice, values: dict[str, float]) -> dict[str, tuple[str, float]]:
    found: dict[str, tuple[str, float]] = {}
    if voice.register is not None:
        high = voice.register.high_prob
        found["register"] = ("high" if high >= 0.5 else "low", abs(2 * high - 1))
    z = {}
    for name in ("jitter", "shimmer", "h1_h2", "cpp", "effort"):
        if name in values:
            z[name] = (values[name] - norm_of(name).mean) / norm_of(name).sd
    if len(z) == 5:
        quality = quality_of(voice, voice.voiced_s)
        if min(z["jitter"], z["shimmer"]) >= 1.5:
            kind = "rough"
        elif z["h1_h2"] >= 1 and z["cpp"] <= -1:
            kind = "breathy"
        elif z["h1_h2"] <= -1 and z["effort"] >= 1:
            kind = "pressed"
        else:
            kind = "modal"
        found["quality"] = (kind, 0.5 * quality)
    return found


def _events(voice: Voice, offset_s: float, quality: float) -> list[Cue]:
    """The largest pitch movements, the strongest emphases and every pause."""
    found: list[Cue] = []
    moves = contour.movements(voice.grid.times_s, voice.st)
    for name, sign in (("pitch_rise", 1), ("pitch_fall", -1)):
        largest = sorted((m for m in moves if m.semitones * sign > 0), key=lambda m: -abs(m.semitones))
        for move in largest[:_EVENTS]:
            at = (offset_s + move.start_s, offset_s + move.end_s)
            found.append(
                measured(BY_NAME[name], abs(move.semitones), *at, confidence=0.8 * quality, apex_s=at[1])
            )
    found += [
        measured(BY_NAME["pause"], b - a, offset_s + a, offset_s + b, confidence=0.5 + 0.5 * quality)
        for a, b in voice.pauses
    ]
    for time_s, strength_db in voice.emphases()[:_EVENTS]:
        at = (offset_s + time_s - 0.1, offset_s + time_s + 0.1)
        found.append(
            measured(
                BY_NAME["emphasis"], strength_db, *at, confidence=0.8 * quality, apex_s=offset_s + time_s
            )
        )
    return found
