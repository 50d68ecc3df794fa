"""`saber pairs`: which answers of a model are better than which?"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from saber.cli.model_options import add_model_options, model_settings, print_cost
from saber.core.errors import UsageError

NAME = "pairs"
SUMMARY = "Draw answers of a model, score them, and write preference pairs."


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("config", type=Path, metavar="CONFIG", help="recipe file with a table [pairs]")
    parser.add_argument("--json", action="store_true", help="print what the pairs prefer as JSON")
    group = add_model_options(parser, "the model that answers (default: [pairs] model)", default=None)
    group.add_argument("--judge", metavar="SPEC", help="a model that scores each answer's reasoning too")


def run(namespace: argparse.Namespace) -> int:
    from saber.models import EMBEDDED, make_caller
    from saber.train import load_recipe
    from saber.train.pairs import likelihood_of, make_pairs

    settings = load_recipe(namespace.config).needs("pairs")
    namespace.model = namespace.model or settings.model or None
    if namespace.model in (None, EMBEDDED):
        raise UsageError(
            "Which model answers?", remedy="Name it: --model hf:BASE+ADAPTER, or `model` in [pairs]."
        )
    calling = model_settings(namespace)
    caller = make_caller(namespace.model, calling)
    judge = make_caller(namespace.judge, calling) if namespace.judge else None
    assert caller is not None
    if judge is not None and not settings.weights.judge:
        raise UsageError("A judge whose weight is 0 has no say.", remedy="Set judge in [pairs.weights].")
    likelihood = likelihood_of(namespace.model) if settings.weights.dominance else None
    with caller:
        try:
            progress = _progress if sys.stderr.isatty() else None
            made = make_pairs(settings, caller, judge, progress, likelihood=likelihood)
        finally:
            if judge is not None:
                judge.close()
        print_cost(caller)
    print(made.table.model_dump_json(indent=1) if namespace.json else made.table.markdown())
    reasons = ", ".join(f"{count} {reason}" for reason, count in made.no_pair.items())
    print(f"{made.pairs} pairs of {made.questions} questions; without: {reasons or 'none'}.", file=sys.stderr)
    print(f"Written: {made.file}", file=sys.stderr)
    return 0


def _progress(done: int, of: int) -> None:
    print(f"\r{done} of {of} questions answered", end="" if done < of else "\n", file=sys.stderr, flush=True)
