"""Which of a clip's cues are worth telling, and in which order?"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from saber.core.catalogue import CueSpec, Level, level_of
from saber.core.records import Cue, Cues
from saber.core.taxonomy import Dimension

__all__ = [
    "MOST_FACTS",
    "SPEAKER",
    "Fact",
    "check_known",
    "facts_of",
    "measured_cues",
    "told_as",
    "why_absent",
]

MOST_FACTS: dict[Dimension, int] = {
    Dimension.SCENE: 5,
    Dimension.FACE: 8,
    Dimension.BODY: 6,
    Dimension.ACOUSTIC: 8,
}
"""The most facts told per dimension; own choice: about as many sentences as a released record holds."""

FEWEST_FACTS = 2
"""With fewer notable facts than this, the most salient unremarkable ones ("the pitch is typical") fill up."""

SAME_MATTER: tuple[tuple[str, ...], ...] = (
    ("body.hand_at_face", "body.hand_at_face_ratio"),
    ("body.gesture", "body.gesture_rate"),
    ("body.motion_mean", "body.speed", "body.stillness_ratio"),
    ("face.smile", "face.au12"),
    ("face.brow_raise", "face.au01", "face.au02"),
    ("face.frown", "face.au04"),
    ("face.eyes_widened", "face.au05"),
    ("face.nose_wrinkle", "face.au09"),
    ("face.lip_raise", "face.au10"),
    ("face.corners_down", "face.au15"),
    ("face.chin_raise", "face.au17"),
    ("face.pucker", "face.au18"),
    ("face.lip_stretch", "face.au20"),
    ("face.lip_press", "face.au24"),
    ("face.mouth_open", "face.au26", "face.au25"),
    ("face.eyes_closed", "face.au43"),
    ("voice.articulation_rate", "voice.speech_rate"),
)
"""Cues that measure one matter in several ways, those that say most first: the first there is, is told."""

WORDLESS = (None, "no_speech", "no_words", "no_voice")
"""Why the speech sense may have nothing to say of a voice: there is nothing more to hear in it."""

SPEAKER = "face.speaker"
"""Who speaks; the one cue whose person need not be the one described."""

MICRO_EXPRESSION = "face.micro_expression"
"""Its value names the event of the face that it tells again: that event is then not told a second time."""


@dataclass(frozen=True)
class Fact:
    """One thing worth telling: a cue, or all the occasions on which the same thing happened."""

    spec: CueSpec
    level: Level
    occasions: tuple[Cue, ...]
    """In order of time; one, or several of the same name and level."""

    @property
    def cue(self) -> Cue:
        """The occasion that the claim rests on: of events the strongest, of states the longest."""
        return max(
            self.occasions, key=lambda c: (self.is_event and _size(c), c.end_s - c.start_s, c.confidence)
        )

    @property
    def start_s(self) -> float:
        return self.occasions[0].start_s

    @property
    def end_s(self) -> float:
        return max(c.end_s for c in self.occasions)

    @property
    def is_event(self) -> bool:
        """Does it happen at a time, or is it so over a stretch? A category with a peak happens."""
        return self.spec.kind == "event" or any(c.apex_s is not None for c in self.occasions)

    @property
    def weight(self) -> float:
        """What decides whether it is told: catalogue salience times confidence."""
        return self.spec.salience * self.cue.confidence


def measured_cues(cues: Cues) -> tuple[Cue, ...]:
    """Every measured cue of the senses that perceived something, of the main person only.

    The main person is the one of whom most was measured. How many people there are, and who of them
    speaks, is a cue of its own.
    """
    there = [c for sense in cues.senses if sense.present for c in sense.cues if c.status == "measured"]
    people = Counter(c.person for c in there if c.person is not None and c.name != SPEAKER)
    main = min(people, key=lambda who: (-people[who], who), default=None)
    return tuple(c for c in there if c.person in (None, main) or c.name == SPEAKER)


def why_absent(cues: Cues, sense: str) -> str | None:
    """The slug of why a sense perceived nothing; of words, where a voice was heard, that there were none."""
    reason = cues.of(sense).absent_reason
    return "no_words" if sense == "speech" and cues.voice.present and reason in WORDLESS else reason


def check_known(cues: Cues, catalogue: Mapping[str, CueSpec]) -> None:
    """Raises ValueError when a cue, measured or absent, is not in the catalogue."""
    unknown = sorted({c.name for sense in cues.senses for c in sense.cues} - set(catalogue))
    if unknown:
        raise ValueError(f"not in the catalogue of cues: {', '.join(unknown)}")


def facts_of(
    cues: Iterable[Cue],
    dimensions: Collection[Dimension],
    catalogue: Mapping[str, CueSpec],
    *,
    most: int,
    asked_for: Collection[str] = (),
) -> tuple[Fact, ...]:
    """What to tell of those dimensions: states first, then events in order of time.

    A cue is left out when its confidence is below the catalogue's minimum or when no level covers its
    value. Notable levels come first, and so do the cues named in `asked_for` (those that an emotion
    reading rests on: the reasoning may name only what was told before). The order of `cues` is of no
    consequence.
    """
    facts = _merged(_not_retold(tuple(cues), catalogue), dimensions, catalogue)
    there = {f.spec.name for f in facts}
    wanted = {told_as(name, there) for name in asked_for}
    ranked = sorted(
        (f for f in facts if told_as(f.spec.name, there) == f.spec.name), key=lambda f: _rank(f, wanted)
    )
    first = [f for f in ranked if f.level.notable or f.spec.name in wanted]
    rest = [f for f in ranked if f not in first]
    chosen = _without_echoes([*first, *rest[: max(0, FEWEST_FACTS - len(first))]])[:most]
    return tuple(sorted(chosen, key=lambda f: (f.is_event, f.start_s if f.is_event else 0.0, *_rank(f, ()))))


def told_as(name: str, there: Collection[str]) -> str:
    """The cue by which the matter of cue `name` is told, of those that are `there`."""
    matter = next((names for names in SAME_MATTER if name in names), (name,))
    return next((n for n in matter if n in there), name)


def _not_retold(cues: Sequence[Cue], catalogue: Mapping[str, CueSpec]) -> list[Cue]:
    """The cues without the events that are told as micro-expressions."""
    least_confidence = catalogue[MICRO_EXPRESSION].min_confidence if MICRO_EXPRESSION in catalogue else 0.0
    brief = [c for c in cues if c.name == MICRO_EXPRESSION and c.confidence >= least_confidence]
    return [
        c
        for c in cues
        if not any(c.name == f"face.{b.value}" and c.start_s < b.end_s and b.start_s < c.end_s for b in brief)
    ]


def _merged(
    cues: Iterable[Cue], dimensions: Collection[Dimension], catalogue: Mapping[str, CueSpec]
) -> list[Fact]:
    """One fact per name and level: repeated events, and states that hold in several stretches."""
    kinds: dict[tuple[str, str], list[Cue]] = defaultdict(list)
    levels: dict[tuple[str, str], Level] = {}
    for cue in cues:
        spec = catalogue[cue.name]
        level = level_of(spec, cue)
        if spec.dimension not in dimensions or level is None or cue.confidence < spec.min_confidence:
            continue
        kinds[cue.name, level.slug].append(cue)
        levels[cue.name, level.slug] = level
    return [
        Fact(
            catalogue[name],
            levels[name, slug],
            tuple(sorted(same, key=lambda c: (c.start_s, c.end_s, _size(c), c.confidence, c.apex_s or 0.0))),
        )
        for (name, slug), same in kinds.items()
    ]


def _rank(fact: Fact, asked_for: Collection[str]) -> tuple[bool, bool, float, float, str, str]:
    """Sorts the facts told first to the front; complete, so that no tie is left to the input's order."""
    return (
        fact.spec.name not in asked_for,
        not fact.level.notable,
        -fact.weight,
        fact.start_s,
        fact.spec.name,
        fact.level.slug,
    )


def _without_echoes(facts: Iterable[Fact]) -> list[Fact]:
    """The facts, each clause once (two cues may be worded alike), and of a state that is several things
    at the same time (the colours of a picture) only the first."""
    kept: list[Fact] = []
    for fact in facts:
        if not any(
            k.level.en == fact.level.en
            or (
                k.spec.name == fact.spec.name
                and not k.is_event
                and k.start_s < fact.end_s
                and fact.start_s < k.end_s
            )
            for k in kept
        ):
            kept.append(fact)
    return kept


def _size(cue: Cue) -> float:
    return abs(cue.value) if isinstance(cue.value, int | float) else 0.0
