"""Which claims does a description make?

Sentence by sentence: phrases that are claims by themselves are taken first, then what stands before a
thing ("a low, trembling voice"), then what is said after it ("her voice is low and trembles"). Each
claim then looks around itself for what denies, hedges, grades or dates it. Words are matched, not
understood: what no row of the vocabulary covers is no claim, and nothing is said of it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from saber.core.taxonomy import Dimension, Language
from saber.grounding.chinese import CHINESE
from saber.grounding.english import ENGLISH
from saber.grounding.families import QUOTE
from saber.grounding.records import Claim, Degree
from saber.grounding.times import SOME_TIME, when_of
from saber.grounding.vocabulary import Properties, Property, Thing, Vocabulary

__all__ = ["VOCABULARIES", "find_claims", "language_of"]

VOCABULARIES: dict[Language, Vocabulary] = {Language.ENGLISH: ENGLISH, Language.CHINESE: CHINESE}

_HAN = re.compile(r"[\u3400-\u4dbf\u4e00-\u9fff]")
_LETTERS = re.compile(r"[^\W\d_]")
_SHORTEST_QUOTE = 2
"""Words (Chinese: characters); a single quoted word may be quoted for any reason."""
_LONGEST_PROPERTY = 60
"""Characters of a property, and of what may stand between it and its thing."""
_LONGEST_SENTENCE = 800
"""Characters; own choice. Text that runs on without an end is no sentence, and reading it would take the
square of its length."""
_MASK = "\u25a1"
"""Stands in for what is quoted: no word, and as long."""


def language_of(text: str) -> Language:
    """Chinese when at least a third of the letters are Han characters, English otherwise."""
    han, letters = len(_HAN.findall(text)), len(_LETTERS.findall(text))
    return Language.CHINESE if letters and han / letters >= 1 / 3 else Language.ENGLISH


def find_claims(
    text: str,
    dimension: Dimension,
    language: Language | str | None = None,
    vocabularies: Mapping[Language, Vocabulary] = VOCABULARIES,
) -> tuple[Claim, ...]:
    """The claims of one dimension's text, in the order in which they stand there.

    Args:
        text: free text, English or Chinese (simplified), as people or models write it.
        dimension: which of the six it is. Of the speech dimension the whole text is one claim: that these
            words were said.
        language: None: told by the characters.
        vocabularies: the words that make a claim.

    In a description, what stands in quotation marks is a claim that it was said and makes no other.
    """
    if dimension is Dimension.SPEECH:
        return _transcript(text)
    vocabulary = vocabularies[Language(language) if language else language_of(text)]
    quotes, masked = _quotes(text, dimension, vocabulary)
    found = list(quotes)
    for start, end in _sentences(masked, vocabulary):
        found += _Sentence(text, masked, start, end, dimension, vocabulary).claims()
    return tuple(sorted(found, key=lambda c: (c.start, c.end)))


def _transcript(text: str) -> tuple[Claim, ...]:
    said = text.strip()
    if not said:
        return ()
    start = text.index(said)
    return (_quote(said, start, Dimension.SPEECH),)


def _quote(said: str, start: int, dimension: Dimension) -> Claim:
    return Claim(
        dimension=dimension, text=said, start=start, end=start + len(said), family=QUOTE, direction="said"
    )


def _quotes(text: str, dimension: Dimension, vocabulary: Vocabulary) -> tuple[list[Claim], str]:
    """Claims that something was said, and the text without what is quoted."""
    claims, masked = [], text
    for match in vocabulary.marks["quotes"].finditer(text):
        group = next(i for i, said in enumerate(match.groups(), 1) if said is not None)
        said, start = match[group], match.start(group)
        masked = masked[:start] + _MASK * len(said) + masked[start + len(said) :]
        if len(_HAN.findall(said)) + len(said.split()) > _SHORTEST_QUOTE:
            claims.append(_quote(said, start, dimension))
    return claims, masked


def _sentences(text: str, vocabulary: Vocabulary) -> Iterator[tuple[int, int]]:
    start = 0
    ends = [(m.start(), m.end()) for m in vocabulary.marks["sentence_end"].finditer(text)]
    for end, following in (*ends, (len(text), len(text))):
        for piece in range(start, end, _LONGEST_SENTENCE):
            yield piece, min(end, piece + _LONGEST_SENTENCE)
        start = following


@dataclass(frozen=True)
class _Said:
    """A property found at `start:end`; the thing it is said of at `thing`, None for a phrase."""

    start: int
    end: int
    property: Property | None
    thing: tuple[int, int] | None = None


@dataclass
class _Sentence:
    whole: str
    masked: str
    start: int
    end: int
    dimension: Dimension
    vocabulary: Vocabulary

    def __post_init__(self) -> None:
        self.text = self.masked[self.start : self.end]
        self.taken: list[tuple[int, int]] = []

    def claims(self) -> list[Claim]:
        said = self._phrases(late=False)
        things = self._things()
        for place, thing in things:
            said += self._before(place, thing)
        for number, (place, thing) in enumerate(things):
            if self._free(*place):
                following = (p for p, _ in things[number + 1 :] if self._free(*p))
                said += self._after(place, thing, next(following, (len(self.text),))[0])
        said += self._unnamed(things) + self._phrases(late=True)
        once = {(s.thing or (s.start, s.end), s.property): s for s in reversed(said)}
        return [claim for s in once.values() if (claim := self._claim(s)) is not None]

    def _free(self, start: int, end: int) -> bool:
        return all(end <= a or b <= start for a, b in self.taken)

    def _phrases(self, *, late: bool) -> list[_Said]:
        """What is a claim by itself; the longest first, each stretch of text once."""
        found = sorted(
            (
                _Said(m.start(), m.end(), meaning)
                for phrase, pattern, meaning in self.vocabulary.said
                if self.dimension in phrase.only and phrase.late == late
                for m in pattern.finditer(self.text)
            ),
            key=lambda s: (s.start - s.end, s.start),
        )
        kept = []
        for said in found:
            if self._free(said.start, said.end):
                self.taken.append((said.start, said.end))
                kept.append(said)
        return kept

    def _things(self) -> list[tuple[tuple[int, int], Thing]]:
        found = sorted(
            (
                ((m.start(), m.end()), thing)
                for thing, names, _ in self.vocabulary.named
                if self.dimension in thing.only
                for m in names.finditer(self.text)
            ),
            key=lambda f: (f[0][0], -f[0][1]),
        )
        kept: list[tuple[tuple[int, int], Thing]] = []
        for place, thing in found:
            if self._free(*place) and (not kept or kept[-1][0][1] <= place[0]):
                kept.append((place, thing))
        return kept

    def _properties(self, thing: Thing) -> Properties:
        return next(properties for t, _, properties in self.vocabulary.named if t is thing)

    def _before(self, place: tuple[int, int], thing: Thing) -> list[_Said]:
        """Properties in a row that ends right before the thing."""
        found: list[_Said] = []
        marks, at, gap = self.vocabulary.marks, place[0], "between"
        while True:
            said = next(
                (
                    _Said(m.start(), m.end(), meaning, place)
                    for pattern, meaning in self._properties(thing)
                    for m in pattern.finditer(self.text, max(0, at - _LONGEST_PROPERTY), at)
                    if self._free(m.start(), m.end()) and marks[gap].fullmatch(self.text[m.end() : at])
                ),
                None,
            )
            if said is None:
                return found
            found.append(said)
            self.taken.append((said.start, said.end))
            at, gap = said.start, "listing"

    def _after(self, place: tuple[int, int], thing: Thing, limit: int) -> list[_Said]:
        """Properties that follow the thing, none of them far from the one before."""
        candidates = sorted(
            (
                _Said(m.start(), m.end(), meaning, place)
                for pattern, meaning in self._properties(thing)
                for m in pattern.finditer(self.text, place[1], limit + _LONGEST_PROPERTY)
                if m.start() < limit
            ),
            key=lambda s: (s.start, -s.end),
        )
        found, at = [], place[1]
        for said in candidates:
            if said.start < at or not self._free(said.start, said.end):
                continue
            if self._distance(at, said.start) > self.vocabulary.writing.reach:
                break
            if self.vocabulary.marks["another"].search(self.text, at, said.start):
                break
            found.append(said)
            self.taken.append((said.start, said.end))
            at = said.end
        return found

    def _unnamed(self, things: list[tuple[tuple[int, int], Thing]]) -> list[_Said]:
        """What a sentence says before it names anything, of what its dimension is about."""
        if self.dimension is not Dimension.ACOUSTIC:
            return []
        limit = min((place[0] for place, _ in things), default=len(self.text))
        default = [t for t in self.vocabulary.things if t.default]
        return [
            _Said(s.start, s.end, s.property) for thing in default for s in self._after((0, 0), thing, limit)
        ]

    def _distance(self, start: int, end: int) -> int:
        return len(self.vocabulary.marks["unit"].findall(self.text[start:end]))

    def _claim(self, said: _Said) -> Claim | None:
        """The claim with what stands around it; None when it is none, or only supposed."""
        if said.property is None:
            return None
        marks = self.vocabulary.marks
        scope = self._scope(said.start)
        if marks["hypotheticals"].search(scope) or marks["conditions"].search(self.text, 0, said.start):
            return None
        spans = [(said.start, said.end), *([said.thing] if said.thing else [])]
        start, end = self.start + min(a for a, _ in spans), self.start + max(b for _, b in spans)
        if marks["supposed_after"].match(self.text, end - self.start):
            return None
        before = self.text[: said.start]
        when = when_of(self.text, said.start, said.end, self.vocabulary)
        ended = marks["ended_before"].search(scope) is not None
        # "the smile fades"; where a thing is said to fade, that is what is said of it
        fades = marks["ended_after"].match(self.text, end - self.start) if said.thing is None else None
        if fades is not None:
            ended, end = True, self.start + fades.end()
        degree: Degree = "plain"
        if marks["strong"].search(before):
            degree = "strong"
        elif marks["slight"].search(before):
            degree = "slight"
        denied = self._denied(said.start, end - self.start)
        if said.property.denied and not denied:
            degree = "plain"  # "very steady": very so, not very much denied
        return Claim(
            dimension=self.dimension,
            text=self.whole[start:end],
            start=start,
            end=end,
            family=said.property.family,
            direction=said.property.direction,
            negated=ended or said.property.denied != denied,
            ended=ended,
            hedged=marks["hedges"].search(scope) is not None,
            degree=degree,
            when=when or (SOME_TIME if ended else None),
        )

    def _scope(self, at: int) -> str:
        """The clause up to `at`: what may deny or hedge what stands there."""
        return self.text[self._clause(at) : at]

    def _clause(self, at: int) -> int:
        ends = self.vocabulary.marks["clause_end"].finditer(self.text)
        return max((m.end() for m in ends if m.end() <= at), default=0)

    def _denied(self, start: int, end: int) -> bool:
        """Is what stands at `start:end` denied in its clause? A negator that is part of another claim
        ("without expression, in a low voice") denies nothing else."""
        marks = self.vocabulary.marks
        text = self.text
        for a, b in self.taken:
            text = text[:a] + _MASK * (b - a) + text[b:] if b <= start else text
        scope = marks["not_negators"].sub(lambda m: _MASK * len(m[0]), text[self._clause(start) : start])
        before = any(
            len(marks["unit"].findall(scope[m.end() :])) <= self.vocabulary.writing.negation_reach
            for m in marks["negators"].finditer(scope)
        )
        return before or marks["negated_after"].match(self.text, end) is not None
