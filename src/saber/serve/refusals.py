"""Which status says what went wrong, and how does every error look?"""

from __future__ import annotations

from starlette.responses import JSONResponse

from saber.serve.records import Problem, Refusal

__all__ = ["RefusedError", "refusal"]


class RefusedError(Exception):
    """Answered with this status and problem."""

    def __init__(
        self, status: int, reason: str, message: str, remedy: str = "", *, retry_after_s: float | None = None
    ) -> None:
        super().__init__(message)
        self.status = status
        self.problem = Problem(reason=reason, message=message, remedy=remedy)
        self.headers = {} if retry_after_s is None else {"Retry-After": str(max(1, round(retry_after_s)))}

    def response(self) -> JSONResponse:
        return refusal(self.status, self.problem, self.headers)


def refusal(status: int, problem: Problem, headers: dict[str, str] | None = None) -> JSONResponse:
    return JSONResponse(
        Refusal(error=problem).model_dump(), status, {"Cache-Control": "no-store", **(headers or {})}
    )
