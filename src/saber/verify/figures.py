"""Are the figures that a reasoning gives of emotions those that were measured?"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from saber.core.dataset import Annotated, Check
from saber.core.taxonomy import Dimension, Emotion, Modality
from saber.grounding import clauses_of, emotion_words
from saber.verify.claims import MEASURED
from saber.verify.settings import EVIDENCE

__all__ = ["Figure", "figures_check", "figures_in"]

Affect = Literal["valence", "arousal"]

_SHARE = re.compile(r"\s*[(（]\s*(\d{1,3}(?:\.\d+)?)\s*[%％]")
"""Behind an emotion: "anger (62%, ...)"."""
_AFFECT = re.compile(
    r"(?:\b(?P<en>valence|arousal)\b|(?P<zh>效价|唤醒度))[^()（）]{0,30}[(（]\s*(?P<value>[+-]?\d?\.\d+)",
    re.IGNORECASE,
)
_CHINESE: dict[str, Affect] = {"效价": "valence", "唤醒度": "arousal"}


@dataclass(frozen=True)
class Figure:
    """A number that a text states: an emotion's share (0-1), valence or arousal (-1 to 1).

    `channel`: of what, where its clause says it of exactly one.
    """

    of: Emotion | Affect
    value: float
    channel: Modality | None


def figures_in(text: str) -> Iterator[Figure]:
    """The figures of a text, English or Chinese, clause by clause."""
    for clause in clauses_of(text):
        for _, end, emotion in emotion_words(clause.text):
            if share := _SHARE.match(clause.text, end):
                yield Figure(emotion, float(share[1]) / 100, clause.channel)
        for told in _AFFECT.finditer(clause.text):
            name = _CHINESE[told["zh"]] if told["zh"] else _english(told["en"])
            yield Figure(name, float(told["value"]), clause.channel)


def figures_check(clip: Annotated, limit: float) -> Check | None:
    """The figures of the reasoning against those that were measured; None where it gives none.

    The score is the greatest distance, as a share of the figure's range, to the nearest measured figure of
    that kind: of the channel that is named, else of all together or any. `limit` is the most that passes
    (`figures_differ`). A figure of what was not measured is as far off as can be.
    """
    figures = list(figures_in(clip.annotation.text_of(Dimension.REASONING)))
    if not figures:
        return None
    worst = max(figures, key=lambda figure: _off(clip, figure))
    score = _off(clip, worst)
    where = "any channel" if worst.channel is None else f"the {worst.channel}"
    detail = f"“{worst.of}” is said to be {worst.value:+.2f}; no such figure was measured in {where}."
    return Check(
        name=EVIDENCE,
        passed=score <= limit,
        score=round(score, 4),
        limit=limit,
        unit="ratio",
        reason="" if score <= limit else "figures_differ",
        detail="" if score <= limit else detail,
        judge=MEASURED,
        dimension=Dimension.REASONING,
    )


def _off(clip: Annotated, figure: Figure) -> float:
    if isinstance(figure.of, Emotion):
        measured, width = _shares(clip, figure.of, figure.channel), 1.0
    else:
        measured, width = _affects(clip, figure.of, figure.channel), 2.0
    return min((abs(value - figure.value) / width for value in measured), default=1.0)


def _shares(clip: Annotated, emotion: Emotion, channel: Modality | None) -> list[float]:
    each = {m: e.probs for m, e in clip.modalities.items() if e.present}
    asked = [clip.emotion.probs, *each.values()] if channel is None else [each.get(channel)]
    return [probs[emotion] for probs in asked if probs is not None]


def _affects(clip: Annotated, name: Affect, channel: Modality | None) -> list[float]:
    read = {m: (e.valence, e.arousal) for m, e in clip.modalities.items() if e.present}
    overall = (clip.emotion.valence, clip.emotion.arousal)
    asked = [overall, *read.values()] if channel is None else [read.get(channel, (None, None))]
    values = [valence if name == "valence" else arousal for valence, arousal in asked]
    return [value for value in values if value is not None]


def _english(word: str) -> Affect:
    return "valence" if word.lower() == "valence" else "arousal"
