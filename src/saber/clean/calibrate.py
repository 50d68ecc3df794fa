"""What does each limit cost in clips, on the user's own data?

From the ledger of a workspace whose clips were cleaned; best with `all_checks`, since otherwise a later check
is known of those clips only that passed the earlier ones.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from saber.clean.thresholds import THRESHOLDS, Threshold
from saber.core.dataset import Check, Clip
from saber.core.records import Record
from saber.flow import outcomes, outputs

__all__ = ["Calibration", "Limit", "Row", "calibrate"]

_QUANTILES = (0.01, 0.05, 0.25, 0.5, 0.75, 0.95, 0.99)
_BINS = 20


class Limit(Record):
    """What one limit would keep, all others left as they are."""

    limit: float
    kept: int
    """Of the clips whose score is known."""
    kept_with_others: int
    """Of the clips that pass everything else: what the dataset would hold."""


class Row(Record):
    """One check: its scores and what limits cost."""

    check: str
    setting: str
    unit: str
    keeps: Literal["at_least", "at_most"]
    measured: int
    """Clips whose score is known."""
    unknown: int
    """Clips of which it could not be told: they don't pass."""
    not_asked: int
    """Clips that failed an earlier check, or of which it is not asked."""
    quantiles: dict[str, float]
    """Share of the clips -> score under which they lie."""
    histogram: tuple[int, ...]
    """Clips in 20 bins of equal width from `histogram_from` to `histogram_to`."""
    histogram_from: float
    histogram_to: float
    current: Limit | None
    """What the limit of this run keeps; None where nothing was measured."""
    others: tuple[Limit, ...]
    """At the scores that a hundredth, a twentieth, a tenth, a quarter and half of the clips fail."""


class Calibration(Record):
    """Each check over the clips of a workspace."""

    clips: int
    kept: int
    unreadable: int
    """Dropped before anything was measured."""
    reasons: dict[str, int]
    complete: bool
    """Every check was asked of every clip that could be read: then nothing is biased by the order."""
    rows: tuple[Row, ...]

    def table(self) -> str:
        """For a terminal: a line for each check and one for each limit tried."""
        lines = [
            f"{self.clips} clips, {self.kept} kept ({_percent(self.kept, self.clips)}), "
            f"{self.unreadable} unreadable",
            *(f"  {reason}: {count}" for reason, count in self.reasons.items()),
        ]
        if not self.complete:
            lines.append(
                "A check was not asked of clips that failed an earlier one (all_checks = true in [clean] "
                "asks it all the same), or that have no such track."
            )
        for row in self.rows:
            lines += ["", *_lines(row)]
        return "\n".join(lines) + "\n"


def calibrate(workspace: Path) -> Calibration:
    """Raises what `saber.flow.outputs` raises: UsageError when nothing was cleaned there."""
    clips: list[dict[str, Check]] = []
    kept = 0
    for _, clip in outputs(workspace, "clean", Clip):
        kept += 1
        clips.append({check.name: check for check in clip.checks})
    reasons: dict[str, int] = {}
    unreadable = 0
    for outcome in outcomes(workspace, "clean"):
        if outcome.status != "dropped":
            continue
        reasons[outcome.reason] = reasons.get(outcome.reason, 0) + 1
        if outcome.measured is None:
            unreadable += 1
        else:
            measured = Clip.model_validate_json(outcome.measured)
            clips.append({check.name: check for check in measured.checks})
    rows = tuple(_row(row, clips) for row in THRESHOLDS)
    asked = [row for row in rows if row.measured + row.unknown]
    return Calibration(
        clips=len(clips) + unreadable,
        kept=kept,
        unreadable=unreadable,
        reasons=dict(sorted(reasons.items(), key=lambda pair: -pair[1])),
        complete=all(row.not_asked == 0 for row in asked),
        rows=rows,
    )


def _row(row: Threshold, clips: list[dict[str, Check]]) -> Row:
    found = [clip[row.check] for clip in clips if row.check in clip]
    scores = np.array([check.score for check in found if check.score is not None], float)
    known = len(scores) > 0
    low, high = (float(scores.min()), float(scores.max())) if known else (0.0, 0.0)
    counts = (
        np.histogram(scores, _BINS, (low, high if high > low else low + 1))[0] if known else np.zeros(_BINS)
    )
    limits = [check.limit for check in found if check.limit is not None]
    return Row(
        check=row.check,
        setting=row.setting,
        unit=row.unit,
        keeps=row.keeps,
        measured=len(scores),
        unknown=len(found) - len(scores),
        not_asked=len(clips) - len(found),
        quantiles={f"{q:g}": round(float(np.quantile(scores, q)), 4) for q in _QUANTILES} if known else {},
        histogram=tuple(int(count) for count in counts),
        histogram_from=low,
        histogram_to=high,
        current=_limit(row, limits[-1], clips) if limits and known else None,
        others=tuple(_limit(row, limit, clips) for limit in _tried(row, scores)) if known else (),
    )


def _tried(row: Threshold, scores: NDArray[np.float64]) -> Iterator[float]:
    """Limits that cost so much, without doubles, the cheapest first."""
    last: float | None = None
    for fails in (0.01, 0.05, 0.1, 0.25, 0.5):
        share = fails if row.keeps == "at_least" else 1 - fails
        limit = round(float(np.quantile(scores, share)), 4)
        if limit != last:
            yield limit
        last = limit


def _limit(row: Threshold, limit: float, clips: list[dict[str, Check]]) -> Limit:
    kept = kept_with_others = 0
    for clip in clips:
        check = clip.get(row.check)
        if check is None or check.score is None or not row.passes(check.score, limit):
            continue
        kept += 1
        kept_with_others += all(other.passed for name, other in clip.items() if name != row.check)
    return Limit(limit=limit, kept=kept, kept_with_others=kept_with_others)


def _lines(row: Row) -> Iterator[str]:
    side = ">=" if row.keeps == "at_least" else "<="
    head = f"{row.check} ({row.setting}{', ' + row.unit if row.unit else ''})"
    told = f"{row.measured} measured, {row.unknown} unknown, {row.not_asked} not asked"
    yield f"{head:44} {told}"
    if row.quantiles:
        yield "    quantiles  " + "  ".join(f"{100 * float(q):g} %: {v:g}" for q, v in row.quantiles.items())
        yield f"    {row.histogram_from:10g} {_bars(row.histogram)} {row.histogram_to:g}"
    for what, limit in (("now", row.current), *(("", other) for other in row.others)):
        if limit is not None:
            yield (
                f"    {what:4}{side} {limit.limit:<10g} keeps {limit.kept:7} of {row.measured} "
                f"({_percent(limit.kept, row.measured)}), {limit.kept_with_others} with the other checks"
            )


def _bars(counts: tuple[int, ...]) -> str:
    levels = " ▁▂▃▄▅▆▇█"
    most = max(counts) or 1
    return "".join(levels[-(-count * (len(levels) - 1) // most)] for count in counts)


def _percent(part: int, whole: int) -> str:
    return f"{100 * part / whole:.1f} %" if whole else "none"
