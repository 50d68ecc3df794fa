"""`saber retry`: which rows is the next run to do again?"""

from __future__ import annotations

import argparse
from pathlib import Path

NAME = "retry"
SUMMARY = "Have the next run try quarantined rows again, or do a whole stage anew."


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--workspace", type=Path, required=True, metavar="DIR", help="of `saber run`")
    parser.add_argument(
        "--stage", action="append", metavar="STAGE", help="only rows of that stage; may be given again"
    )
    parser.add_argument(
        "--redo", action="append", metavar="STAGE", help="every row of that stage, also those that ended well"
    )


def run(namespace: argparse.Namespace) -> int:
    from saber.flow import redo, retry

    if namespace.redo:
        count = redo(namespace.workspace, namespace.redo)
    else:
        count = retry(namespace.workspace, namespace.stage)
    print(f"{count} rows will be done again by the next `saber run`.")
    return 0
