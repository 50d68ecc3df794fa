"""What follows from all checks: is the annotation passed, and if not, which check stands in the way?"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from saber.core.dataset import Check
from saber.core.taxonomy import Dimension
from saber.verify.settings import CAPTION, CHECKS

__all__ = ["Verdict", "decide", "failed_dimensions"]

EVERY = frozenset({CAPTION})
"""Checks of which each part must be told: a caption that is silent on the face says nothing for the face."""

IN_VAIN = frozenset({"no_usable_answer", "cannot_tell"})
"""Reasons of a model that was asked and did not tell. Another judge does not make up for it, as it does where
nobody could be asked or there was nothing to measure."""


@dataclass(frozen=True)
class Verdict:
    """`passed` None: no required check failed, but one could not be told, which is not passed either."""

    passed: bool | None
    reason: str = ""
    """Slug of the first check in the way; `NAME_unknown` for one that could not be told."""
    detail: str = ""

    @property
    def stands(self) -> bool:
        return self.passed is True


def _nobody(_: Check) -> bool:
    return False


def decide(
    checks: Sequence[Check], required: Sequence[str], settled: Callable[[Check], bool] = _nobody
) -> Verdict:
    """Every judge that can tell must agree, of each required check at least one must be able to, and every
    model that was asked must have told.

    Checks that are not required decide nothing, nor those that people's word has `settled`. What failed is
    named before what could not be told.
    """
    open_: Verdict | None = None
    for name in (name for name in CHECKS if name in required):
        of_it = [check for check in checks if check.name == name]
        left = [check for check in of_it if not settled(check)]
        if failed := next((c for c in left if c.passed is False), None):
            return Verdict(False, failed.reason, _about(failed))
        unknown = [c for c in left if c.passed is None]
        in_vain = any(c.reason in IN_VAIN for c in unknown)
        if open_ is None and (len(unknown) == len(of_it) or in_vain or (unknown and name in EVERY)):
            why = "; ".join(dict.fromkeys(_about(c) for c in unknown)) or "No such check was made."
            open_ = Verdict(None, f"{name}_unknown", why)
    return open_ or Verdict(True)


def failed_dimensions(checks: Sequence[Check], required: Sequence[str]) -> dict[Dimension, str]:
    """Each text that a required check found wrong, with what was found, in words."""
    found: dict[Dimension, list[str]] = {}
    for check in checks:
        if check.passed is False and check.name in required and check.dimension is not None:
            found.setdefault(check.dimension, []).append(
                f"{check.reason.replace('_', ' ')} (by {check.judge}): {check.detail or 'no more is known'}"
            )
    return {dimension: " ".join(reasons) for dimension, reasons in found.items()}


def _about(check: Check) -> str:
    where = f"{check.name}/{check.dimension}" if check.dimension is not None else check.name
    score = "" if check.score is None else f" {check.score:.2f}"
    limit = "" if check.score is None or check.limit is None else f" (limit {check.limit:g})"
    return f"{where} by {check.judge}{score}{limit}: {check.detail or check.reason}"
