"""Which of the packaged models are here and sound, and what does each missing one cost?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from saber.weights.locate import installed_version, packaged_files
from saber.weights.table import PACKAGED, PackagedModel
from saber.weights.verify import sha256_of

__all__ = ["InventoryRow", "inventory"]


@dataclass(frozen=True)
class InventoryRow:
    """One packaged model, for `saber doctor`."""

    role: str
    name: str
    state: Literal["ready", "missing", "wrong"]
    """`wrong`: a file is there and does not hold what was tested."""
    version: str | None
    """Of the package that is installed; None when it is not."""
    tested_version: str
    licence: str
    origin: str
    without_it: str
    install: str


def inventory(models: Sequence[PackagedModel] = PACKAGED) -> tuple[InventoryRow, ...]:
    """A row per model, in the table's order. Hashes every file that has changed since last time."""
    return tuple(_row(model) for model in models)


def _row(model: PackagedModel) -> InventoryRow:
    found = packaged_files(model)
    state: Literal["ready", "missing", "wrong"] = "ready"
    if len(found) < len(model.files):
        state = "missing"
    elif any(sha256_of(found[file.path]) != file.sha256 for file in model.files):
        state = "wrong"
    return InventoryRow(
        role=model.role,
        name=model.name,
        state=state,
        version=installed_version(model.distributions[0][0]),
        tested_version=model.version,
        licence=model.licence,
        origin=model.origin,
        without_it=model.adds,
        install=model.install,
    )
