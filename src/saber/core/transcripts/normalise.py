"""Into which comparable tokens does a transcript fall?

English: lower-case words. Chinese: single characters. In both, punctuation and width variants are
gone, numbers are read aloud, and letters joined to digits are apart ("E5" -> e five).
"""

from __future__ import annotations

import re
import unicodedata

from saber.core.transcripts.numbers import SMALL_NUMBERS, Style, read_chinese, read_english
from saber.core.transcripts.tags import strip_tags

__all__ = ["tokens"]

_HAN = "\u3400-\u4dbf\u4e00-\u9fff"
_SYMBOLS = {"en": {"%": " percent ", "&": " and ", "+": " plus "}, "zh": {"&": "和", "+": "加"}}
_GROUPED = re.compile(r"(?<=\d),(?=\d{3}(?!\d))")
_DECIMAL = re.compile(r"(\d+)\.(\d+)")
_ORDINAL = re.compile(r"(\d+)(?:st|nd|rd|th)\b")
_MONEY = re.compile(r"\$\s*(\d+(?:\.\d+)?)")
_PERCENT = re.compile(r"(\d+(?:\.\d+)?)\s*%")
_PIECES = re.compile(rf"\d+|[{_HAN}]|[^\W\d_{_HAN}]+(?:'[^\W\d_{_HAN}]+)*")


def tokens(text: str, language: str, style: Style = "cardinal") -> list[str]:
    """The tokens that an error rate counts.

    Args:
        text: a transcript; event tags are taken out.
        language: `zh` reads numbers in Chinese, anything else in English. Script variants are not
            converted: give Simplified on both sides.
        style: how numbers in digits are read.
    """
    text = unicodedata.normalize("NFKC", strip_tags(text)).casefold().replace("’", "'").replace("‘", "'")
    text = _GROUPED.sub("", text)
    chinese = language == "zh"
    if chinese:
        text = _PERCENT.sub(r"百分之\1", text)
        text = _DECIMAL.sub(lambda m: f"{m[1]}点{read_chinese(m[2], 'digits')}", text)
    else:
        text = _MONEY.sub(r"\1 dollars", text)
        text = _ORDINAL.sub(lambda m: " ".join(read_english(m[1], ordinal=True)), text)
        text = _DECIMAL.sub(lambda m: f"{m[1]} point {' '.join(read_english(m[2], 'digits'))}", text)
    for symbol, word in _SYMBOLS["zh" if chinese else "en"].items():
        text = text.replace(symbol, word)
    found: list[str] = []
    for piece in _PIECES.findall(text):
        if not piece.isdecimal():
            found.append(piece)
        elif chinese:
            found.extend(read_chinese(_ascii(piece), style))
        else:
            found.extend(read_english(_ascii(piece), style))
    return found if chinese else _without_linking_and(found)


def _without_linking_and(words: list[str]) -> list[str]:
    """One hundred (and) five: said or not, it is the same number."""
    return [
        word
        for i, word in enumerate(words)
        if not (
            word == "and"
            and 0 < i < len(words) - 1
            and words[i - 1] in ("hundred", "thousand")
            and words[i + 1] in SMALL_NUMBERS
        )
    ]


def _ascii(digits: str) -> str:
    return "".join(str(unicodedata.digit(d)) for d in digits)
