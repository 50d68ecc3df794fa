"""`saber status`: how far is a dataset, while it is made and afterwards, and why did clips go no further?"""

from __future__ import annotations

import argparse
import json
from pathlib import Path

NAME = "status"
SUMMARY = "Say how far a dataset is, and why clips went no further."


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--workspace", type=Path, required=True, metavar="DIR", help="of `saber run`")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    parser.add_argument("--failed", action="store_true", help="name each row that is quarantined, and why")
    parser.add_argument("--dropped", action="store_true", help="name each clip that was dropped, and why")


def run(namespace: argparse.Namespace) -> int:
    from rich.console import Console

    from saber.cli.live import status_table, sums
    from saber.flow import Outcome, outcomes, status

    found = status(namespace.workspace)
    asked = {"quarantined": namespace.failed, "dropped": namespace.dropped}
    wanted = {status for status, is_asked in asked.items() if is_asked}
    rows = [
        (stage.name, outcome)
        for stage in found.stages
        if wanted
        for outcome in outcomes(namespace.workspace, stage.name)
        if outcome.status in wanted
    ]

    def told(stage: str, outcome: Outcome) -> dict[str, str]:
        return {
            "stage": stage,
            "item": outcome.item,
            "status": outcome.status,
            "reason": outcome.reason,
            "detail": outcome.detail,
        }

    if namespace.json:
        said = found.model_dump(mode="json", by_alias=True)
        if wanted:
            said["outcomes"] = [told(*row) for row in rows]
        print(json.dumps(said, ensure_ascii=False))
        return 0
    Console().print(status_table(found))
    for line in sums(found):
        print(line)
    for stage, outcome in rows:
        print(f"{stage} {outcome.status} {outcome.item}: {outcome.reason}. {outcome.detail}")
    return 0
