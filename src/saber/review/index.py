"""In which order are hundreds of thousands of items worth a look, without reading them all at each question?

`review-index.sqlite` in the workspace: a line for each item that came to `verify`, made of its records and
made again when these change. It holds nothing that can't be made again, so it may be deleted at any time.
"""

from __future__ import annotations

import hashlib
import json
import time
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, Self

from saber.flow import Ledger
from saber.review.records import Kind, Order, State
from saber.review.sqlite import open_sqlite, telling, writing
from saber.review.store import Store
from saber.review.worth import BITS, worth_of

__all__ = ["Filter", "Index"]

_SCHEMA = """
CREATE TABLE IF NOT EXISTS item (
    item TEXT PRIMARY KEY, stamp TEXT NOT NULL, score REAL NOT NULL, kinds INTEGER NOT NULL,
    status TEXT NOT NULL, stage TEXT NOT NULL, corpus TEXT NOT NULL, language TEXT NOT NULL,
    split TEXT, half TEXT, emotion TEXT, at REAL NOT NULL,
    draw INTEGER NOT NULL) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS by_score ON item (score DESC, item);
CREATE INDEX IF NOT EXISTS by_draw ON item (draw);
CREATE TABLE IF NOT EXISTS note (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
"""
_FORMAT = 1
_PAGE = 400

_STAMPS = """
SELECT v.item, v.status, v.at, coalesce(c.at, 0), coalesce(hex(s.sha256), ''), coalesce(i.at, 0)
FROM row v
JOIN output a ON a.stage = 'annotate' AND a.item = v.item AND a.fresh
LEFT JOIN row c ON c.stage = 'compare' AND c.item = v.item AND c.status = 'ok'
  AND v.status IN ('ok', 'pending')
LEFT JOIN output s ON s.stage = 'split' AND s.item = v.item AND v.status IN ('ok', 'pending')
LEFT JOIN row i ON i.stage = 'instruct' AND i.item = v.item AND v.status IN ('ok', 'pending')
WHERE v.stage = 'verify' AND v.item > ? ORDER BY v.item LIMIT ?
"""
"""What an item's line is made of. The split is decided for all again and again, mostly the same: its record
counts, and not when it was made."""


_ORDERS: dict[Order, str] = {"worth": "i.score DESC, i.item", "random": "i.draw"}


class Filter:
    """Which items are asked for; what is None is not asked for."""

    def __init__(
        self,
        *,
        kind: Kind | None = None,
        stage: str | None = None,
        corpus: str | None = None,
        language: str | None = None,
        split: str | None = None,
    ) -> None:
        parts: list[str] = []
        self.values: list[object] = []
        if kind is not None and kind != "disagreement":
            parts.append("i.kinds & ? <> 0")
            self.values.append(BITS[kind])
        for column, value in (("stage", stage), ("corpus", corpus), ("language", language), ("split", split)):
            if value is not None:
                parts.append(f"i.{column} = ?")
                self.values.append(value)
        self.sql = " AND ".join(parts) or "1"


class Index:
    """Use it in a `with` statement. Raises WorkspaceError when its file can't be read or written."""

    NAME = "review-index.sqlite"

    def __init__(self, workspace: Path, store: Store) -> None:
        self.path = workspace / self.NAME
        self._db = open_sqlite(self.path, _SCHEMA, _FORMAT)
        with telling(self.path):
            # Losing the last lines to a power cut costs no more than making them again.
            self._db.execute("PRAGMA synchronous = OFF")
            self._db.execute("ATTACH DATABASE ? AS reviews", (str(store.path),))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._db.close()

    def rows(self, sql: str, values: Sequence[object] = ()) -> list[tuple[Any, ...]]:
        with telling(self.path):
            return self._db.execute(sql, values).fetchall()

    # --- keeping it up to date -----------------------------------------------------------------

    def refresh(self, ledger: Ledger, budget_s: float) -> tuple[int, int]:
        """Make lines of what is new or changed, for at most about so long. Returns how many items are in it
        as they stand, and how many there are. What is left is done by the next call."""
        stamp = _stamp(ledger)
        if stamp and self._note("whole") == stamp:
            (count,) = self.rows("SELECT count(*) FROM item")[0]
            return count, count
        ends_s = time.monotonic() + budget_s
        # A pass that an earlier call began goes on: beside a run the stamp changes faster than a pass ends.
        position = self._note("last") or ""
        if not position:
            self._take_note("of", stamp)
        while True:
            page = ledger.rows(_STAMPS, (position, _PAGE))
            self._page(ledger, page, position)
            position = page[-1][0] if len(page) == _PAGE else ""
            self._take_note("last", position)
            if not position:
                self._take_note("whole", self._note("of") or "")
                break
            if time.monotonic() > ends_s:
                break
        (count,) = self.rows("SELECT count(*) FROM item")[0]
        if not position:
            return count, count
        (known,) = ledger.rows("SELECT count(*) FROM row WHERE stage = 'verify'")[0]
        return count, max(count, known)

    def _page(self, ledger: Ledger, page: Sequence[tuple[Any, ...]], after: str) -> None:
        """Bring the lines of this stretch of ids up to date."""
        upto = page[-1][0] if len(page) == _PAGE else None
        known = dict(
            self.rows(
                "SELECT item, stamp FROM item WHERE item > ?1 AND (?2 IS NULL OR item <= ?2)", (after, upto)
            )
        )
        stamps = {item: "|".join(map(str, rest)) for item, *rest in page}
        changed = [item for item, stamp in stamps.items() if known.get(item) != stamp]
        lines = _lines(ledger, changed, stamps) if changed else []
        made = {line[0] for line in lines}
        gone = [item for item in known if item not in stamps or (item in changed and item not in made)]
        if not lines and not gone:
            return
        with writing(self._db, self.path):
            self._db.executemany("DELETE FROM item WHERE item = ?", [(item,) for item in gone])
            self._db.executemany("REPLACE INTO item VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", lines)
            self._db.execute("DELETE FROM main.note WHERE key = 'counts'")

    def _note(self, key: str) -> str | None:
        found = self.rows("SELECT value FROM main.note WHERE key = ?", (key,))
        return found[0][0] if found else None

    def _take_note(self, key: str, value: str) -> None:
        self.rows("REPLACE INTO main.note VALUES (?, ?)", (key, value))

    # --- asking --------------------------------------------------------------------------------

    def waiting(
        self,
        reviewer: str,
        wanted: Filter,
        kind: Kind | None,
        offset: int,
        limit: int,
        order: Order = "worth",
    ) -> tuple[list[tuple[str, State]], int]:
        """Ids and states of a page of what this reviewer is to look at, and how many there are in all.

        Disagreements first, whoever decided them; then reviews that lapsed; then, by score, what the reviewer
        has not decided and what is not settled. `random` has the last of these alone, in another order.
        """
        # Lapsed, and nobody has decided it anew since the run that found so.
        lapsed = (
            f"(i.kinds & {BITS['outdated']} <> 0 AND NOT EXISTS (SELECT 1 FROM reviews.decision d "
            "WHERE d.item = i.item AND d.ended IS NULL AND d.at > i.at))"
        )
        first = (
            "SELECT i.item, s.state FROM reviews.settled s JOIN item i ON i.item = s.item "
            f"WHERE (s.state = 'disagreement' {'' if kind == 'disagreement' else f'OR {lapsed}'}) "
            f"AND {wanted.sql} ORDER BY s.state = 'disagreement' DESC, i.score DESC, i.item"
        )
        ahead: list[tuple[str, State]] = []
        if order == "worth":
            ahead = [(item, state) for item, state in self.rows(first, wanted.values)]
        found = ahead[offset : offset + limit]
        if kind == "disagreement":
            return found, len(ahead)
        rest = (
            f"FROM item i LEFT JOIN reviews.settled s ON s.item = i.item WHERE {wanted.sql} "
            f"AND (s.item IS NULL OR (s.state NOT IN ('settled', 'disagreement') AND NOT {lapsed} "
            "AND NOT EXISTS (SELECT 1 FROM reviews.decision d WHERE d.item = i.item AND d.reviewer = ? "
            f"AND d.ended IS NULL AND (i.kinds & {BITS['outdated']} = 0 OR d.at > i.at))))"
        )
        values = [*wanted.values, reviewer]
        (count,) = self.rows(f"SELECT count(*) {rest}", values)[0]
        if len(found) < limit:
            skip = max(0, offset - len(ahead))
            page = self.rows(
                f"SELECT i.item, s.state {rest} ORDER BY {_ORDERS[order]} LIMIT ? OFFSET ?",
                [*values, limit - len(found), skip],
            )
            found += [(item, state or "open") for item, state in page]
        return found, len(ahead) + count

    def in_state(
        self, state: State, wanted: Filter, offset: int, limit: int
    ) -> tuple[list[tuple[str, State]], int]:
        """Ids of a page of the items in that state, the most worth first, and how many there are."""
        if state == "open":
            rest = (
                f"FROM item i WHERE {wanted.sql} AND i.item NOT IN "
                "(SELECT item FROM reviews.settled WHERE state <> 'open')"
            )
            values = list(wanted.values)
        else:
            rest = f"FROM reviews.settled s JOIN item i ON i.item = s.item WHERE s.state = ? AND {wanted.sql}"
            values = [state, *wanted.values]
        (count,) = self.rows(f"SELECT count(*) {rest}", values)[0]
        page = self.rows(
            f"SELECT i.item {rest} ORDER BY i.score DESC, i.item LIMIT ? OFFSET ?", [*values, limit, offset]
        )
        return [(item, state) for (item,) in page], count

    def counts(self) -> dict[str, dict[str, int]]:
        """How many items there are of each kind (`kinds`) and by each column (`corpus`, ...; of those that
        stand `kept corpus`, ...). Counted once for each state of the index."""
        if (told := self._note("counts")) is not None:
            found: dict[str, dict[str, int]] = json.loads(told)
            return found
        columns = ("stage", "corpus", "language", "split", "half", "emotion")
        tallies = {name: Counter[str]() for column in columns for name in (column, f"kept {column}")}
        kinds = Counter[str](dict.fromkeys(BITS, 0))
        together = ", ".join(columns)
        # One pass: there are few different combinations, however many items have them.
        for bits, kept, count, *values in self.rows(
            f"SELECT kinds, status = 'kept' AS kept, count(*), {together} FROM item "
            f"GROUP BY kinds, kept, {together}"
        ):
            kinds.update({kind: count for kind, bit in BITS.items() if bits & bit})
            for column, value in zip(columns, values, strict=True):
                tallies[column][value or "none"] += count
                if kept:
                    tallies[f"kept {column}"][value or "none"] += count
        found = {"kinds": dict(kinds), **{name: dict(sorted(t.items())) for name, t in tallies.items()}}
        self._take_note("counts", json.dumps(found))
        return found

    def sample(self, most: int) -> list[str]:
        """So many items at random, the same at each call as long as there are the same."""
        return [item for (item,) in self.rows("SELECT item FROM item ORDER BY draw LIMIT ?", (most,))]


def _lines(ledger: Ledger, items: Sequence[str], stamps: dict[str, str]) -> list[tuple[Any, ...]]:
    marks = ", ".join("?" * len(items))

    def records(stage: str) -> dict[str, Any]:
        return {
            item: json.loads(text)
            for item, text in ledger.rows(
                f"SELECT item, record FROM output WHERE stage = ? AND item IN ({marks})", (stage, *items)
            )
        }

    rows = {
        item: rest
        for item, *rest in ledger.rows(
            "SELECT item, status, reason, measured, at FROM row "
            f"WHERE stage = 'verify' AND item IN ({marks})",
            items,
        )
    }
    cut = dict(
        ledger.rows(f"SELECT item, parent FROM output WHERE stage = 'cut' AND item IN ({marks})", items)
    )
    parents = [cut.get(item, item) for item in items]
    sources = {
        item: json.loads(text)
        for item, text in ledger.rows(
            "SELECT item, record FROM output WHERE stage = 'source' AND fresh AND item IN "
            f"({', '.join('?' * len(parents))})",
            parents,
        )
    }
    compared_at = dict(
        ledger.rows(f"SELECT item, at FROM row WHERE stage = 'compare' AND item IN ({marks})", items)
    )
    annotated, verified = records("annotate"), records("verify")
    compared, assigned = records("compare"), records("split")
    reached = {
        item: stage
        for stage in ("verify", "compare", "split", "instruct")
        for (item,) in ledger.rows(
            f"SELECT item FROM row WHERE stage = ? AND status <> 'pending' AND item IN ({marks})",
            (stage, *items),
        )
    }
    found = []
    for item in items:
        source, first = sources.get(cut.get(item, item)), annotated.get(item)
        if source is None or first is None or item not in rows:
            continue  # its source is listed no more, or it is being made again at this moment
        status, reason, measured, at = rows[item]
        checked = json.loads(measured) if measured else verified.get(item)
        went_on = status in ("ok", "pending")
        half = compared.get(item) if went_on else None
        split = assigned.get(item) if went_on else None
        stands = (checked or {}).get("annotated") or first
        status = {"ok": "kept"}.get(status, status)
        worth = worth_of(status, reason, stands, checked, half)
        found.append(
            (
                item,
                stamps[item],
                round(sum(one.points for one in worth), 4),
                _bits(one.kind for one in worth),
                status,
                reached.get(item, "verify"),
                source["corpus"],
                stands["language"],
                None if split is None else split["split"],
                None if half is None else half["half"],
                (source["label"] if item not in cut else None)
                or stands["emotion_said"]
                or stands["emotion"]["label"],
                max(at, compared_at.get(item, at)),
                _draw(item),
            )
        )
    return found


def _bits(kinds: Iterable[Kind]) -> int:
    bits = 0
    for kind in kinds:
        bits |= BITS[kind]
    return bits


def _draw(item: str) -> int:
    """A number that has nothing to do with the item but is always the same."""
    return int.from_bytes(hashlib.blake2b(item.encode(), digest_size=7).digest(), "little")


def _stamp(ledger: Ledger) -> str:
    """Changes whenever a run has written rows: with each of its commits it notes its state."""
    status = ledger.note("status") or {}
    return f"{status.get('at', '')}|{status.get('state', '')}"
