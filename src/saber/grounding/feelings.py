"""Which of the seven emotions does a text name, and as what which channel shows?"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from saber.core.taxonomy import Emotion, Modality

__all__ = ["Clause", "Feeling", "clauses_of", "emotion_words", "emotions_by_channel", "feelings_in"]

_ENGLISH: dict[Emotion, str] = {
    Emotion.NEUTRAL: r"neutral(?:ity)?|calm(?:ness)?|unemotional",
    Emotion.HAPPINESS: r"happ(?:y|iness|ily|ier)|joy(?:ful|ous|fully)?|delight(?:ed|ful)?|cheerful(?:ness)?",
    Emotion.SADNESS: r"sad(?:ness|ly|der)?|sorrow(?:ful)?|grief|griev(?:ing|ed)|unhapp(?:y|iness)",
    Emotion.ANGER: r"ang(?:er|ry|rily|rier)|rage|fur(?:y|ious)|irritat(?:ed|ion)|annoy(?:ed|ance)",
    Emotion.FEAR: r"fear(?:ful|fully)?|afraid|scared|frightened|terrified|terror|anxi(?:ous|ety)",
    Emotion.DISGUST: r"disgust(?:ed)?|revulsion|repuls(?:ed|ion)",
    Emotion.SURPRISE: r"surpris(?:e|ed)|astonish(?:ed|ment)|amaze(?:d|ment)|startled",
}
_CHINESE: dict[Emotion, str] = {
    Emotion.NEUTRAL: "中性|平静|冷静",
    Emotion.HAPPINESS: "高兴|开心|快乐|喜悦|愉快|欢喜",
    Emotion.SADNESS: "悲伤|难过|伤心|哀伤|悲痛",
    Emotion.ANGER: "愤怒|生气|恼怒|恼火",
    Emotion.FEAR: "恐惧|害怕|惊恐|焦虑",
    Emotion.DISGUST: "厌恶|反感|恶心",
    Emotion.SURPRISE: "惊讶|吃惊|惊奇|诧异",
}
_WORDS = {
    emotion: re.compile(rf"\b(?:{_ENGLISH[emotion]})\b|{_CHINESE[emotion]}", re.IGNORECASE)
    for emotion in Emotion
}
_QUOTED = re.compile(r"“[^”]*”|\"[^\"]*\"|「[^」]*」|《[^》]*》")
_DENIED = re.compile(
    r"(?:\b(?:no|not|never|without|hardly|neither|nor|than|instead of|rules? out|absence of|ahead of"
    r"|followed by)\b|n't\b)(?:\s+(?!but\b)\w+){0,3}\s*$"
    r"|(?:不|没有|并非|而非|无|未|其次|高于)(?:(?!而是)[^，。；]){0,4}$",
    re.IGNORECASE,
)
"""What stands before an emotion that the text says is not there, or comes only after another one."""


_CHANNELS = {
    Modality.FACE: re.compile(r"\bfac(?:e|ial(?:ly)?)\b|面部|表情|脸", re.IGNORECASE),
    Modality.BODY: re.compile(r"\b(?:body|posture|gestures?)\b|身体|姿态|肢体", re.IGNORECASE),
    Modality.VOICE: re.compile(r"\b(?:voice|vocal(?:ly)?|tone)\b|声音|嗓音|语气|语调", re.IGNORECASE),
    Modality.SPEECH: re.compile(r"\bwords\b|话语|言语", re.IGNORECASE),
}
_CLAUSE_END = re.compile(
    r"[,;:!?，。；：！？、]\s*|\.(?!\d)\s*|\n|\s(?:while|whereas|but|yet|although|though)\s|但是?|却|而(?=[声嗓语身脸面])",
    re.IGNORECASE,
)
_AFFECT = re.compile(r"\b(?:valence|arousal)\b|效价|唤醒", re.IGNORECASE)
"""Of these, "neutral" is a band and no emotion."""


@dataclass(frozen=True)
class Clause:
    """A piece of a text, without what it quotes. `channels`: what it speaks of."""

    text: str
    channels: tuple[Modality, ...]

    @property
    def channel(self) -> Modality | None:
        """Where that is exactly one."""
        return self.channels[0] if len(self.channels) == 1 else None


@dataclass(frozen=True)
class Feeling:
    """An emotion that is named. `channel`: what its clause ascribes it to, where that is exactly one."""

    emotion: Emotion
    channel: Modality | None


def clauses_of(text: str) -> Iterator[Clause]:
    """The clauses of a text, in order."""
    for clause in _CLAUSE_END.split(_QUOTED.sub(" ", text)):
        yield Clause(clause, tuple(channel for channel, words in _CHANNELS.items() if words.search(clause)))


def emotion_words(clause: str) -> list[tuple[int, int, Emotion]]:
    """Start and end of each word for an emotion, in order."""
    found = [
        (m.start(), m.end(), emotion) for emotion, words in _WORDS.items() for m in words.finditer(clause)
    ]
    return sorted(found)


def feelings_in(text: str) -> tuple[Feeling, ...]:
    """The emotions that a text names, English or Chinese, each once for a channel, in order.

    What it denies ("not angry", "rather than fear"), what comes second ("ahead of sadness") and what it
    quotes is left out. Words are matched, not understood: "the happy accident" names happiness.
    """
    found = {
        Feeling(emotion, clause.channel): None for clause in clauses_of(text) for emotion in _named(clause)
    }
    return tuple(found)


def emotions_by_channel(text: str) -> dict[Modality, tuple[Emotion, ...]]:
    """The emotions that a text gives each channel, in order; as `feelings_in` finds them.

    A clause about several channels gives its emotion to each of them, if it names one only: "face and voice
    are both joyful" does, "the face is happy and the voice sad" leaves it open which is whose.
    """
    found: dict[Modality, dict[Emotion, None]] = {}
    for clause in clauses_of(text):
        named = dict.fromkeys(_named(clause))
        if clause.channel is not None or len(named) == 1:
            for channel in clause.channels if named else ():
                found.setdefault(channel, {}).update(named)
    return {channel: tuple(emotions) for channel, emotions in found.items()}


def _named(clause: Clause) -> Iterator[Emotion]:
    affect = _AFFECT.search(clause.text) is not None
    for start, _, emotion in emotion_words(clause.text):
        if not _DENIED.search(clause.text[:start]) and not (affect and emotion is Emotion.NEUTRAL):
            yield emotion
