"""How does the voice sound: pitch, loudness, rate, quality, and what do they suggest?

voice_activity(sound, settings) -> (Span, ...)
perceive_voice(sound, activity, settings, words) -> Perception
"""

from __future__ import annotations

from saber.perceive.voice.activity import voice_activity
from saber.perceive.voice.perceive import perceive_voice
from saber.perceive.voice.settings import VoiceSettings

__all__ = ["VoiceSettings", "perceive_voice", "voice_activity"]
