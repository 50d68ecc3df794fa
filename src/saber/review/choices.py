"""Which of two answers do people prefer? Kept in `choices.sqlite` beside the pairs that they are of."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from saber.review.records import ChoiceIn
from saber.review.sqlite import open_sqlite, telling, writing

__all__ = ["ChoiceStore", "Chosen"]

_SCHEMA = """
CREATE TABLE IF NOT EXISTS choice (
    id INTEGER PRIMARY KEY, question TEXT NOT NULL, reviewer TEXT NOT NULL, at REAL NOT NULL,
    body TEXT NOT NULL, a_text TEXT NOT NULL, b_text TEXT NOT NULL, ended REAL);
CREATE UNIQUE INDEX IF NOT EXISTS active ON choice (question, reviewer) WHERE ended IS NULL;
CREATE INDEX IF NOT EXISTS of_reviewer ON choice (reviewer) WHERE ended IS NULL;
"""
_FORMAT = 1


@dataclass(frozen=True)
class Chosen:
    """A choice that counts, with the answers as they were shown."""

    question: str
    reviewer: str
    at: float
    body: ChoiceIn
    a_text: str
    b_text: str

    @property
    def picked(self) -> str:
        """The id of the preferred answer, `tie` or `both_bad`."""
        return {"a": self.body.a, "b": self.body.b}.get(self.body.choice, self.body.choice)


class ChoiceStore:
    """Use it in a `with` statement. Raises WorkspaceError when the file can't be read or written."""

    NAME = "choices.sqlite"

    def __init__(self, pairs: Path) -> None:
        self.path = pairs / self.NAME
        self._db: sqlite3.Connection = open_sqlite(self.path, _SCHEMA, _FORMAT)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._db.close()

    def put(self, body: ChoiceIn, a_text: str, b_text: str) -> None:
        """Takes the place of the same reviewer's earlier choice on that question, which stays kept."""
        with writing(self._db, self.path):
            now = time.time()
            self._db.execute(
                "UPDATE choice SET ended = ? WHERE question = ? AND reviewer = ? AND ended IS NULL",
                (now, body.question, body.reviewer),
            )
            self._db.execute(
                "INSERT INTO choice (question, reviewer, at, body, a_text, b_text) VALUES (?, ?, ?, ?, ?, ?)",
                (body.question, body.reviewer, now, body.model_dump_json(), a_text, b_text),
            )

    def done_by(self, reviewer: str) -> set[str]:
        """The questions that this reviewer has decided."""
        with telling(self.path):
            found = self._db.execute(
                "SELECT question FROM choice WHERE reviewer = ? AND ended IS NULL", (reviewer,)
            )
            return {question for (question,) in found}

    def all(self) -> Iterator[Chosen]:
        """Every choice that counts, in order of question, then of time."""
        with telling(self.path):
            found = self._db.execute(
                "SELECT question, reviewer, at, body, a_text, b_text FROM choice WHERE ended IS NULL "
                "ORDER BY question, id"
            ).fetchall()
        for question, reviewer, at, body, a_text, b_text in found:
            yield Chosen(question, reviewer, at, ChoiceIn.model_validate_json(body), a_text, b_text)
