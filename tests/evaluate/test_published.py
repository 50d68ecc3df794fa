"""Does every published number say where it stands, how it was made, and whether anybody checked it?"""

from __future__ import annotations

from dataclasses import replace

import pytest

from saber.evaluate import BENCHES, Published, bench_of, published
from saber.evaluate.markdown import peer_row

ALL = [number for bench in BENCHES for number in published(bench)]


@pytest.mark.parametrize("number", ALL, ids=lambda n: f"{n.bench}-{n.model}")
def test_each_has_a_source_and_a_protocol(number: Published) -> None:
    assert "http" in number.source or "arXiv" in number.source
    assert len(number.protocol) > 20
    assert number.table in {table for table, _, _ in bench_of(number.bench).board}
    limit = 10 if number.bench == "emer" else 100
    assert all(0 <= value <= limit for value in number.rows.values())


def test_an_average_is_that_of_its_groups() -> None:
    """So a number that was mistyped is found, checked or not."""
    for number in published("emobench-m"):
        groups = [number.rows[name] for name in ("FER", "CEU", "SCEA")]
        assert number.rows["Average"] == pytest.approx(sum(groups) / 3, abs=0.06), number.model


def test_what_nobody_checked_is_shown_as_such() -> None:
    open_ = replace(ALL[0], checked="")
    assert peer_row(open_)[0] == f"{ALL[0].model} (unverified)"
    assert peer_row(open_)[-1] == "no"
    assert {n.model for n in published("emobench-m") if not n.checked} == {"Qwen2-Audio-7B", "Emotion-LLaMA"}
