"""Does an annotation contradict itself?

Two claims contradict each other when one denies what the other says, or both can't hold at the same time
(`exclusions`). No contradiction is made of hedged claims, of what is told of different times, of what is said
to have ended, or of a change that one of the two texts itself tells of ("first smiles, then frowns").
That face and voice disagree is no contradiction: the texts only have to agree on each.
"""

from __future__ import annotations

import re
from itertools import combinations
from typing import Literal

from saber.core.records import Annotation, Record
from saber.core.taxonomy import DIMENSIONS, Dimension, Language
from saber.grounding.chinese import CHINESE
from saber.grounding.chinese.manner import PHRASES as CHINESE_MANNERS
from saber.grounding.english import ENGLISH
from saber.grounding.english.manner import PHRASES as ENGLISH_MANNERS
from saber.grounding.exclusions import excludes, is_state, needs_hands
from saber.grounding.families import QUOTE
from saber.grounding.find import find_claims
from saber.grounding.records import Claim
from saber.grounding.times import SOME_TIME
from saber.grounding.vocabulary import Vocabulary

__all__ = ["Clash", "inner_consistency"]

_MANNERS = {
    Language.ENGLISH: Vocabulary(ENGLISH.writing, (), ENGLISH_MANNERS),
    Language.CHINESE: Vocabulary(CHINESE.writing, (), CHINESE_MANNERS),
}
_SENTENCE_END = re.compile(r"[.!?。！？\n]")
_COARSE = ("hand_at_face.shown",)
"""One who strokes the chin may well not hide the face: a denial of the one is none of the other."""
_LENGTH_S = 10.0
"""Of a clip of unknown length, where seconds meet parts ("at 2 s", "at the end")."""

Why = Literal["denied", "exclusive"]


class Clash(Record):
    """Two claims of one annotation that can't both be true; each says in which text it stands and where."""

    a: Claim
    b: Claim
    why: Why
    """`denied`: the texts say and deny the same. `exclusive`: two things that don't go together."""


def inner_consistency(annotation: Annotation) -> tuple[Clash, ...]:
    """Where the texts of an annotation contradict each other, or one itself; () when they nowhere do.

    Each contradiction between two texts is given once, by the first claims that make it. What the
    vocabulary does not know it can't find: () is no proof of consistency.
    """
    told: dict[Dimension, list[Claim]] = {
        d: _claims(annotation.text_of(d), d) for d in DIMENSIONS if d is not Dimension.SPEECH
    }
    found: dict[tuple[Dimension, Dimension, frozenset[str]], Clash] = {}
    claims = [claim for text in told.values() for claim in text if not claim.hedged and not claim.ended]
    for a, b in combinations(claims, 2):
        why = _why(a, b)
        if why is None or not _same_time(a, b):
            continue
        if a.dimension is b.dimension:
            told_of_change = not _of_the_whole(a, b, annotation.text_of(a.dimension))
        else:
            told_of_change = _tells_of_both(a, b, told, annotation)
        if told_of_change:
            continue
        found.setdefault(
            (a.dimension, b.dimension, frozenset((_kind(a), _kind(b)))), Clash(a=a, b=b, why=why)
        )
    return tuple(found.values())


def _claims(text: str, dimension: Dimension) -> list[Claim]:
    ordinary = (claim for claim in find_claims(text, dimension) if claim.family != QUOTE)
    manners = find_claims(text, dimension, vocabularies=_MANNERS)
    return [*ordinary, *(claim for claim in manners if claim.family != QUOTE)]


def _kind(claim: Claim) -> str:
    return f"{claim.family}.{claim.direction}"


def _why(a: Claim, b: Claim) -> Why | None:
    if a.negated and b.negated:
        return None
    if a.negated != b.negated:
        denied, said = (a, b) if a.negated else (b, a)
        if denied.degree != "plain" or _kind(said) in _COARSE:  # "not very loud" may be loud
            return None
        unseen = _kind(denied) == "hands.seen" and needs_hands(_kind(said))
        return "denied" if unseen or _kind(denied) == _kind(said) else None
    return "exclusive" if excludes(_kind(a), _kind(b)) else None


def _same_time(a: Claim, b: Claim) -> bool:
    """Are both told of the same time? A denial without a time is told of every time; everything else
    without a time of the whole, which a part may differ from."""
    for denied, said in ((a, b), (b, a)):
        if denied.negated and denied.when is None:
            return said.when is None or not said.negated
    if a.when is None or b.when is None:
        return a.when is b.when
    if SOME_TIME in (a.when, b.when):
        return False
    (a0, a1), (b0, b1) = a.when.span_s(_LENGTH_S), b.when.span_s(_LENGTH_S)
    return min(a1, b1) - max(a0, b0) > min(a1 - a0, b1 - b0) / 2


def _tells_of_both(a: Claim, b: Claim, told: dict[Dimension, list[Claim]], texts: Annotation) -> bool:
    """Does a text know of the other side too, so that it tells of a change and not of a contradiction?"""
    lasting = _lasting(a, b)
    for mine, other in ((a, b), (b, a)):
        text = texts.text_of(mine.dimension)
        for c in told[mine.dimension]:
            same = _kind(c) == _kind(other) and (c.negated == other.negated or c.hedged or c.ended)
            if c is mine or not same:
                continue
            if not lasting or c.hedged or c.ended or c.when is not None or not _apart(mine, c, text):
                return True
    return False


def _lasting(a: Claim, b: Claim) -> bool:
    return is_state(_kind(a), _kind(b)) or _kind(a) == _kind(b)


def _apart(a: Claim, b: Claim, text: str) -> bool:
    """Does a sentence end between them?"""
    first, last = sorted((a, b), key=lambda c: c.start)
    return _SENTENCE_END.search(text, first.end, max(first.end, last.start)) is not None


def _of_the_whole(a: Claim, b: Claim, text: str) -> bool:
    """May two claims of one text contradict each other? Only where both are of the whole, sentences apart:
    within a sentence and for what comes and goes, the text tells of a change."""
    return _lasting(a, b) and a.when is None and b.when is None and _apart(a, b, text)
