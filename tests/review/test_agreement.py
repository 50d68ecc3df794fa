"""Are the measures of agreement those of a reference library, a published example, and sums by hand?"""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import cohen_kappa_score

from saber.review import alpha, kappa, percent, share

KRIPPENDORFF = (
    "1 2 3 3 2 1 4 1 2 . . .",
    "1 2 3 3 2 2 4 1 2 5 . 3",
    ". 3 3 3 2 3 4 2 2 5 1 .",
    "1 2 3 3 2 4 4 1 2 5 1 .",
)
"""Four observers, twelve units, a dot for no rating: Krippendorff 2011, example C."""


def units(*raters: str) -> list[dict[str, str]]:
    rows = [row.split() for row in raters]
    return [
        {f"rater{place}": value for place, value in enumerate(column) if value != "."}
        for column in zip(*rows, strict=True)
    ]


def test_alpha_of_the_published_example_by_hand() -> None:
    found = alpha(units(*KRIPPENDORFF))
    # 40 ratings pair with another one of their unit; agreeing coincidences 7 + 10 + 8 + 4 + 3 of the values
    # 1 to 5, which occur 9, 13, 10, 5 and 3 times.
    by_chance = 9 * 8 + 13 * 12 + 10 * 9 + 5 * 4 + 3 * 2
    by_hand = (39 * 32 - by_chance) / (40 * 39 - by_chance)
    assert found.value == pytest.approx(by_hand)
    assert found.value == pytest.approx(0.743, abs=5e-4)  # as published
    assert found.n == 11  # one unit has a single rating
    assert found.low is not None
    assert found.high is not None
    assert found.low < by_hand < found.high


def test_alpha_of_two_raters_by_hand() -> None:
    # Of ten units eight agree (five a, three b) and two don't: n = 20, a 12 times, b 8 times.
    found = alpha(units("a a a a a b b b a b", "a a a a a b b b b a"))
    assert found.value == pytest.approx(1 - 19 * (2 * 2) / (20**2 - 12**2 - 8**2))


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.sampled_from("abc"), st.sampled_from("abc")), min_size=1, max_size=40))
def test_kappa_is_the_reference_librarys(pairs: list[tuple[str, str]]) -> None:
    one, other = zip(*pairs, strict=True)
    found = kappa([{"x": a, "y": b} for a, b in pairs])
    if len({*one, *other}) == 1:
        assert found.value is None  # the library divides nothing by nothing
        assert found.why
    else:
        assert found.value == pytest.approx(cohen_kappa_score(one, other))


@settings(max_examples=60, deadline=None)
@given(st.lists(st.lists(st.sampled_from(["a", "b", "c", None]), min_size=3, max_size=3), max_size=30))
def test_whoever_the_raters_are_and_however_categories_are_called_nothing_changes(
    rows: list[list[str | None]],
) -> None:
    ratings = [{f"r{i}": v for i, v in enumerate(row) if v} for row in rows]
    renamed = [{f"q{3 - i}": v * 2 for i, v in enumerate(row) if v} for row in rows]
    one, other = alpha(ratings).value, alpha(renamed).value
    assert (one is None) == (other is None)
    if one is not None:
        assert one == pytest.approx(other)
        assert one <= 1


def test_percent_counts_pairs_and_each_item_alike() -> None:
    # Three raters, two alike: one pair of three. Two raters alike: all. One alone: nothing.
    found = percent([{"a": "x", "b": "x", "c": "y"}, {"a": "x", "b": "x"}, {"a": "x"}])
    assert found.value == pytest.approx((1 / 3 + 1) / 2)
    assert found.n == 2
    assert found.low is None
    assert "2" in found.why


def test_an_interval_covers_the_truth_about_as_often_as_it_says() -> None:
    rng = np.random.default_rng(3)
    hits = []
    for _ in range(60):
        same = rng.random(120) < 0.8
        names = rng.choice(list("ab"), 120)
        others = np.where(same, names, np.where(names == "a", "b", "a"))
        found = kappa([{"x": str(a), "y": str(b)} for a, b in zip(names, others, strict=True)])
        assert found.low is not None
        assert found.high is not None
        hits.append(found.low <= 0.6 <= found.high)  # 0.8 against 0.5 by chance
    assert 0.85 <= np.mean(hits) <= 1.0


def test_what_can_not_be_had_is_none_with_its_reason() -> None:
    assert percent([]).value is None
    assert alpha([{"a": "x"}]).value is None
    assert "two raters" in kappa([{"a": "x", "b": "x", "c": "x"}]).why
    assert alpha([{"a": "x", "b": "x"}] * 9).value is None
    assert share(0, 0).value is None


def test_a_share_has_wilsons_interval() -> None:
    found = share(8, 10)
    z = 1.959964
    middle, half = (
        (0.8 + z * z / 20) / (1 + z * z / 10),
        z / (1 + z * z / 10) * math.sqrt(0.8 * 0.2 / 10 + z * z / 400),
    )
    assert (found.value, found.low, found.high) == (
        0.8,
        pytest.approx(middle - half),
        pytest.approx(middle + half),
    )
