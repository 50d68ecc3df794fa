"""With calls broken in every way, is each question answered or recorded, within the bounds? The small form of
`bench/faults.py`."""

from __future__ import annotations

import asyncio
import importlib.util
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from types import ModuleType

import pytest

from models import loopback


@pytest.fixture(scope="module")
def bench() -> ModuleType:
    file = Path(__file__).parents[2] / "bench" / "faults.py"
    spec = importlib.util.spec_from_file_location("faults", file)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["faults"] = module
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    with loopback.smollm() as address:
        yield address


@pytest.mark.parametrize(
    ("plan", "answered"),
    [
        ("all of these, mixed", range(10, 11)),
        ("mixed, answers streamed", range(10, 11)),
        ("mixed, budget for half", range(1, 10)),
        ("mixed, every call", range(1)),
    ],
)
def test_everything_ends_within_its_bounds(
    bench: ModuleType, server: str, plan: str, answered: range
) -> None:
    plans = {p.name: p for p in bench.plans(loopback.FAULTS, 0.3)}
    row = asyncio.run(bench.row(loopback, server, plans[plan], 10))
    assert row.broken_rules == []
    assert row.answered in answered
    assert row.answered + sum(row.reasons.values()) == 10
    assert len(row.seen) > 2


def test_a_rule_that_does_not_hold_is_told(bench: ModuleType, server: str) -> None:
    plan = bench.plans(loopback.FAULTS, 0.3)[0]
    row = asyncio.run(bench.row(loopback, server, plan, 1))
    for wrong, told in (
        ({"answered": 0}, "neither answered nor recorded"),
        ({"most_in_flight": bench.BOUND + 1}, "calls at once"),
        ({"limit": row.spent - 1}, "budget"),
        ({"used": row.spent + 1}, "fewer tokens"),
    ):
        assert told in replace(row, **wrong, broken_rules=[]).check().text()
