"""Which emotions, modalities and dimensions exist, and what other sources call them?"""

from __future__ import annotations

from enum import StrEnum

__all__ = [
    "AFFECT",
    "DIMENSIONS",
    "EMOTIONS",
    "MODALITIES",
    "Dimension",
    "Emotion",
    "Language",
    "Modality",
    "emotion_from",
]


class Emotion(StrEnum):
    """The seven categories: Ekman's six basic emotions (Ekman 1992) and neutral."""

    NEUTRAL = "neutral"
    HAPPINESS = "happiness"
    SADNESS = "sadness"
    ANGER = "anger"
    FEAR = "fear"
    DISGUST = "disgust"
    SURPRISE = "surprise"


class Modality(StrEnum):
    """What carries an emotion. `SPEECH` is the words; `VOICE` is how they sound."""

    FACE = "face"
    BODY = "body"
    VOICE = "voice"
    SPEECH = "speech"


class Dimension(StrEnum):
    """The six SABER dimensions, by the house's names. Public JSON keys are on `Annotation`."""

    SCENE = "scene"
    FACE = "face"
    BODY = "body"
    ACOUSTIC = "acoustic"
    SPEECH = "speech"
    REASONING = "reasoning"


class Language(StrEnum):
    """Languages that SABER writes in."""

    ENGLISH = "en"
    CHINESE = "zh"


EMOTIONS: tuple[Emotion, ...] = tuple(Emotion)
MODALITIES: tuple[Modality, ...] = tuple(Modality)
DIMENSIONS: tuple[Dimension, ...] = tuple(Dimension)

AFFECT: dict[Emotion, tuple[float, float]] = {
    # (valence, arousal), each -1..1. Russell & Mehrabian 1977, table of 151 terms: the terms
    # happy, sad, angry, fearful, disgusted, surprised, on pleasure and arousal. Neutral is the
    # origin by definition of the space.
    Emotion.NEUTRAL: (0.0, 0.0),
    Emotion.HAPPINESS: (0.81, 0.51),
    Emotion.SADNESS: (-0.63, -0.27),
    Emotion.ANGER: (-0.51, 0.59),
    Emotion.FEAR: (-0.64, 0.60),
    Emotion.DISGUST: (-0.60, 0.35),
    Emotion.SURPRISE: (0.40, 0.67),
}

# What corpora and models call the seven. "calm" (RAVDESS) is kept apart from neutral by its
# authors; SABER has no calm, so the mapping loses that distinction.
_ALIASES: dict[str, Emotion] = {
    "neutral": Emotion.NEUTRAL, "neu": Emotion.NEUTRAL, "calm": Emotion.NEUTRAL,
    "happiness": Emotion.HAPPINESS, "happy": Emotion.HAPPINESS, "hap": Emotion.HAPPINESS,
    "joy": Emotion.HAPPINESS, "joyful": Emotion.HAPPINESS,
    "sadness": Emotion.SADNESS, "sad": Emotion.SADNESS,
    "anger": Emotion.ANGER, "angry": Emotion.ANGER, "ang": Emotion.ANGER,
    "fear": Emotion.FEAR, "fearful": Emotion.FEAR, "fea": Emotion.FEAR, "afraid": Emotion.FEAR,
    "disgust": Emotion.DISGUST, "disgusted": Emotion.DISGUST, "dis": Emotion.DISGUST,
    "surprise": Emotion.SURPRISE, "surprised": Emotion.SURPRISE, "sur": Emotion.SURPRISE,
    "中性": Emotion.NEUTRAL, "平静": Emotion.NEUTRAL,
    "高兴": Emotion.HAPPINESS, "开心": Emotion.HAPPINESS, "快乐": Emotion.HAPPINESS,
    "悲伤": Emotion.SADNESS, "难过": Emotion.SADNESS, "伤心": Emotion.SADNESS,
    "愤怒": Emotion.ANGER, "生气": Emotion.ANGER,
    "恐惧": Emotion.FEAR, "害怕": Emotion.FEAR,
    "厌恶": Emotion.DISGUST, "惊讶": Emotion.SURPRISE, "吃惊": Emotion.SURPRISE,
}  # fmt: skip


def emotion_from(label: str) -> Emotion | None:
    """The emotion that `label` names in some corpus's words, or None when it names none of the seven."""
    return _ALIASES.get(label.strip().casefold())
