"""Which conversations are there to learn from, and which rows are no use, and why?

A row is a JSON object of the field's usual form (ms-swift, `saber instruct`, `saber pairs`):

    {"messages": [{"role": "system"|"user"|"assistant", "content": ...}, ...], "videos": [...], "audios":
    [...],
     "rejected_response": ...}

The n-th `<video>` or `<audio>` in the words stands for the n-th file; without any they come before the words
of the first user turn. The last turn is the answer that is learned; earlier answers are part of the question.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, cast

from saber.core.errors import UsageError

__all__ = ["BadRow", "Medium", "Row", "Turn", "read_rows", "rows_in", "unfit"]

_TAG = re.compile(r"<(video|audio)>")


@dataclass(frozen=True)
class Medium:
    """A file, and whether it is its pictures or its sound that the model gets."""

    kind: Literal["video", "audio"]
    file: Path


@dataclass(frozen=True)
class Turn:
    """One turn: text, and media in the places where they are shown or heard."""

    role: Literal["system", "user", "assistant"]
    parts: tuple[str | Medium, ...]


@dataclass(frozen=True)
class Row:
    """One question with its answer.

    Attributes:
        name: `FILE:LINE`, for messages.
        turns: the question.
        answer: what is learned, or the chosen answer of a pair.
        rejected: the other answer of a pair; None in a row for SED.
        videos, audios: the files.
    """

    name: str
    turns: tuple[Turn, ...]
    answer: str
    rejected: str | None
    videos: tuple[Path, ...] = ()
    audios: tuple[Path, ...] = ()

    @property
    def clip(self) -> str:
        """What a person knows the row by."""
        files = self.videos or self.audios
        return f"{files[0]} ({self.name})" if files else self.name


@dataclass(frozen=True)
class BadRow:
    """A row that is not trained on. `reason` is a slug, `detail` one sentence."""

    name: str
    reason: str
    detail: str


def rows_in(path: Path) -> tuple[Path, ...]:
    """The file, or the `*.jsonl` of the folder. UsageError when there are none."""
    files = tuple(sorted(path.glob("*.jsonl"))) if path.is_dir() else (path,)
    if not files or not all(file.is_file() for file in files):
        raise UsageError(
            f"There are no rows in {path}.", remedy="Name a JSON-lines file, such as `saber instruct` writes."
        )
    return files


def read_rows(path: Path, *, pairs: bool) -> Iterator[Row | BadRow]:
    """Every row of a file or folder, in order.

    pairs: a row without a rejected answer is bad, and so is one whose answers are the same.
    Relative names of media count from the file's folder.
    """
    for file in rows_in(path):
        try:
            with file.open(encoding="utf-8") as lines:
                for number, line in enumerate(lines, 1):
                    if line.strip():
                        yield _read(line, f"{file.name}:{number}", file.parent, pairs)
        except (OSError, UnicodeDecodeError) as error:
            raise UsageError(f"{file} can't be read: {error}.") from error


def _read(line: str, name: str, folder: Path, pairs: bool) -> Row | BadRow:
    try:
        content = json.loads(line)
        turns = [(str(m["role"]), m["content"]) for m in content["messages"]]
        videos, audios = (_files(content.get(kind), folder) for kind in ("videos", "audios"))
        rejected = content.get("rejected_response")
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        return BadRow(name, "not_a_row", f"It is no row with messages: {type(error).__name__} {error}.")
    if content.get("images"):
        return BadRow(name, "unknown_media", "It holds images, which are not trained on.")
    if not all(isinstance(words, str) for _, words in turns) or not {role for role, _ in turns} <= {
        "system", "user", "assistant",
    }:  # fmt: skip
        return BadRow(name, "not_a_row", "A message must have a known role and text.")
    if len(turns) < 2 or turns[-1][0] != "assistant" or turns[-2][0] != "user":
        return BadRow(name, "no_answer", "The last two turns must be a question and its answer.")
    if not turns[-1][1].strip():
        return BadRow(name, "empty_answer", "The answer is empty.")
    if pairs and (not isinstance(rejected, str) or not rejected.strip()):
        return BadRow(name, "empty_rejected", "The rejected answer is missing or empty.")
    if pairs and rejected.strip() == turns[-1][1].strip():
        return BadRow(name, "chosen_equals_rejected", "The chosen and the rejected answer are the same.")
    question = _with_media(turns[:-1], videos, audios)
    if question is None:
        return BadRow(name, "media_misplaced", "Its tags and its files of video or audio differ in number.")
    return Row(name, question, turns[-1][1], rejected if pairs else None, videos, audios)


def _files(found: Any, folder: Path) -> tuple[Path, ...]:
    if not found:
        return ()
    return tuple(folder / str(file) for file in ([found] if isinstance(found, str) else found))


def _with_media(
    turns: Iterable[tuple[str, str]], videos: tuple[Path, ...], audios: tuple[Path, ...]
) -> tuple[Turn, ...] | None:
    """The turns with media in the places of their tags; None when tags and files don't fit."""
    told = list(turns)
    left: dict[str, list[str | Medium]] = {
        "video": [Medium("video", file) for file in videos],
        "audio": [Medium("audio", file) for file in audios],
    }
    tagged = any(_TAG.search(words) for _, words in told)
    made: list[Turn] = []
    for role, words in told:
        parts: list[str | Medium] = []
        if not tagged and role == "user":
            parts += [*left["video"], *left["audio"]]
            left = {"video": [], "audio": []}
        for place, piece in enumerate(_TAG.split(words)):
            if place % 2 == 0:
                parts += [piece] if piece else []
            elif not left[piece]:
                return None
            else:
                parts.append(left[piece].pop(0))
        made.append(Turn(cast("Literal['system', 'user', 'assistant']", role), tuple(parts)))
    return None if left["video"] or left["audio"] else tuple(made)


def unfit(row: Row) -> BadRow | None:
    """What is wrong with a row's files, as far as that shows without opening them."""
    for file in (*row.videos, *row.audios):
        if not file.is_file():
            return BadRow(row.name, "missing_file", f"There is no file {file}.")
    return None
