"""What may a clip be called on the pages? What its uploader likes, if it is a short line of text."""

from __future__ import annotations

import unicodedata

__all__ = ["MAX_NAME", "shown_name"]

MAX_NAME = 120
_HIDDEN = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
"""Unicode categories that no eye sees, or that turn the text around."""


def shown_name(name: str | None) -> str:
    """One line of at most 120 characters, without folders and without what can't be seen; else `clip`."""
    last = (name or "").replace("\\", "/").rpartition("/")[2]
    seen = "".join(" " if unicodedata.category(c) in _HIDDEN else c for c in last)
    return " ".join(seen.split())[:MAX_NAME].strip() or "clip"
