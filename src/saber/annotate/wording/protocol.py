"""What must a language be able to say?

The analyst decides what is said; a language decides how. A new language is one file with a class that
has these methods, and one row in `WORDINGS`.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

from saber.core.catalogue import Level
from saber.core.records import Conflict
from saber.core.taxonomy import Emotion, Language, Modality

__all__ = ["Doubt", "Follows", "Ground", "Opinion", "Sureness", "Time", "Wording"]

Follows = Literal["first", "later", "meanwhile"]
"""How an event follows the one told before it."""

Sureness = Literal["fair", "some", "little"]

Doubt = Literal["conflict", "narrow", "spread", "weak", "missing"]
"""Why an outcome is not sure: modalities contradict each other; the lead over the second emotion is
small; no emotion has half of the probability; the readings are poor; modalities could not be perceived."""


@dataclass(frozen=True)
class Time:
    """When something was so.

    kind: `whole` the whole clip, `span` a stretch, `moment` too short for a stretch, `times` several
    occasions (then `moments_s` has one time for each), `peak` now and then within a stretch and most of all
    at `apex_s`. `apex_s` is when it was strongest, None where that is not known or says nothing.
    """

    kind: Literal["whole", "span", "moment", "times", "peak"]
    start_s: float
    end_s: float
    apex_s: float | None = None
    moments_s: tuple[float, ...] = ()


@dataclass(frozen=True)
class Ground:
    """What a reading rests on: clauses of facts told before that hold at the same time."""

    clauses: tuple[str, ...]
    time: Time


@dataclass(frozen=True)
class Opinion:
    """What one modality alone suggests.

    top: the likeliest emotions with their shares, the likeliest first; one, or two when they are too
    close to choose between; none when no emotion stands out.
    because: the grounds, the weightiest first.
    quote: the words themselves, for the modality that is made of words.
    valence, arousal: of the reading, -1..1; told where no emotion stands out.
    like: a modality told before that suggests the same emotion.
    contrasts: how many told before suggest another one, where none suggests the same.
    """

    modality: Modality
    top: tuple[tuple[Emotion, float], ...]
    confidence: float
    valence: float
    arousal: float
    because: tuple[Ground, ...] = ()
    quote: str = ""
    like: Modality | None = None
    contrasts: int = 0


class Wording(Protocol):
    """One language. A piece is a claim without its final stop; `sentence` makes a sentence of pieces."""

    language: Language
    space: str
    """What stands between two sentences."""

    def emotion(self, emotion: Emotion) -> str:
        """The name of an emotion, as a noun."""
        ...

    def modality(self, modality: Modality) -> str:
        """What a modality is called in a sentence."""
        ...

    def pole(self, about: str, name: str) -> str:
        """What one side of a conflict says: an emotion, or a pole of valence or arousal."""
        ...

    def why(self, reason: str | None) -> str | None:
        """A reason slug in plain words; None for one that has none."""
        ...

    def clause(self, level: Level, value: float | str, unit: str, digits: int, *, most: bool) -> str:
        """The catalogue's clause with its value and unit filled in; `most`: it is the greatest of several."""
        ...

    def state(self, clauses: Sequence[str], time: Time, *, hedged: bool, again: bool) -> list[str]:
        """Things that hold over the same time: one piece for each clause; `again`: it is the time that
        the sentence before has named."""
        ...

    def event(self, clause: str, time: Time, *, hedged: bool, turn: int, follows: Follows) -> str:
        """Something that happens, as a piece; `turn` counts the events told and varies the phrase."""
        ...

    def sentence(self, pieces: Sequence[str]) -> str:
        """The pieces as one sentence, with its final stop."""
        ...

    def absence(self, sense: str, reason: str | None) -> str:
        """Nothing of a sense could be perceived, and why, in plain words: a whole sentence."""
        ...

    def part_absence(self, reasons: Collection[str]) -> tuple[str, str] | None:
        """A part of a sense could not be perceived: the reason that says most and a sentence; None when
        all of them are no news to a reader."""
        ...

    def nothing_stands_out(self, sense: str) -> str:
        """The sense perceived, but nothing of it was measured well enough to be told."""
        ...

    def no_words(self) -> str:
        """A voice is heard but no words were recognised."""
        ...

    def opinion(self, opinion: Opinion) -> str:
        """What a modality suggests, how sure that is and what it rests on."""
        ...

    def no_opinion(self, modalities: Sequence[Modality]) -> str:
        """They were perceived, but no emotion can be read from them."""
        ...

    def left_out(self, absent: Sequence[tuple[Modality, str | None]]) -> str:
        """They were not perceived, and why. Must not name an emotion."""
        ...

    def agreement(self, modalities: Sequence[Modality], score: float) -> str:
        """They point the same way."""
        ...

    def conflict(self, conflicts: Sequence[Conflict], turn: int) -> str:
        """Which two disagree, about what, and when: all conflicts of the same pair and stretch. `turn`
        counts the pairs told."""
        ...

    def conflict_note(self, score: float) -> str:
        """What a conflict may come from, without choosing."""
        ...

    def other_speaker(self, clause: str) -> str:
        """The voice may not be that of the person in view; `clause` says what was seen of it."""
        ...

    def undecided(self, modalities: Sequence[Modality], score: float | None) -> str:
        """Neither agreement nor conflict can be stated of the modalities that were read."""
        ...

    def weights(self, weights: Mapping[Modality, float]) -> str:
        """What counted for how much, and on what ground."""
        ...

    def outcome(self, label: Emotion, share: float, second: tuple[Emotion, float] | None) -> str:
        """The emotion that all modalities together suggest."""
        ...

    def cannot_tell(self, likeliest: Sequence[tuple[Emotion, float]]) -> str:
        """There is not enough evidence to name an emotion; `likeliest` are those that come nearest."""
        ...

    def affect(self, valence: float, arousal: float) -> str:
        """Valence and arousal, each -1..1, in words."""
        ...

    def sureness(self, sureness: Sureness, doubts: Sequence[Doubt]) -> str:
        """How sure the outcome is, and why it is not surer."""
        ...
