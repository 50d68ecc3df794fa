"""How is a dataset made, from its settings to the reports beside it?

settings -sources-> Source ... -flow over the stages-> ledger -reports-> settings.json, leakage.md
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from saber.core.dataset import Annotated, Assigned, Clip, Source, Verified
from saber.core.errors import UsageError
from saber.core.records import Record
from saber.core.settings import resolved
from saber.corpora import LeftOut, Missing, Notes, SourceSettings, sources
from saber.factory.settings import DatasetSettings
from saber.factory.stages import STAGES, stages_of
from saber.flow import Estimate, OnProgress, Status, estimate, items, run
from saber.split import find_leaks, placed
from saber.storage import write_whole
from saber.version import __version__

__all__ = ["Made", "clips_of", "estimate_dataset", "make_dataset"]


@dataclass(frozen=True)
class Made:
    """What a run came to, and what its sources said of themselves."""

    status: Status
    missing: tuple[Missing, ...]
    """Clips that a corpus' tables name and its folder does not hold."""
    left_out: tuple[LeftOut, ...]
    """Files that are there and no clips of the corpus."""
    reports: tuple[Path, ...]


def make_dataset(
    settings: DatasetSettings, until: str | None = None, on_progress: OnProgress | None = None
) -> Made:
    """Bring all sources through the stages, up to `until`; what an earlier run did is not done again.

    Raises what `saber.flow.run` raises, and UsageError without workspace or sources.
    """
    workspace = _workspace(settings)
    notes = Notes()
    stages = stages_of(settings, until)
    status = run(
        stages,
        clips_of(settings, workspace, notes),
        workspace,
        engine=settings.engine,
        settings=settings.flow,
        on_progress=on_progress,
    )
    reports = [_settings_file(settings, workspace)]
    if status.state == "done" and any(stage.name == "split" for stage in stages):
        reports.append(_leakage(workspace))
    return Made(status, tuple(notes.missing), tuple(notes.left_out), tuple(reports))


def estimate_dataset(
    settings: DatasetSettings, clips: int, sample: int, on_progress: OnProgress | None = None
) -> Estimate:
    """What so many clips would take, by what a few of the sources take here and now."""
    return estimate(
        stages_of(settings),
        clips_of(settings, _workspace(settings), Notes()),
        _workspace(settings),
        clips=clips,
        sample=sample,
        engine=settings.engine,
        settings=settings.flow,
        on_progress=on_progress,
    )


def _workspace(settings: DatasetSettings) -> Path:
    if settings.workspace is None:
        raise UsageError("Where is the dataset to be made?", remedy="Name a folder: --workspace DIR.")
    return settings.workspace


def _sources(settings: DatasetSettings) -> tuple[SourceSettings, ...]:
    if not settings.sources:
        raise UsageError(
            "There is nothing to make a dataset of.",
            remedy="Name raw clips: --source DIR, or [[source]].",
        )
    return settings.sources


def clips_of(settings: DatasetSettings, workspace: Path, notes: Notes) -> Iterator[Source]:
    """The raw clips. A workspace may lie in a source's folder: what its stages made is no raw clip."""
    made = tuple(f"{os.path.abspath(workspace / stage)}{os.sep}" for stage in STAGES)
    for source in sources(_sources(settings), notes):
        if not os.path.abspath(source.path).startswith(made):
            yield source


def _settings_file(settings: DatasetSettings, workspace: Path) -> Path:
    """Everything that decides what comes out, as it was resolved, beside what came out."""
    path = workspace / "settings.json"
    said = {"saber": __version__, **resolved(settings)}
    write_whole(path, (json.dumps(said, indent=1, ensure_ascii=False, sort_keys=True) + "\n").encode())
    return path


def _leakage(workspace: Path) -> Path:
    kinds: dict[str, type[Record]] = {
        "source": Source,
        "clean": Clip,
        "annotate": Annotated,
        "verify": Verified,
        "split": Assigned,
    }
    found = find_leaks(placed(item) for item in items(workspace, kinds))
    write_whole(workspace / "split" / "leakage.json", (found.model_dump_json(indent=1) + "\n").encode())
    path = workspace / "split" / "leakage.md"
    write_whole(path, found.markdown().encode())
    return path
