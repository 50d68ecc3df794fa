"""`saber leaderboard`: which of several runs is better, and may they be compared at all?"""

from __future__ import annotations

import argparse
import json
from pathlib import Path

NAME = "leaderboard"
SUMMARY = "Put runs of `saber evaluate` side by side; refuses those that did not count the same."


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("runs", nargs="+", type=Path, metavar="DIR", help="a folder that a run was kept in")
    parser.add_argument("--json", action="store_true", help="print one JSON object")


def run(namespace: argparse.Namespace) -> int:
    from dataclasses import asdict

    from rich.console import Console

    from saber.cli.evaluated import print_table
    from saber.evaluate import cell, compare, published, with_interval

    board = compare(namespace.runs)
    if namespace.json:
        rows = [
            {"model": r.model, "figures": [None if f is None else f.model_dump(mode="json") for f in figures]}
            for r, figures in board.rows
        ]
        apart = [asdict(d) for d in board.differences]
        print(json.dumps({"title": board.title, "rows": rows, "differences": apart, "notes": board.notes}))
        return 0
    console = Console()
    header = ("model", *(f"{row}, {column}" for _, row, column in board.columns))
    lines = [(r.model, *("–" if f is None else cell(f) for f in figures)) for r, figures in board.rows]
    print_table(console, board.title, header, lines)
    if board.differences:
        print_table(
            console,
            f"Difference of {board.rows[0][0].model}, on the same samples",
            ("to", "n", "in", "difference"),
            [
                (
                    d.other,
                    str(d.n),
                    ", ".join(d.figure[1:]),
                    with_interval(d.value, d.low, d.high, d.unit, signed=True),
                )
                for d in board.differences
            ],
        )
    if peers := published(board.rows[0][0].bench):
        print_table(
            console,
            "Published, by other protocols: not to be ranked with these",
            ("model", "numbers"),
            [(p.named, p.told) for p in peers],
        )
    for note in board.notes:
        print(f"· {note}")
    return 0
