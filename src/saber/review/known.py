"""What does the ledger know of an item that can be reviewed?

Read only, in one short question after another, so it is safe beside a run at work: a record that is made
again meanwhile is seen as it was or as it is.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, TypeVar

from pydantic import ValidationError

from saber.core.dataset import (
    Annotated,
    Assigned,
    Clip,
    Compared,
    Half,
    Heard,
    Perceived,
    Source,
    Verified,
)
from saber.core.decisions import DECISION, HALF, is_person, mark_of
from saber.core.errors import UsageError, WorkspaceError
from saber.core.records import Record
from saber.core.taxonomy import DIMENSIONS
from saber.flow import Ledger

__all__ = ["COMPARE", "VERIFY", "Known", "find", "find_many", "open_ledger"]

VERIFY, COMPARE = "verify", "compare"
_RECORDS: dict[str, type[Record]] = {
    "source": Source,
    "cut": Source,
    "clean": Clip,
    "perceive": Perceived,
    "annotate": Annotated,
    "hear": Heard,
    "verify": Verified,
    "compare": Compared,
    "split": Assigned,
}
_LAST = ("verify", "compare", "split", "instruct")

R = TypeVar("R", bound=Record)


@dataclass(frozen=True)
class Known:
    """An item that came to `verify`, as the last run left it."""

    id: str
    status: Literal["kept", "dropped", "quarantined", "pending"]
    """At `verify`; `pending`: it is to be done again, and what stands is from before."""
    reason: str
    detail: str
    at: float
    """When `verify` ended."""
    source: Source
    clip: Clip
    perceived: Perceived | None
    first: Annotated
    """As the annotator wrote it."""
    heard: Heard | None
    verified: Verified | None
    """None: `verify` failed on it, so nothing was checked."""
    compared: Compared | None
    assigned: Assigned | None
    stage: str
    """The last stage that it came to."""
    decided: Mapping[str, Any]
    """`DECISION` and `HALF` as the ledger holds them for the next run."""

    @property
    def stands(self) -> Annotated:
        return self.first if self.verified is None else self.verified.stands(self.first)

    @property
    def half(self) -> Half | None:
        return None if self.compared is None else self.compared.half

    @property
    def saw(self) -> str:
        """Mark of all that can be decided; it changes when any of that does."""
        stands = self.stands
        return mark_of(
            *(stands.annotation.text_of(d) for d in DIMENSIONS),
            stands.emotion_said,
            self.half,
            self.clip.info.sha256,
        )

    @property
    def stale(self) -> tuple[str, ...]:
        """The stages that the next run does again because of what people decided, and what rests on them."""
        taken = None if self.verified is None else self.verified.provenance.get("reviewed")
        told = self.decided.get(DECISION)
        if self.status == "pending" or told != (taken or {}).get(DECISION):
            return _LAST
        half = self.decided.get(HALF)
        if self.compared is not None:
            said = {o.judge: o.verdict for o in self.compared.opinions if is_person(o.judge)}
            wanted = {} if half is None else dict.fromkeys(half["by"], half["half"])
            # None: it was said of another file, and the run has told so.
            if set(said) != set(wanted) or any(said[by] not in (None, wanted[by]) for by in said):
                return _LAST[1:]
        return ()


@contextmanager
def open_ledger(workspace: Path) -> Iterator[Ledger]:
    """The ledger, to be read. Raises WorkspaceError where nothing was run, UsageError where no run has come
    to `verify`."""
    with Ledger(workspace, read_only=True) as ledger:
        chains: dict[str, list[str]] = ledger.note("chains") or {}
        if VERIFY not in chains:
            raise UsageError(
                f"The dataset in {workspace} has not come to the stage {VERIFY!r} yet.",
                remedy=f"Bring it there: saber run --workspace {workspace} ...",
                reason="nothing_to_review",
            )
        yield ledger


def find(ledger: Ledger, item: str) -> Known:
    """Raises UsageError `no_such_item` when it is not there, or did not come to `verify`."""
    found = find_many(ledger, [item])
    if item not in found:
        raise UsageError(
            f"There is no item {item!r} to review.",
            remedy="Only what came to the stage 'verify' can be reviewed.",
            reason="no_such_item",
        )
    return found[item]


def find_many(ledger: Ledger, items: Sequence[str]) -> dict[str, Known]:
    """Those of the items that can be reviewed, as they stood at one moment. Ask of a page at a time."""
    ledger.rows("BEGIN")
    try:
        return _find_many(ledger, items)
    finally:
        ledger.rows("COMMIT")


def _find_many(ledger: Ledger, items: Sequence[str]) -> dict[str, Known]:
    marks = ", ".join("?" * len(items))
    rows = {
        item: rest
        for item, *rest in ledger.rows(
            "SELECT item, status, reason, detail, measured, at FROM row "
            f"WHERE stage = ? AND item IN ({marks})",
            (VERIFY, *items),
        )
    }
    texts: dict[str, dict[str, str]] = {}
    fresh: set[str] = set()
    parents: dict[str, str] = {}
    for stage in _RECORDS:
        for item, parent, is_fresh, record in ledger.rows(
            f"SELECT item, parent, fresh, record FROM output WHERE stage = ? AND item IN ({marks})",
            (stage, *items),
        ):
            texts.setdefault(item, {})[stage] = record
            if stage == "annotate" and is_fresh:
                fresh.add(item)
            if stage == "cut":
                parents[item] = parent
    there = {
        item
        for (item,) in ledger.rows(
            "SELECT item FROM output WHERE stage = 'source' AND fresh AND item IN "
            f"({', '.join('?' * len(items))})",
            tuple(parents.get(item, item) for item in items),
        )
    }
    reviews: dict[str, dict[str, Any]] = {}
    for stage, item, name, value in ledger.rows(
        f"SELECT stage, item, field, value FROM review WHERE item IN ({marks})", tuple(items)
    ):
        if (stage, name) in ((VERIFY, DECISION), (COMPARE, HALF)):
            reviews.setdefault(item, {})[name] = json.loads(value)
    split_stages = {
        item: stage
        for stage in _LAST
        for (item,) in ledger.rows(
            f"SELECT item FROM row WHERE stage = ? AND status <> 'pending' AND item IN ({marks})",
            (stage, *items),
        )
    }
    return {
        item: _known(item, rows[item], texts[item], split_stages.get(item, VERIFY), reviews.get(item, {}))
        for item in items
        if item in rows
        and item in fresh
        and parents.get(item, item) in there
        and _whole(texts.get(item, {}), rows[item])
    }


def _whole(texts: Mapping[str, str], row: Sequence[Any]) -> bool:
    """A row that was set back before it ever ended has nothing to be looked at yet."""
    return "clean" in texts and "annotate" in texts and ("source" in texts or "cut" in texts)


def _known(
    item: str, row: Sequence[Any], texts: Mapping[str, str], stage: str, decided: Mapping[str, Any]
) -> Known:
    status, reason, detail, measured, at = row

    def read(name: str, kind: type[R], text: str | None = None) -> R | None:
        text = texts.get(name) if text is None else text
        if text is None:
            return None
        try:
            return kind.model_validate_json(text)
        except ValidationError as error:
            raise WorkspaceError(
                f"The record of {name!r} of {item!r} can't be read: it is not this version's.",
                remedy="The next `saber run` makes it anew.",
            ) from error

    # A dropped item keeps its record beside its row; an output of it would be from before.
    verified = read("verify", Verified, measured) if measured else None
    if verified is None and status in ("ok", "pending"):
        verified = read("verify", Verified)
    went_on = status in ("ok", "pending")
    source = read("cut", Source) or read("source", Source)
    clip, first = read("clean", Clip), read("annotate", Annotated)
    assert source is not None
    assert clip is not None
    assert first is not None
    return Known(
        id=item,
        status={"ok": "kept"}.get(status, status),
        reason=reason,
        detail=detail,
        at=at,
        source=source,
        clip=clip,
        perceived=read("perceive", Perceived),
        first=first,
        heard=read("hear", Heard),
        verified=verified,
        compared=read("compare", Compared) if went_on else None,
        assigned=read("split", Assigned) if went_on else None,
        stage=stage,
        decided=decided,
    )
