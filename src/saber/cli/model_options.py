"""Which flags name a model, say what it can do, and bound what calls to it may take?

Every command with `--model` uses these. A flag that is given goes before the settings file.
"""

from __future__ import annotations

import argparse
import sys
from dataclasses import fields, replace
from pathlib import Path
from typing import TYPE_CHECKING

from saber.core.errors import UsageError

if TYPE_CHECKING:
    from saber.models import Caller, ModelSettings

__all__ = ["add_model_options", "model_settings", "print_cost"]

KINDS = ("frames", "video", "audio")

_SETTINGS = {
    "base_url": "base_url",
    "api_key_env": "api_key_env",
    "concurrency": "concurrency",
    "requests_per_minute": "requests_per_minute",
    "tokens_per_minute": "tokens_per_minute",
    "cache": "cache",
    "price_prompt": "prompt_price",
    "price_answer": "answer_price",
    "currency": "currency",
    "budget_tokens": "budget_tokens",
    "budget_money": "budget_money",
}
"""Name of the flag's value -> field of ModelSettings."""


def add_model_options(
    parser: argparse.ArgumentParser, title: str, *, default: str | None = "embedded", also: str = ""
) -> argparse._ArgumentGroup:
    """Add the flags to a command, in a group of that title, which is returned for the command's own.

    default: the model without `--model`; None where the command can do without any.
    also: named before the others, with a comma after it.
    """
    known = also + "hf:PATH_OR_ID[+ADAPTER], vllm:PATH_OR_ID[+ADAPTER], or openai:MODEL"
    if default is not None:
        known = f"{default} (default), {known}"
    group = parser.add_argument_group(title)
    group.add_argument("--model", default=default, metavar="SPEC", help=known)
    group.add_argument("--download", action="store_true", help="a model for hf: or vllm: may be fetched")
    group.add_argument("--base-url", metavar="URL", help="where an openai: model is served")
    group.add_argument(
        "--api-key-env", metavar="NAME", help="environment variable with its key (default: OPENAI_API_KEY)"
    )
    group.add_argument(
        "--takes", type=_takes, metavar="KINDS",
        help="what a served model can take besides text: frames,video,audio, or some of them (default: none)",
    )  # fmt: skip
    group.add_argument("--concurrency", type=int, metavar="N", help="calls at the same time (default: 4)")
    group.add_argument("--requests-per-minute", type=float, metavar="N", help="calls a minute, evenly spread")
    group.add_argument("--tokens-per-minute", type=float, metavar="N", help="tokens a minute, likewise")
    group.add_argument(
        "--cache", type=Path, metavar="FILE", help="keep answers there, and never pay for one twice"
    )
    group.add_argument("--price-prompt", type=float, metavar="X", help="price of a million prompt tokens")
    group.add_argument("--price-answer", type=float, metavar="X", help="price of a million answer tokens")
    group.add_argument("--currency", metavar="CODE", help="of the prices (default: USD)")
    group.add_argument("--budget-tokens", type=int, metavar="N", help="stop before more tokens are taken")
    group.add_argument("--budget-money", type=float, metavar="X", help="stop before it costs more")
    return group


def model_settings(namespace: argparse.Namespace, base: ModelSettings | None = None) -> ModelSettings:
    """The settings of the file (`base`) with the flags that were given on top.

    UsageError when they don't fit together, or would have nothing to act on.
    """
    from saber.models import EMBEDDED, ModelSettings

    base = base or ModelSettings()
    given = {
        field: value for flag, field in _SETTINGS.items() if (value := getattr(namespace, flag)) is not None
    }
    if namespace.takes is not None:
        given |= {f"takes_{kind}": kind in namespace.takes for kind in KINDS}
    if namespace.download:
        given["local"] = replace(base.local, download=True)
    if given and namespace.model in (EMBEDDED, None):
        flags = (*_SETTINGS, "takes", "download")
        first = next(flag for flag in flags if getattr(namespace, flag) not in (None, False))
        first = first.replace("_", "-")
        raise UsageError(
            f"Without a model to call, --{first} has nothing to act on.", remedy="Name a model with --model."
        )
    known = {field.name: getattr(base, field.name) for field in fields(base)} | given
    if (known["prompt_price"] is None) != (known["answer_price"] is None):
        raise UsageError(
            "A price needs both sides.", remedy="Give --price-prompt and --price-answer, 0 where it is free."
        )
    if known["budget_money"] is not None and known["prompt_price"] is None:
        raise UsageError(
            "A budget in money needs prices.", remedy="Give --price-prompt and --price-answer as well."
        )
    try:
        return replace(base, **given)
    except ValueError as error:
        raise UsageError(f"Bad value: {error}.") from error


def print_cost(caller: Caller, whose: str = "") -> None:
    """One line on stderr at the end of a run: calls, answers from the cache, tokens of each kind, money.

    whose: where a command calls several models.
    """
    price = caller.budget.price
    whose = f"{whose}: " if whose else ""
    print(f"saber: {whose}{caller.tally.text(price.currency if price else '')}", file=sys.stderr)


def _takes(text: str) -> frozenset[str]:
    kinds = frozenset(part.strip() for part in text.split(",") if part.strip())
    if unknown := sorted(kinds.difference(KINDS)):
        raise argparse.ArgumentTypeError(f"no {', '.join(unknown)} among {', '.join(KINDS)}")
    return kinds
