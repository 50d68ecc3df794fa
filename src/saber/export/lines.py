"""How are texts written into one file for each split?"""

from __future__ import annotations

from pathlib import Path
from typing import IO

__all__ = ["Lines", "split_name"]


def split_name(split: str | None) -> str:
    """The file's name for rows of a split; `all` for rows that have none."""
    return split or "all"


class Lines:
    """Files of lines in a folder, each made when its first line comes: no split has an empty file."""

    def __init__(self, export: Path, folder: str, ending: str) -> None:
        self._export = export
        self._folder = folder
        self._ending = ending
        self._files: dict[str, IO[str]] = {}

    def write(self, split: str | None, line: str) -> None:
        """`line` without its end."""
        name = split_name(split)
        if name not in self._files:
            path = self._export / self._path(name)
            path.parent.mkdir(exist_ok=True)
            self._files[name] = path.open("w", encoding="utf-8", newline="\n")
        self._files[name].write(line + "\n")

    def close(self) -> dict[str, str]:
        """Split -> path in the export."""
        for file in self._files.values():
            file.close()
        return {name: self._path(name) for name in self._files}

    def _path(self, name: str) -> str:
        return f"{self._folder}/{name}{self._ending}"
