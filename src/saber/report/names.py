"""What are modalities, dimensions, emotions, reasons, units and curves called on the page?

Emotions and reasons have the analyst's words. A name that nobody knows is shown as it is written in the
record, its underscores as spaces.
"""

from __future__ import annotations

import math
from collections.abc import Mapping

from saber.core.catalogue import CueSpec
from saber.core.taxonomy import Emotion, Language
from saber.report.quantities import CHINESE, ENGLISH
from saber.report.strings import Strings

__all__ = [
    "HUES",
    "MARKS",
    "clock",
    "emotion_name",
    "name_of",
    "number",
    "quantity",
    "quantity_name",
    "reason_name",
    "value_name",
]

Pair = tuple[str, str]

MODALITY: Mapping[str, Pair] = {
    "face": ("Face", "面部"),
    "body": ("Body", "身体"),
    "voice": ("Voice", "声音"),
    "speech": ("Words", "话语"),
    "scene": ("Scene", "场景"),
}

POLES: Mapping[str, Pair] = {
    "positive": ("positive", "积极"),
    "negative": ("negative", "消极"),
    "high": ("high", "高"),
    "low": ("low", "低"),
}

DIMENSION: Mapping[str, Pair] = {
    "scene": ("Scene", "场景"),
    "face": ("Facial expression", "面部表情"),
    "body": ("Body language", "肢体语言"),
    "acoustic": ("Acoustic features", "声学特征"),
    "speech": ("Speech content", "说话内容"),
    "reasoning": ("Emotion analysis", "情感分析"),
}

UNIT: Mapping[str, Pair] = {
    "ratio": ("", ""),
    "count": ("", ""),
    "intensity": ("of 5", "/ 5"),
    "deg": ("°", "°"),
    "1/s": ("per second", "次/秒"),
    "s": ("s", "秒"),
    "semitone": ("semitones", "半音"),
    "st": ("semitones", "半音"),
}

TABLES: Mapping[str, Mapping[str, Pair]] = {
    "modality": MODALITY,
    "dimension": DIMENSION,
    "unit": UNIT,
}

HUES: Mapping[str, str] = {
    "face": "face", "body": "body", "voice": "voice", "speech": "speech", "scene": "scene",
    "acoustic": "voice", "reasoning": "fused",
}  # fmt: skip
"""Which hue (a class `hue-...` of the style sheet) a sense, modality or dimension has."""

MARKS: Mapping[str, Pair] = {
    "face": ("F", "面"),
    "body": ("B", "身"),
    "voice": ("V", "声"),
    "speech": ("W", "词"),
    "scene": ("S", "景"),
    "fused": ("Σ", "Σ"),
    "acoustic": ("V", "声"),
    "reasoning": ("Σ", "Σ"),
}
"""One letter beside every use of a hue, so that no meaning hangs on colour alone."""


def name_of(strings: Strings, table: str, key: str) -> str:
    """The name of `key` in that table; where there is none, the key with spaces for underscores."""
    pair = TABLES[table].get(key)
    return key.replace("_", " ") if pair is None else strings.pick(pair)


def emotion_name(strings: Strings, label: str) -> str:
    """An emotion, or what else a side of a conflict says (`positive`, `high`)."""
    if label in set(Emotion):
        return strings.wording.emotion(Emotion(label))
    return strings.pick(POLES[label]) if label in POLES else label.replace("_", " ")


def reason_name(strings: Strings, reason: str | None) -> str:
    """Why something is absent."""
    return strings.wording.why(reason) or (reason or strings("no_reading")).replace("_", " ")


def clock(seconds: float) -> str:
    """`0:02.1`: minutes, seconds, tenths."""
    tenths = round(seconds * 10)
    return f"{tenths // 600}:{tenths // 10 % 60:02d}.{tenths % 10}"


def number(value: float) -> str:
    """Three significant digits, no exponent for what a person reads in a report."""
    if value == 0 or not math.isfinite(value):
        return "0" if value == 0 else "–"
    digits = max(0, 2 - math.floor(math.log10(abs(value))))
    return f"{value:.{min(digits, 4)}f}".replace("-", "−")


def quantity(strings: Strings, value: float | None, unit: str, digits: int | None = None) -> str:
    """A value with its unit, as people write them; "–" for None.

    `digits` after the point, as the catalogue has them; None: three that count.
    """
    if value is None:
        return "–"
    if unit == "ratio":
        return f"{value * 100:.0f} %"
    shown = number(value) if digits is None else f"{value:.{digits}f}".replace("-", "−")
    name = name_of(strings, "unit", unit) if unit in UNIT else unit
    return f"{shown}{name}" if name == "°" else f"{shown} {name}".strip()


def quantity_name(strings: Strings, name: str) -> str:
    """What a cue or track of the catalogue measures, in a word or two."""
    known = strings.pick((ENGLISH.get(name, ""), CHINESE.get(name, "")))
    slug = name.partition(".")[2].replace("_", " ") or name
    return known or slug[:1].upper() + slug[1:]


def value_name(strings: Strings, spec: CueSpec | None, value: str) -> str:
    """A category's value in words; in Chinese the catalogue's clause for it, where it has one."""
    for level in () if spec is None else spec.levels:
        if level.slug == value and strings.language is Language.CHINESE and "{" not in level.zh:
            return level.zh
    return value.replace("_", " ")
