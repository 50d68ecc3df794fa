"""Are damaged timestamps put right without moving the sound ones?"""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from saber.media.worker.clock import Clock


def times(raw_s: list[float | None], end_s: float = 10.0) -> tuple[list[float], Clock]:
    clock = Clock(1.0, end_s)
    return [round(clock.at(r, 0.5), 6) for r in raw_s], clock


def test_plain_timestamps_only_lose_the_origin() -> None:
    said, clock = times([1.0, 1.5, 2.5, 2.6])
    assert said == [0.0, 0.5, 1.5, 1.6]
    assert (clock.missing, clock.impossible) == (0, 0)


def test_a_missing_timestamp_follows_the_one_before() -> None:
    said, clock = times([1.0, None, 2.0, None])
    assert said == [0.0, 0.5, 1.0, 1.5]
    assert clock.missing == 2


def test_one_bad_timestamp_does_not_shift_the_rest() -> None:
    said, clock = times([1.0, 1.5, 1.1, 2.5, 3.0])
    assert said == [0.0, 0.5, 1.0, 1.5, 2.0]
    assert clock.impossible == 1


def test_a_clock_that_starts_again_goes_on() -> None:
    said, clock = times([9.0, 9.5, 1.0, 1.5, 2.0], end_s=9.0)
    assert said == [8.0, 8.5, 9.0, 9.5, 10.0]
    assert clock.impossible == 1


def test_a_leap_is_believed_only_within_the_declared_length() -> None:
    assert times([1.0, 61.0], end_s=100.0)[0] == [0.0, 60.0]
    assert times([1.0, 61.0, 61.5], end_s=2.0)[0] == [0.0, 0.5, 1.0]


@given(st.lists(st.none() | st.floats(-1e6, 1e6), min_size=1))
def test_time_never_runs_backwards(raw_s: list[float | None]) -> None:
    clock = Clock(0.0, 5.0)
    said = [clock.at(r, 0.04) for r in raw_s]
    assert said[0] >= 0
    assert all(later > earlier for earlier, later in pairwise(said))
