"""What does a dataset look like from above: yield, scores, balance, cost, review?"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

import numpy as np

from saber.core.taxonomy import Dimension
from saber.flow import Ledger, status
from saber.review.index import Index
from saber.review.known import open_ledger
from saber.review.progress import progress
from saber.review.records import Balance, Dashboard, Histogram, StageYield
from saber.review.store import Store

__all__ = ["MOST_SAMPLED", "dashboard"]

MOST_SAMPLED = 4000
"""Own choice: items whose scores are read for the histograms. A share is then known to about 1.6 %."""
_BINS = 20
_PAGE = 200
_Stage = Literal["clean", "verify"]
_Key = tuple[_Stage, str, str | None, str]


def dashboard(workspace: Path, store: Store, index: Index, indexed: int, known: int) -> Dashboard:
    """All of it. The yield is that of the last run, whether or not it is still at work."""
    last = status(workspace)
    tokens = [s.tokens for s in last.stages if s.tokens is not None]
    items, counts = index.sample(MOST_SAMPLED), index.counts()
    with open_ledger(workspace) as ledger:
        histograms = _histograms(ledger, items)
    return Dashboard(
        stages=tuple(
            StageYield(
                name=s.name,
                inputs=s.inputs,
                kept=s.kept,
                dropped=s.dropped,
                quarantined=s.quarantined,
                pending=s.pending,
                reasons=s.reasons,
                seconds=s.seconds,
                cost=s.cost,
                tokens=s.tokens,
            )
            for s in last.stages
        ),
        run=last.state,
        at=last.at,
        cost=last.cost,
        tokens=sum(tokens) if tokens else None,
        histograms=tuple(histograms),
        sampled=indexed > len(items),
        balance=tuple(
            Balance(by=by, counts=counts[by], kept=counts[f"kept {by}"])
            for by in ("emotion", "language", "corpus", "split", "half")
        ),
        review=progress(store, index),
        indexed=indexed,
        known=known,
    )


@dataclass
class _Tally:
    scores: list[float] = field(default_factory=list)
    limits: set[float] = field(default_factory=set)
    answers: Counter[bool | None] = field(default_factory=Counter)
    unit: str = ""


def _histograms(ledger: Ledger, items: Sequence[str]) -> list[Histogram]:
    """Of each check of each text by each judge."""
    tallies: dict[_Key, _Tally] = {}
    for stage, check in _checks(ledger, items):
        key: _Key = (stage, check["name"], check["dimension"], check["judge"])
        tally = tallies.setdefault(key, _Tally())
        tally.answers[check["passed"]] += 1
        tally.unit = check["unit"] or tally.unit
        if check["score"] is not None:
            tally.scores.append(check["score"])
        if check["limit"] is not None:
            tally.limits.add(check["limit"])
    return [_histogram(key, tallies[key]) for key in sorted(tallies, key=str)]


def _checks(ledger: Ledger, items: Sequence[str]) -> Iterator[tuple[_Stage, Mapping[str, Any]]]:
    """Every check of cleaning and verification of the items, as JSON objects."""
    for start in range(0, len(items), _PAGE):
        page = items[start : start + _PAGE]
        marks = ", ".join("?" * len(page))
        dropped = dict(
            ledger.rows(
                "SELECT item, measured FROM row WHERE stage = 'verify' AND measured IS NOT NULL "
                f"AND item IN ({marks})",
                page,
            )
        )
        for stage in ("clean", "verify"):
            for item, record in ledger.rows(
                f"SELECT item, record FROM output WHERE stage = ? AND item IN ({marks})", (stage, *page)
            ):
                if stage == "clean" or item not in dropped:
                    yield from ((stage, check) for check in json.loads(record)["checks"])
        for record in dropped.values():
            yield from (("verify", check) for check in json.loads(record)["checks"])


def _histogram(key: _Key, tally: _Tally) -> Histogram:
    stage, name, dimension, judge = key
    edges: list[float] = []
    counts: list[int] = []
    if tally.scores:
        low, high = min([*tally.scores, *tally.limits]), max([*tally.scores, *tally.limits])
        if tally.unit == "ratio":
            low, high = min(low, 0.0), max(high, 1.0)
        if low == high:
            low, high = low - 0.5, high + 0.5
        made, at = np.histogram(tally.scores, bins=_BINS, range=(low, high))
        counts, edges = [int(n) for n in made], [round(float(x), 6) for x in at]
    return Histogram(
        stage=stage,
        check=name,
        dimension=None if dimension is None else Dimension(dimension),
        judge=judge,
        unit=tally.unit,
        limits=tuple(sorted(tally.limits)),
        edges=tuple(edges),
        counts=tuple(counts),
        passed=tally.answers[True],
        failed=tally.answers[False],
        unknown=tally.answers[None],
        of=tally.answers.total(),
    )
