"""How do the raw clips come into the ledger, when they were listed before, and some no longer are?"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice

from saber.core.dataset import Source
from saber.core.errors import UsageError
from saber.flow import fingerprint
from saber.flow.ledger import Ledger
from saber.flow.plan import SOURCE, Plan

__all__ = ["ingest"]

_PAGE = 1000


def ingest(ledger: Ledger, plan: Plan, sources: Iterable[Source]) -> int:
    """Make exactly these the inputs of the first stages. Returns how many there are.

    One that was listed before and is not now is set aside, and what was made of it with it: nothing is
    deleted, and it comes back when it is listed again. Raises UsageError when two have the same id.
    """
    ledger.rows("CREATE TEMP TABLE IF NOT EXISTS listed (item TEXT PRIMARY KEY) WITHOUT ROWID")
    ledger.rows("DELETE FROM listed")
    count = 0
    for page in _pages(sources):
        count += len(page)
        with ledger.writing() as db:
            for source in page:
                if db.execute("INSERT OR IGNORE INTO listed VALUES (?)", (source.id,)).rowcount == 0:
                    raise UsageError(
                        f"Two sources have the id {source.id!r}; the second is {source.path}.",
                        remedy="Each id names one clip.",
                    )
                text = source.model_dump_json(by_alias=True)
                sha256 = fingerprint.of_record(source)
                found = db.execute(
                    "SELECT sha256, fresh FROM output WHERE stage = ? AND item = ?", (SOURCE, source.id)
                ).fetchone()
                if found == (sha256, 1):
                    continue
                if found is not None and found[0] != sha256:
                    ledger.stale(db, plan.needers(SOURCE), source.id)
                db.execute(
                    "REPLACE INTO output VALUES (?, ?, ?, ?, 1, ?)",
                    (SOURCE, source.id, source.id, sha256, text),
                )
    with ledger.writing() as db:
        db.execute(
            "UPDATE output SET fresh = 0 WHERE stage = ? AND fresh "
            "AND NOT EXISTS (SELECT 1 FROM listed WHERE listed.item = output.item)",
            (SOURCE,),
        )
    return count


def _pages(sources: Iterable[Source]) -> Iterator[list[Source]]:
    flowing = iter(sources)
    while page := list(islice(flowing, _PAGE)):
        yield page
