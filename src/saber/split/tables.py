"""How is a table written in Markdown?"""

from __future__ import annotations

from collections.abc import Iterable

__all__ = ["table"]


def table(head: tuple[str, ...], rows: Iterable[tuple[object, ...]]) -> str:
    """A row a line; what would break a cell is replaced."""
    lines = [f"| {' | '.join(head)} |", f"|{'---|' * len(head)}"]
    lines += [f"| {' | '.join(_cell(value) for value in row)} |" for row in rows]
    return "\n".join(lines)


def _cell(value: object) -> str:
    return " ".join(str(value).replace("|", "/").split())
