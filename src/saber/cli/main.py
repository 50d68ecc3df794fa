"""Which commands are there, and how does a failure end?

Exit codes of every command: 0 all done, 1 something failed (the rest still came out), 2 wrong usage.
"""

from __future__ import annotations

import argparse
import logging
import os
import sys
from collections.abc import Sequence
from typing import Protocol

from saber.cli import (
    analyze,
    corpora,
    dataset,
    doctor,
    evaluate,
    export,
    leaderboard,
    pairs,
    retry,
    schema,
    serve,
    status,
    train,
)
from saber.core.errors import SaberError, UsageError
from saber.version import __version__

__all__ = ["main", "parser"]


class Command(Protocol):
    """A module, or an object, that is a command."""

    NAME: str
    SUMMARY: str

    def arguments(self, parser: argparse.ArgumentParser) -> None: ...
    def run(self, namespace: argparse.Namespace) -> int: ...


COMMANDS: tuple[Command, ...] = (
    analyze,
    serve,
    *dataset.COMMANDS,
    status,
    retry,
    export,
    corpora,
    train,
    pairs,
    evaluate,
    leaderboard,
    doctor,
    schema,
)
"""In the order in which `saber --help` lists them."""


def parser() -> argparse.ArgumentParser:
    """The whole command line; building it imports no model library."""
    top = argparse.ArgumentParser(
        prog="saber",
        description="Say what a person in a clip shows and seems to feel, grounded in what was measured.",
    )
    top.add_argument("--version", action="version", version=f"saber {__version__}")
    top.add_argument("--debug", action="store_true", help="print the details of unexpected errors")
    subs = top.add_subparsers(dest="command", metavar="COMMAND", required=True)
    for command in COMMANDS:
        sub = subs.add_parser(command.NAME, help=command.SUMMARY, description=command.SUMMARY)
        command.arguments(sub)
        sub.set_defaults(run=command.run)
    return top


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command. Errors meant for a person are one sentence on stderr, never a traceback."""
    namespace = parser().parse_args(argv)
    logging.basicConfig(level=logging.WARNING)
    if namespace.debug:
        logging.getLogger("saber").setLevel(logging.DEBUG)
    try:
        code: int = namespace.run(namespace)
        sys.stdout.flush()
    except UsageError as error:
        print(f"saber: {error}", file=sys.stderr)
        return 2
    except SaberError as error:
        print(f"saber: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("saber: stopped.", file=sys.stderr)
        return 130
    except BrokenPipeError:
        # The reader (`| head`) has gone: not our failure. Keep the exit from flushing again.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    return code


if __name__ == "__main__":
    raise SystemExit(main())
