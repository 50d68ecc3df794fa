"""`saber evaluate` as a process that can be killed: python drive.py ARGUMENTS."""

from __future__ import annotations

import argparse
import sys

from saber.cli import evaluate
from saber.core.errors import SaberError


def main(argv: list[str]) -> int:
    parser = argparse.ArgumentParser()
    evaluate.arguments(parser)
    try:
        return evaluate.run(parser.parse_args(argv))
    except SaberError as error:
        sys.stderr.write(f"saber: {error}\n")
        return 1


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
