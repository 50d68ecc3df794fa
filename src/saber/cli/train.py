"""`saber train`: how does a model learn SED, then to prefer answers that hold together?"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

NAME = "train"
SUMMARY = "Train a model: SED, then CA-DPO; export what was trained."

_SHOWN = ("loss", "nll_visual", "nll_acoustic", "nll_reasoning", "margin", "accuracy", "kl_chosen", "waiting")


def arguments(parser: argparse.ArgumentParser) -> None:
    stages = parser.add_subparsers(dest="stage", required=True, metavar="STAGE")
    for name, summary in (
        ("sed", "Learn structured evidence, then reasoning (stage one)."),
        ("ca-dpo", "Learn to prefer answers that hold together (stage two)."),
    ):
        stage = stages.add_parser(name, help=summary, description=f"{summary} The same command goes on.")
        stage.add_argument("config", type=Path, metavar="CONFIG", help="recipe file, as those in runs/")
        stage.add_argument("--json", action="store_true", help="print each line of the log as JSON")
    export = stages.add_parser(
        "export",
        help="Write a trained model as a folder to share.",
        description="Write a trained model as a folder to share, each form compared with what was trained.",
    )
    export.add_argument("run", type=Path, metavar="RUN", help="folder of a stage that has ended")
    export.add_argument("--out", type=Path, required=True, metavar="DIR", help="a new folder")
    export.add_argument(
        "--evaluation",
        type=Path,
        action="append",
        default=[],
        metavar="DIR",
        help="an evaluation of this model, for its card; may be given again",
    )
    export.add_argument("--no-merge", action="store_true", help="adapters only, no merged weights")


def run(namespace: argparse.Namespace) -> int:
    if namespace.stage == "export":
        return _export(namespace)
    from saber.core.errors import UsageError
    from saber.train import load_recipe, train_ca_dpo, train_sed

    recipe = load_recipe(namespace.config)
    if recipe.model.tune == "full" and namespace.stage == "ca-dpo" and recipe.sed is not None:
        raise UsageError(
            "With tune = 'full', CA-DPO starts from the weights that are named as base.",
            remedy="Write the `model` folder that SED made as base, and take [sed] out.",
        )
    train = train_sed if namespace.stage == "sed" else train_ca_dpo
    done = train(recipe, _say_json if namespace.json else _say)
    left_out = ", ".join(f"{count} {reason}" for reason, count in sorted(done.bad.items()))
    print(f"Trained on {done.rows} rows; left out: {left_out or 'none'}.")
    print(f"Written: {done.model}")
    return 0


def _say(line: dict[str, Any]) -> None:
    told = "  ".join(f"{name} {line[name]:.4g}" for name in _SHOWN if name in line)
    tokens = "  ".join(
        f"{line[f'{kind}_tokens']:.0f} {kind}" for kind in ("video", "audio", "text", "answer")
    )
    print(f"step {line['step']}  {told}  tokens: {tokens}", flush=True)


def _say_json(line: dict[str, Any]) -> None:
    import json

    print(json.dumps(line), flush=True)


def _export(namespace: argparse.Namespace) -> int:
    from saber.train import export_run

    done = export_run(
        namespace.run, namespace.out, merge=not namespace.no_merge, evaluations=namespace.evaluation
    )
    for name, difference in done.differences.items():
        print(f"{name}: its output differs from the trained model's by {difference:.1e} of the largest.")
    print(f"Training moved the output by {done.moved:.1e}. Written: {done.folder}")
    return 0
