"""How do several programs share one new SQLite file?"""

from __future__ import annotations

import sqlite3
import time

__all__ = ["to_wal"]

_PAUSE_S = 0.01


def to_wal(db: sqlite3.Connection, wait_s: float) -> None:
    """Switch to write-ahead logging, which lets others read meanwhile.

    SQLite's own timeout does not cover this switch: of two programs that open a new file at once, one is told
    "locked" without any waiting. Raises sqlite3.OperationalError after `wait_s` seconds.
    """
    end_s = time.monotonic() + wait_s
    while True:
        try:
            db.execute("PRAGMA journal_mode = WAL")
            return
        except sqlite3.OperationalError as error:
            busy = error.sqlite_errorcode & 0xFF == sqlite3.SQLITE_BUSY
            if not busy or time.monotonic() > end_s:
                raise
        time.sleep(_PAUSE_S)
