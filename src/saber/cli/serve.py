"""`saber serve`: analyse and review in a browser, or over HTTP."""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path

from saber.core.errors import UsageError

NAME = "serve"
SUMMARY = "Serve the analysis and the review to a browser, and to programs over HTTP."

TOKEN_VARIABLE = "SABER_TOKEN"


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--host", default="127.0.0.1", help="address to listen on (default: this machine only)"
    )
    parser.add_argument("--port", type=int, default=8765, help="0 takes a free one (default: 8765)")
    parser.add_argument(
        "--data", type=Path, default=Path("saber-serve"), metavar="DIR",
        help="where clips and results are kept (default: saber-serve)",
    )  # fmt: skip
    parser.add_argument("--workspace", type=Path, metavar="DIR", help="of `saber run`, to be reviewed")
    parser.add_argument(
        "--reviewers", type=int, metavar="N",
        help="how many people must decide a record alike; remembered in the workspace (at first: 1)",
    )  # fmt: skip
    parser.add_argument("--pairs", type=Path, metavar="DIR", help="of `saber pairs`, to be reviewed")
    parser.add_argument(
        "--model", action="append", default=[], metavar="SPEC",
        help="offer this model beside the embedded analyst; may be repeated",
    )  # fmt: skip
    parser.add_argument(
        "--config", type=Path, metavar="FILE", help="TOML file: [serve], and the settings of the stages"
    )
    parser.add_argument(
        "--token-file", type=Path, metavar="FILE",
        help=f"file with the token that lets others in (or {TOKEN_VARIABLE} in the environment)",
    )  # fmt: skip
    parser.add_argument("--origin", metavar="URL", help="where browsers reach it, as https://host[:port]")
    parser.add_argument(
        "--keep-hours", type=float, metavar="H", help="delete a clip so long after its analysis (default: 24)"
    )
    parser.add_argument("--open", action="store_true", help="open the page in a browser")


def run(namespace: argparse.Namespace) -> int:
    from dataclasses import replace

    from saber.serve.guard import Gate
    from saber.serve.run import Address, load, serve

    settings, analysis = load(namespace.config)
    if namespace.keep_hours is not None:
        try:
            settings = replace(settings, keep_hours=namespace.keep_hours)
        except ValueError as error:
            raise UsageError(f"Bad value: {error}.") from error
    serve(
        Address(namespace.host, namespace.port),
        namespace.data,
        Gate(token=token(namespace.token_file, os.environ.get(TOKEN_VARIABLE)), origin=namespace.origin),
        settings,
        analysis,
        tuple(namespace.model),
        workspace=namespace.workspace,
        reviewers_needed=namespace.reviewers,
        pairs=namespace.pairs,
        on_ready=lambda url: _ready(url, namespace.origin, namespace.open),
    )
    return 0


def token(file: Path | None, variable: str | None) -> str | None:
    """The token; None when neither names one. UsageError when the file can't be read, or is empty."""
    if file is None:
        return variable or None
    try:
        found = file.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"Can't read the token in {file}: {error}.") from error
    if not found:
        raise UsageError(f"There is no token in {file}.", remedy="Write one into it.")
    return found


def _ready(url: str, origin: str | None, show: bool) -> None:
    from saber.serve.pages import built

    elsewhere = f", for others at {origin}" if origin else ""
    print(f"SABER is at {url}{elsewhere} (Ctrl-C stops it)", flush=True)
    if not built():
        print("saber: the pages are not built; run `make web`. The API works.", file=sys.stderr)
    if show:
        import webbrowser

        webbrowser.open(url)
