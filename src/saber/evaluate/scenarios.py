"""Which scenarios does EmoBench-M have, with which labels, and what would a random guesser get?

Source: https://github.com/Emo-gml/EmoBench-M, EmoBench-M-eval.py (categories) and README (groups).
"""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["GROUPS", "SCENARIOS", "Scenario", "random_guess"]

EIU_EMOTIONS = ("happy", "surprise", "sad", "disgust", "anger", "fear", "neutral")
EIU_INTENTS = (
    "questioning", "agreeing", "acknowledging", "encouraging", "consoling", "suggesting", "wishing",
    "neutral",
)  # fmt: skip
_POLAR = ("neutral", "negative", "positive")


@dataclass(frozen=True)
class Scenario:
    """`key` begins the names of its files. No labels: the answer is free text."""

    key: str
    group: str
    title: str
    labels: tuple[str, ...] = ()
    intents: tuple[str, ...] = ()

    @property
    def choices(self) -> int:
        """Answers that a random guesser chooses from; 0 for free text."""
        return len(self.labels) * max(1, len(self.intents))


SCENARIOS: tuple[Scenario, ...] = (
    Scenario(
        "RAVDSS_speech", "FER", "Speech Emotion Recognition",
        ("neutral", "calm", "happy", "sad", "angry", "fearful", "surprised", "disgust"),
    ),
    Scenario(
        "RAVDSS_song", "FER", "Song Emotion Recognition",
        ("neutral", "calm", "happy", "sad", "angry", "fearful"),
    ),
    Scenario("MOSI", "FER", "Opinion Sentiment Analysis", _POLAR),
    Scenario("MOSEI", "FER", "Emotion Intensity Analysis", _POLAR),
    Scenario(
        "FGMSA", "FER", "Stock Comment Emotion Analysis",
        ("weak negative", "strong negative", "neutral", "weak positive", "strong positive"),
    ),
    Scenario(
        "mer2023", "CEU", "Fine-Grained Dialog Emotion Analysis",
        ("happy", "sad", "neutral", "angry", "worried", "surprise"),
    ),
    Scenario("SIMS", "CEU", "Presentation Emotion or Face-Centric Dialog (SIMS)", _POLAR),
    Scenario("ch-simsv2s", "CEU", "Presentation Emotion or Face-Centric Dialog (CH-SIMS v2)", _POLAR),
    Scenario("MC-EIU", "CEU", "Conversational Emotion & Intent", EIU_EMOTIONS, EIU_INTENTS),
    Scenario(
        "MELD", "CEU", "Multi-Party Dialog Emotion",
        ("neutral", "surprise", "fear", "sadness", "joy", "disgust", "anger"),
    ),
    Scenario("funny", "SCEA", "Humor Understanding", ("true", "false")),
    Scenario("MUSTARD", "SCEA", "Sarcasm Detection", ("true", "false")),
    Scenario("smile", "SCEA", "Laughter Reasoning"),
)  # fmt: skip

GROUPS: dict[str, str] = {
    "FER": "Foundational Emotion Recognition",
    "CEU": "Conversational Emotion Understanding",
    "SCEA": "Socially Complex Emotion Analysis",
}


def random_guess(*, closed: bool = False) -> dict[str, float]:
    """Per cent that a guesser gets who draws one of the labels, by group and on average.

    closed: leave the scenario of free texts out, instead of giving the guesser 0 in it.
    """
    of_group = {}
    for group in GROUPS:
        of = [s for s in SCENARIOS if s.group == group and (s.choices or not closed)]
        of_group[group] = sum(100 / s.choices if s.choices else 0.0 for s in of) / len(of)
    return {**of_group, "Average": sum(of_group.values()) / len(of_group)}
