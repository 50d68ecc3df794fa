"""Which points of a curve does a screen need?

No more than a lane has pixels, and never an average: of each stretch the lowest and the highest value
are kept, so that a blink or a micro-expression stays as tall as it was.
"""

from __future__ import annotations

from collections.abc import Sequence

__all__ = ["thin"]


def thin(
    times_s: Sequence[float], values: Sequence[float | None], points: int
) -> tuple[list[float], list[float | None]]:
    """At most about `points` of the samples, in order of time.

    A stretch with no measured value stays a gap (one None); the first None after a value is kept as well,
    so that a line ends where the measurement did.
    """
    if len(times_s) <= points:
        return list(times_s), list(values)
    per_stretch = -(-len(times_s) // max(1, points // 3))
    kept: list[int] = []
    for start in range(0, len(times_s), per_stretch):
        stretch = range(start, min(start + per_stretch, len(times_s)))
        there = [(value, i) for i in stretch if (value := values[i]) is not None]
        gap = next((i for i in stretch if values[i] is None), None)
        picked = {min(there)[1], max(there)[1]} if there else set()
        kept += sorted(picked | ({gap} if gap is not None else set()))
    return [times_s[i] for i in kept], [values[i] for i in kept]
