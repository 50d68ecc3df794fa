"""What did a reviewer look at when deciding? Kept with the decision, for later the record may be another."""

from __future__ import annotations

from saber.core.dataset import Half, Writer
from saber.core.decisions import REVIEW, is_person, mark_of
from saber.core.records import Record
from saber.core.taxonomy import DIMENSIONS, Dimension, Emotion
from saber.review.known import Known

__all__ = ["CheckSeen", "Seen", "seen_of"]


class CheckSeen(Record):
    """What a check had said."""

    name: str
    dimension: Dimension | None
    judge: str
    passed: bool | None
    required: bool


class Seen(Record):
    saw: str
    """Mark of all that could be decided."""
    status: str
    """At `verify`: kept, dropped, quarantined or pending."""
    language: str
    """That the texts are written in."""
    texts: dict[Dimension, str]
    writers: dict[Dimension, Writer]
    firsts: dict[Dimension, str]
    """Marks of the texts as the annotator wrote them."""
    first: str
    """Mark of the annotator's six texts and label."""
    emotion: Emotion | None
    emotion_first: Emotion | None
    half: Half | None
    """None: it was not compared."""
    media: str
    """SHA-256 of the file."""
    checks: tuple[CheckSeen, ...]
    blind: bool
    """Whether nobody else's decision could be seen."""
    machine: bool = True
    """Whether no person's decision was in the record yet."""


def seen_of(known: Known, *, blind: bool = True) -> Seen:
    """What there is to be seen of an item now."""
    stands, first = known.stands, known.first
    checks = () if known.verified is None else known.verified.checks
    required = () if known.verified is None else known.verified.required
    opinions = () if known.compared is None else known.compared.opinions
    return Seen(
        saw=known.saw,
        status=known.status,
        language=stands.language,
        texts={d: stands.annotation.text_of(d) for d in DIMENSIONS},
        writers={d: stands.written_by[d] for d in DIMENSIONS},
        firsts={d: mark_of(first.annotation.text_of(d)) for d in DIMENSIONS},
        first=mark_of(*(first.annotation.text_of(d) for d in DIMENSIONS), first.emotion_said),
        emotion=stands.emotion_said,
        emotion_first=first.emotion_said,
        half=known.half,
        media=known.clip.info.sha256,
        checks=tuple(
            CheckSeen(
                name=c.name,
                dimension=c.dimension,
                judge=c.judge,
                passed=c.passed,
                required=c.name in required,
            )
            for c in checks
            if c.name != REVIEW
        ),
        blind=blind,
        machine=REVIEW not in required and not any(is_person(o.judge) for o in opinions),
    )
