"""Perceiving: speech. What is said, in which language, when, and what emotion the words carry."""

from __future__ import annotations

from saber.perceive.speech.perceive import SpeechResult, perceive_speech
from saber.perceive.speech.second import SecondHearing, hear_again, second_recognisers, transcribed_by
from saber.perceive.speech.settings import SpeechSettings

__all__ = [
    "SecondHearing",
    "SpeechResult",
    "SpeechSettings",
    "hear_again",
    "perceive_speech",
    "second_recognisers",
    "transcribed_by",
]
