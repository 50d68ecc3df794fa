"""What was found out about a clip so far, and does it still pass?"""

from __future__ import annotations

from saber.clean.settings import CleanSettings
from saber.clean.thresholds import NEEDS, threshold
from saber.core.dataset import Check

__all__ = ["Findings"]


class Findings:
    """The checks of one clip, in the order in which they were asked."""

    def __init__(self, settings: CleanSettings) -> None:
        self._settings = settings
        self.checks: list[Check] = []

    @property
    def failed(self) -> Check | None:
        """The first check that did not pass; one that could not be told has not passed."""
        return next((check for check in self.checks if not check.passed), None)

    @property
    def over(self) -> bool:
        """Whether nothing more need be measured."""
        return self.failed is not None and not self._settings.all_checks

    def asked(self, name: str) -> bool:
        return any(check.name == name for check in self.checks)

    def ask(self, name: str, score: float | None, unknown: str = "", *, detail: str = "") -> None:
        """Hold a score against its limit; None: it could not be told, and `unknown` says why.

        Asked again, the later answer stands: a header's duration gives way to the decoded one.
        """
        row = threshold(name)
        limit = float(getattr(self._settings, row.setting))
        passed = None if score is None else row.passes(score, limit)
        reason = f"{name}_unknown" if passed is None else "" if passed else row.reason
        self._add(
            Check(
                name=name,
                passed=passed,
                score=None if score is None else round(float(score), 4),
                limit=limit,
                unit=row.unit,
                reason=reason,
                detail=unknown if score is None else detail,
                judge="measured",
            )
        )

    def ask_worst(self, name: str, score: float | None, detail: str) -> None:
        """Ask only if the answer is no: `score` is the best of a few moments, and says no more."""
        row = threshold(name)
        if score is not None and not row.passes(score, float(getattr(self._settings, row.setting))):
            self.ask(name, score, detail=detail)

    def need(self, name: str, there: bool) -> None:
        """Whether the clip has a picture or a sound track at all, where it must."""
        reason, setting, sentence = NEEDS[name]
        if getattr(self._settings, setting):
            self._add(
                Check(
                    name=name,
                    passed=there,
                    reason="" if there else reason,
                    detail="" if there else sentence,
                    judge="measured",
                )
            )

    def sentence(self, check: Check) -> str:
        """Why a clip is dropped, for a person."""
        if check.score is None:
            return check.detail
        side = "at least" if threshold(check.name).keeps == "at_least" else "at most"
        means = threshold(check.name).means
        unit = "" if check.unit == "ratio" else f" {check.unit}"
        said = f"{check.score:g}{unit}, where {side} {check.limit:g} is kept"
        return f"{check.name} is {said}. {check.detail or means}"

    def _add(self, check: Check) -> None:
        for i, earlier in enumerate(self.checks):
            if earlier.name == check.name:
                self.checks[i] = check
                return
        self.checks.append(check)
