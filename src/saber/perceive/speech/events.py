"""Where does somebody laugh?

Whisper was trained on subtitles and so writes descriptions of sounds, "(laughing)", when it is let.
One model alone calls any short cry a laugh, so the English and the multilingual one must agree and the
sound must last. On the voice lines of the game Hedgewars (14 files named as laughs, of which one holds
words; 5 coughs; 393 others) and 60 acted sentences, that rule found 10 laughs and nothing else; the whole
flow, which has to find the stretches too, found 9. The rule was made on these same recordings, so expect
less elsewhere. Coughs, sighs, crying and music were told apart too badly to report.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from saber.core.records import Span
from saber.core.transcripts.tags import event_named

__all__ = ["MIN_LAUGH_S", "Event", "confirm", "described", "laugh_runs", "split_descriptions"]

MIN_LAUGH_S = 0.6
"""Three notes of a laugh: one note of about 75 ms every 210 ms (Provine & Yong 1991). The short cries
that both models called laughter lasted at most 0.3 s."""
LAUGH_CONFIDENCE = 0.8
"""Own choice, below the precision on the recordings tried: those were acted, clean and few."""

_BRACKETED = re.compile(r"[(\[（【*][^)\]）】*]*[)\]）】*]|♪[^♪]*♪?")
_OPENING, _CLOSING = "([（【", ")]）】"
_HA = re.compile(
    r"(?:\W*\b(?:a?ha+h?|he+h?|hee|ho+|ha(?:ha)+h?|he(?:he)+h?)\b\W*)+|(?:\W*[哈嘿呵嘻])+\W*", re.IGNORECASE
)
_NOTE = re.compile(r"ha|he|ho|[哈嘿呵嘻]", re.IGNORECASE)


@dataclass(frozen=True)
class Event:
    """A sound event: `name` of the table of tags, its place in the clip, 0-1 confidence."""

    name: str
    span: Span
    confidence: float


def laugh_runs(texts: Sequence[str], min_notes: int = 2) -> list[tuple[int, int]]:
    """Runs of words that spell laughter, "ha ha ha", "哈哈哈", as (first, one past last)."""
    found: list[tuple[int, int]] = []
    for laughing, run in itertools.groupby(
        range(len(texts)), lambda i: bool(_HA.fullmatch(texts[i].strip()))
    ):
        places = list(run)
        notes = sum(len(_NOTE.findall(texts[i])) for i in places)
        if laughing and notes >= min_notes:
            found.append((places[0], places[-1] + 1))
    return found


def described(caption: str) -> str | None:
    """The event that a caption consists of, written in brackets or as "ha ha ha"; None for words."""
    caption = caption.strip()
    words = caption.split()
    if laugh_runs(words) == [(0, len(words))]:
        return "laughter"
    rest = _BRACKETED.sub(" ", caption)
    if rest.strip(" .,!?-♪*()[]"):
        return None
    return event_named(caption)


def confirm(
    candidates: Sequence[Span],
    captions: Callable[[Span], Iterable[str]],
) -> tuple[Event, ...]:
    """The candidates that every recogniser's caption calls laughter and that last long enough."""
    found: list[Event] = []
    for span in candidates:
        if span.duration_s >= MIN_LAUGH_S and all(described(c) == "laughter" for c in captions(span)):
            found.append(Event("laughter", span, LAUGH_CONFIDENCE))
    return tuple(found)


def split_descriptions(texts: Sequence[str]) -> list[tuple[int, int]]:
    """Which words are not words but descriptions of a sound: (first, one past last) of each.

    A description may be spread over several words, "(soft", "music)", or stand between notes or stars.
    """
    found: list[tuple[int, int]] = []
    start: int | None = None
    for i, raw in enumerate(texts):
        text = raw.strip()
        if start is None:
            if (
                text.startswith("♪")
                or (text.startswith("*") and len(text) > 1)
                or (text[:1] in _OPENING and text)
            ):
                start = i
            else:
                continue
        stripped = text.rstrip(".,!?;:，。！？")
        closes = stripped[-1:] in _CLOSING if stripped else False
        starred = stripped.endswith(("*", "♪")) and (i > start or len(stripped) > 1)
        if closes or starred:
            found.append((start, i + 1))
            start = None
    if start is not None:
        found.append((start, len(texts)))
    return found
