"""What does a dataset's settings file say?

    [[source]]              where raw clips are; as often as there are sources
    [annotate]              who writes the six dimensions, in which language
    [clean] [duplicates] [hear] [verify] [compare] [split] [instruct]    one table a stage
    [media] [face] [voice] ...   how clips are measured: as for `saber analyze --config`
    [model]                 where models are served, what calls may take; for all of them, or, as
    [models."openai:NAME"]  for the one of that spec alone
    [flow]                  how much is done at once; `engine` and `workspace` stand at the top

Every table has defaults, so the smallest file names one source. An unknown key is an error.
"""

from __future__ import annotations

from dataclasses import dataclass, field, fields, replace
from pathlib import Path
from typing import Any, Literal

from saber.clean import CleanSettings, CutSettings, DuplicatesSettings
from saber.core.errors import UsageError
from saber.core.settings import build, read_toml
from saber.core.taxonomy import Language
from saber.corpora import SourceSettings
from saber.flow import FlowSettings
from saber.instruct import InstructSettings
from saber.models import EMBEDDED, ModelSettings
from saber.pipeline import Settings
from saber.split import CompareSettings, SplitSettings
from saber.verify import HearSettings, VerifySettings

__all__ = ["AnnotateSettings", "DatasetSettings", "load_dataset"]


@dataclass(frozen=True)
class AnnotateSettings:
    """Who writes: `embedded`, or the spec of a model; in which language, `en` or `zh`."""

    model: str = EMBEDDED
    language: str = "en"

    def __post_init__(self) -> None:
        if self.language not in set(Language):
            raise ValueError(f"there is no language {self.language!r}; there are {', '.join(Language)}")


@dataclass(frozen=True)
class DatasetSettings:
    """A dataset's settings, complete. Each field but the last three is a table or a key of the file."""

    workspace: Path | None = None
    """Where the ledger and the stages' files are; relative to the settings file."""
    engine: Literal["local", "ray"] = "local"
    flow: FlowSettings = field(default_factory=FlowSettings)
    cut: CutSettings = field(default_factory=CutSettings)
    clean: CleanSettings = field(default_factory=CleanSettings)
    duplicates: DuplicatesSettings = field(default_factory=DuplicatesSettings)
    annotate: AnnotateSettings = field(default_factory=AnnotateSettings)
    hear: HearSettings = field(default_factory=HearSettings)
    verify: VerifySettings = field(default_factory=VerifySettings)
    compare: CompareSettings = field(default_factory=CompareSettings)
    split: SplitSettings = field(default_factory=SplitSettings)
    instruct: InstructSettings = field(default_factory=InstructSettings)
    sources: tuple[SourceSettings, ...] = ()
    models: dict[str, ModelSettings] = field(default_factory=dict)
    analysis: Settings = field(default_factory=Settings)

    def model(self, spec: str | None) -> ModelSettings:
        """How the model of that spec is reached and what calls to it may take."""
        return self.models.get(spec or "", self.analysis.model)


_OWN = frozenset(f.name for f in fields(DatasetSettings)) - {"sources", "models", "analysis"}


def load_dataset(path: Path | None) -> DatasetSettings:
    """Defaults, overridden by the TOML file at `path`. UsageError names an unknown or wrong key."""
    if path is None:
        return DatasetSettings()
    tables = read_toml(path)
    where = path.name
    sources = _tables(tables.pop("source", []), f"{where}.source")
    models = tables.pop("models", {})
    if not isinstance(models, dict):
        raise UsageError(f"Setting {where}.models must be a table of tables, one for each spec.")
    known = _OWN | {f.name for f in fields(Settings)}
    for key in tables:
        if key not in known:
            names = ", ".join(sorted(known | {"source", "models"}))
            raise UsageError(f"Unknown setting {where}.{key}.", remedy=f"Known ones: {names}.")
    own = build(DatasetSettings, {k: v for k, v in tables.items() if k in _OWN}, where)
    analysis = build(Settings, {k: v for k, v in tables.items() if k not in _OWN}, where)
    return replace(
        own,
        workspace=None if own.workspace is None else path.parent / own.workspace,
        analysis=analysis,
        sources=tuple(_source(table, path, f"{where}.source") for table in sources),
        # What is not said of one model is as for all of them.
        models={
            spec: replace(analysis.model, **_given(table, f"{where}.models.{spec}"))
            for spec, table in models.items()
        },
    )


def _tables(value: Any, where: str) -> list[dict[str, Any]]:
    if isinstance(value, list) and all(isinstance(table, dict) for table in value):
        return value
    raise UsageError(f"Setting {where} must be one or more tables.", remedy="Write [[source]].")


def _source(table: dict[str, Any], file: Path, where: str) -> SourceSettings:
    if "path" not in table:
        raise UsageError(f"A source in {where} has no path.", remedy='Say where its clips are: path = "...".')
    source = build(SourceSettings, table, where)
    return replace(source, path=file.parent / source.path)


def _given(table: Any, where: str) -> dict[str, Any]:
    if not isinstance(table, dict):
        raise UsageError(f"Setting {where} must be a table.")
    built = build(ModelSettings, table, where)
    return {key: getattr(built, key) for key in table}
