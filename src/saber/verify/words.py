"""How far are two transcripts apart, whoever wrote them down and in whatever way?"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from saber.core.transcripts import (
    Difference,
    ErrorCount,
    compare,
    differences,
    event_named,
    simplified,
    strip_tags,
    tokens,
)

__all__ = ["Apart", "apart", "plain"]

Unit = Literal["WER", "CER", "MER"]

_HAN = re.compile(r"[\u3400-\u4dbf\u4e00-\u9fff]")
_LATIN_WORD = re.compile(r"[a-zà-ɏ]+", re.IGNORECASE)
_BRACKETED = re.compile(r"[\[(（【*]([^\])）】*]{1,40})[\])）】*]")
_MIXED = 0.1
"""Own choice: a smaller share of words in the other script is loan words, not a second language."""

# In order: the irregular ones first. "'s" stays as it is: is, has and the possessive can't be told apart.
_CONTRACTIONS = tuple(
    (re.compile(rf"\b{short}\b", re.IGNORECASE), long)
    for short, long in (
        ("won't", "will not"), ("can't", "can not"), ("cannot", "can not"), ("shan't", "shall not"),
        ("ain't", "is not"), ("let's", "let us"), ("y'all", "you all"), ("gonna", "going to"),
        ("wanna", "want to"), ("gotta", "got to"), ("'cause", "because"), ("'em", "them"),
    )
) + tuple(
    (re.compile(rf"(?<=\w){short}\b", re.IGNORECASE), long)
    for short, long in (
        ("n't", " not"), ("'re", " are"), ("'m", " am"), ("'ll", " will"), ("'ve", " have"), ("'d", " would"),
    )
)  # fmt: skip
_IS = re.compile(r"\b(it|that|what|there|here|he|she|who|where|how)'s\b", re.IGNORECASE)
_HESITATION = re.compile(r"\b(?:u+h+|u+m+|e+rm?|h+m+|m+hm+|mm+)\b", re.IGNORECASE)
"""Written down by some and left out by others: no error either way."""


@dataclass(frozen=True)
class Apart:
    """The distance of a hypothesis from its reference.

    `unit`: WER words, CER Chinese characters, MER (mixed error rate) both, each script in its own unit.
    """

    count: ErrorCount
    unit: Unit
    where: tuple[Difference, ...]
    hypothesis_length: int
    """Words or characters."""

    @property
    def rate(self) -> float | None:
        """Errors per token of the reference, 0 or more; None without one, also when both are empty."""
        return self.count.rate


def apart(reference: str, hypothesis: str) -> Apart:
    """The distance after everything is evened out that is not what was said: event tags, case, punctuation,
    contractions, hesitations, how numbers are written, Traditional and Simplified characters.
    """
    reference, hypothesis = plain(reference), plain(hypothesis)
    unit = _unit(reference) or _unit(hypothesis) or "WER"
    # Digits are read in the language around them; where that may be either, in whichever fits.
    mixed = unit == "MER" or len({_unit(reference), _unit(hypothesis)} - {None}) > 1
    languages = ("zh", "en") if mixed else ("zh",) if unit == "CER" else ("en",)
    counts = {language: compare(reference, hypothesis, language) for language in languages}
    best = min(languages, key=lambda language: counts[language].errors)
    return Apart(counts[best], unit, differences(reference, hypothesis, best), len(tokens(hypothesis, best)))


def plain(text: str) -> str:
    """The spoken words of a transcript: no events, full forms, Simplified characters."""
    text = strip_tags(text).replace("’", "'").replace("‘", "'")
    text = _BRACKETED.sub(lambda match: " " if event_named(match[1]) else match[0], text)
    if _HAN.search(text):
        text = simplified(text)
    text = _IS.sub(r"\1 is", text)
    for short, long in _CONTRACTIONS:
        text = short.sub(long, text)
    return _HESITATION.sub(" ", text)


def _unit(text: str) -> Unit | None:
    """By the share of each script; None for a text of digits or without words."""
    han, latin = len(_HAN.findall(text)), len(_LATIN_WORD.findall(text))
    if not han and not latin:
        return None
    if han / (han + latin) < _MIXED:
        return "WER"
    return "CER" if latin / (han + latin) < _MIXED else "MER"
