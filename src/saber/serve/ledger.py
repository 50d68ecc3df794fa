"""Which clips are there, how far is each, and what was found so far? One SQLite file that survives any end.

All methods are short, and called in one thread (`Desk` in `desk.py` sees to that). Each is one transaction.
"""

from __future__ import annotations

import json
import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from saber.core.errors import WorkspaceError
from saber.core.sqlite import to_wal
from saber.serve.records import Event, Job, Problem, Summary

__all__ = ["Ledger", "NewJob", "Task"]

_WAIT_S = 5.0

_SCHEMA = """
CREATE TABLE IF NOT EXISTS jobs (
  seq INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT UNIQUE NOT NULL, name TEXT NOT NULL, language TEXT NOT NULL,
  model TEXT NOT NULL, batch TEXT, size_bytes INTEGER NOT NULL, sha256 TEXT NOT NULL, state TEXT NOT NULL,
  stage TEXT NOT NULL, share REAL NOT NULL, attempts INTEGER NOT NULL, created_s REAL NOT NULL,
  started_s REAL, ended_s REAL, expires_s REAL, error TEXT, summary TEXT);
CREATE INDEX IF NOT EXISTS jobs_by_state ON jobs (state, seq);
CREATE TABLE IF NOT EXISTS events (
  id INTEGER PRIMARY KEY AUTOINCREMENT, job TEXT NOT NULL, kind TEXT NOT NULL, data TEXT NOT NULL);
CREATE INDEX IF NOT EXISTS events_by_job ON events (job, id);
CREATE TABLE IF NOT EXISTS spent (
  model TEXT PRIMARY KEY, tokens INTEGER NOT NULL, money REAL NOT NULL);
"""
_VERSION = 1


@dataclass(frozen=True)
class NewJob:
    """A clip that has arrived whole."""

    id: str
    name: str
    language: str
    model: str
    batch: str | None
    size_bytes: int
    sha256: str


@dataclass(frozen=True)
class Task:
    """A clip that a worker is to analyse; `attempt` counts from 1."""

    id: str
    name: str
    language: str
    model: str
    attempt: int


class Ledger:
    """The file; use it from one thread."""

    def __init__(self, path: Path, keep_s: float) -> None:
        """keep_s: how long an ended clip is kept, in seconds.

        Raises WorkspaceError when the file is not a ledger of this version, or can't be written.
        """
        self._keep_s = keep_s
        try:
            self._base = sqlite3.connect(path, timeout=_WAIT_S, check_same_thread=False, isolation_level=None)
            self._base.row_factory = sqlite3.Row
            # Readers from outside never wait for a writer. A power cut may cost the last transactions, a
            # killed process none.
            to_wal(self._base, _WAIT_S)
            self._base.execute("PRAGMA synchronous=NORMAL")
            # What was said in a deleted clip must not lie about in the file.
            self._base.execute("PRAGMA secure_delete=ON")
            found = self._base.execute("PRAGMA user_version").fetchone()[0]
            if found not in (0, _VERSION):
                raise WorkspaceError(
                    f"{path} was written by another version of SABER.",
                    remedy="Name another folder with --data.",
                )
            self._base.executescript(_SCHEMA)
            self._base.execute(f"PRAGMA user_version={_VERSION}")
        except sqlite3.Error as error:
            raise WorkspaceError(
                f"{path} can't be used: {error}.", remedy="Name another folder with --data."
            ) from error

    def close(self) -> None:
        self._base.close()

    @contextmanager
    def _whole(self) -> Iterator[None]:
        """One transaction. Raises WorkspaceError when it can't be written: nothing has changed then."""
        try:
            self._base.execute("BEGIN IMMEDIATE")
            try:
                yield
                self._base.execute("COMMIT")
            finally:
                if self._base.in_transaction:
                    self._base.execute("ROLLBACK")
        except sqlite3.OperationalError as error:
            raise WorkspaceError(
                f"The server's ledger can't be written: {error}.", remedy="Make room on its disk."
            ) from error

    # --- coming in --------------------------------------------------------------------------

    def add(self, new: NewJob) -> Job:
        """Queue a clip."""
        with self._whole():
            self._base.execute(
                "INSERT INTO jobs (id, name, language, model, batch, size_bytes, sha256, state, stage, "
                "share, attempts, created_s) VALUES (?, ?, ?, ?, ?, ?, ?, 'queued', 'queued', 0, 0, ?)",
                (
                    new.id,
                    new.name,
                    new.language,
                    new.model,
                    new.batch,
                    new.size_bytes,
                    new.sha256,
                    time.time(),
                ),
            )
            self._note_state(new.id)
        return self._known(new.id)

    def recover(self, *, blameless: bool = False) -> None:
        """What was running when the server ended waits again, in its old place.

        blameless: the server ended because it was told to, so this attempt does not count.
        """
        with self._whole():
            for row in self._base.execute("SELECT id FROM jobs WHERE state = 'running'").fetchall():
                if blameless:
                    self._base.execute("UPDATE jobs SET attempts = attempts - 1 WHERE id = ?", (row["id"],))
                self._requeue(row["id"])

    # --- at work ----------------------------------------------------------------------------

    def take(self, attempts: int) -> Task | None:
        """The next clip in the queue, which is running from now on.

        One that has been begun `attempts` times already has failed instead, and the next one is looked at.
        """
        while True:
            row = self._base.execute(
                "SELECT * FROM jobs WHERE state = 'queued' ORDER BY seq LIMIT 1"
            ).fetchone()
            if row is None:
                return None
            if row["attempts"] >= attempts:
                self.end(row["id"], error=_crashed(row["attempts"]))
                continue
            with self._whole():
                self._base.execute(
                    "UPDATE jobs SET state = 'running', stage = 'load', share = 0, attempts = attempts + 1, "
                    "started_s = ? WHERE id = ?",
                    (time.time(), row["id"]),
                )
                self._note_state(row["id"])
            return Task(row["id"], row["name"], row["language"], row["model"], row["attempts"] + 1)

    def note(self, job: str, kind: str, data: dict[str, object]) -> None:
        """Something was found, or a stage has begun, in a running clip."""
        with self._whole():
            if kind == "progress":
                self._base.execute(
                    "UPDATE jobs SET stage = ?, share = ? WHERE id = ? AND state = 'running'",
                    (data["stage"], data["share"], job),
                )
            self._note(job, kind, json.dumps(data, ensure_ascii=False, separators=(",", ":")))

    def give_back(self, job: str) -> None:
        """Its worker died: it waits again, in its old place, and what was found is found anew."""
        with self._whole():
            self._requeue(job)

    def end(
        self,
        job: str,
        *,
        error: Problem | None = None,
        summary: Summary | None = None,
    ) -> None:
        """It has failed with `error`, or else is done. Nothing changes if it had ended already."""
        state = "done" if error is None else "failed"
        now = time.time()
        with self._whole():
            changed = self._base.execute(
                "UPDATE jobs SET state = ?, stage = 'ended', "
                "share = CASE ? WHEN 'done' THEN 1 ELSE share END, ended_s = ?, expires_s = ?, error = ?, "
                "summary = ? WHERE id = ? AND state IN ('queued', 'running')",
                (
                    state,
                    state,
                    now,
                    now + self._keep_s,
                    None if error is None else error.model_dump_json(),
                    None if summary is None else summary.model_dump_json(),
                    job,
                ),
            ).rowcount
            if not changed:
                return
            # The overlay holds the same, denser; a log that kept it all would be larger than the clip.
            self._base.execute("DELETE FROM events WHERE job = ? AND kind = 'sight'", (job,))
            self._note_state(job)
            self._note(job, state, self._known(job).model_dump_json())

    # --- going out --------------------------------------------------------------------------

    def cancel(self, job: str) -> bool:
        """Nobody is to begin or show it any more; its files come next, then `forget`. False: unknown."""
        with self._whole():
            return bool(
                self._base.execute("UPDATE jobs SET state = 'cancelled' WHERE id = ?", (job,)).rowcount
            )

    def forget(self, job: str) -> None:
        """Nothing of it is left in the ledger, nor in the log that SQLite keeps beside it."""
        with self._whole():
            self._base.execute("DELETE FROM events WHERE job = ?", (job,))
            self._base.execute("DELETE FROM jobs WHERE id = ?", (job,))
        self._base.execute("PRAGMA wal_checkpoint(TRUNCATE)")

    def due(self) -> list[str]:
        """Ids of the clips whose time is up, and of those whose deletion was begun."""
        found = self._base.execute(
            "SELECT id FROM jobs WHERE state = 'cancelled' OR expires_s <= ?", (time.time(),)
        )
        return [row["id"] for row in found]

    def ids(self) -> set[str]:
        return {row["id"] for row in self._base.execute("SELECT id FROM jobs")}

    # --- looking ----------------------------------------------------------------------------

    def job(self, job: str) -> Job | None:
        row = self._base.execute(
            "SELECT * FROM jobs WHERE id = ? AND state != 'cancelled'", (job,)
        ).fetchone()
        return None if row is None else self._job(row)

    def history(self, limit: int, batch: str | None, before: str | None) -> list[Job]:
        """At most so many, the newest first; `before`: only older ones than that."""
        found = self._base.execute(
            "SELECT * FROM jobs WHERE state != 'cancelled' AND (? IS NULL OR batch = ?) AND "
            "(? IS NULL OR seq < (SELECT seq FROM jobs WHERE id = ?)) ORDER BY seq DESC LIMIT ?",
            (batch, batch, before, before, limit),
        )
        return [self._job(row) for row in found.fetchall()]

    def events(self, job: str, after: int, limit: int = 200) -> list[Event]:
        """What happened after that event, the oldest first."""
        found = self._base.execute(
            "SELECT id, kind, data FROM events WHERE job = ? AND id > ? ORDER BY id LIMIT ?",
            (job, after, limit),
        )
        return [Event(id=row["id"], kind=row["kind"], data=row["data"]) for row in found]

    def counts(self) -> dict[str, int]:
        """How many clips are in each state."""
        found = dict.fromkeys(("queued", "running", "done", "failed"), 0)
        for row in self._base.execute("SELECT state, count(*) AS n FROM jobs GROUP BY state"):
            if row["state"] in found:
                found[row["state"]] = row["n"]
        return found

    def usual_s(self) -> float | None:
        """What the last finished clips took on average; None before there is any."""
        row = self._base.execute(
            "SELECT avg(took) AS s FROM (SELECT ended_s - started_s AS took FROM jobs WHERE state = 'done' "
            "ORDER BY ended_s DESC LIMIT 20)"
        ).fetchone()
        return None if row["s"] is None else float(row["s"])

    # --- money ------------------------------------------------------------------------------

    def spend(self, model: str, tokens: int, money: float) -> None:
        with self._whole():
            self._base.execute(
                "INSERT INTO spent VALUES (?, ?, ?) ON CONFLICT (model) DO UPDATE SET "
                "tokens = tokens + excluded.tokens, money = money + excluded.money",
                (model, tokens, money),
            )

    def spent(self) -> tuple[int, float]:
        """Tokens and money of all models since the folder was made."""
        row = self._base.execute(
            "SELECT coalesce(sum(tokens), 0) AS tokens, coalesce(sum(money), 0.0) AS money FROM spent"
        ).fetchone()
        return int(row["tokens"]), float(row["money"])

    # --- within a transaction ---------------------------------------------------------------

    def _requeue(self, job: str) -> None:
        self._base.execute("DELETE FROM events WHERE job = ?", (job,))
        self._base.execute(
            "UPDATE jobs SET state = 'queued', stage = 'queued', share = 0, started_s = NULL "
            "WHERE id = ? AND state = 'running'",
            (job,),
        )
        self._note_state(job)

    def _note(self, job: str, kind: str, data: str) -> None:
        self._base.execute("INSERT INTO events (job, kind, data) VALUES (?, ?, ?)", (job, kind, data))

    def _note_state(self, job: str) -> None:
        row = self._base.execute("SELECT * FROM jobs WHERE id = ?", (job,)).fetchone()
        if row is not None and row["state"] != "cancelled":
            self._note(job, "state", self._job(row).model_dump_json())

    def _known(self, job: str) -> Job:
        found = self.job(job)
        assert found is not None
        return found

    def _job(self, row: sqlite3.Row) -> Job:
        position = None
        if row["state"] == "queued":
            position = self._base.execute(
                "SELECT count(*) FROM jobs WHERE state = 'queued' AND seq <= ?", (row["seq"],)
            ).fetchone()[0]
        return Job(
            id=row["id"],
            name=row["name"],
            state=row["state"],
            stage=row["stage"],
            share=row["share"],
            position=position,
            language=row["language"],
            model=row["model"],
            batch=row["batch"],
            created_at=_moment(row["created_s"]),
            started_at=None if row["started_s"] is None else _moment(row["started_s"]),
            ended_at=None if row["ended_s"] is None else _moment(row["ended_s"]),
            size_bytes=row["size_bytes"],
            sha256=row["sha256"],
            error=None if row["error"] is None else Problem.model_validate_json(row["error"]),
            summary=None if row["summary"] is None else Summary.model_validate_json(row["summary"]),
            expires_at=None if row["expires_s"] is None else _moment(row["expires_s"]),
        )


def _moment(seconds: float) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)


def _crashed(attempts: int) -> Problem:
    return Problem(
        reason="crashed",
        message=f"The analysis was begun {attempts} times, and each time its process, or the server, died.",
        remedy="Try the clip with `saber analyze`; the server's log has the last words of the process.",
    )
