"""Which words of everyday answers mean the same label?

Inflections and plain translations only: a word that merely suggests a feeling (`cheerful`, `worried eyes`)
is no label. Where a benchmark has two labels of one group apart, each keeps its own word (`exact` goes
first).
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

__all__ = ["label_words"]

_GROUPS: tuple[str, ...] = (
    "happy happiness joy joyful 高兴 开心 快乐 喜悦 幸福",
    "sad sadness 悲伤 难过 伤心 悲哀",
    "angry anger 愤怒 生气 恼怒",
    "fear fearful afraid scared 恐惧 害怕",
    "disgust disgusted 厌恶 恶心 反感",
    "surprise surprised 惊讶 吃惊 惊奇",
    "neutral 中性 中立",
    "calm 平静 冷静",
    "worried worry 担忧 担心",
    "positive 积极 正面 正向",
    "negative 消极 负面 负向",
    "weak_positive slightly_positive weakly_positive 弱积极 弱正面 轻微积极",
    "strong_positive strongly_positive very_positive 强积极 强正面 强烈积极",
    "weak_negative slightly_negative weakly_negative 弱消极 弱负面 轻微消极",
    "strong_negative strongly_negative very_negative 强消极 强负面 强烈消极",
    "true yes correct 是 是的 真 对 正确 有",
    "false no incorrect 否 不是 假 不对 错误 没有",
    "questioning question 询问 提问",
    "agreeing agree 同意 赞同",
    "acknowledging acknowledge 承认 认可",
    "encouraging encourage 鼓励",
    "consoling console 安慰",
    "suggesting suggest 建议",
    "wishing wish 祝愿 希望",
)
"""`_` stands for a space inside of a label."""


@cache
def label_words(labels: Sequence[str]) -> dict[str, str]:
    """Word, lower case -> the one of these labels that it means."""
    words = {label.casefold(): label for label in labels}
    for group in _GROUPS:
        meant = [word.replace("_", " ") for word in group.split()]
        held = [words[word] for word in meant if word in words]
        if len(held) == 1:
            words |= {word: held[0] for word in meant if word not in words}
    return words
