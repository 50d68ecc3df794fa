"""What has been done to each item, and with what result? One SQLite file in the workspace.

    row     one per stage and item: how it ended, why, what it took, and the fingerprint of what it rests on
    output  one per stage and kept item: the record as JSON; a fan-out makes several, which name their parent
    review  what people decided about an item at a stage
    note    the plan and the state of the last run, as JSON

A row and its outputs are written in one transaction, so a killed run leaves both or neither. An output is
*fresh* while its row stands; when the row has to be done again the old record stays, not fresh, until the new
one is there: when both are the same, whatever rests on it need not be done again.
"""

from __future__ import annotations

import json
import sqlite3
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Self

from saber.core.errors import UsageError, WorkspaceError
from saber.core.sqlite import to_wal
from saber.flow.plan import Plan
from saber.flow.rows import Done, Output

__all__ = ["Ledger"]

_SCHEMA = """
CREATE TABLE IF NOT EXISTS row (
    stage TEXT NOT NULL, item TEXT NOT NULL, fingerprint BLOB NOT NULL,
    status TEXT NOT NULL CHECK (status IN ('ok', 'dropped', 'quarantined', 'pending')),
    reason TEXT NOT NULL, detail TEXT NOT NULL, measured TEXT, attempts INTEGER NOT NULL,
    seconds REAL NOT NULL, cost REAL, tokens INTEGER, at REAL NOT NULL,
    PRIMARY KEY (stage, item)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS output (
    stage TEXT NOT NULL, item TEXT NOT NULL, parent TEXT NOT NULL, sha256 BLOB NOT NULL,
    fresh INTEGER NOT NULL, record TEXT NOT NULL,
    PRIMARY KEY (stage, item));
CREATE INDEX IF NOT EXISTS child ON output (parent, stage) WHERE parent <> item;
CREATE TABLE IF NOT EXISTS review (
    stage TEXT NOT NULL, item TEXT NOT NULL, field TEXT NOT NULL, value TEXT NOT NULL,
    reviewer TEXT NOT NULL, at REAL NOT NULL,
    PRIMARY KEY (stage, item, field)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS note (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
"""
_FORMAT = 1
_WAIT_S = 30.0
"""For another process's transaction; ours take milliseconds."""

_ITS_ITEMS = """
WITH RECURSIVE its(item) AS (
    SELECT ? UNION SELECT output.item FROM output JOIN its ON output.parent = its.item
    WHERE output.parent <> output.item)
"""
"""An item and whatever was cut out of it, at any stage."""


class Ledger:
    """The file `ledger.sqlite` of a workspace. Use it in a `with` statement, or close it.

    Raises WorkspaceError, from every method, when the file can't be read or written.
    """

    NAME = "ledger.sqlite"

    def __init__(self, workspace: Path, *, read_only: bool = False) -> None:
        self.path = workspace / self.NAME
        if read_only and not self.path.exists():
            raise WorkspaceError(
                f"There is no ledger in {workspace}.", remedy="Nothing was run in this workspace yet."
            )
        with self._telling():
            self._db = sqlite3.connect(
                f"{self.path.absolute().as_uri()}?mode={'ro' if read_only else 'rwc'}",
                uri=True,
                timeout=_WAIT_S,
                isolation_level=None,
            )
            if not read_only:
                to_wal(self._db, _WAIT_S)
                # A killed process loses nothing that was committed; a power cut may lose the last commits.
                self._db.execute("PRAGMA synchronous = NORMAL")
                self._db.executescript(_SCHEMA)
            self._check_format(read_only)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        self._db.close()

    def _check_format(self, read_only: bool) -> None:
        (found,) = self._db.execute("PRAGMA user_version").fetchone()
        if found == 0 and not read_only:
            self._db.execute(f"PRAGMA user_version = {_FORMAT}")
        elif found == 0 and not self._db.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]:
            raise WorkspaceError(f"Nothing was run in {self.path.parent} yet.")
        elif found != _FORMAT:
            raise WorkspaceError(
                f"{self.path} has format {found}, this version reads {_FORMAT}.",
                remedy="Use the version of saber that wrote it, or a new workspace.",
            )

    # --- reading ---------------------------------------------------------------------------------

    def rows(self, sql: str, values: Sequence[object] = ()) -> list[tuple[Any, ...]]:
        """All rows of a query; ask in pages where they could be many."""
        with self._telling():
            return self._db.execute(sql, values).fetchall()

    def note(self, key: str) -> Any:
        """What was noted under `key`; None: nothing."""
        found = self.rows("SELECT value FROM note WHERE key = ?", (key,))
        return json.loads(found[0][0]) if found else None

    def reviews(self, stage: str) -> dict[str, dict[str, Any]]:
        """Item -> field -> value, as people decided at `stage`."""
        found: dict[str, dict[str, Any]] = {}
        for item, name, value in self.rows(
            "SELECT item, field, value FROM review WHERE stage = ? ORDER BY item, field", (stage,)
        ):
            found.setdefault(item, {})[name] = json.loads(value)
        return found

    # --- writing ---------------------------------------------------------------------------------

    @contextmanager
    def writing(self) -> Iterator[sqlite3.Connection]:
        """One transaction: all of it or nothing."""
        with self._telling():
            self._db.execute("BEGIN IMMEDIATE")
            try:
                yield self._db
                self._db.execute("COMMIT")
            except BaseException:
                # A full disk ends the transaction by itself.
                if self._db.in_transaction:
                    self._db.execute("ROLLBACK")
                raise

    def take_note(self, db: sqlite3.Connection, key: str, value: object) -> None:
        db.execute("REPLACE INTO note VALUES (?, ?)", (key, json.dumps(value, ensure_ascii=False)))

    def review(self, stage: str, item: str, decided: Mapping[str, Any], reviewer: str) -> None:
        """Keep what a person decided about `item` at `stage`: field -> plain value. The next run does the
        row again with it. Deciding again replaces the earlier decision about the same field."""
        if not reviewer:
            raise UsageError("A decision needs its reviewer's name.")
        try:
            values = [
                (stage, item, name, json.dumps(value, allow_nan=False), reviewer, time.time())
                for name, value in decided.items()
            ]
        except (TypeError, ValueError) as error:
            raise UsageError(f"The decision about {item!r} is no plain value ({error}).") from error
        with self.writing() as db:
            db.executemany("REPLACE INTO review VALUES (?, ?, ?, ?, ?, ?)", values)

    def withdraw(self, stage: str, item: str) -> None:
        """Forget what people decided about `item` at `stage`."""
        with self.writing() as db:
            db.execute("DELETE FROM review WHERE stage = ? AND item = ?", (stage, item))

    def retry(self, stages: Iterable[str] | None = None) -> int:
        """Make quarantined rows pending, of all stages or of these. Returns how many."""
        with self.writing() as db:
            if stages is None:
                return db.execute("UPDATE row SET status = 'pending' WHERE status = 'quarantined'").rowcount
            return sum(
                db.execute(
                    "UPDATE row SET status = 'pending' WHERE status = 'quarantined' AND stage = ?", (stage,)
                ).rowcount
                for stage in stages
            )

    def redo(self, stages: Iterable[str]) -> int:
        """Make every row of these stages pending, however it ended. Returns how many."""
        with self.writing() as db:
            count = 0
            for stage in stages:
                rows = db.execute("SELECT item FROM row WHERE stage = ? AND status != 'pending'", (stage,))
                for (item,) in rows.fetchall():
                    self.stale(db, (stage,), item)
                    count += 1
            return count

    def put(
        self,
        db: sqlite3.Connection,
        plan: Plan,
        stage: str,
        prints: Mapping[str, bytes],
        done: Sequence[Done],
    ) -> list[Done]:
        """Write finished rows and what came out of them, inside a transaction. Returns the rows as written.

        prints: item -> fingerprint. Records that change or vanish take along what rests on them.
        """
        written = []
        known = self._known(db, stage, [one.item for one in done])
        for one in done:
            if one.item in known or any(output.item != one.item for output in one.outputs):
                one = self._replace(db, plan, stage, one)
            db.execute(
                "REPLACE INTO row VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                (
                    stage,
                    one.item,
                    prints[one.item],
                    one.status,
                    one.reason,
                    one.detail,
                    one.measured,
                    one.attempts,
                    round(one.seconds, 6),
                    one.cost,
                    one.tokens,
                    round(time.time(), 3),
                ),
            )
            for output in one.outputs:
                self._write(db, stage, one.item, output)
            written.append(one)
        return written

    def _write(self, db: sqlite3.Connection, stage: str, parent: str, output: Output) -> None:
        db.execute(
            "INSERT INTO output VALUES (?, ?, ?, ?, 1, ?) ON CONFLICT (stage, item) DO UPDATE SET "
            "parent = excluded.parent, sha256 = excluded.sha256, fresh = 1, record = excluded.record",
            (stage, output.item, parent, bytes.fromhex(output.sha256), output.record),
        )

    def _known(self, db: sqlite3.Connection, stage: str, items: Sequence[str]) -> set[str]:
        marks = ", ".join("?" * len(items))
        found = db.execute(f"SELECT item FROM row WHERE stage = ? AND item IN ({marks})", (stage, *items))
        return {item for (item,) in found}

    def _replace(self, db: sqlite3.Connection, plan: Plan, stage: str, one: Done) -> Done:
        """Clear the way for what comes instead of an older result. A child whose id another parent's child
        has already would take its place: then the row is quarantined."""
        for output in one.outputs:
            taken = db.execute(
                "SELECT parent FROM output WHERE stage = ? AND item = ? AND parent <> ?",
                (stage, output.item, one.item),
            ).fetchone()
            if taken is not None:
                one = Done(
                    one.item,
                    "quarantined",
                    reason="duplicate_id",
                    detail=f"{output.item!r} was made of {taken[0]!r} already.",
                    attempts=one.attempts,
                    seconds=one.seconds,
                )
        old = dict(
            db.execute(
                "SELECT item, sha256 FROM output WHERE stage = ?1 AND item = ?2 AND parent = ?2 UNION ALL "
                "SELECT item, sha256 FROM output WHERE stage = ?1 AND parent = ?2 AND parent <> item",
                (stage, one.item),
            ).fetchall()
        )
        new = {output.item: bytes.fromhex(output.sha256) for output in one.outputs}
        for item, sha256 in old.items():
            if item not in new:
                db.execute("DELETE FROM output WHERE stage = ? AND item = ?", (stage, item))
                self._forget(db, plan, stage, item)
            elif new[item] != sha256:
                self.stale(db, plan.needers(stage), item)
        return one

    def _forget(self, db: sqlite3.Connection, plan: Plan, stage: str, item: str) -> None:
        """What rests on a record that is no more. Outputs last: they say what was cut out of what."""
        for later in plan.downstream(stage):
            db.execute(
                f"{_ITS_ITEMS} DELETE FROM row WHERE stage = ? AND item IN (SELECT item FROM its)",
                (item, later),
            )
        for later in reversed(plan.downstream(stage)):
            db.execute(
                f"{_ITS_ITEMS} DELETE FROM output WHERE stage = ? AND item IN (SELECT item FROM its)",
                (item, later),
            )

    def stale(self, db: sqlite3.Connection, stages: Iterable[str], item: str) -> None:
        """The rows of these stages for `item`, and for what was cut out of it, are to be done again."""
        for stage in stages:
            db.execute(
                f"{_ITS_ITEMS} UPDATE row SET status = 'pending', attempts = 0 "
                "WHERE stage = ? AND item IN (SELECT item FROM its)",
                (item, stage),
            )
            db.execute(
                f"{_ITS_ITEMS} UPDATE output SET fresh = 0 "
                "WHERE stage = ? AND parent IN (SELECT item FROM its)",
                (item, stage),
            )

    @contextmanager
    def _telling(self) -> Iterator[None]:
        """SQLite's errors as one sentence."""
        try:
            yield
        except sqlite3.DatabaseError as error:
            raise _told(error, self.path) from error


def _told(error: sqlite3.DatabaseError, path: Path) -> WorkspaceError:
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF
    say: dict[int, Callable[[], WorkspaceError]] = {
        sqlite3.SQLITE_FULL: lambda: WorkspaceError(
            f"The disk that holds {path.parent} is full.",
            remedy="Make room and run the same command again; what was committed is kept.",
        ),
        sqlite3.SQLITE_IOERR: lambda: WorkspaceError(
            f"{path} can't be read or written ({error}): a full disk, a limit on file sizes, a faulty drive.",
            remedy="See to that and run the same command again; what was committed is kept.",
        ),
        sqlite3.SQLITE_READONLY: lambda: WorkspaceError(
            f"{path} can't be written: it, or its folder, is read-only.",
            remedy="Give write permission, or name another workspace.",
        ),
        sqlite3.SQLITE_CANTOPEN: lambda: WorkspaceError(
            f"{path} can't be opened or made.", remedy="Is the folder there, and may you write in it?"
        ),
        sqlite3.SQLITE_BUSY: lambda: WorkspaceError(
            f"{path} is held by another program since {_WAIT_S:g} s.", remedy="End that program."
        ),
        sqlite3.SQLITE_NOTADB: lambda: WorkspaceError(
            f"{path} is not a ledger.", remedy="Name another workspace, or move the file away."
        ),
        sqlite3.SQLITE_CORRUPT: lambda: WorkspaceError(
            f"{path} is damaged.", remedy="Restore it from a backup, or start in a new workspace."
        ),
    }
    if code in say:
        return say[code]()
    return WorkspaceError(f"{path} can't be used ({error}).")
