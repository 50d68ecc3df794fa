"""Does thinning a curve keep what a reader would look for?"""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from saber.report.downsample import thin

values = st.lists(st.none() | st.floats(-1e6, 1e6), min_size=1, max_size=3000)


@given(values=values, points=st.integers(3, 400))
def test_extremes_order_and_size(values: list[float | None], points: int) -> None:
    times = [float(i) for i in range(len(values))]
    thin_times, thin_values = thin(times, values, points)
    there = [v for v in values if v is not None]
    kept = [v for v in thin_values if v is not None]
    assert len(thin_times) == len(thin_values) <= max(points, 3)
    assert thin_times == sorted(set(thin_times))
    assert (min(there, default=None), max(there, default=None)) == (
        min(kept, default=None),
        max(kept, default=None),
    )
    assert all(values[round(t)] == v for t, v in zip(thin_times, thin_values, strict=True))


def test_a_short_curve_is_left_alone() -> None:
    assert thin([0.0, 1.0], [None, 2.0], 2) == ([0.0, 1.0], [None, 2.0])


def test_a_blink_and_a_gap_survive_a_hundredfold_thinning() -> None:
    values: list[float | None] = [0.0] * 10_000
    values[4321] = 5.0
    values[7000:8000] = [None] * 1000
    times, kept = thin([i / 100 for i in range(10_000)], values, 300)
    assert (43.21, 5.0) in set(zip(times, kept, strict=True))
    gap = [v for t, v in zip(times, kept, strict=True) if 70 <= t < 80]
    assert gap
    assert not any(v is not None for v in gap)
