"""Which items come to a stage, which of them are still to be done, and what came out of it?

Read in pages, in order of id: memory does not grow with the number of items, and no reader stays open that
would keep the write-ahead log from being folded back.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from saber.flow import fingerprint
from saber.flow.ledger import Ledger
from saber.flow.plan import Need, Plan, find
from saber.flow.rows import Task
from saber.flow.stage import Stage

__all__ = ["Seen", "ended", "look", "made", "pending", "set_fingerprint"]

_PAGE = 1000
_ROW = "row.status row.fingerprint row.reason row.seconds row.cost row.tokens"


@dataclass
class Seen:
    """A stage's inputs as they stand: how each ended, by reason; the rest is pending."""

    inputs: int = 0
    kept: int = 0
    dropped: int = 0
    quarantined: int = 0
    reasons: dict[str, int] | None = None
    seconds: float = 0.0
    cost: float | None = None
    tokens: int | None = None

    def count(self, status: str, reason: str, seconds: float, cost: float | None, tokens: int | None) -> None:
        """One row that stands."""
        if status == "ok":
            self.kept += 1
        elif status == "dropped":
            self.dropped += 1
        else:
            self.quarantined += 1
        if reason:
            self.reasons = self.reasons or {}
            self.reasons[reason] = self.reasons.get(reason, 0) + 1
        self.seconds += seconds
        if cost is not None:
            self.cost = (self.cost or 0.0) + cost
        if tokens is not None:
            self.tokens = (self.tokens or 0) + tokens


def look(ledger: Ledger, plan: Plan, stage: Stage) -> Seen:
    """Count the stage's inputs; rows that rest on something else than they would now become pending."""
    seen = Seen()
    own = fingerprint.of_stage(stage)
    reviews = ledger.reviews(stage.name)
    together = set_fingerprint(ledger, plan, stage) if _is_set(stage) else None
    for page in _inputs(ledger, plan, stage, "sha256", _ROW):
        stale = []
        for item, *needs, status, printed, reason, seconds, cost, tokens in page:
            seen.inputs += 1
            if status is None or status == "pending":
                continue
            if printed != (together or fingerprint.of_row(own, needs, reviews.get(item, {}))):
                stale.append(item)
                continue
            seen.count(status, reason, seconds, cost, tokens)
        if stale:
            with ledger.writing() as db:
                for item in stale:
                    ledger.stale(db, (stage.name,), item)
    return seen


def pending(ledger: Ledger, plan: Plan, stage: Stage, *, every: bool = False) -> Iterator[Task]:
    """The rows of the stage that are to be done, or every one of its inputs, in order of id."""
    own = fingerprint.of_stage(stage)
    reviews = ledger.reviews(stage.name)
    width = len(stage.needs)
    where = "" if every else "AND (row.status IS NULL OR row.status = 'pending')"
    for page in _inputs(ledger, plan, stage, "sha256 record", "row.attempts", where):
        for item, *cells in page:
            needs, records = cells[:width], cells[width : 2 * width]
            attempts = cells[2 * width]
            reviewed = reviews.get(item, {})
            yield Task(
                item,
                fingerprint.of_row(own, needs, reviewed),
                dict(zip(stage.needs, records, strict=True)),
                reviewed,
                tried=attempts or 0,
            )


def set_fingerprint(ledger: Ledger, plan: Plan, stage: Stage) -> bytes:
    """Of a decision about all the inputs of the stage together."""
    own = fingerprint.of_stage(stage)
    reviews = ledger.reviews(stage.name)
    return fingerprint.of_set(
        (item, fingerprint.of_row(own, needs, reviews.get(item, {})))
        for page in _inputs(ledger, plan, stage, "sha256")
        for item, *needs in page
    )


def made(
    ledger: Ledger, chains: Mapping[str, Sequence[str]], last: str, others: Sequence[str] = ()
) -> Iterator[tuple[str, ...]]:
    """(id, record, others' records) of what stage `last` keeps, in order of id, records as JSON.

    Only what nothing above makes stale.
    """
    chain = (last, *chains[last])
    needs = [find(chains, chain, name) for name in (last, *others)]
    for page in _join(ledger, chain, needs, "record"):
        yield from page


def ended(ledger: Ledger, chains: Mapping[str, Sequence[str]], name: str) -> Iterator[tuple[Any, ...]]:
    """Each input of stage `name` that went no further, in order of id: item, status, reason, detail,
    measured, attempts, seconds."""
    row = _Join(
        "JOIN row ON row.stage = ? AND row.item = o0.item AND row.status IN ('dropped', 'quarantined')",
        (name,),
    )
    columns = "row.status row.reason row.detail row.measured row.attempts row.seconds"
    for page in _join(ledger, chains[name], [], "", [row], columns):
        yield from page


@dataclass(frozen=True)
class _Join:
    """One more table of a query, and the values for its marks."""

    sql: str
    values: tuple[str, ...]


def _ancestry(chain: Sequence[str]) -> list[_Join]:
    """The records above that of the first stage of `chain`, up to the source: all have to be fresh.

    CROSS JOIN keeps SQLite to this order: the first table in order of id, the others looked up by key.
    """
    return [
        _Join(
            f"CROSS JOIN output o{up} ON o{up}.stage = ? AND o{up}.item = o{up - 1}.parent AND o{up}.fresh",
            (s,),
        )
        for up, s in enumerate(chain)
        if up > 0
    ]


def _inputs(
    ledger: Ledger, plan: Plan, stage: Stage, of_needs: str, of_row: str = "", where: str = ""
) -> Iterator[list[tuple[Any, ...]]]:
    """Pages of (item, the columns `of_needs` of each needed record, the columns `of_row`)."""
    row = _Join("LEFT JOIN row ON row.stage = ? AND row.item = o0.item", (stage.name,))
    return _join(
        ledger, plan.chain(stage.name), plan.needs(stage), of_needs, [row] if of_row else [], of_row, where
    )


def _join(
    ledger: Ledger,
    chain: Sequence[str],
    needs: Sequence[Need],
    of_needs: str,
    more: Sequence[_Join] = (),
    of_more: str = "",
    where: str = "",
) -> Iterator[list[tuple[Any, ...]]]:
    joins, places = _ancestry(chain), []
    for number, need in enumerate(needs):
        places.append(f"b{number}" if need.beside else f"o{need.up}")
        if need.beside:
            side = f"CROSS JOIN output b{number} ON b{number}.stage = ? AND b{number}.item = o{need.up}.item"
            joins.append(_Join(f"{side} AND b{number}.fresh", (need.stage,)))
    columns = [f"{place}.{column}" for column in of_needs.split() for place in places]
    return _pages(ledger, chain[0], ", ".join([*columns, *of_more.split()]), [*joins, *more], where)


def _pages(
    ledger: Ledger, first: str, columns: str, joins: list[_Join], where: str = ""
) -> Iterator[list[tuple[Any, ...]]]:
    sql = (
        f"SELECT o0.item, {columns} FROM output o0 {' '.join(join.sql for join in joins)} "
        f"WHERE o0.stage = ? AND o0.fresh AND o0.item > ? {where} ORDER BY o0.item LIMIT {_PAGE}"
    )
    values = [value for join in joins for value in join.values]
    last = ""
    while page := ledger.rows(sql, (*values, first, last)):
        yield page
        last = page[-1][0]


def _is_set(stage: Stage) -> bool:
    return getattr(stage, "work", None) == "set"
