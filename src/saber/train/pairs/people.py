"""Which answers did people choose?"""

from __future__ import annotations

import json
from pathlib import Path
from typing import NamedTuple

from saber.core.errors import UsageError

__all__ = ["Choice", "read_choices"]


class Choice(NamedTuple):
    chosen: str
    rejected: str


def read_choices(file: Path | None) -> dict[str, Choice]:
    """Name of a question (`FILE:LINE`) -> what somebody chose, of a JSON-lines file whose objects hold `row`,
    `chosen` and `rejected` (the answers' texts). The last line about a question counts.

    Raises UsageError for a file that is not of that form: a choice that is passed over would be lost in
    silence.
    """
    found: dict[str, Choice] = {}
    if file is None:
        return found
    try:
        lines = file.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"The choices in {file} can't be read: {error}.") from error
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            told = json.loads(line)
            row, chosen, rejected = (str(told[key]) for key in ("row", "chosen", "rejected"))
        except (ValueError, KeyError, TypeError) as error:
            raise UsageError(
                f"Line {number} of {file} is no choice: it must hold row, chosen and rejected."
            ) from error
        if not chosen.strip() or not rejected.strip() or chosen.strip() == rejected.strip():
            raise UsageError(f"Line {number} of {file} chooses between an answer and the same, or nothing.")
        found[row] = Choice(chosen, rejected)
    return found
