"""What does the server say of a clip that it was given?"""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from saber.core.records import Record

__all__ = ["About", "Event", "History", "Job", "Limits", "Problem", "Refusal", "State", "Summary"]

State = Literal["queued", "running", "done", "failed", "cancelled"]


class Problem(Record):
    """What went wrong: a stable slug, one sentence, and the next step."""

    reason: str
    message: str
    remedy: str = ""


class Refusal(Record):
    """The body of every answer that is an error."""

    error: Problem


class Summary(Record):
    """A finished analysis in a line."""

    emotion: str | None
    """The likeliest of the seven; None when there is too little evidence to say."""
    verdict: Literal["consistent", "inconsistent", "unclear"]
    duration_s: float


class Job(Record):
    """One clip, from its upload to its deletion."""

    id: str
    name: str
    """As the uploader called it: for show only, and never a path here."""
    state: State
    stage: str
    """`queued`, `load`, then the stages of the analysis, `store`, and `ended`."""
    share: float
    """How much of the clip has been watched, 0-1."""
    position: int | None
    """Place in the queue, counted from 1; None when it is not waiting."""
    language: str
    model: str
    batch: str | None
    created_at: datetime
    started_at: datetime | None
    ended_at: datetime | None
    size_bytes: int
    sha256: str
    error: Problem | None
    summary: Summary | None
    expires_at: datetime | None
    """When everything of it is deleted; None while it is not finished."""


class History(Record):
    """The newest first. Ask again with `before` = the last one's id while `more` is true."""

    analyses: tuple[Job, ...]
    more: bool


class Event(Record):
    """One thing that was found or happened. `id` grows; `data` is its JSON text."""

    id: int
    kind: str
    data: str


class Limits(Record):
    """What the server accepts."""

    max_bytes: int
    max_duration_s: float
    max_streams: int
    max_queue: int
    max_uploads: int


class About(Record):
    """What this server is and offers."""

    version: str
    languages: tuple[str, ...]
    models: tuple[str, ...]
    limits: Limits
    keep_hours: float
    has_workspace: bool
    has_preferences: bool
    notices: tuple[str, ...]
    """What must be said beside every result, in English; the pages have their own words for it."""
    overlay: dict[str, object]
    """How the points of `sight` events and of `/overlay` are ordered and joined."""
