"""What can be asked of a workspace, and decided in it, without a run?"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, TypeVar

from saber.core.errors import UsageError, WorkspaceError
from saber.core.records import Record
from saber.flow.inputs import ended, made
from saber.flow.ledger import Ledger
from saber.flow.lock import holder, locked
from saber.flow.stage import Item
from saber.flow.status import Status

__all__ = ["Outcome", "items", "outcomes", "outputs", "redo", "retry", "review", "status", "withdraw"]

R = TypeVar("R", bound=Record)


@dataclass(frozen=True)
class Outcome:
    """Why an item went no further at a stage."""

    item: str
    status: Literal["dropped", "quarantined"]
    reason: str
    detail: str
    measured: str | None
    """JSON of the record that came with a drop; None: none came."""
    attempts: int
    seconds: float


def status(workspace: Path) -> Status:
    """How far the run in this workspace is, or how the last one ended. Raises WorkspaceError without one."""
    with Ledger(workspace, read_only=True) as ledger:
        # Asked first: a run that ends between the two questions must not look killed.
        running = holder(workspace) is not None
        noted = ledger.note("status")
    if noted is None:
        raise WorkspaceError(f"Nothing was run in {workspace} yet.")
    found = Status.model_validate(noted)
    if found.state == "running" and not running:
        return found.model_copy(
            update={
                "state": "killed",
                "message": "The run was killed; the same command goes on where it was.",
            }
        )
    return found


def outputs(workspace: Path, stage: str, kind: type[R]) -> Iterator[tuple[str, R]]:
    """Id and record of each item that `stage` keeps, in order of id; memory does not grow with them."""
    for item in items(workspace, {stage: kind}):
        yield item.id, item.of(stage, kind)


def items(workspace: Path, kinds: Mapping[str, type[Record]]) -> Iterator[Item]:
    """Each item that the last of these stages keeps, with the records of all of them.

    kinds: stage -> the record that it makes; `source` for the source. What was made before settings or an
    earlier record changed, and not yet again, is left out.
    """
    *others, last = kinds
    with Ledger(workspace, read_only=True) as ledger:
        chains = _chains(ledger, workspace, kinds)
        for name, record, *rest in made(ledger, chains, last, others):
            texts = dict(zip((last, *others), (record, *rest), strict=True))
            yield Item(name, {stage: kinds[stage].model_validate_json(texts[stage]) for stage in kinds})


def outcomes(workspace: Path, stage: str) -> Iterator[Outcome]:
    """Each item that went no further at `stage`, and why, in order of id."""
    with Ledger(workspace, read_only=True) as ledger:
        for row in ended(ledger, _chains(ledger, workspace, [stage]), stage):
            yield Outcome(*row)


def retry(workspace: Path, stages: Iterable[str] | None = None) -> int:
    """Have the next run try quarantined rows again, of all stages or of these. Returns how many."""
    with locked(workspace), Ledger(workspace) as ledger:
        wanted = None if stages is None else list(stages)
        _chains(ledger, workspace, wanted or ())
        return ledger.retry(wanted)


def redo(workspace: Path, stages: Iterable[str]) -> int:
    """Have the next run do every row of these stages again, also those that ended well: files that a stage
    made may be gone, which the ledger can't see. Returns how many."""
    with locked(workspace), Ledger(workspace) as ledger:
        wanted = list(stages)
        _chains(ledger, workspace, wanted)
        return ledger.redo(wanted)


def review(workspace: Path, stage: str, item: str, decided: Mapping[str, Any], reviewer: str) -> None:
    """Keep what a person decided about an item at a stage; the next run does its row again, with
    `Item.reviewed` saying so. May be called while a run is at work."""
    with Ledger(workspace) as ledger:
        ledger.review(stage, item, decided, reviewer)


def withdraw(workspace: Path, stage: str, item: str) -> None:
    """Forget what people decided about an item at a stage; the next run does its row again without it. May be
    called while a run is at work."""
    with Ledger(workspace) as ledger:
        ledger.withdraw(stage, item)


def _chains(ledger: Ledger, workspace: Path, names: Iterable[str]) -> dict[str, list[str]]:
    """Stage -> the stages above it. Raises UsageError when one of `names` was never run."""
    chains: dict[str, list[str]] = ledger.note("chains") or {}
    for name in names:
        if name not in chains:
            known = ", ".join(chains) or "none yet"
            raise UsageError(f"No stage {name!r} was run in {workspace}.", remedy=f"Stages: {known}.")
    return chains
