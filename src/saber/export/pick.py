"""Which clips are there to export, and which of them are wanted?"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from saber.core.dataset import Assigned, Example, Source
from saber.core.errors import UsageError
from saber.core.records import Record
from saber.corpora import terms_of
from saber.export.row import KINDS, Row, row_of, row_of_released
from saber.export.settings import TRAINER_FORMS, ExportSettings
from saber.flow import Ledger, Outcome, StageStatus, items, outcomes, outputs, status
from saber.sed import read_released_files

__all__ = ["FromReleased", "FromWorkspace", "Input", "Picked"]

OTHER_SPLIT = "other_split"
FORBIDDEN_TEXTS = "terms_forbid_texts"
NOT_MADE = "not_made_yet"
NO_CONVERSATION = "no_conversation"


@dataclass(frozen=True)
class Picked:
    """A clip to be written: its row, and the conversation to train on where it has one."""

    row: Row
    example: Example | None = None
    why: str = NO_CONVERSATION
    """Slug: why there is none."""


class Input(Protocol):
    """Where rows come from; memory does not grow with them."""

    def terms(self, settings: ExportSettings) -> Iterator[str]:
        """The key of the terms of each clip of the splits that are wanted."""
        ...

    def picked(self, settings: ExportSettings, left_out: Counter[str]) -> Iterator[Picked]:
        """The wanted clips in order of id; the others are counted by reason."""
        ...

    def stages(self) -> tuple[StageStatus, ...]:
        """What each stage kept; empty where nothing was run."""
        ...

    def settings(self) -> dict[str, Any]:
        """That the stages were run with, as plain values; empty where they are not known."""
        ...


@dataclass(frozen=True)
class FromWorkspace:
    """What `saber run` has verified and split. Raises UsageError when it has not come so far."""

    workspace: Path

    def terms(self, settings: ExportSettings) -> Iterator[str]:
        self._chain(settings)
        for item in items(self.workspace, {"source": Source, "split": Assigned}):
            assigned = item.of("split", Assigned)
            if settings.takes(assigned.split, assigned.saber_test):
                yield item.of("source", Source).terms

    def picked(self, settings: ExportSettings, left_out: Counter[str]) -> Iterator[Picked]:
        kinds: dict[str, type[Record]] = {"cut": Source} if "cut" in self._chain(settings) else {}
        train = _Conversations(self.workspace) if _trains(settings) else None
        for item in items(self.workspace, {**kinds, **KINDS}):
            found = (None, NO_CONVERSATION) if train is None else train.of(item.id)
            assigned = item.of("split", Assigned)
            if not settings.takes(assigned.split, assigned.saber_test):
                left_out[OTHER_SPLIT] += 1
                continue
            row = row_of(self.workspace, item)
            if _wanted(row, settings, left_out):
                yield Picked(row, *found)

    def stages(self) -> tuple[StageStatus, ...]:
        return status(self.workspace).stages

    def settings(self) -> dict[str, Any]:
        path = self.workspace / "settings.json"
        try:
            said = json.loads(path.read_text(encoding="utf-8"))
        except FileNotFoundError:
            return {}
        except (OSError, ValueError) as error:
            raise UsageError(
                f"Can't read the settings of the run in {path}: {error}.",
                remedy="The next `saber run` writes them anew.",
            ) from error
        return said if isinstance(said, dict) else {}

    def _chain(self, settings: ExportSettings) -> list[str]:
        """The stages above `split`."""
        with Ledger(self.workspace, read_only=True) as ledger:
            chains: dict[str, list[str]] = ledger.note("chains") or {}
        for stage in ("split", *(["instruct"] * _trains(settings))):
            if stage not in chains:
                raise UsageError(
                    f"The dataset in {self.workspace} has not come to the stage {stage!r} yet.",
                    remedy=f"Bring it there: saber {stage} --workspace {self.workspace} ...",
                )
        return chains["split"]


@dataclass(frozen=True)
class FromReleased:
    """SABER's own data as they were released; `terms` as in the table of terms, by the user's word."""

    path: Path
    given_terms: str = "unknown"

    def terms(self, settings: ExportSettings) -> Iterator[str]:
        terms_of(self.given_terms)
        for _ in read_released_files(self.path):
            yield self.given_terms

    def picked(self, settings: ExportSettings, left_out: Counter[str]) -> Iterator[Picked]:
        for name, record in read_released_files(self.path):
            row = row_of_released(name, record, self.given_terms)
            if _wanted(row, settings, left_out):
                yield Picked(row)

    def stages(self) -> tuple[StageStatus, ...]:
        return ()

    def settings(self) -> dict[str, Any]:
        return {}


class _Conversations:
    """The examples beside the rows: both come in order of id, so neither need be held."""

    def __init__(self, workspace: Path) -> None:
        self._made = outputs(workspace, "instruct", Example)
        self._ended = outcomes(workspace, "instruct")
        self._example: tuple[str, Example] | None = next(self._made, None)
        self._outcome: Outcome | None = next(self._ended, None)

    def of(self, item: str) -> tuple[Example | None, str]:
        """The conversation, or why there is none. Ask in order of id."""
        while self._example is not None and self._example[0] < item:
            self._example = next(self._made, None)
        while self._outcome is not None and self._outcome.item < item:
            self._outcome = next(self._ended, None)
        if self._example is not None and self._example[0] == item:
            return self._example[1], ""
        if self._outcome is not None and self._outcome.item == item:
            return None, self._outcome.reason
        return None, NOT_MADE


def _wanted(row: Row, settings: ExportSettings, left_out: Counter[str]) -> bool:
    if settings.audience == "public" and not row.terms.texts:
        left_out[FORBIDDEN_TEXTS] += 1
        return False
    return True


def _trains(settings: ExportSettings) -> bool:
    return not set(TRAINER_FORMS).isdisjoint(settings.forms)
