"""How does what was perceived in one dimension become sentences, each with the measurements it rests on?"""

from __future__ import annotations

from collections.abc import Collection, Hashable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

from saber.annotate.facts import MOST_FACTS, WORDLESS, Fact, facts_of, measured_cues, why_absent
from saber.annotate.wording import Follows, Time, Wording
from saber.core.catalogue import CueSpec
from saber.core.records import Cue, Cues, Evidence, Perception
from saber.core.taxonomy import Dimension

__all__ = ["Claim", "Passage", "Sentence", "claim_of", "clause_of", "describe", "number", "time_of"]

SURE_CONFIDENCE = 0.5
"""Below it a claim is hedged; own choice: the measurement is more likely off than on."""

MOMENT_S = 0.15
"""Shorter than this is told as a moment: with times to 0.1 s its start and end would read alike."""

APEX_FROM_S = 0.35
"""Events shorter than this have no separate time of greatest strength worth reading."""

CLIP_SHARE = 0.95
"""A state that covers this share of the clip holds throughout."""

MOST_CLAUSES = 3
"""The most clauses in one sentence."""


@dataclass(frozen=True)
class Claim:
    """A piece of a sentence, word for word, and the cue it rests on. An absence has no value."""

    text: str
    cue: str
    value: float | str | None
    unit: str
    start_s: float
    end_s: float
    confidence: float


@dataclass(frozen=True)
class Sentence:
    text: str
    claims: tuple[Claim, ...] = ()


@dataclass(frozen=True)
class Passage:
    """The text of one dimension, and the facts told in it."""

    dimension: Dimension
    sentences: tuple[Sentence, ...]
    facts: tuple[Fact, ...] = ()

    def text(self, wording: Wording) -> str:
        return wording.space.join(s.text for s in self.sentences)


TOLD_IN: dict[Dimension, tuple[Dimension, ...]] = {
    Dimension.SCENE: (Dimension.SCENE,),
    Dimension.FACE: (Dimension.FACE,),
    Dimension.BODY: (Dimension.BODY,),
    # The speech text is the transcript, word for word: how it is spoken is told as sound.
    Dimension.ACOUSTIC: (Dimension.ACOUSTIC, Dimension.SPEECH),
}

CONTENT_OF_WORDS = frozenset(
    {
        "speech.arousal",
        "speech.emotion",
        "speech.exclamations",
        "speech.hedges",
        "speech.negations",
        "speech.questions",
        "speech.valence",
        "speech.word_count",
    }
)
"""What the words say is in the transcript itself; it is not told as sound."""

SENSE_OF = {
    Dimension.SCENE: "scene",
    Dimension.FACE: "face",
    Dimension.BODY: "body",
    Dimension.ACOUSTIC: "voice",
}


def describe(
    cues: Cues,
    dimension: Dimension,
    wording: Wording,
    catalogue: Mapping[str, CueSpec],
    *,
    asked_for: Collection[str] = (),
) -> Passage:
    """What was perceived of a dimension: its facts in words, or in plain words why there are none."""
    heard = [c for c in measured_cues(cues) if c.name not in CONTENT_OF_WORDS]
    facts = facts_of(heard, TOLD_IN[dimension], catalogue, most=MOST_FACTS[dimension], asked_for=asked_for)
    return Passage(
        dimension,
        (
            *_absent_sense(cues, dimension, wording, told=bool(facts)),
            *_states(facts, cues, wording),
            *_events(facts, cues, wording),
            *_absent_parts(cues, dimension, wording),
        ),
        facts,
    )


def number(passages: Sequence[Passage]) -> tuple[Evidence, ...]:
    """The claims of all passages as evidence, `e1`, `e2`, ... in order of the text."""
    claims = [(p.dimension, claim) for p in passages for s in p.sentences for claim in s.claims]
    return tuple(
        Evidence(
            id=f"e{i}",
            dimension=dimension,
            claim=claim.text,
            start_s=claim.start_s,
            end_s=claim.end_s,
            cue=claim.cue,
            value=claim.value,
            unit=claim.unit,
            confidence=claim.confidence,
        )
        for i, (dimension, claim) in enumerate(claims, start=1)
    )


def clause_of(fact: Fact, wording: Wording) -> str:
    """The fact's catalogue clause, filled in: of an event the size, for its direction is in the words."""
    value = fact.cue.value
    assert value is not None
    if fact.is_event and not isinstance(value, str):
        value = abs(value)
    return wording.clause(
        fact.level, value, fact.spec.unit, fact.spec.digits, most=fact.is_event and len(fact.occasions) > 1
    )


def time_of(fact: Fact, clip_s: float) -> Time:
    """When the fact was so, as it is told."""
    start_s, end_s, length_s = fact.start_s, fact.end_s, fact.end_s - fact.start_s
    # Only an event rises and falls; the apex of a category is where it is placed in time.
    apex_s = fact.cue.apex_s if fact.spec.kind == "event" else None
    if len(fact.occasions) > 1:
        return Time("times", start_s, end_s, apex_s, tuple(_middle(c) for c in fact.occasions))
    if fact.spec.kind == "summary" and fact.cue.apex_s is not None:
        return Time("peak", start_s, end_s, fact.cue.apex_s)
    if not fact.is_event and clip_s and length_s >= CLIP_SHARE * clip_s:
        return Time("whole", start_s, end_s)
    if length_s < MOMENT_S:
        return Time("moment", _middle(fact.cue), end_s)
    if apex_s is not None and (
        length_s < APEX_FROM_S or round(apex_s, 1) in (round(start_s, 1), round(end_s, 1))
    ):
        apex_s = None
    return Time("span", start_s, end_s, apex_s)


def claim_of(fact: Fact, text: str) -> Claim:
    cue = fact.cue
    return Claim(text, cue.name, cue.value, cue.unit, fact.start_s, fact.end_s, cue.confidence)


def _states(facts: Sequence[Fact], cues: Cues, wording: Wording) -> list[Sentence]:
    """What holds over a stretch; things that hold over the same stretch share a sentence."""
    clip_s = cues.clip.duration_s
    states = [f for f in facts if not _happens(f, facts)]

    def shared(fact: Fact) -> tuple[str, float, float, bool]:
        time = time_of(fact, clip_s)
        whole = time.kind == "whole"
        return (time.kind, 0.0 if whole else round(time.start_s, 1), 0.0 if whole else round(time.end_s, 1),
                _hedged(fact))  # fmt: skip

    order = list(dict.fromkeys(shared(f) for f in states))
    sentences: list[Sentence] = []
    named: Hashable = None
    for key, group in groupby(sorted(states, key=lambda f: order.index(shared(f))), key=shared):
        alike = list(group)
        for i in range(0, len(alike), MOST_CLAUSES):
            some = alike[i : i + MOST_CLAUSES]
            pieces = wording.state(
                [clause_of(f, wording) for f in some],
                time_of(some[0], clip_s),
                hedged=key[-1],
                again=key[:-1] == named,
            )
            sentences.append(_sentence(pieces, some, wording))
            named = key[:-1]
    return sentences


def _events(facts: Sequence[Fact], cues: Cues, wording: Wording) -> list[Sentence]:
    """What happens, in order of time. Words such as "meanwhile" link what happened once, and not twice in
    a row."""
    clip_s = cues.clip.duration_s
    happened = [(f, time_of(f, clip_s)) for f in facts if _happens(f, facts)]
    happened.sort(key=lambda item: item[1].apex_s or 0.0 if item[1].kind == "peak" else item[0].start_s)
    sentences: list[Sentence] = []
    before: Fact | None = None
    linked: Follows = "first"
    for turn, (fact, time) in enumerate(happened):
        once = time.kind in ("span", "moment")
        follows: Follows = "first"
        if before is not None and once:
            follows = (
                "later" if fact.start_s >= before.end_s else "meanwhile" if linked != "meanwhile" else "first"
            )
        piece = wording.event(
            clause_of(fact, wording), time, hedged=_hedged(fact), turn=turn, follows=follows
        )
        sentences.append(_sentence([piece], [fact], wording))
        before, linked = (fact if once else None), follows
    return sentences


def _sentence(pieces: Sequence[str], facts: Sequence[Fact], wording: Wording) -> Sentence:
    """The sentence; a single claim is the whole of it, several are their own pieces of it."""
    text = wording.sentence(pieces)
    if len(facts) == 1:
        return Sentence(text, (claim_of(facts[0], text),))
    return Sentence(
        text, tuple(claim_of(f, _found(piece, text)) for f, piece in zip(facts, pieces, strict=True))
    )


def _found(piece: str, text: str) -> str:
    """The piece as it stands in the text, where its first letter may have become a capital."""
    at = text.casefold().index(piece.casefold())
    return text[at : at + len(piece)]


def _absent_sense(cues: Cues, dimension: Dimension, wording: Wording, *, told: bool) -> list[Sentence]:
    """That nothing of the dimension could be perceived, and why."""
    sense = cues.of(SENSE_OF[dimension])
    if not sense.present:
        return [_absent(sense, wording.absence(sense.sense, sense.absent_reason), cues)]
    if not told:
        return [_absent(sense, wording.nothing_stands_out(sense.sense), cues)]
    return []


def _absent_parts(cues: Cues, dimension: Dimension, wording: Wording) -> list[Sentence]:
    """Parts of a perceived sense that could not be perceived; for the sound that includes the words."""
    sense, speech = cues.of(SENSE_OF[dimension]), cues.speech
    sentences = []
    if sense.present:
        part = wording.part_absence({c.reason for c in sense.cues if c.status == "absent" and c.reason})
        if part is not None:
            reason, text = part
            sentences.append(_absent(sense, text, cues, reason))
    if dimension is Dimension.ACOUSTIC and not speech.present:
        why = why_absent(cues, "speech")
        if why == "no_words":
            sentences.append(_absent(speech, wording.no_words(), cues))
        elif why not in (*WORDLESS, sense.absent_reason):
            sentences.append(_absent(speech, wording.absence("speech", why), cues))
    return sentences


def _absent(sense: Perception, text: str, cues: Cues, reason: str | None = None) -> Sentence:
    """That it is missing is a claim too: of a cue without a value. It says what was (not) measured, which
    is certain, and nothing about the world, which is not: hence confidence 1."""
    gone = [c for c in sense.cues if c.status == "absent"]
    cue = next((c for c in gone if c.reason == (reason or sense.absent_reason)), next(iter(gone), None))
    if cue is None:
        return Sentence(text)
    return Sentence(text, (Claim(text, cue.name, None, cue.unit, 0.0, cues.clip.duration_s, 1.0),))


def _happens(fact: Fact, facts: Sequence[Fact]) -> bool:
    """Told as something that happens: an event, what recurs, or a category that holds only for a while."""
    if fact.is_event or len(fact.occasions) > 1:
        return True
    longest_s = max(f.end_s - f.start_s for f in facts)
    return fact.spec.kind == "category" and fact.end_s - fact.start_s < longest_s / 2


def _hedged(fact: Fact) -> bool:
    return fact.cue.confidence < SURE_CONFIDENCE


def _middle(cue: Cue) -> float:
    return cue.apex_s if cue.apex_s is not None else (cue.start_s + cue.end_s) / 2
