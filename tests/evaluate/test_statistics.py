"""Are intervals those of the reference implementation, and do clusters count as what they are?"""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from saber.evaluate.statistics import Bootstrap, bca_limits

RNG = np.random.default_rng(7)
SKEWED = RNG.exponential(size=60)


def test_bca_limits_equal_scipys_on_the_same_draws() -> None:
    for statistic in (np.mean, np.var):
        theirs = stats.bootstrap(
            (SKEWED,),
            statistic,
            method="BCa",
            n_resamples=999,
            rng=np.random.default_rng(1),
            vectorized=False,
        )
        without = np.array([statistic(np.delete(SKEWED, i)) for i in range(len(SKEWED))])
        limits = bca_limits(theirs.bootstrap_distribution, float(statistic(SKEWED)), without, 0.95)
        assert limits == pytest.approx(tuple(theirs.confidence_interval), rel=1e-9)


@pytest.mark.parametrize("method", ["bca", "percentile"])
def test_the_mean_of_independent_samples_has_scipys_interval(method: str) -> None:
    name = {"bca": "BCa", "percentile": "percentile"}[method]
    theirs = stats.bootstrap(
        (SKEWED,), np.mean, method=name, n_resamples=20_000, rng=np.random.default_rng(2)
    )
    ours = Bootstrap([str(i) for i in range(60)], method=method, resamples=20_000).mean(SKEWED)
    low, high = theirs.confidence_interval
    assert ours.value == pytest.approx(SKEWED.mean())
    # Two independent sets of draws: a few hundredths of the interval's width apart.
    assert ours.low == pytest.approx(low, abs=0.03 * (high - low))
    assert ours.high == pytest.approx(high, abs=0.03 * (high - low))


def test_copies_of_a_speakers_sample_make_nothing_surer() -> None:
    alone = Bootstrap([str(i) for i in range(60)], seed=3).mean(SKEWED)
    copied = Bootstrap([str(i) for i in range(60) for _ in range(5)], seed=3).mean(np.repeat(SKEWED, 5))
    assert (copied.low, copied.high) == pytest.approx((alone.low, alone.high))
    assert (copied.n, copied.clusters) == (300, 60)
    as_if_independent = Bootstrap([str(i) for i in range(300)], seed=3).mean(np.repeat(SKEWED, 5))
    assert as_if_independent.high - as_if_independent.low < 0.6 * (alone.high - alone.low)


def test_a_difference_of_two_answers_to_the_same_samples_is_paired() -> None:
    base = RNG.normal(size=200)
    a, b = base + 0.1, base + RNG.normal(scale=0.01, size=200)
    draws = Bootstrap([str(i) for i in range(200)])
    paired = draws.of_means([(a, None), (b, None)], lambda m: m[..., 0] - m[..., 1])
    assert paired.low is not None
    assert paired.high is not None
    assert paired.low > 0.09
    assert paired.high < 0.11
    one = draws.mean(a)
    assert one.high is not None
    assert one.low is not None
    assert paired.high - paired.low < 0.1 * (one.high - one.low)


def test_intervals_hold_what_they_promise() -> None:
    rng = np.random.default_rng(11)
    hits = 0
    for number in range(300):
        of_speaker = rng.normal(size=25)
        values = np.repeat(of_speaker, 4) + rng.normal(size=100)
        found = Bootstrap(np.repeat(np.arange(25), 4).astype(str).tolist(), resamples=400, seed=number).mean(
            values
        )
        assert found.low is not None
        assert found.high is not None
        hits += found.low <= 0 <= found.high
    assert 0.88 < hits / 300 < 0.98  # 25 clusters: a little under the 95 % that many would give


def test_a_stratum_keeps_its_size_in_every_draw() -> None:
    strata = ["a"] * 3 + ["b"] * 9
    draws = Bootstrap([str(i) for i in range(12)], strata)
    share = draws.mean([1.0] * 3 + [0.0] * 9)
    assert share.value == 0.25
    assert (share.low, share.high) == (None, None), "drawn within strata, this share can't vary"
    free = Bootstrap([str(i) for i in range(12)]).mean([1.0] * 3 + [0.0] * 9)
    assert free.low is not None
    assert free.high is not None
    assert free.low < 0.25 < free.high


def test_what_can_not_be_told_is_none() -> None:
    draws = Bootstrap(["a", "b", "c"])
    nothing = draws.mean([float("nan")] * 3)
    assert (nothing.value, nothing.n, nothing.low) == (None, 0, None)
    same = draws.mean([1.0, 1.0, 1.0])
    assert (same.value, same.low, same.high) == (1.0, None, None)
    among = draws.mean([0.0, 1.0, 1.0], [True, True, False])
    assert (among.value, among.n, among.clusters) == (0.5, 2, 2)
    few = Bootstrap(["a", "b", "c", "d"]).mean([0.0, 1.0, 0.0, 1.0])
    assert (few.value, few.low) == (0.5, None)
    enough = Bootstrap(["a", "b", "c", "d", "e"]).mean([0.0, 1.0, 0.0, 1.0, 0.0])
    assert enough.low is not None
    one = Bootstrap(["a", "a"]).mean([0.0, 1.0])
    assert (one.value, one.clusters, one.low) == (0.5, 1, None)
