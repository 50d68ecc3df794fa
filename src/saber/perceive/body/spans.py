"""From when to when did a condition hold?"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

__all__ = ["Stretch", "held"]


@dataclass(frozen=True, slots=True)
class Stretch:
    """Rows `first` to `last` (both included) and the time they stand for."""

    first: int
    last: int
    start_s: float
    end_s: float

    @property
    def rows(self) -> slice:
        return slice(self.first, self.last + 1)

    @property
    def duration_s(self) -> float:
        return self.end_s - self.start_s


def held(
    condition: NDArray[np.bool_],
    times_s: NDArray[np.float64],
    *,
    min_s: float,
    bridge_s: float,
    step_s: float,
) -> list[Stretch]:
    """The spans in which `condition` holds, in order of time.

    Args:
        condition: (n,) per sample.
        times_s: (n,) ascending.
        min_s: shorter spans are left out.
        bridge_s: a gap up to this long between two samples that hold does not end the span.
        step_s: usual time between samples. A sample stands for half of it on either side, so one sample
            lasts `step_s`.
    """
    rows = np.flatnonzero(condition)
    if not len(rows):
        return []
    breaks = np.flatnonzero(np.diff(times_s[rows]) > bridge_s + 1e-9)
    firsts = rows[np.concatenate(([0], breaks + 1))]
    lasts = rows[np.concatenate((breaks, [len(rows) - 1]))]
    spans = [
        Stretch(int(a), int(b), max(0.0, float(times_s[a]) - step_s / 2), float(times_s[b]) + step_s / 2)
        for a, b in zip(firsts, lasts, strict=True)
    ]
    return [s for s in spans if s.duration_s >= min_s - 1e-9]
