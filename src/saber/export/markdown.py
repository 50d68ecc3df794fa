"""How are a table, and the front matter of a card, written?"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence

__all__ = ["front_matter", "table"]

_PLAIN = re.compile(r"[A-Za-z][A-Za-z0-9_./ -]*[A-Za-z0-9]|[A-Za-z]")
_WORDS = frozenset({"y", "n", "yes", "no", "on", "off", "true", "false", "null"})
"""That YAML 1.1 or 1.2 takes for something else than text; `no` is also a language."""


def table(head: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """A row a line; what would break a cell, or become markup, is replaced."""
    lines = [f"| {' | '.join(head)} |", f"|{'---|' * len(head)}"]
    lines += [f"| {' | '.join(_cell(value) for value in row)} |" for row in rows]
    return "\n".join(lines)


def front_matter(said: Mapping[str, object]) -> str:
    """YAML between its marks. Values are text, numbers, and lists and mappings of them."""
    return "\n".join(["---", *_lines(said, ""), "---"]) + "\n"


def _lines(value: object, indent: str) -> list[str]:
    if isinstance(value, Mapping):
        return [
            line for key, held in value.items() for line in _entry(f"{indent}{_scalar(key)}:", held, indent)
        ]
    if isinstance(value, list | tuple):
        lines = []
        for held in value:
            inner = _lines(held, indent + "  ")
            # The first line of a mapping stands behind the dash.
            lines += [f"{indent}- {inner[0].lstrip()}", *inner[1:]]
        return lines
    return [indent + _scalar(value)]


def _entry(key: str, held: object, indent: str) -> list[str]:
    if isinstance(held, Mapping | list | tuple):
        return [key, *_lines(held, indent + "  ")]
    return [f"{key} {_scalar(held)}"]


def _scalar(value: object) -> str:
    if isinstance(value, str) and _PLAIN.fullmatch(value) and value.lower() not in _WORDS:
        return value
    # JSON's scalars are YAML's.
    return json.dumps(value, ensure_ascii=False)


def _cell(value: object) -> str:
    text = " ".join(str(value).split())
    return text.replace("\\", "\\\\").replace("|", "\\|").replace("<", "&lt;")
