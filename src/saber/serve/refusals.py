"""Which status says what went wrong, and how does every error look?"""

from __future__ import annotations

from collections.abc import Mapping

from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse

from saber.core.errors import FlowError, SaberError, UsageError
from saber.serve.records import Problem, Refusal

__all__ = ["RefusedError", "refusal", "status_of"]


class RefusedError(HTTPException):
    """Answered with this status and problem; also where FastAPI would make another error of any other."""

    def __init__(
        self, status: int, reason: str, message: str, remedy: str = "", *, retry_after_s: float | None = None
    ) -> None:
        wait = {} if retry_after_s is None else {"Retry-After": str(max(1, round(retry_after_s)))}
        super().__init__(status, message, wait)
        self.problem = Problem(reason=reason, message=message, remedy=remedy)

    def response(self) -> JSONResponse:
        return refusal(self.status_code, self.problem, self.headers)


_STATUS = {
    "no_workspace": 404,
    "no_preferences": 404,
    "no_such_item": 404,
    "no_such_question": 404,
    "no_media": 404,
    "record_changed": 409,
    "no_disagreement": 409,
    "usage": 422,
}
"""By the error's reason; the review's are in `saber.review`."""


def status_of(error: SaberError) -> int:
    """A workspace that is busy or full may be free again; whatever else is wrong is what was asked for."""
    if error.reason in _STATUS:
        return _STATUS[error.reason]
    if isinstance(error, FlowError):
        return 503
    return 422 if isinstance(error, UsageError) else 409


def refusal(status: int, problem: Problem, headers: Mapping[str, str] | None = None) -> JSONResponse:
    return JSONResponse(
        Refusal(error=problem).model_dump(), status, {"Cache-Control": "no-store", **(headers or {})}
    )
