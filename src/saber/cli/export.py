"""`saber export`: how does a dataset leave the workspace, for trainers, for the Hub, for people?"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

NAME = "export"
SUMMARY = "Write a dataset for others: Parquet, JSONL, trainers' rows, Label Studio, with a card."

_FORMS = ("parquet", "jsonl", "released", "label-studio", "ms-swift", "llama-factory")
_SPLITS = ("train", "validation", "test", "saber_test")


def arguments(parser: argparse.ArgumentParser) -> None:
    source = parser.add_mutually_exclusive_group(required=True)
    source.add_argument("--workspace", type=Path, metavar="DIR", help="of `saber run`")
    source.add_argument(
        "--released", type=Path, metavar="PATH", help="instead: SABER JSON as it was released, file or folder"
    )
    parser.add_argument("--out", type=Path, required=True, metavar="DIR", help="a new folder")
    parser.add_argument(
        "--form", action="append", choices=_FORMS, help="may be given again (default: parquet)"
    )
    parser.add_argument(
        "--split", action="append", choices=_SPLITS, help="may be given again (default: all of them)"
    )
    parser.add_argument(
        "--audience",
        choices=["self", "public"],
        default="self",
        help="self: say what may not be passed on (default). public: refuse it, leave out paths",
    )
    parser.add_argument(
        "--drop-forbidden", action="store_true", help="leave out what may not be passed on, do not refuse"
    )
    parser.add_argument("--with-media", action="store_true", help="copy the clips' files too")
    parser.add_argument("--terms", metavar="KEY", help="of released records: own, unknown (default), ...")


def run(namespace: argparse.Namespace) -> int:
    """0: all is written."""
    from saber.core.errors import UsageError
    from saber.export import ExportSettings, FromReleased, FromWorkspace, Input, export_dataset

    source: Input
    if namespace.released is not None:
        source = FromReleased(namespace.released, namespace.terms or "unknown")
    elif namespace.terms is not None:
        raise UsageError(
            "--terms goes with --released.", remedy="A workspace knows the terms of each clip's corpus."
        )
    else:
        source = FromWorkspace(namespace.workspace)
    try:
        settings = ExportSettings(
            forms=tuple(namespace.form or ("parquet",)),
            splits=tuple(namespace.split or _SPLITS),
            audience=namespace.audience,
            drop_forbidden=namespace.drop_forbidden,
            with_media=namespace.with_media,
        )
    except ValueError as error:
        raise UsageError(f"Bad value: {error}.") from error
    done = export_dataset(source, namespace.out, settings)
    for form in done.forms:
        reasons = ", ".join(f"{reason}: {count:,}" for reason, count in form.left_out.items())
        print(
            f"{form.form}: {form.inputs:,} clips = {form.written:,} written + "
            f"{form.inputs - form.written:,} left out{f' ({reasons})' if reasons else ''}"
        )
    if done.media:
        print(f"{done.media:,} media files copied")
    print(f"Written: {done.folder}")
    for warning in done.warnings:
        print(f"saber: {warning}", file=sys.stderr)
    return 0
