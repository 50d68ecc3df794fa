"""Which cues, tracks and readings does the voice of a clip give?"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from saber.core.records import ModelInfo, Perception, Sound, Span, Word
from saber.perceive.voice.activity import SILENCE_PEAK
from saber.perceive.voice.cues import all_absent, cues_of, quality_of, z_scores
from saber.perceive.voice.emotion import reading_from
from saber.perceive.voice.measure import listen
from saber.perceive.voice.moments import moments_of, tracks_of
from saber.perceive.voice.settings import VoiceSettings

__all__ = ["perceive_voice"]

_RATE_HZ = 16_000
_MODELS = (
    ModelInfo(role="voice_activity", name="silero-vad", version="6", licence="MIT", source="packaged"),
    ModelInfo(
        role="voice_emotion", name="acoustic-correlates", version="1", licence="Apache-2.0", source="rules"
    ),
)


def perceive_voice(
    sound: Sound | None,
    activity: Sequence[Span],
    settings: VoiceSettings | None = None,
    words: Sequence[Word] = (),
) -> Perception:
    """The voice in a sound: cues of the catalogue, tracks (pitch, loudness, arousal) and readings.

    Args:
        sound: at 16 kHz; None when the clip has none.
        activity: when somebody speaks, on the clip's clock (`voice_activity`).
        words: as recognised; where given they count the syllables of the speech rates.

    Several speakers are heard as one voice. With nothing to hear, `present` is False and every cue is absent
    with the reason: `no_sound`, `digital_silence` (never above -80 dBFS) or `no_voice`. `overall` is
    None when there was too little voiced speech to read anything from (`too_short`).

    Raises ValueError when the sound is not sampled at 16 kHz.
    """
    settings = settings or VoiceSettings()
    if sound is None or len(sound.samples) == 0:
        return _nothing("no_sound", 0.0, 0.0)
    if sound.rate_hz != _RATE_HZ:
        raise ValueError(f"the voice is measured at {_RATE_HZ} Hz, not {sound.rate_hz}")
    if not np.nanmax(np.abs(sound.samples - np.nanmean(sound.samples))) >= SILENCE_PEAK:
        return _nothing("digital_silence", sound.start_s, sound.end_s)
    heard = [s for s in activity if s.end_s > sound.start_s and s.start_s < sound.end_s and s.duration_s > 0]
    if not heard:
        return _nothing("no_voice", sound.start_s, sound.end_s)
    voice = listen(sound, heard, settings)
    if not voice.active.any():
        return _nothing("no_voice", sound.start_s, sound.end_s)
    offset_s = sound.start_s
    spoken = tuple(
        word.model_copy(update={"start_s": word.start_s - offset_s, "end_s": word.end_s - offset_s})
        for word in words
    )
    cues = cues_of(voice, offset_s, spoken, settings)
    z = z_scores(cues)
    start_s, end_s = voice.span_s
    overall = None
    if voice.voiced_s >= settings.min_voiced_s:
        quality = quality_of(voice, voice.voiced_s)
        overall = reading_from(z, offset_s + start_s, offset_s + end_s, quality)
    return Perception(
        sense="voice",
        present=True,
        cues=cues,
        tracks=tracks_of(voice, offset_s, z if overall is not None else {}, settings),
        overall=overall,
        moments=moments_of(voice, offset_s, z, settings) if overall is not None else (),
        models=_MODELS,
    )


def _nothing(reason: str, start_s: float, end_s: float) -> Perception:
    return Perception(
        sense="voice",
        present=False,
        absent_reason=reason,
        cues=all_absent(reason, start_s, end_s),
        models=_MODELS[:1] if reason == "no_voice" else (),
    )
