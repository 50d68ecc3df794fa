"""How does the voice sound: pitch, loudness, rate, quality, and what do they suggest?

voice_activity(sound, settings) -> (Span, ...)
perceive_voice(sound, activity, settings, words) -> Perception
clipping_ratio(samples), signal_to_noise_db(sound, activity): how good the recording is
"""

from __future__ import annotations

from saber.perceive.voice.activity import voice_activity
from saber.perceive.voice.perceive import perceive_voice
from saber.perceive.voice.recording import clipping_ratio, signal_to_noise_db
from saber.perceive.voice.settings import VoiceSettings

__all__ = ["VoiceSettings", "clipping_ratio", "perceive_voice", "signal_to_noise_db", "voice_activity"]
