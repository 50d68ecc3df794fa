"""What do people's decisions make of an annotation and of its checks?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from saber.core.dataset import Annotated, Check
from saber.core.decisions import REVIEW, Decision, Rejected, mark_of
from saber.core.records import Annotation, AudioDescription
from saber.core.taxonomy import DIMENSIONS, Dimension
from saber.verify.claims import GROUPS
from saber.verify.settings import EMOTION

__all__ = ["REJECTED", "Reviewed", "why_rejected", "written_mark"]

REJECTED = "rejected_by_reviewer"
LAPSED = "review_outdated"


@dataclass(frozen=True)
class Reviewed:
    """A decision beside the annotation that it meets in this run.

    What was decided of another file, or accepted of a text that is not the annotator's any more, does not
    count: it is told as a check that is unknown (`review_outdated`), and the other checks decide.
    """

    decision: Decision | None
    first: Annotated
    """As the annotator wrote it."""
    media: str
    """SHA-256 of the clip's file."""

    @property
    def _about_this_file(self) -> bool:
        return self.decision is not None and bool(self.media) and self.decision.media == self.media

    @property
    def rejected(self) -> Rejected | None:
        """The rejection that counts."""
        if self.decision is None or not self._about_this_file:
            return None
        rejected = self.decision.rejected
        if rejected is not None and rejected.reason == "wrong_texts":
            return rejected if rejected.of == written_mark(self.first) else None
        return rejected

    @property
    def dimensions(self) -> frozenset[Dimension]:
        """The texts of which a person's word counts."""
        if self.decision is None or not self._about_this_file or self.decision.rejected is not None:
            return frozenset()
        return frozenset(
            d
            for d, text in self.decision.texts.items()
            if (text.language == self.first.language or d is Dimension.SPEECH)
            and (text.corrected or text.of == mark_of(self.first.annotation.text_of(d)))
        )

    @property
    def label(self) -> bool:
        """Whether a person's word on the emotion counts."""
        if self.decision is None or not self._about_this_file or self.decision.rejected is not None:
            return False
        label = self.decision.emotion
        return label is not None and (label.corrected or label.of == self.first.emotion_said)

    @property
    def counts(self) -> bool:
        """Whether anything that people decided counts."""
        return self.rejected is not None or bool(self.dimensions) or self.label

    def applied_to(self, annotated: Annotated) -> Annotated:
        """The annotation with the decided texts and label in place; itself where that changes nothing."""
        if self.decision is None:
            return annotated
        texts = {d: annotated.annotation.text_of(d) for d in DIMENSIONS}
        writers = dict(annotated.written_by)
        for dimension in self.dimensions:
            decided = self.decision.texts[dimension]
            if texts[dimension] != decided.text:
                texts[dimension], writers[dimension] = decided.text, decided.writer
        said = annotated.emotion_said
        if self.label and self.decision.emotion is not None:
            said = self.decision.emotion.emotion
        if said == annotated.emotion_said and writers == dict(annotated.written_by):
            return annotated
        return annotated.model_copy(
            update={"annotation": _annotation(texts), "written_by": writers, "emotion_said": said}
        )

    def settles(self, check: Check) -> bool:
        """Whether people's word stands in the place of this check's answer.

        A check of several texts together is settled when all of them are decided, the one of the emotion by a
        word on the emotion too.
        """
        if check.name == EMOTION and self.label:
            return True
        if check.dimension is not None:
            return check.dimension in self.dimensions
        group = GROUPS.get(check.name)
        return group is not None and self.dimensions.issuperset(group)

    def checks(self, others: Sequence[Check], required: Sequence[str]) -> tuple[Check, ...]:
        """A check by each reviewer for each thing that was decided, and what it stands in the place of."""
        decision = self.decision
        if decision is None:
            return ()
        if (rejected := decision.rejected) is not None:
            counts = self.rejected is not None
            return tuple(
                _check(
                    by,
                    False if counts else None,
                    REJECTED if counts else LAPSED,
                    f"Rejected: {why_rejected(rejected)}.",
                )
                for by in rejected.by
            )
        found: list[Check] = []
        for dimension in (d for d in DIMENSIONS if d in decision.texts):
            text = decision.texts[dimension]
            what = "Corrected" if text.corrected else "Accepted"
            against = [c for c in others if c.passed is not True and c.name in required and self.settles(c)]
            although = _although([c for c in against if dimension in _about(c)])
            for by in text.by:
                if dimension in self.dimensions:
                    reason = "corrected" if text.corrected else "accepted"
                    found.append(_check(by, True, reason, f"{what}{although}.", dimension))
                else:
                    found.append(_check(by, None, LAPSED, self._why(what), dimension))
        if (label := decision.emotion) is not None:
            said = label.emotion or "none of the seven"
            what = f"Emotion {'corrected to' if label.corrected else 'accepted as'} {said}"
            for by in label.by:
                if self.label:
                    found.append(_check(by, True, "corrected" if label.corrected else "accepted", f"{what}."))
                else:
                    found.append(_check(by, None, LAPSED, self._why(what)))
        return tuple(found)

    def _why(self, what: str) -> str:
        if not self._about_this_file:
            return f"{what}, but of another file than the one that is there now."
        return f"{what}, but the annotator has written otherwise since."


def written_mark(annotated: Annotated) -> str:
    """Mark of the six texts and the emotion that is said."""
    return mark_of(*(annotated.annotation.text_of(d) for d in DIMENSIONS), annotated.emotion_said)


def why_rejected(rejected: Rejected) -> str:
    """The reason and the reviewer's own words, to be ended with a full stop."""
    words = rejected.words.rstrip(" .。")
    return rejected.reason.replace("_", " ") + (f": {words}" if words else "")


def _about(check: Check) -> tuple[Dimension, ...]:
    return (check.dimension,) if check.dimension is not None else GROUPS.get(check.name, ())


def _although(against: Sequence[Check]) -> str:
    """What stood against it, so that the record says that it was kept all the same."""
    told = dict.fromkeys(
        f"{c.name} by {c.judge} {'failed' if c.passed is False else 'could not be told'} ({c.reason})"
        for c in against
    )
    return f" although {'; '.join(told)}" if told else ""


def _check(
    judge: str, passed: bool | None, reason: str, detail: str, dimension: Dimension | None = None
) -> Check:
    return Check(name=REVIEW, passed=passed, reason=reason, detail=detail, judge=judge, dimension=dimension)


def _annotation(texts: dict[Dimension, str]) -> Annotation:
    return Annotation(
        scene=texts[Dimension.SCENE],
        face=texts[Dimension.FACE],
        body=texts[Dimension.BODY],
        audio=AudioDescription(acoustic=texts[Dimension.ACOUSTIC], speech=texts[Dimension.SPEECH]),
        reasoning=texts[Dimension.REASONING],
    )
