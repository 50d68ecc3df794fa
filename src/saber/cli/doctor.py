"""`saber doctor`: what is installed, which models will be used, and what would each missing piece add?"""

from __future__ import annotations

import argparse
import json
import platform
import sys
from dataclasses import asdict
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import TYPE_CHECKING

from saber.version import __version__

if TYPE_CHECKING:
    from rich.table import Table

    from saber.weights import InventoryRow

NAME = "doctor"
SUMMARY = "Say what is installed, which models will be used, and what each missing piece would add."

PACKAGES = (
    ("av", "reading media"),
    ("mediapipe", "face mesh, body pose, hands"),
    ("faster-whisper", "voice activity, speech recognition"),
    ("opencc-python-reimplemented", "Simplified Chinese"),
    ("numpy", "arithmetic"),
    ("scipy", "arithmetic"),
    ("pydantic", "records"),
    ("rich", "terminal"),
)


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    parser.add_argument("--config", type=Path, metavar="FILE", help="TOML file with settings of the stages")


def run(namespace: argparse.Namespace) -> int:
    """Exit code 0 when every piece is ready, 1 when one is missing or not what it should be."""
    from saber.pipeline import load_settings
    from saber.weights import inventory

    own_speech = load_settings(namespace.config).speech.model
    rows = inventory()
    packages = {name: _version(name) for name, _ in PACKAGES}
    sound = all(row.state == "ready" for row in rows) and all(packages.values())
    if namespace.json:
        print(
            json.dumps(
                {
                    "saber": __version__,
                    "python": platform.python_version(),
                    "platform": platform.platform(),
                    "packages": packages,
                    "models": [asdict(row) for row in rows],
                    "speech_model": own_speech or "packaged",
                    "ready": sound,
                }
            )
        )
    else:
        _print(packages, rows, own_speech)
    return 0 if sound else 1


def _print(packages: dict[str, str | None], rows: tuple[InventoryRow, ...], own_speech: str | None) -> None:
    from rich.console import Console
    from rich.markup import escape

    console = Console(highlight=False)
    console.print(f"saber {__version__}, Python {platform.python_version()} ({sys.executable})")
    libraries = _table("package", "version", "used for")
    for name, use in PACKAGES:
        libraries.add_row(name, packages[name] or "[red]missing[/]: pip install saber-llm", use)
    console.print(libraries)
    models = _table("model", "used for", "state", "licence")
    states = {
        "ready": "[green]ready[/]",
        "missing": "[red]missing[/]",
        "wrong": "[red]not what was tested[/]",
    }
    for row in rows:
        models.add_row(row.name, row.role.replace("_", " "), states[row.state], row.licence)
    console.print(models)
    console.print(f"Words are recognised by {own_speech or 'the packaged models'}.")
    for row in rows:
        if row.state != "ready":
            console.print(f"Without {row.name} {row.without_it}. Install it with: {escape(row.install)}")


def _table(*columns: str) -> Table:
    from rich import box
    from rich.table import Table

    table = Table(box=box.SIMPLE, show_edge=False, pad_edge=False)
    for column in columns:
        table.add_column(column)
    return table


def _version(name: str) -> str | None:
    try:
        return version(name)
    except PackageNotFoundError:
        return None
