"""How does a dataset become a folder that others can load? The export's main flow.

terms -allow?-> picked clips -forms-> files, and while they pass -count-> statistics -> card

All of the folder is there at the end, or nothing of it.
"""

from __future__ import annotations

import json
import os
import shutil
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

from saber.core.errors import UsageError, WorkspaceError
from saber.export.card import card, terms_file
from saber.export.forms import Form, make_form
from saber.export.media import CopyError, copy_media
from saber.export.permission import for_strangers, row_for_strangers, survey
from saber.export.pick import Input, Picked
from saber.export.settings import SPLITS, ExportSettings
from saber.export.statistics import Statistics
from saber.version import __version__

__all__ = ["Exported", "FormCount", "export_dataset"]


@dataclass(frozen=True)
class FormCount:
    """What came of one form. `inputs` = `written` + what is in `left_out`, always."""

    form: str
    inputs: int
    written: int
    left_out: Mapping[str, int]
    """Reason -> clips."""
    files: Mapping[str, str]
    """Split, or `all`, -> path in the export."""


@dataclass(frozen=True)
class Exported:
    """An export as it was written. `warnings`: sentences about its terms."""

    folder: Path
    forms: tuple[FormCount, ...]
    media: int
    """Files copied."""
    warnings: tuple[str, ...]


def export_dataset(source: Input, out: Path, settings: ExportSettings | None = None) -> Exported:
    """Write the wanted clips to the new folder `out`, in every form that is wanted, with a card.

    Raises:
        UsageError: `out` is there already; terms forbid it; nothing is left to export; the dataset is not
            split yet.
        MissingPieceError: Parquet is wanted and pyarrow not installed.
        WorkspaceError: the folder can't be written, or the ledger not read.
    """
    settings = settings or ExportSettings()
    if out.exists() and not (out.is_dir() and not any(out.iterdir())):
        raise UsageError(f"{out} is there already.", remedy="Name a new folder, or remove that one.")
    found = survey(source.terms(settings))
    found.allow(settings)
    with _whole_folder(out) as folder:
        forms = {name: make_form(name, folder, settings) for name in dict.fromkeys(settings.forms)}
        everywhere, reasons, written = (
            Counter[str](),
            {name: Counter[str]() for name in forms},
            Counter[str](),
        )
        statistics = Statistics()
        for picked in source.picked(settings, everywhere):
            try:
                picked = _prepared(picked, folder, settings)
            except CopyError as error:
                everywhere[error.reason] += 1
                continue
            statistics.see(picked.row)
            for name, form in forms.items():
                if reason := form.write(picked):
                    reasons[name][reason] += 1
                else:
                    written[name] += 1
        counts = tuple(
            _count(name, form, written[name], everywhere + reasons[name]) for name, form in forms.items()
        )
        if not statistics.rows:
            told = ", ".join(f"{why}: {count:,}" for why, count in everywhere.most_common()) or "none there"
            raise UsageError(f"There is no clip to export ({told}).", remedy="See `saber status`.")
        run = source.settings()
        said = for_strangers(run) if settings.audience == "public" else run
        for path, text in card(out.name, counts, statistics, source.stages(), said, settings).items():
            _write(folder / path, text)
        _write(folder / "LICENSE.md", terms_file(statistics))
        _write(folder / "export.json", _summary(counts, settings))
        media = folder / "media"
        copied = sum(1 for _ in media.iterdir()) if media.exists() else 0
    return Exported(out, counts, copied, tuple(found.warnings(settings)))


def _prepared(picked: Picked, folder: Path, settings: ExportSettings) -> Picked:
    """The clip as it may be shown to the audience, with its media copied where they go along."""
    row, path = picked.row, picked.row.media
    if settings.audience == "public":
        row = row_for_strangers(row)
    if settings.with_media and path is not None and (row.terms.media or settings.audience == "self"):
        name = copy_media(row.id, Path(path), folder, row.media_sha256)
        row = row.model_copy(update={"media": name})
    return Picked(row, picked.example, picked.why)


def _count(name: str, form: Form, written: int, left_out: Counter[str]) -> FormCount:
    found = form.close()
    files = {split: found[split] for split in (*SPLITS, "all") if split in found}
    return FormCount(name, written + left_out.total(), written, dict(left_out.most_common()), files)


def _summary(counts: tuple[FormCount, ...], settings: ExportSettings) -> str:
    said = {
        "saber": __version__,
        "settings": asdict(settings),
        "forms": [asdict(count) for count in counts],
    }
    return json.dumps(said, indent=1, ensure_ascii=False) + "\n"


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(exist_ok=True)
    path.write_text(text, encoding="utf-8")


@contextmanager
def _whole_folder(out: Path) -> Iterator[Path]:
    """A folder that takes the place of `out` when nothing went wrong inside `with`, and is gone otherwise."""
    half = out.absolute().with_name(f".{out.absolute().name}.{os.getpid()}.partial")
    try:
        half.mkdir(parents=True)
        yield half
        os.replace(half, out)
    except OSError as error:
        raise WorkspaceError(
            f"The export can't be written to {out}: {error.strerror or error}.",
            remedy="Make room, or name a folder that you may write.",
        ) from error
    finally:
        shutil.rmtree(half, ignore_errors=True)
