"""When is somebody speaking?"""

from __future__ import annotations

import functools
from typing import Any

import numpy as np
from numpy.typing import NDArray

from saber.core.errors import MissingPieceError
from saber.core.records import Sound, Span
from saber.perceive.voice.framing import grid_of
from saber.perceive.voice.pitch import track_pitch
from saber.perceive.voice.settings import VoiceSettings

__all__ = ["SILENCE_PEAK", "voice_activity"]

SILENCE_PEAK = 1e-4
"""A sound that never exceeds this (-80 dBFS) holds nothing: below the least step of 14-bit sound."""

_CHUNK = 512
"""Samples per decision of Silero at 16 kHz (32 ms)."""
_RATE_HZ = 16_000
_MIN_WEAK_S = 0.4
"""Shorter stretches below Silero's own threshold prove nothing: own choice, two syllables."""
_REFERENCE_RMS = 0.05
"""Level to which the loud part of a sound is brought before Silero hears it (-26 dBFS, the active speech
level of ITU-T P.56 practice), so that recording gain does not decide what counts as speech."""


def voice_activity(sound: Sound | None, settings: VoiceSettings | None = None) -> tuple[Span, ...]:
    """Stretches of speech on the clip's clock, in order, not overlapping; empty when there are none.

    Silero VAD (Silero Team 2021, MIT), the network inside faster-whisper; it loads once per process.
    The sound is scaled to a fixed level first: a quiet recording gives the same spans as a loud one.
    Silero misses some crying and shouting. When it finds no speech at all, stretches from
    `weak_activity_prob` are taken if their pitch moves as a voice's does: machines' tones keep theirs.

    Raises:
        MissingPieceError: faster-whisper or onnxruntime is not installed.
        ValueError: the sound is not sampled at 16 kHz.
    """
    settings = settings or VoiceSettings()
    if sound is None or len(sound.samples) == 0:
        return ()
    if sound.rate_hz != _RATE_HZ:
        raise ValueError(f"voice activity needs sound at {_RATE_HZ} Hz, not {sound.rate_hz}")
    samples = np.nan_to_num(np.asarray(sound.samples, dtype=np.float32))
    samples = samples - np.float32(samples.mean())
    if float(np.abs(samples).max()) < SILENCE_PEAK:
        return ()
    probs = _speech_probs(_levelled(samples))
    spans = _spans(probs, settings.min_activity_prob, settings)
    if not spans:
        weak = _spans(probs, settings.weak_activity_prob, settings)
        long = [span for span in weak if span[1] - span[0] >= _MIN_WEAK_S]
        spans = [span for span in long if _pitch_moves(samples, span, settings)]
    duration_s = len(samples) / _RATE_HZ
    return tuple(
        Span(start_s=sound.start_s + start_s, end_s=sound.start_s + min(end_s, duration_s))
        for start_s, end_s in spans
        if min(end_s, duration_s) > start_s
    )


def _levelled(samples: NDArray[np.float32]) -> NDArray[np.float32]:
    """The samples scaled so that the loudest tenth of the chunks has the reference level."""
    padded = np.pad(samples, (0, -len(samples) % _CHUNK))
    power = np.mean(padded.reshape(-1, _CHUNK).astype(np.float64) ** 2, axis=1)
    loud = float(np.sqrt(np.mean(power[power >= np.quantile(power, 0.9)])))
    return np.asarray(np.clip(padded * np.float32(_REFERENCE_RMS / loud), -1.0, 1.0), dtype=np.float32)


def _speech_probs(chunks: NDArray[np.float32]) -> NDArray[np.float64]:
    return np.asarray(_model()(chunks), dtype=np.float64).reshape(-1)


@functools.cache
def _model() -> Any:
    try:
        from faster_whisper.vad import get_vad_model
    except ImportError as error:
        raise MissingPieceError(
            "Voice activity needs the package faster-whisper.", remedy="pip install faster-whisper"
        ) from error
    return get_vad_model()


def _pitch_moves(samples: NDArray[np.float32], span: tuple[float, float], settings: VoiceSettings) -> bool:
    """Whether the stretch holds 0.1 s of voice whose pitch varies by at least 0.2 semitones (own choice)."""
    part = samples[round(span[0] * _RATE_HZ) : round(span[1] * _RATE_HZ)]
    grid = grid_of(part)
    everywhere = np.ones(len(grid.times_s), dtype=np.bool_)
    pitch = track_pitch(grid, everywhere, settings.pitch_floor_hz, settings.pitch_ceiling_hz)
    voiced_hz = pitch.hz[pitch.voiced]
    return len(voiced_hz) >= 10 and float(12 * np.std(np.log2(voiced_hz))) >= 0.2


def _spans(
    probs: NDArray[np.float64], open_at_prob: float, settings: VoiceSettings
) -> list[tuple[float, float]]:
    """Speech opens at the threshold and closes 0.15 below it (Silero's hysteresis), or at half a low one."""
    chunk_s = _CHUNK / _RATE_HZ
    close_at = max(open_at_prob - 0.15, open_at_prob / 2)
    spans: list[list[float]] = []
    open_at: int | None = None
    for i, prob in enumerate([*probs.tolist(), 0.0]):
        if open_at is None and prob >= open_at_prob:
            open_at = i
        elif open_at is not None and prob < close_at:
            spans.append([open_at * chunk_s, i * chunk_s])
            open_at = None
    merged: list[list[float]] = []
    for span in spans:
        if merged and span[0] - merged[-1][1] < settings.min_gap_s:
            merged[-1][1] = span[1]
        else:
            merged.append(span)
    kept = [s for s in merged if s[1] - s[0] >= settings.min_speech_s]
    padded: list[tuple[float, float]] = []
    for i, (start_s, end_s) in enumerate(kept):
        gap_before = (start_s - kept[i - 1][1]) / 2 if i else start_s
        gap_after = (kept[i + 1][0] - end_s) / 2 if i + 1 < len(kept) else settings.pad_s
        padded.append((start_s - min(settings.pad_s, gap_before), end_s + min(settings.pad_s, gap_after)))
    return padded
