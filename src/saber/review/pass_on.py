"""How does what reviewers settled come to the ledger, so that the next run acts on it?

First it is kept in `reviews.sqlite`, then written to the ledger, then noted as passed on. A crash in between
leaves it to be passed on by whoever opens the review next, and doing it twice changes nothing. Meanwhile
nobody can settle or pass on anything else of the item: an old decision would undo a newer.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from saber.core.decisions import DECISION, HALF
from saber.flow import Ledger, review, withdraw
from saber.review.known import COMPARE, VERIFY
from saber.review.store import Store

__all__ = ["pass_on"]


def pass_on(workspace: Path, store: Store, *, everything: bool = False) -> int:
    """Bring the ledger to what is settled. Returns how many items it changed.

    everything: look at all that was ever settled, as for a ledger that was made anew.
    Raises WorkspaceError when the ledger can't be written; what was settled stays to be passed on.
    """
    changed = 0
    for item in store.to_pass_on(everything=everything):
        with store.writing():
            changed += _pass_on(workspace, item, *store.settled(item))
            store.passed_on(item)
    return changed


def _pass_on(workspace: Path, item: str, decision: Any, half: Any) -> bool:
    """Whether it changed anything."""
    with Ledger(workspace, read_only=True) as ledger:
        there = {
            (stage, name): json.loads(value)
            for stage, name, value in ledger.rows(
                "SELECT stage, field, value FROM review WHERE item = ?", (item,)
            )
        }
    changed = False
    for stage, name, value in ((VERIFY, DECISION, decision), (COMPARE, HALF, half)):
        if there.get((stage, name)) == value:
            continue
        if value is None:
            withdraw(workspace, stage, item)
        else:
            review(workspace, stage, item, {name: value}, ", ".join(_by(value)))
        changed = True
    return changed


def _by(value: dict[str, Any]) -> list[str]:
    """Everybody who is named in it."""
    names = list(value.get("by", ()))
    for part in (value.get("rejected"), value.get("emotion"), *value.get("texts", {}).values()):
        names += part["by"] if part else ()
    return list(dict.fromkeys(names))
