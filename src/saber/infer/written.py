"""What came of asking a model: the annotation, or why there is none, and what it took?"""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from enum import StrEnum
from typing import Literal

from saber.core.errors import ModelError
from saber.core.records import Annotation
from saber.core.taxonomy import Emotion
from saber.infer.material import Stage
from saber.infer.prompt import PromptInfo
from saber.models import Kind, Usage

__all__ = ["Attempt", "Outcome", "Sent", "Written"]


class Outcome(StrEnum):
    """How it ended; only `OK` comes with an annotation."""

    OK = "ok"
    INVALID = "invalid"
    """No answer could be used, also not after the last retry."""
    REFUSED = "refused"
    """The model declined in words."""
    NOT_STRUCTURED = "not_structured"
    """Prose, in answer to a prompt of the user's own, that does not fall into the sections."""
    FAILED = "failed"
    """The server gave no answer."""
    CALL_REFUSED = "call_refused"
    """The server understood and said no: no key, no such model, too large."""
    BUDGET_SPENT = "budget_spent"


@dataclass(frozen=True)
class Attempt:
    """One request and what came back."""

    stage: Stage
    number: int
    """Counted from 1 within its stage; above 1 it was asked differently."""
    key: str
    """SHA-256 of all that decides the answer; the cache's key."""
    raw: str | None
    """The answer word for word; None when there was none."""
    problems: tuple[str, ...] = ()
    error: str = ""
    """Slug of what went wrong with the call."""
    message: str = ""
    usage: Usage = field(default_factory=Usage)
    seconds: float = 0.0
    """Wall seconds, waiting and retried calls included."""
    cost: float | None = None
    tries: int = 1
    """Calls that it took."""
    cached: bool = False
    answered_by: str = ""
    """The name that the backend gives itself."""


@dataclass(frozen=True)
class Sent:
    """What left, all requests together, whether or not they were answered."""

    to: str | None
    """The host; None: nothing left the machine."""
    requests: int
    text_bytes: int
    media: dict[Kind, tuple[int, int]]
    """Kind -> pieces and bytes, as sent before they are encoded as text."""
    cues: tuple[str, ...]
    """Groups of cues that were told as text."""
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Written:
    """The result for one clip. An annotation is the model's or it is not there: nothing is filled in, but
    for the speech where the model has not heard it (`speech_from`)."""

    outcome: Outcome
    annotation: Annotation | None
    emotion: Emotion | None
    """What the model calls the whole; None when it gave no label, or one that is none of the seven."""
    emotion_said: str
    """The label word for word, "" without one."""
    speech_from: Literal["model", "recogniser"]
    """Whose words the annotation's speech holds: the recogniser's where the model only read cues."""
    problems: tuple[str, ...]
    """Of the answers that count, harmless ones included, or of the last answer where none does."""
    reason: str
    """The outcome's slug, or the error's where a call failed."""
    message: str
    """One sentence for a person, "" when all is well."""
    attempts: tuple[Attempt, ...]
    prompt: PromptInfo
    mode: str
    """`one`, `staged`, `own`, or `released`: a prompt of the user's that is the released SABER prompt."""
    model: str
    """The model's spec."""
    sent: Sent

    def require(self) -> Annotation:
        """The annotation; ModelError in one sentence when there is none."""
        if self.annotation is None:
            raise ModelError(self.message, reason=self.reason)
        return self.annotation

    @property
    def answered_by(self) -> str:
        """The name that the backend gives itself, "" when it never answered."""
        return next((a.answered_by for a in reversed(self.attempts) if a.answered_by), "")

    @property
    def cost(self) -> float | None:
        """Money for all attempts; None when no price is known. Answers from the cache cost nothing."""
        paid = [a.cost for a in self.attempts if not a.cached and a.cost is not None]
        return sum(paid) if paid else None

    @property
    def usage(self) -> Usage:
        """Tokens of all attempts that were really made, None where no backend said."""

        def total(counts: list[int | None]) -> int | None:
            known = [c for c in counts if c is not None]
            return sum(known) if known else None

        made = [a.usage for a in self.attempts if not a.cached]
        return Usage(
            total([u.prompt_tokens for u in made]),
            total([u.answer_tokens for u in made]),
            total([u.video_tokens for u in made]),
            total([u.audio_tokens for u in made]),
        )

    def provenance(self) -> dict[str, object]:
        """All of it as plain values but the texts, for a record."""
        return {
            "model": self.model,
            "answered_by": self.answered_by,
            "outcome": self.outcome.value,
            "reason": self.reason,
            "mode": self.mode,
            "prompt": asdict(self.prompt),
            "problems": list(self.problems),
            "speech_from": self.speech_from,
            "sent": {
                "to": self.sent.to,
                "requests": self.sent.requests,
                "text_bytes": self.sent.text_bytes,
                "media": {
                    kind.value: {"pieces": pieces, "bytes": size}
                    for kind, (pieces, size) in self.sent.media.items()
                },
                "cues": list(self.sent.cues),
                "notes": list(self.sent.notes),
            },
            "attempts": [
                {
                    "stage": a.stage.value,
                    "number": a.number,
                    "key": a.key,
                    "problems": list(a.problems),
                    "error": a.error,
                    "prompt_tokens": a.usage.prompt_tokens,
                    "answer_tokens": a.usage.answer_tokens,
                    "video_tokens": a.usage.video_tokens,
                    "audio_tokens": a.usage.audio_tokens,
                    "seconds": round(a.seconds, 3),
                    "cost": a.cost,
                    "tries": a.tries,
                    "cached": a.cached,
                }
                for a in self.attempts
            ],
        }
