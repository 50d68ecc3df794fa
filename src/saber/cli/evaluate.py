"""`saber evaluate`: how good is a model on one of the field's benchmarks, and what exactly was counted?"""

from __future__ import annotations

import argparse
import sys
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from saber.cli.model_options import add_model_options, model_settings, print_cost
from saber.core.errors import UsageError
from saber.core.taxonomy import Language

if TYPE_CHECKING:
    from saber.evaluate import Bench, EvaluationSettings, Judge, Subject
    from saber.models import Caller

NAME = "evaluate"
SUMMARY = "Evaluate a model, or a file of its answers, on a benchmark whose data you have."

BENCHES = ("saber-test", "emer", "emobench-m", "ov-merd", "mme-emotion", "crema-d")
"""As `saber.evaluate.BENCHES`; named here so that --help needs not import it (a test compares the two)."""

JUDGE_FLAGS = ("base_url", "api_key_env", "concurrency", "budget_tokens")

T = TypeVar("T", bound=Any)


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("bench", choices=BENCHES, metavar="BENCH", help=", ".join(BENCHES))
    parser.add_argument(
        "--data", type=Path, required=True, metavar="DIR", help="the benchmark's files and clips"
    )
    parser.add_argument(
        "--predictions",
        type=Path,
        metavar="FILE",
        help="answers that a model gave elsewhere: JSON, JSONL or CSV",
    )
    parser.add_argument(
        "--name", metavar="NAME", help="what the report calls the model (default: its spec, the file's name)"
    )
    parser.add_argument(
        "--out", type=Path, metavar="DIR", help="where the run is kept (default: evaluation/BENCH/NAME)"
    )
    parser.add_argument("--config", type=Path, metavar="FILE", help="TOML file with settings")
    parser.add_argument(
        "--trained-on", type=_names, metavar="CORPORA",
        help="what it was trained on: meld,mer2025 ..., saber for its ten corpora, or none",
    )  # fmt: skip
    parser.add_argument(
        "--limit", type=int, metavar="N", help="only the first N samples of each part: to try a setup out"
    )
    parser.add_argument(
        "--ablate",
        type=_names,
        metavar="KINDS",
        help="ask again without sound, picture, or with another's: mute,black,shuffle",
    )
    parser.add_argument(
        "--export-lmms-eval",
        type=Path,
        metavar="DIR",
        help="write the benchmark as a task of lmms-eval, no model",
    )
    parser.add_argument("--json", action="store_true", help="print the run as one JSON object")
    group = add_model_options(parser, "the model", default=None, also="embedded (the analyst), ")
    group.add_argument(
        "--send", choices=["cues", "frames", "media"],
        help="the most of a clip that it may get (default: media for a model in this process; cues for a "
        "served one, which go with annotations and with no question)",
    )  # fmt: skip
    group.add_argument(
        "--lang", choices=[str(x) for x in Language], default="en", help="of annotations (default: en)"
    )
    judge = parser.add_argument_group("a judge of free answers")
    judge.add_argument("--judge", metavar="SPEC", help="the model that rates, such as openai:MODEL")
    judge.add_argument("--judge-base-url", metavar="URL", help="where it is served")
    judge.add_argument("--judge-api-key-env", metavar="NAME", help="environment variable with its key")
    judge.add_argument(
        "--judge-concurrency", type=int, metavar="N", help="calls at the same time (default: 4)"
    )
    judge.add_argument(
        "--judge-budget-tokens", type=int, metavar="N", help="stop before more tokens are taken"
    )
    judge.add_argument(
        "--judge-lang", choices=["en", "zh"], help="of the prompts to it (default: zh, as EMER's)"
    )
    judge.add_argument(
        "--translate", choices=["none", "zh"], help="have it translate answers first (default: none)"
    )

    judge.add_argument(
        "--calibrate", type=Path, metavar="DIR", help="have it rate EMER's published answers in DIR, no model"
    )
    judge.add_argument(
        "--calibration",
        type=Path,
        metavar="FILE",
        help="what --calibrate found of this judge, for the report",
    )


def run(namespace: argparse.Namespace) -> int:
    from rich.console import Console

    from saber.cli.evaluated import Counting, present_run
    from saber.evaluate import bench_of, evaluate, export_task, keep, prompts_sha256, read_calibration

    bench = bench_of(namespace.bench)
    settings = _settings(namespace)
    name = namespace.name or namespace.model or (namespace.predictions or Path("calibration")).stem
    plain = "".join(c if c.isalnum() or c in "._-+" else "-" for c in name)
    out = namespace.out or Path("evaluation") / bench.name / plain
    if namespace.export_lmms_eval is not None:
        task = export_task(bench, namespace.data, namespace.export_lmms_eval, settings.evaluate)
        print(f"Task file: {task}")
        return 0
    callers: dict[str, Caller] = {}
    try:
        with ExitStack() as opened:
            judge = _judge(namespace, settings, bench, out, opened, callers)
            if namespace.calibrate is not None:
                return _calibrate(namespace, settings, bench, out, judge)
            subject = _subject(namespace, settings, name, out, bench, opened, callers)
            known = None
            if namespace.calibration is not None and judge is not None:
                known = read_calibration(
                    namespace.calibration, judge, prompts_sha256(bench, settings.evaluate)
                )
            told = opened.enter_context(Counting(Console(stderr=True)))
            evaluated = evaluate(
                bench, namespace.data, subject, out,
                judge=judge, calibration=known, settings=settings.evaluate, told=told,
            )  # fmt: skip
    finally:
        for whose, caller in callers.items():
            if caller.tally.calls or caller.tally.cached:
                print_cost(caller, whose)
    keep(evaluated, out, namespace.data)
    if namespace.json:
        print(evaluated.run.model_dump_json())
    else:
        present_run(evaluated.run, Console())
    print(f"saber: kept in {out}.", file=sys.stderr)
    return 0


def _judge(
    namespace: argparse.Namespace,
    settings: EvaluationSettings,
    bench: Bench,
    out: Path,
    opened: ExitStack,
    callers: dict[str, Caller],
) -> Judge | None:
    from saber.evaluate import Judge, open_caller

    if namespace.judge is None:
        if namespace.calibrate is not None or namespace.calibration is not None:
            raise UsageError("Who is calibrated?", remedy="Name the judge with --judge.")
        return None
    if bench.judge == "none" and namespace.calibrate is None:
        raise UsageError(f"{bench.title} has nothing for a judge to do.", remedy="Leave --judge out.")
    if namespace.judge == "embedded":
        raise UsageError("The embedded analyst can't judge.", remedy="Name a language model.")
    caller = opened.enter_context(open_caller(namespace.judge, settings.judge, out / "calls.sqlite"))
    callers["judge"] = caller
    return Judge(caller, settings.evaluate)


def _calibrate(
    namespace: argparse.Namespace, settings: EvaluationSettings, bench: Bench, out: Path, judge: Judge | None
) -> int:
    """Rate the published answers instead of a model's."""
    from rich.console import Console

    from saber.cli.evaluated import print_table
    from saber.evaluate import calibrate
    from saber.storage import write_whole

    assert judge is not None
    if bench.name != "emer":
        raise UsageError("Only EMER has published answers to calibrate a judge on.")
    found = calibrate(namespace.calibrate, out, judge, settings.evaluate)
    file = out / "calibration.json"
    write_whole(file, (found.kept.model_dump_json(indent=1) + "\n").encode())
    if namespace.json:
        print(found.kept.model_dump_json())
    else:
        header = ("", "overlap", "published", "this judge", "offset")
        rows = [(m, kind, f"{a:.2f}", f"{b:.2f}", f"{b - a:+.2f}") for m, kind, a, b in found.rows]
        print_table(Console(), f"{judge.model} on the published answers", header, rows)
        for name, value in found.numbers.items():
            print(f"{name}: {value:g}")
    print(f"saber: kept in {file}; give it to later runs with --calibration.", file=sys.stderr)
    return 0


def _settings(namespace: argparse.Namespace) -> EvaluationSettings:
    """The settings file, with the flags that were given on top."""
    from saber.core.settings import build, read_toml
    from saber.evaluate import EvaluationSettings
    from saber.models import EMBEDDED

    base = EvaluationSettings()
    if namespace.config is not None:
        base = build(EvaluationSettings, read_toml(namespace.config), namespace.config.name)
    if namespace.send is not None and namespace.model in (EMBEDDED, None):
        raise UsageError(
            "The embedded analyst and a file of answers get nothing sent: --send has nothing to act on.",
            remedy="Leave it out, or name another model.",
        )
    flags = {name: getattr(namespace, f"judge_{name}") for name in JUDGE_FLAGS}
    given = [name for name, value in flags.items() if value is not None]
    if given and namespace.judge is None:
        raise UsageError(
            f"Without a judge, --judge-{given[0].replace('_', '-')} has nothing to act on.",
            remedy="Name one with --judge.",
        )
    return replace(
        base,
        model=model_settings(namespace, base.model),
        judge=_over(base.judge, **flags),
        infer=_over(base.infer, send=namespace.send),
        evaluate=_over(
            base.evaluate,
            limit=namespace.limit,
            judge_language=namespace.judge_lang,
            translate=namespace.translate,
            ablations=namespace.ablate,
        ),
    )


def _subject(
    namespace: argparse.Namespace,
    settings: EvaluationSettings,
    name: str,
    out: Path,
    bench: Bench,
    opened: ExitStack,
    callers: dict[str, Caller],
) -> Subject:
    from saber.evaluate import FITTED_ON, AnalystModel, Annotating, Asking, Context, Subject, open_caller
    from saber.models import EMBEDDED

    if (namespace.model is None) == (namespace.predictions is None):
        raise UsageError("Who answers?", remedy="Give either --model or --predictions.")
    trained = namespace.trained_on
    if trained == ("none",):
        trained = ()
    if namespace.predictions is not None:
        return Subject(model=name, predictions=namespace.predictions, trained_on=trained)
    if trained is None and namespace.model == EMBEDDED:
        trained = FITTED_ON
    context, language = Context(namespace.data, out, settings.evaluate), Language(namespace.lang)
    analyst = AnalystModel(context.cues_of, language)
    opening = open_caller(namespace.model, settings.model, out / "calls.sqlite", analyst)
    caller = opened.enter_context(opening)
    callers["model"] = caller
    asking = Asking(caller, settings.infer, settings.media)
    responder = None
    if bench.form == "question" and settings.infer.prompt_file is not None:
        raise UsageError(
            f"{bench.title} asks its own questions, and not with {settings.infer.prompt_file}.",
            remedy="Take prompt_file out of the settings.",
        )
    if bench.form == "annotation" and not asking.embedded:
        responder = Annotating(asking, context, language)
    return Subject(model=name, asking=asking, responder=responder, trained_on=trained)


def _over(settings: T, **flags: object) -> T:
    given = {name: value for name, value in flags.items() if value is not None}
    try:
        return replace(settings, **given)
    except ValueError as error:
        raise UsageError(f"Bad value: {error}.") from error


def _names(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.split(",") if part.strip())
