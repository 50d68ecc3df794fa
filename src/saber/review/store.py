"""Where are reviewers' decisions kept, so that none is ever lost?

`reviews.sqlite` in the workspace. It is a file of its own because a ledger can be made anew by running again,
and what people have decided can't. Every commit reaches the disk before it is answered.

    decision   every decision that was ever made, with what its reviewer saw; `ended` says that it was
               replaced or taken back
    settled    one per item that somebody has decided: how far, and what follows for the ledger
    note       how many reviewers have to decide alike
"""

from __future__ import annotations

import json
import time
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

from saber.review.records import DecisionIn
from saber.review.seen import Seen
from saber.review.sqlite import open_sqlite, telling, writing

__all__ = ["Made", "Store"]

_SCHEMA = """
CREATE TABLE IF NOT EXISTS decision (
    id INTEGER PRIMARY KEY, item TEXT NOT NULL, reviewer TEXT NOT NULL, at REAL NOT NULL,
    body TEXT NOT NULL, seen TEXT NOT NULL, ended REAL);
CREATE UNIQUE INDEX IF NOT EXISTS active ON decision (item, reviewer) WHERE ended IS NULL;
CREATE INDEX IF NOT EXISTS of_item ON decision (item, id);
CREATE TABLE IF NOT EXISTS settled (
    item TEXT PRIMARY KEY, state TEXT NOT NULL, changed INTEGER NOT NULL, rejected INTEGER NOT NULL,
    verify TEXT, compare TEXT, passed_on INTEGER NOT NULL) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS by_state ON settled (state);
CREATE TABLE IF NOT EXISTS note (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
"""
_FORMAT = 1


@dataclass(frozen=True)
class Made:
    """A decision as it was kept."""

    id: int
    item: str
    reviewer: str
    at: float
    body: DecisionIn
    seen: Seen
    ended: float | None
    """When it was replaced or taken back; None: it counts."""


class Store:
    """The file `reviews.sqlite` of a workspace. Use it in a `with` statement, or close it.

    Raises WorkspaceError, from every method, when the file can't be read or written.
    """

    NAME = "reviews.sqlite"

    def __init__(self, workspace: Path) -> None:
        self.path = workspace / self.NAME
        self._db = open_sqlite(self.path, _SCHEMA, _FORMAT)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._db.close()

    def writing(self) -> AbstractContextManager[None]:
        """One transaction, all of it or nothing; others wait meanwhile."""
        return writing(self._db, self.path)

    def rows(self, sql: str, values: Sequence[object] = ()) -> list[tuple[Any, ...]]:
        with telling(self.path):
            return self._db.execute(sql, values).fetchall()

    @property
    def needed(self) -> int:
        """How many reviewers have to decide alike."""
        found = self.rows("SELECT value FROM note WHERE key = 'needed'")
        return int(found[0][0]) if found else 1

    def set_needed(self, needed: int) -> None:
        self.rows("REPLACE INTO note VALUES ('needed', ?)", (str(needed),))

    def put(self, item: str, body: DecisionIn, seen: Seen) -> None:
        """A decision takes the place of the same reviewer's earlier one. Inside a transaction."""
        self.end(item, body.reviewer)
        self._db.execute(
            "INSERT INTO decision (item, reviewer, at, body, seen) VALUES (?, ?, ?, ?, ?)",
            (item, body.reviewer, time.time(), body.model_dump_json(), seen.model_dump_json()),
        )

    def end(self, item: str, reviewer: str) -> bool:
        """Have a reviewer's decision count no more. Inside a transaction. Returns whether there was one."""
        return bool(
            self._db.execute(
                "UPDATE decision SET ended = ? WHERE item = ? AND reviewer = ? AND ended IS NULL",
                (time.time(), item, reviewer),
            ).rowcount
        )

    def of(self, item: str) -> list[Made]:
        """Every decision about an item, oldest first."""
        return [_made(row) for row in self.rows(f"{_SELECT} WHERE item = ? ORDER BY id", (item,))]

    def active(self) -> Iterator[Made]:
        """Every decision that counts, in the order in which they were made; read in pages."""
        last = 0
        while page := self.rows(f"{_SELECT} WHERE ended IS NULL AND id > ? ORDER BY id LIMIT 500", (last,)):
            for row in page:
                yield _made(row)
            last = page[-1][0]

    def settle(
        self,
        item: str,
        state: str,
        *,
        changed: bool,
        rejected: bool,
        verify: dict[str, Any] | None,
        compare: dict[str, Any] | None,
    ) -> None:
        """Keep how far an item is decided, still to be passed on to the ledger. Inside a transaction."""
        self._db.execute(
            "REPLACE INTO settled VALUES (?, ?, ?, ?, ?, ?, 0)",
            (item, state, changed, rejected, _text(verify), _text(compare)),
        )

    def settled(self, item: str) -> tuple[dict[str, Any] | None, dict[str, Any] | None]:
        """What was settled of an item for `verify` and for `compare`."""
        found = self.rows("SELECT verify, compare FROM settled WHERE item = ?", (item,))
        return (_value(found[0][0]), _value(found[0][1])) if found else (None, None)

    def to_pass_on(self, *, everything: bool = False) -> list[str]:
        """Items whose settled decisions may not be in the ledger yet."""
        where = "" if everything else "WHERE NOT passed_on"
        return [item for (item,) in self.rows(f"SELECT item FROM settled {where}")]

    def passed_on(self, item: str) -> None:
        """What is settled of it is in the ledger. Inside the transaction in which that was read."""
        self._db.execute("UPDATE settled SET passed_on = 1 WHERE item = ?", (item,))


_SELECT = "SELECT id, item, reviewer, at, body, seen, ended FROM decision"


def _made(row: tuple[Any, ...]) -> Made:
    number, item, reviewer, at, body, seen, ended = row
    return Made(
        number,
        item,
        reviewer,
        at,
        DecisionIn.model_validate_json(body),
        Seen.model_validate_json(seen),
        ended,
    )


def _text(value: dict[str, Any] | None) -> str | None:
    return None if value is None else json.dumps(value, ensure_ascii=False, sort_keys=True)


def _value(text: str | None) -> Any:
    return None if text is None else json.loads(text)
