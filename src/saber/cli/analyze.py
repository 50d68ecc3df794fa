"""`saber analyze`: what does the person in each of these clips show and feel?"""

from __future__ import annotations

import argparse
import logging
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from saber.cli.model_options import add_model_options, model_settings, print_cost
from saber.core.errors import ClipError, ModelError, SaberError, UsageError
from saber.core.taxonomy import Language

if TYPE_CHECKING:
    from rich.console import Console
    from rich.progress import Progress as Bars

    from saber.core.records import Analysis, Failure
    from saber.infer import DryRun
    from saber.models import Caller
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
    parser.add_argument("--config", type=Path, metavar="FILE", help="TOML file with settings of the stages")
    group = add_model_options(parser, "a model that writes the annotation")
    group.add_argument(
        "--send",
        choices=["cues", "frames", "media"],
        help="the most that it may get (default: media for a model in this process, cues for any other)",
    )
    group.add_argument("--mode", choices=["one", "staged"], help="one request, or sight, sound, reasoning")
    group.add_argument("--prompt-file", type=Path, metavar="FILE", help="a prompt of your own")
    group.add_argument(
        "--dry-run", action="store_true", help="print what would be sent and cost, send nothing"
    )


def run(namespace: argparse.Namespace) -> int:
    from contextlib import nullcontext

    from rich.console import Console

    from saber.infer import statement, together
    from saber.models import make_caller

    settings = _settings(namespace)
    caller = make_caller(namespace.model, settings.model)
    if namespace.dry_run and caller is None:
        raise UsageError("The embedded analyst sends nothing.", remedy="Name a model with --model.")
    if namespace.report is not None:
        _make_folder(namespace.report)
    if caller is not None and (said := statement(caller.model, settings.infer)) and not namespace.dry_run:
        print(f"saber: {said}", file=sys.stderr)
    console = Console()
    failed = 0
    planned: list[DryRun] = []
    try:
        with caller or nullcontext(), _bars() as bars:
            for clip in namespace.clips:
                try:
                    if namespace.dry_run and caller is not None:
                        planned.append(_plan(clip, namespace, settings, caller))
                        print(planned[-1].text())
                    else:
                        analysis = _analyze(clip, namespace, settings, caller or "embedded", bars)
                        _hand_out(analysis, namespace, console)
                except (ClipError, ModelError) as error:
                    failed += 1
                    _hand_out_failure(clip, error, namespace)
    finally:
        # Also when it was stopped: what was spent by then is spent.
        if caller is not None and not namespace.dry_run:
            print_cost(caller)
    if len(planned) > 1:
        print(together(planned))
    if len(namespace.clips) > 1:
        print(f"saber: {len(namespace.clips) - failed} clips analysed, {failed} failed.", file=sys.stderr)
    return 1 if failed else 0


def _settings(namespace: argparse.Namespace) -> Settings:
    """The settings file, with the flags that were given on top."""
    from saber.pipeline import load_settings

    def over(stage: Any, **flags: object) -> Any:
        given = {name: value for name, value in flags.items() if value is not None}
        try:
            return replace(stage, **given)
        except ValueError as error:
            raise UsageError(f"Bad value: {error}.") from error

    settings = load_settings(namespace.config)
    return replace(
        settings,
        model=model_settings(namespace, settings.model),
        infer=over(
            settings.infer, send=namespace.send, mode=namespace.mode, prompt_file=namespace.prompt_file
        ),
    )


def _plan(clip: str, namespace: argparse.Namespace, settings: Settings, caller: Caller) -> DryRun:
    """What would be sent for the clip, and what it could cost."""
    from saber.infer import ClipMedia, dry_run
    from saber.pipeline import perceive

    cues = perceive(clip, settings=settings)
    media = ClipMedia(clip, settings.media)
    return dry_run(cues, media, caller, settings.infer, Language(namespace.lang))


def _analyze(
    clip: str, namespace: argparse.Namespace, settings: Settings, model: str | Caller, bars: Bars
) -> Analysis:
    from saber.pipeline import analyze

    task = bars.add_task(Path(clip).name, total=1.0)
    try:
        return analyze(
            clip,
            language=namespace.lang,
            model=model,
            settings=settings,
            progress=lambda share: bars.update(task, completed=share),
            on_text=None if bars.disable or namespace.json else _streamer(bars),
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


def _streamer(bars: Bars) -> Callable[[str], None]:
    """Writes a model's words to the terminal as they come; the bar gives way to the first of them."""

    def write(piece: str) -> None:
        bars.stop()
        sys.stderr.write(piece)
        sys.stderr.flush()

    return write


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


def _hand_out_failure(clip: str, error: SaberError, namespace: argparse.Namespace) -> None:
    from saber.core.records import Failure

    about = "" if clip in error.message else f"{clip}: "
    print(f"saber: {about}{error}", file=sys.stderr)
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
