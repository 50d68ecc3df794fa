"""How does what the voice suggests change within a clip?

Each moment is read against the clip's own reading: its pitch and spectrum from its own frames, its level
against the clip's median level. Within one clip the gain is the same throughout, so there louder does mean
louder (about 6 dB of level for one sd of effort: own choice).
"""

from __future__ import annotations

import itertools
import math

import numpy as np

from saber.core.records import Reading, Track
from saber.perceive.voice.cues import effort_of, norm_of, quality_of
from saber.perceive.voice.emotion import arousal_from, reading_from
from saber.perceive.voice.framing import STEP_S, Floats
from saber.perceive.voice.measure import Voice
from saber.perceive.voice.settings import VoiceSettings

__all__ = ["moments_of", "tracks_of"]

_DB_PER_SD = 6.0
_PITCH = norm_of("pitch_level")
_SMOOTH_S = 0.6
_MIN_VOICED_S = 0.2


def moments_of(
    voice: Voice, offset_s: float, z: dict[str, float], settings: VoiceSettings
) -> tuple[Reading, ...]:
    """Readings of stretches of about `moment_s` between pauses, in order; without those of little voice."""
    found = []
    median_db = _usual_level_db(voice)
    for start_s, end_s in _stretches(voice, settings.moment_s):
        part = voice.part(start_s, end_s)
        voiced = np.isfinite(voice.pitch.hz[part])
        voiced_s = float(voiced.sum()) * STEP_S
        if voiced_s < _MIN_VOICED_S:
            continue
        values = voice.summary(start_s, end_s)
        here = dict(z)
        if "pitch_level" in values:
            here["voice.pitch_level"] = (values["pitch_level"] - _PITCH.mean) / _PITCH.sd
        effort = effort_of(values)
        if effort is not None and "voice.effort" in z:
            louder = (float(np.median(voice.grid.level_db[part][voiced])) - median_db) / _DB_PER_SD
            here["voice.effort"] = (effort + z["voice.effort"] + louder) / 2
        reading = reading_from(here, offset_s + start_s, offset_s + end_s, quality_of(voice, voiced_s))
        if reading is not None:
            found.append(reading)
    return tuple(found)


def tracks_of(
    voice: Voice, offset_s: float, z: dict[str, float], settings: VoiceSettings
) -> tuple[Track, ...]:
    """Pitch, loudness and (where it could be read) arousal, every `track_step_s`."""
    step = max(1, round(settings.track_step_s / STEP_S))
    times_s = tuple(np.round(voice.grid.times_s[::step] + offset_s, 4).tolist())
    tracks = [
        _track("voice.pitch", "Hz", times_s, voice.pitch.hz[::step], 1),
        _track("voice.loudness", "dB", times_s, voice.grid.level_db[::step], 1),
    ]
    base = arousal_from(z)
    if base is not None:
        tracks.append(_track("voice.arousal", "arousal", times_s, _arousal_curve(voice, z)[::step], 3))
    return tuple(tracks)


def _arousal_curve(voice: Voice, z: dict[str, float]) -> Floats:
    """The clip's arousal moved by pitch and level against the clip's own medians, shape (n,)."""
    voiced = voice.pitch.voiced
    pitch = _smooth(np.where(voiced, voice.st - np.nanmedian(voice.st), 0.0), voiced) / _PITCH.sd
    louder = np.where(voiced, voice.grid.level_db - _usual_level_db(voice), 0.0)
    level = _smooth(louder, voiced) / _DB_PER_SD
    curve = np.full(len(voiced), np.nan)
    speaking = _smooth(voice.sounding.astype(np.float64), np.ones(len(voiced), dtype=np.bool_)) > 0.3
    quality = quality_of(voice, voice.voiced_s)
    for i in np.flatnonzero(speaking & np.isfinite(pitch)):
        here = dict(z)
        here["voice.pitch_level"] = z.get("voice.pitch_level", 0.0) + float(pitch[i])
        here["voice.effort"] = z.get("voice.effort", 0.0) + float(level[i]) / 2
        found = arousal_from(here)
        curve[i] = quality * found[0] if found is not None else math.nan
    return curve


def _smooth(values: Floats, valid: np.ndarray[tuple[int], np.dtype[np.bool_]]) -> Floats:
    """Hann-weighted mean of the valid frames over 0.6 s; NaN where there are none."""
    weight = np.hanning(round(_SMOOTH_S / STEP_S) + 2)[1:-1]
    total = np.convolve(np.where(valid, values, 0.0), weight, "full")
    count = np.convolve(valid.astype(np.float64), weight, "full")
    cut = (len(weight) - 1) // 2
    total, count = total[cut : cut + len(values)], count[cut : cut + len(values)]
    mean = np.divide(total, count, out=np.full(len(values), np.nan), where=count > 1e-6)
    return np.asarray(mean, dtype=np.float64)


def _usual_level_db(voice: Voice) -> float:
    return float(np.median(voice.grid.level_db[voice.pitch.voiced]))


def _stretches(voice: Voice, length_s: float) -> list[tuple[float, float]]:
    """Speech between pauses, cut into equal parts of about `length_s`."""
    start_s, end_s = voice.span_s
    edges = [start_s, *(time for pause in voice.pauses for time in pause), end_s]
    found = []
    for a, b in zip(edges[::2], edges[1::2], strict=True):
        parts = max(1, round((b - a) / length_s))
        cuts = np.linspace(a, b, parts + 1)
        found += [(x, y) for x, y in itertools.pairwise(cuts.tolist())]
    return found


def _track(name: str, unit: str, times_s: tuple[float, ...], values: Floats, digits: int) -> Track:
    rounded = np.round(values, digits)
    return Track(
        name=name,
        unit=unit,
        times_s=times_s,
        values=tuple(
            None if not ok else v for v, ok in zip(rounded.tolist(), np.isfinite(values), strict=True)
        ),
    )
