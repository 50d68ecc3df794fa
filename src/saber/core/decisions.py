"""What have people decided about a clip, in the form in which stages read it?

A decision is settled outside of a run (by as many reviewers as are needed) and kept in the ledger; the stage
that it concerns finds it in `Item.reviewed`. It says what it was about, so that it never counts for another
text or another file than the one that was looked at.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any, Literal, TypeVar

from pydantic import Field, ValidationError

from saber.core.dataset import Half, Writer
from saber.core.errors import UsageError
from saber.core.records import Record
from saber.core.taxonomy import Dimension, Emotion

__all__ = [
    "DECISION",
    "HALF",
    "REVIEW",
    "DecidedHalf",
    "DecidedLabel",
    "DecidedText",
    "Decision",
    "RejectReason",
    "Rejected",
    "decided",
    "decided_half",
    "is_person",
    "judge_of",
    "mark_of",
]

REVIEW = "review"
"""Name of the check that a person's decision is."""
DECISION = "decision"
"""The field of a decision at the stage `verify`."""
HALF = "half"
"""The field of a decision at the stage `compare`."""
_PERSON = "person:"

R = TypeVar("R", bound=Record)

RejectReason = Literal[
    "no_person",
    "several_people",
    "wrong_speaker",
    "unusable_media",
    "not_fit_for_use",
    "wrong_texts",
    "other",
]
"""Why a clip is rejected. All but `wrong_texts` are about the clip itself, whatever is written of it."""


class DecidedText(Record):
    """One of the six texts as it stands by people's word."""

    text: str
    writer: Writer
    """Of this text: `person:NAME` where it was corrected."""
    corrected: bool
    by: tuple[str, ...]
    """The judges, `person:NAME` each."""
    of: str
    """Mark of the annotator's text at the time (`mark_of`). An accepted text lapses when the annotator has
    written another one since; a corrected one says what its author saw and heard, and does not."""
    language: str
    """That the texts were written in. Where they are in another one by now the decision lapses, but not that
    on the transcript, which is in the language that was spoken."""


class DecidedLabel(Record):
    """The emotion that is said of the clip; None: none of the seven."""

    emotion: Emotion | None
    corrected: bool
    by: tuple[str, ...]
    of: Emotion | None
    """The annotator's at the time."""


class Rejected(Record):
    reason: RejectReason
    words: str = ""
    by: tuple[str, ...]
    of: str
    """Mark of the annotator's six texts and label; a clip that was rejected for its texts is looked at again
    when there are others."""


class Decision(Record):
    """At the stage `verify`: what became of a clip and its texts."""

    rejected: Rejected | None = None
    texts: dict[Dimension, DecidedText] = Field(default_factory=dict)
    emotion: DecidedLabel | None = None
    media: str
    """SHA-256 of the file that was watched."""
    at: float
    """When it was settled, in seconds since 1970."""


class DecidedHalf(Record):
    """At the stage `compare`: does what is seen fit what is heard?"""

    half: Half
    by: tuple[str, ...]
    words: str = ""
    media: str
    at: float


def decided(reviewed: Mapping[str, Any]) -> Decision | None:
    """What `Item.reviewed` holds at `verify`; None: nothing. UsageError when it holds something else."""
    return _read(reviewed, DECISION, Decision)


def decided_half(reviewed: Mapping[str, Any]) -> DecidedHalf | None:
    """What `Item.reviewed` holds at `compare`; None: nothing. UsageError when it holds something else."""
    return _read(reviewed, HALF, DecidedHalf)


def judge_of(reviewer: str) -> str:
    """The name of a reviewer as a judge or a writer."""
    return _PERSON + reviewer


def is_person(judge: str) -> bool:
    return judge.startswith(_PERSON)


def mark_of(*texts: str | None) -> str:
    """32 hexadecimal digits of what was said: equal texts have equal marks."""
    whole = hashlib.sha256()
    for text in texts:
        whole.update(b"-" if text is None else f"{len(text)}:{text}".encode(errors="surrogatepass"))
    return whole.hexdigest()[:32]


def _read(reviewed: Mapping[str, Any], field: str, kind: type[R]) -> R | None:
    if field not in reviewed:
        return None
    try:
        return kind.model_validate(reviewed[field])
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        raise UsageError(
            f"The decision that is kept about this item can't be read: "
            f"{'.'.join(map(str, first['loc']))}: {first['msg']}.",
            remedy="Review the item again.",
            reason="invalid_decision",
        ) from error
