"""`saber run`, and each of its stages as a command: how do raw clips become a dataset?

Every command brings the clips as far as its stage; what was done before is not done again. So
`saber clean`, `saber annotate`, ... one after the other come to the same as one `saber run`.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from saber.cli.model_options import add_model_options, model_settings
from saber.core.errors import UsageError
from saber.core.taxonomy import Language

if TYPE_CHECKING:
    from saber.factory import DatasetSettings, Made

__all__ = ["COMMANDS", "RUN", "Step"]

T = TypeVar("T", bound=Any)


@dataclass
class Step:
    """A command that brings the clips as far as one stage; `stage` None: through all of them."""

    NAME: str
    SUMMARY: str
    stage: str | None = None

    def arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument(
            "config", nargs="?", type=Path, metavar="CONFIG", help="TOML file with the dataset's settings"
        )
        parser.add_argument(
            "--source", action="append", type=Path, metavar="PATH", help="raw clips; may be given again"
        )
        parser.add_argument(
            "--corpus", metavar="KEY", help="what the sources are, as `saber corpora` lists (default: folder)"
        )
        parser.add_argument("--terms", metavar="KEY", help="of a folder's clips: own, or unknown (default)")
        parser.add_argument("--workspace", type=Path, metavar="DIR", help="where the dataset is made")
        parser.add_argument("--engine", choices=["local", "ray"], help="what does the work (default: local)")
        parser.add_argument("--workers", type=int, metavar="N", help="processes (default: one per processor)")
        parser.add_argument(
            "--lang", choices=[str(x) for x in Language], help="language to write in (default: en)"
        )
        if self.stage is None:
            parser.add_argument("--until", metavar="STAGE", help="stop after that stage")
            parser.add_argument(
                "--estimate", type=int, metavar="N", help="say what N clips would take, by a few of them"
            )
            parser.add_argument(
                "--sample", type=int, default=12, metavar="N", help="clips to estimate by (default: 12)"
            )
        if self.stage == CLEANED:
            parser.add_argument(
                "--calibrate",
                action="store_true",
                help="say what each limit would cost in clips; with every check made, whatever fails",
            )
            parser.add_argument("--json", action="store_true", help="with --calibrate: print one JSON object")
        group = add_model_options(parser, "a model that annotates", default=None)
        group.add_argument("--send", choices=["cues", "frames", "media"], help="the most that it may get")
        group.add_argument(
            "--mode", choices=["one", "staged"], help="one request, or sight, sound, reasoning"
        )

    def run(self, namespace: argparse.Namespace) -> int:
        """0: all clips ended, dropped ones included; 1: some are quarantined, or it was interrupted."""
        from saber.cli.live import LiveView
        from saber.factory import make_dataset

        settings = dataset_settings(namespace)
        if self.stage is None and namespace.estimate is not None:
            return _estimate(settings, namespace)
        if self.stage == CLEANED and namespace.calibrate:
            return _calibrate(settings, namespace)
        with LiveView() as view:
            until = self.stage if self.stage is not None else namespace.until
            made = make_dataset(settings, until, on_progress=view)
        _report(made, settings)
        return 0 if made.status.state == "done" and not made.status.quarantined else 1


RUN = Step("run", "Make a dataset of raw clips: clean, annotate, verify, split, write training rows.")
CLEANED = "duplicates"
"""The last stage of `saber clean`."""
COMMANDS: Sequence[Step] = (
    RUN,
    Step("clean", "Sort out raw clips that can't be used, and near-duplicates.", CLEANED),
    Step("perceive", "Measure the clips that are clean.", "perceive"),
    Step("annotate", "Write the six dimensions of the clips that were measured.", "annotate"),
    Step("verify", "Check what was written against independent judges and the measurements.", "verify"),
    Step("split", "Tag clips (in)consistent, split them without leaks, choose a SABER-Test.", "split"),
    Step("instruct", "Write conversations to train on, of the train split.", "instruct"),
)


def dataset_settings(namespace: argparse.Namespace) -> DatasetSettings:
    """The settings file, with the flags that were given on top."""
    from saber.corpora import SourceSettings
    from saber.factory import load_dataset

    settings = load_dataset(namespace.config)
    annotate = _over(settings.annotate, model=namespace.model, language=namespace.lang)
    namespace.model = annotate.model
    model = model_settings(namespace, settings.model(annotate.model))
    infer = _over(settings.analysis.infer, send=namespace.send, mode=namespace.mode)
    sources = settings.sources
    if namespace.source:
        names = _names(namespace.source, namespace.corpus or "folder")
        sources = tuple(
            _over(
                SourceSettings(path),
                corpus=namespace.corpus,
                name=name,
                terms=namespace.terms,
            )
            for path, name in zip(namespace.source, names, strict=True)
        )
    elif namespace.corpus or namespace.terms:
        raise UsageError(
            "--corpus and --terms go with --source.", remedy="Or write them in the file's [[source]]."
        )
    return replace(
        settings,
        workspace=namespace.workspace or settings.workspace,
        engine=namespace.engine or settings.engine,
        flow=_over(settings.flow, workers=namespace.workers),
        annotate=annotate,
        analysis=replace(settings.analysis, infer=infer),
        models={**settings.models, annotate.model: model},
        sources=sources,
    )


def _names(paths: Sequence[Path], corpus: str) -> list[str]:
    """One source is called as its corpus is; several as their folders are."""
    return [""] if len(paths) == 1 else [path.resolve().stem or corpus for path in paths]


def _over(table: T, **flags: object) -> T:
    given = {name: value for name, value in flags.items() if value is not None}
    try:
        return replace(table, **given)
    except ValueError as error:
        raise UsageError(f"Bad value: {error}.") from error


def _estimate(settings: DatasetSettings, namespace: argparse.Namespace) -> int:
    from rich.console import Console

    from saber.cli.live import LiveView, estimate_table
    from saber.factory import estimate_dataset

    with LiveView() as view:
        found = estimate_dataset(settings, namespace.estimate, namespace.sample, on_progress=view)
    Console().print(estimate_table(found))
    return 0


def _calibrate(settings: DatasetSettings, namespace: argparse.Namespace) -> int:
    """Cleans in the workspace with every check made, and says what limits would cost."""
    from saber.clean import calibrate
    from saber.cli.live import LiveView
    from saber.factory import make_dataset

    every = replace(settings, clean=replace(settings.clean, all_checks=True))
    with LiveView() as view:
        made = make_dataset(every, "clean", on_progress=view)
    assert settings.workspace is not None  # make_dataset has asked for one
    found = calibrate(settings.workspace)
    print(found.model_dump_json(indent=1) if namespace.json else found.table())
    return 0 if made.status.state == "done" else 1


def _report(made: Made, settings: DatasetSettings) -> None:
    from saber.cli.live import sums

    say: Callable[[str], None] = print
    for line in sums(made.status):
        say(line)
    if made.missing:
        first = made.missing[0]
        say(
            f"{len(made.missing)} clips are named and not there, the first of {first.corpus} in "
            f"{first.named_in}: {first.path}"
        )
    if made.left_out:
        left = made.left_out[0]
        why = f"{left.why}. {left.detail}" if left.detail else left.why
        say(f"{len(made.left_out)} files are no clips of their corpus, the first {left.path}: {why}")
    for path in made.reports:
        say(f"Written: {path}")
    if made.status.state == "stopped":
        print("saber: stopped; the same command goes on where it was.", file=sys.stderr)
    elif made.status.quarantined:
        print(
            f"saber: {made.status.quarantined} rows failed. `saber status --workspace "
            f"{settings.workspace} --failed` says why, `saber retry --workspace {settings.workspace}` "
            "has the next run try them again.",
            file=sys.stderr,
        )
