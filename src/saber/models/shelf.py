"""Where are answers kept, so that the same question is never paid for twice?"""

from __future__ import annotations

import json
import logging
import sqlite3
import time
from dataclasses import asdict
from pathlib import Path

from saber.core.errors import UsageError
from saber.core.sqlite import to_wal
from saber.models.request import Reply, Usage

__all__ = ["SqliteShelf"]

log = logging.getLogger(__name__)

_WAIT_S = 30.0


class SqliteShelf:
    """Replies by the content of their request, in one file. Holds answers only: no media, no key.

    Safe for several processes; the later writer of a key wins, and both answered the same question.
    """

    def __init__(self, file: Path) -> None:
        self._file = file
        self._warned = False
        try:
            file.parent.mkdir(parents=True, exist_ok=True)
            # One caller uses it, and not always from the thread that opened it.
            self._db = sqlite3.connect(file, timeout=_WAIT_S, isolation_level=None, check_same_thread=False)
            to_wal(self._db, _WAIT_S)
            self._db.execute("CREATE TABLE IF NOT EXISTS reply (key TEXT PRIMARY KEY, at REAL, reply TEXT)")
        except (OSError, sqlite3.Error) as error:
            raise UsageError(
                f"Can't keep answers in {file}: {error}.", remedy="Choose another place for the cache."
            ) from error

    def get(self, key: str) -> Reply | None:
        """None also for what can't be read: asking again costs less than failing."""
        try:
            row = self._db.execute("SELECT reply FROM reply WHERE key = ?", (key,)).fetchone()
            if row is None:
                return None
            kept = json.loads(row[0])
            return Reply(**{**kept, "texts": tuple(kept["texts"]), "usage": Usage(**kept["usage"])})
        except (sqlite3.Error, ValueError, KeyError, TypeError) as error:
            self._warn("Can't read an answer from the cache", error)
            return None

    def put(self, key: str, reply: Reply) -> None:
        """Keep the reply; a full disk costs the copy, not the answer that was paid for."""
        try:
            self._db.execute(
                "INSERT OR REPLACE INTO reply VALUES (?, ?, ?)", (key, time.time(), json.dumps(asdict(reply)))
            )
        except sqlite3.Error as error:
            self._warn("Can't keep an answer in the cache", error)

    def _warn(self, what: str, error: Exception) -> None:
        """Once: it will be the same for every answer."""
        if not self._warned:
            log.warning("%s %s: %s.", what, self._file, error)
        self._warned = True

    def close(self) -> None:
        self._db.close()
