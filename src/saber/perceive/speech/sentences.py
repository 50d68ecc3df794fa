"""Where do the sentences of the speech begin and end, and which emotion has each?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from saber.core.records import Span, Word

__all__ = ["Sentence", "SpokenWord", "join_words", "split_sentences"]

_FINAL = (".", "!", "?", "。", "！", "？", "…")
MAX_PAUSE_S = 1.0
"""A longer pause ends a sentence also without a full stop. Own choice."""
MAX_WORDS = 40
"""A recogniser that writes no full stops must not make one sentence of a minute. Own choice."""


@dataclass(frozen=True)
class SpokenWord:
    """A word, its language, and whether a space stands before it."""

    word: Word
    language: str
    spaced: bool


@dataclass(frozen=True)
class Sentence:
    """Words in order, all of one language."""

    words: tuple[SpokenWord, ...]

    @property
    def text(self) -> str:
        return join_words(self.words)

    @property
    def language(self) -> str:
        return self.words[0].language

    @property
    def span(self) -> Span:
        return Span(start_s=self.words[0].word.start_s, end_s=self.words[-1].word.end_s)


def join_words(words: Sequence[SpokenWord]) -> str:
    """The words as text, with spaces where their language has them."""
    return "".join((" " if w.spaced else "") + w.word.text for w in words).strip()


def split_sentences(words: Sequence[SpokenWord]) -> tuple[Sentence, ...]:
    """Sentences end at a final mark, a long pause, a change of language, or when they grow too long."""
    found: list[Sentence] = []
    current: list[SpokenWord] = []
    for word in words:
        if current:
            before = current[-1]
            ended = (
                before.word.text.endswith(_FINAL)
                or word.word.start_s - before.word.end_s > MAX_PAUSE_S
                or word.language != before.language
                or len(current) >= MAX_WORDS
            )
            if ended:
                found.append(Sentence(tuple(current)))
                current = []
        current.append(word)
    if current:
        found.append(Sentence(tuple(current)))
    return tuple(found)
