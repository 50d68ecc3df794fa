"""`saber analyze`: what does the person in each of these clips show and feel?"""

from __future__ import annotations

import argparse
import logging
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from saber.core.errors import ClipError, UsageError
from saber.core.taxonomy import Language

if TYPE_CHECKING:
    from rich.console import Console
    from rich.progress import Progress as Bars

    from saber.core.records import Analysis, Failure
    from saber.pipeline import Settings

NAME = "analyze"
SUMMARY = "Analyse clips: timed evidence, the emotion, and whether face, voice and words agree."

log = logging.getLogger(__name__)


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("clips", nargs="+", metavar="CLIP", help="media file: picture, sound or both")
    parser.add_argument("--json", action="store_true", help="print one JSON object per clip per line")
    parser.add_argument("--report", type=Path, metavar="DIR", help="write one HTML page per clip into DIR")
    parser.add_argument(
        "--lang", choices=[str(x) for x in Language], default="en", help="language to write in (default: en)"
    )
    parser.add_argument(
        "--model", default="embedded", metavar="SPEC", help="who writes the annotation (default: embedded)"
    )
    parser.add_argument("--config", type=Path, metavar="FILE", help="TOML file with settings of the stages")


def run(namespace: argparse.Namespace) -> int:
    from rich.console import Console

    from saber.pipeline import check_model, load_settings

    check_model(namespace.model)
    settings = load_settings(namespace.config)
    if namespace.report is not None:
        _make_folder(namespace.report)
    console = Console()
    failed = 0
    with _bars() as bars:
        for clip in namespace.clips:
            try:
                analysis = _analyze(clip, namespace, settings, bars)
                _hand_out(analysis, namespace, console)
            except ClipError as error:
                failed += 1
                _hand_out_failure(clip, error, namespace)
    if len(namespace.clips) > 1:
        print(f"saber: {len(namespace.clips) - failed} clips analysed, {failed} failed.", file=sys.stderr)
    return 1 if failed else 0


def _analyze(clip: str, namespace: argparse.Namespace, settings: Settings, bars: Bars) -> Analysis:
    from saber.core.errors import SaberError
    from saber.pipeline import analyze

    task = bars.add_task(Path(clip).name, total=1.0)
    try:
        return analyze(
            clip,
            language=namespace.lang,
            model=namespace.model,
            settings=settings,
            progress=lambda share: bars.update(task, completed=share),
        )
    except SaberError:
        raise
    except Exception as error:
        # A defect of ours must not cost the clips that come after this one.
        log.debug("unexpected error in %s", clip, exc_info=True)
        raise ClipError(
            f"An unexpected {type(error).__name__} stopped the analysis: {error}.",
            remedy="This is a defect of SABER: please report it with what `saber --debug analyze` prints.",
            reason="defect",
        ) from error
    finally:
        bars.remove_task(task)


def _hand_out(analysis: Analysis, namespace: argparse.Namespace, console: Console) -> None:
    if namespace.json:
        _print_json(analysis)
    else:
        from saber.cli.present import present

        present(analysis, console)
    if namespace.report is not None:
        from saber.report import write_report

        page = write_report(analysis, namespace.report)
        print(f"Report: {page}", file=sys.stderr if namespace.json else sys.stdout)


def _hand_out_failure(clip: str, error: ClipError, namespace: argparse.Namespace) -> None:
    from saber.core.records import Failure

    print(f"saber: {clip}: {error}", file=sys.stderr)
    if namespace.json:
        _print_json(Failure(path=clip, reason=error.reason, message=error.message, remedy=error.remedy))


def _print_json(record: Analysis | Failure) -> None:
    print(record.model_dump_json(by_alias=True), flush=True)


def _bars() -> Bars:
    """A bar for the clip at work, on stderr; nothing at all when stderr is not a terminal."""
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

    console = Console(stderr=True)
    columns = (TextColumn("{task.description}"), BarColumn(), TimeRemainingColumn())
    return Progress(*columns, console=console, transient=True, disable=not console.is_terminal)


def _make_folder(folder: Path) -> None:
    """The report folder: before the long work, not after it."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UsageError(
            f"Can't write reports to {folder}: {error.strerror}.", remedy="Choose another folder."
        ) from error
