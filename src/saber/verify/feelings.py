"""Which of the seven emotions does a text say that the person has?"""

from __future__ import annotations

import re

from saber.core.taxonomy import Emotion

__all__ = ["feelings_in"]

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
    r"(?:\b(?:no|not|never|without|hardly|neither|nor|than|instead of|rules? out|absence of)\b"
    r"|n't\b)(?:\s+\w+){0,3}\s*$|(?:不|没有|并非|而非|无|未)[^，。；]{0,4}$",
    re.IGNORECASE,
)
"""What stands before an emotion that the text says is not there."""


def feelings_in(text: str) -> tuple[Emotion, ...]:
    """The emotions that a text names, English or Chinese, each once, in the order of the seven.

    What it denies ("not angry", "rather than fear") and what it quotes is left out. Words are matched, not
    understood.
    """
    bare = _QUOTED.sub(" ", text)
    return tuple(
        emotion
        for emotion, words in _WORDS.items()
        if any(not _DENIED.search(bare[max(0, m.start() - 40) : m.start()]) for m in words.finditer(bare))
    )
