"""In what form does a language's table say which words make which claim?

A table has *things* and what may be said of them, and *phrases* that say all by themselves:

    Thing("eyebrow* | brows", {"raised | arch* | shoot* up": "brows_raised.shown"})
    Phrase("smil* | grin*", "smile.shown")

In the patterns ` | ` parts alternatives, `*` is the rest of a word and `~` a few other words. A claim
is written `family.direction`; a leading `!` denies it ("a steady voice" denies the tremor). Words that look
like a claim and are none have an empty claim ("her eyes [light up]"), and a thing without properties takes
what is said of it out of consideration ("his hair is dark").
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from functools import cached_property

from saber.core.taxonomy import Dimension
from saber.grounding.records import When

__all__ = [
    "EVERYWHERE",
    "HEARD",
    "LOOKED_AT",
    "SEEN",
    "SHOWN",
    "Phrase",
    "Properties",
    "Property",
    "Thing",
    "Vocabulary",
    "Writing",
]

EVERYWHERE = frozenset(
    {Dimension.SCENE, Dimension.FACE, Dimension.BODY, Dimension.ACOUSTIC, Dimension.REASONING}
)
"""The dimensions that describe; the speech dimension is a transcript."""
SHOWN = frozenset({Dimension.SCENE})
SEEN = frozenset({Dimension.FACE, Dimension.BODY, Dimension.REASONING})
LOOKED_AT = SEEN | SHOWN
HEARD = frozenset({Dimension.FACE, Dimension.BODY, Dimension.ACOUSTIC, Dimension.REASONING})
"""Where words are about a voice: a tone that is spoken of in the scene is one of colour."""


@dataclass(frozen=True)
class Property:
    """What a text says, as `family`, `direction` and whether the words themselves deny it."""

    family: str
    direction: str
    denied: bool

    @classmethod
    def read(cls, written: str) -> Property | None:
        """None for an empty one: no claim."""
        if not written:
            return None
        family, direction = written.removeprefix("!").split(".")
        return cls(family, direction, written.startswith("!"))


Properties = tuple[tuple[re.Pattern[str], Property | None], ...]


@dataclass(frozen=True)
class Thing:
    """Something that is spoken of, and what the properties said of it mean."""

    names: str
    properties: Mapping[str, str] = field(default_factory=dict)
    only: Collection[Dimension] = EVERYWHERE
    default: bool = False
    """Spoken of where a sentence of its dimensions names nothing ("Low and trembling.")."""


@dataclass(frozen=True)
class Phrase:
    """Words that are a claim by themselves."""

    pattern: str
    claim: str
    only: Collection[Dimension] = EVERYWHERE
    late: bool = False
    """Only where no thing takes the words: "motionless" is the body, "her head is motionless" the head."""


@dataclass(frozen=True)
class Writing:
    """How the language is written: what the engine needs to know of its grammar. Regular expressions."""

    spaced: bool
    """Do spaces part the words? Then patterns match whole words only."""
    some_words: str
    """What `~` in a pattern stands for, the space before and after it included."""
    between: str
    """What may stand between a property and the thing after it ("raised [her] eyebrows")."""
    listing: str
    """What may stand between two properties of one thing ("low[, ]soft[ and ]trembling voice")."""
    another: str
    """Begins another thing: what follows is not said of the one before ("shoulders [and the] even pace")."""
    unit: str
    """What distances are counted in: a word, a character."""
    reach: int
    """How many units a property may be away from its thing, or from the property before it."""
    sentence_end: str
    clause_end: str
    """Where the scope of a negation ends."""
    negators: str
    not_negators: str
    """Look like negators, and are none ("not only")."""
    negation_reach: int
    negated_after: str
    """Denies what stands right before it ("a smile [is absent]")."""
    hedges: str
    hypotheticals: str
    """What follows is not claimed ("as if about to cry")."""
    conditions: str
    """What follows in the sentence is not claimed ("if she were relieved, she would smile and speak up")."""
    supposed_after: str
    """Stands after what is only supposed ("a firm voice [would have]")."""
    strong: str
    slight: str
    ended_before: str
    """What follows was so and is so no more ("no longer smiling")."""
    ended_after: str
    """What stands right before it was so and is so no more ("the smile fades")."""
    sequence: str
    """Tells of one thing after another: then nothing in the sentence need hold throughout."""
    at_times: str
    """As `sequence`, of the clause in which it stands."""
    resets: str
    """From here on a time that was named before does not hold any more ("at first ..., then ...")."""
    quotes: str
    """A stretch in quotation marks; group 1 is what is quoted."""
    times: tuple[tuple[str, When], ...]
    """Words for a part of the clip."""
    timed: tuple[tuple[str, str], ...]
    """Expressions in seconds with groups; `from_to`, `at`, `after` or `before`."""


@dataclass(frozen=True)
class Vocabulary:
    """One language's table, compiled."""

    writing: Writing
    things: tuple[Thing, ...]
    phrases: tuple[Phrase, ...]

    def compiled(self, pattern: str) -> re.Pattern[str]:
        return re.compile(self._regex(pattern), re.IGNORECASE)

    def _regex(self, pattern: str) -> str:
        # Longest first: where two begin at the same place, the more exact one is meant.
        alternatives = sorted((a.strip() for a in pattern.split(" | ")), key=len, reverse=True)
        if not all(alternatives):
            raise ValueError(f"an empty alternative would match anywhere: {pattern!r}")
        body = "|".join(self._alternative(a) for a in alternatives)
        return rf"(?<!\w)(?:{body})(?!\w)" if self.writing.spaced else f"(?:{body})"

    def _alternative(self, words: str) -> str:
        pieces = [
            re.escape(piece).replace(r"\*", r"\w*").replace(r"\-", r"[-\s]").replace(r"\ ", r"\s+")
            for piece in re.split(r"\s*~\s*", words)
        ]
        return self.writing.some_words.join(pieces)

    @cached_property
    def named(self) -> tuple[tuple[Thing, re.Pattern[str], Properties], ...]:
        return tuple(
            (
                thing,
                self.compiled(thing.names),
                tuple((self.compiled(p), Property.read(c)) for p, c in thing.properties.items()),
            )
            for thing in self.things
        )

    @cached_property
    def said(self) -> tuple[tuple[Phrase, re.Pattern[str], Property | None], ...]:
        return tuple((p, self.compiled(p.pattern), Property.read(p.claim)) for p in self.phrases)

    @cached_property
    def marks(self) -> Mapping[str, re.Pattern[str]]:
        """The language's regular expressions, by their names in `Writing`."""
        names = (
            "between listing another unit sentence_end clause_end negators not_negators negated_after "
            "hedges hypotheticals conditions supposed_after strong slight ended_before ended_after sequence "
            "at_times resets quotes"
        )
        return {n: re.compile(getattr(self.writing, n), re.IGNORECASE) for n in names.split()}

    @cached_property
    def clocks(self) -> tuple[tuple[re.Pattern[str], When | str], ...]:
        """Expressions of time in seconds, then the words for a part of the clip."""
        rows: tuple[tuple[str, When | str], ...] = (*self.writing.timed, *self.writing.times)
        return tuple((re.compile(pattern, re.IGNORECASE), meaning) for pattern, meaning in rows)
