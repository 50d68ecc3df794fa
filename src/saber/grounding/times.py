"""Of which part of the clip does a text speak?"""

from __future__ import annotations

import re

from saber.grounding.records import When
from saber.grounding.vocabulary import Vocabulary

__all__ = ["SOME_TIME", "when_of"]

SOME_TIME = When(start=0.0, end=None, unit="ratio")
"""At some time or other, in a tale of one thing after another: an average of the whole can't deny it."""

_LEAD = 3
"""Own choice: words (Chinese: characters) before a mention that still begins its clause."""

_MOMENT_S = 0.5
"""Own choice: how far from a named second something may be and still be at that second."""


def when_of(sentence: str, start: int, end: int, vocabulary: Vocabulary) -> When | None:
    """The nearest mention of a time before the claim at `start:end`, else after it in the same clause; None
    when the sentence names none."""
    marks = vocabulary.marks
    close = marks["clause_end"].search(sentence, end)
    until = close.start() if close else len(sentence)
    begin = max((m.end() for m in marks["clause_end"].finditer(sentence, 0, start)), default=0)
    told = marks["sequence"].search(sentence) or marks["at_times"].search(sentence, begin, until)
    mentions = [
        (match, meaning)
        for pattern, meaning in vocabulary.clocks
        for match in pattern.finditer(sentence, 0, until)
        if match.end() <= start or match.start() >= end
        if match.start() >= begin or _leads(sentence, match.start(), vocabulary)
    ]
    if not mentions:
        return SOME_TIME if told else None
    earlier = [mention for mention in mentions if mention[0].end() <= start]
    match, meaning = (
        max(earlier, key=lambda m: (m[0].end(), -m[0].start()))
        if earlier
        else min(mentions, key=lambda m: m[0].start())
    )
    if earlier and marks["resets"].search(sentence, match.end(), start):
        return SOME_TIME if told else None
    return meaning if isinstance(meaning, When) else _timed(match, meaning)


def _leads(sentence: str, at: int, vocabulary: Vocabulary) -> bool:
    """Does a mention of a time begin its clause, so that it holds for the clauses that follow?"""
    ends = vocabulary.marks["clause_end"].finditer(sentence, 0, at)
    begin = max((m.end() for m in ends), default=0)
    return len(vocabulary.marks["unit"].findall(sentence[begin:at])) <= _LEAD


def _timed(match: re.Match[str], kind: str) -> When | None:
    seconds = [float(group) for group in match.groups() if group is not None]
    if kind == "from_to":
        first, last = seconds
        return When(start=first, end=last, unit="s") if first <= last else None
    (at,) = seconds
    if kind == "after":
        return When(start=at, end=None, unit="s")
    if kind == "before":
        return When(start=0.0, end=at, unit="s")
    return When(start=max(0.0, at - _MOMENT_S), end=at + _MOMENT_S, unit="s")
