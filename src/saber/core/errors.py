"""What can go wrong that a person must know of?

    SaberError                 every error this package raises on purpose
    ├── UsageError             the call is wrong: a flag, a setting, a model name
    ├── MissingPieceError      something to install or configure first
    ├── ClipError              this clip can't be analysed; others can
    │   ├── UnreadableClipError  no picture and no sound could be decoded
    │   └── ReaderStoppedError   the isolated reader ran past its time or memory, or crashed
    ├── ModelError             a model did not answer
    │   ├── CallFailedError      this call failed: the network, the server, an unusable reply
    │   ├── RefusedCallError     the server understood and said no; asking again can't help
    │   └── BudgetSpentError     sending it could pass the budget; nothing was sent
    └── FlowError              a run over many clips can't go on; what is done is kept
        ├── WorkspaceError       the workspace can't be written or read: full, read-only, not one of ours
        ├── BusyWorkspaceError   another run is at work in it
        ├── StageFailedError     a stage can't work at all, whatever the clip
        └── TooManyFailuresError so many rows failed that something else must be wrong

Each message is one sentence that says what is wrong; `remedy` is the next step.
"""

from __future__ import annotations

__all__ = [
    "BudgetSpentError",
    "BusyWorkspaceError",
    "CallFailedError",
    "ClipError",
    "FlowError",
    "MissingPieceError",
    "ModelError",
    "ReaderStoppedError",
    "RefusedCallError",
    "SaberError",
    "StageFailedError",
    "TooManyFailuresError",
    "UnreadableClipError",
    "UsageError",
    "WorkspaceError",
]


class SaberError(Exception):
    """Base of the tree above.

    Attributes:
        message: one sentence, for a person.
        reason: a stable slug, for programs (`clip_unreadable`).
        remedy: what to do next, or "" where nothing helps.
    """

    reason = "error"

    def __init__(self, message: str, *, remedy: str = "", reason: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.remedy = remedy
        if reason is not None:
            self.reason = reason

    def __str__(self) -> str:
        return f"{self.message} {self.remedy}".strip()


class UsageError(SaberError):
    """The caller asked for something that does not exist or does not fit."""

    reason = "usage"


class MissingPieceError(SaberError):
    """A package or model is not installed; `remedy` holds the command that installs it."""

    reason = "missing_piece"


class ClipError(SaberError):
    """One clip failed; the others are not touched."""

    reason = "clip_failed"


class UnreadableClipError(ClipError):
    """Nothing in the file could be decoded."""

    reason = "clip_unreadable"


class ReaderStoppedError(ClipError):
    """The isolated reader was stopped at a limit or died (`timeout`, `memory`, `crash`)."""

    reason = "reader_stopped"


class ModelError(SaberError):
    """A model gave no usable answer to one request; other requests are not touched."""

    reason = "model_failed"


class CallFailedError(ModelError):
    """One call failed in a way that another try may not.

    Attributes:
        retry_after_s: how long the server asked to wait, or None.
        may_have_cost: the server may have done, and charged for, the work.
    """

    reason = "call_failed"

    def __init__(
        self,
        message: str,
        *,
        reason: str,
        retry_after_s: float | None = None,
        may_have_cost: bool = False,
        remedy: str = "",
    ) -> None:
        super().__init__(message, remedy=remedy, reason=reason)
        self.retry_after_s = retry_after_s
        self.may_have_cost = may_have_cost


class RefusedCallError(ModelError):
    """The server refused the request as it is (no key, no such model, too large, not allowed)."""

    reason = "call_refused"


class BudgetSpentError(ModelError):
    """The budget in tokens or money does not cover this call."""

    reason = "budget_spent"


class FlowError(SaberError):
    """A run can't go on. Whatever it has done is in the ledger and is not done again."""

    reason = "run_failed"


class WorkspaceError(FlowError):
    """The workspace can't be used."""

    reason = "workspace"


class BusyWorkspaceError(FlowError):
    """Another run holds the workspace."""

    reason = "workspace_busy"


class StageFailedError(FlowError):
    """A stage could not be opened, or its decision about all items failed."""

    reason = "stage_failed"


class TooManyFailuresError(FlowError):
    """More rows failed than the settings allow."""

    reason = "too_many_failures"
