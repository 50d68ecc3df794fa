"""How is a small database of decisions opened, written whole, and its failure told in one sentence?"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from saber.core.errors import WorkspaceError
from saber.core.sqlite import to_wal

__all__ = ["open_sqlite", "telling", "writing"]

_WAIT_S = 30.0


def open_sqlite(path: Path, schema: str, format_: int) -> sqlite3.Connection:
    """A database for durable small writes. Raises WorkspaceError."""
    with telling(path):
        db = sqlite3.connect(path, timeout=_WAIT_S, isolation_level=None)
        try:
            (found,) = db.execute("PRAGMA user_version").fetchone()
            if found not in (0, format_):
                raise WorkspaceError(
                    f"{path} has format {found}, this version reads {format_}.",
                    remedy="Use the version of saber that wrote it.",
                )
            if found == 0:
                to_wal(db, _WAIT_S)
                db.executescript(schema)
                db.execute(f"PRAGMA user_version = {format_}")
            db.execute("PRAGMA synchronous = FULL")
        except BaseException:
            db.close()
            raise
    return db


@contextmanager
def writing(db: sqlite3.Connection, path: Path) -> Iterator[None]:
    """One transaction, all of it or nothing; others wait meanwhile."""
    with telling(path):
        db.execute("BEGIN IMMEDIATE")
        try:
            yield
            db.execute("COMMIT")
        except BaseException:
            # A full disk ends the transaction by itself.
            if db.in_transaction:
                db.execute("ROLLBACK")
            raise


@contextmanager
def telling(path: Path) -> Iterator[None]:
    """SQLite's errors as one sentence."""
    try:
        yield
    except sqlite3.DatabaseError as error:
        raise WorkspaceError(
            f"{path} can't be read or written ({error}).",
            remedy="Is there room on the disk, and may you write there? What was kept before stays.",
        ) from error
