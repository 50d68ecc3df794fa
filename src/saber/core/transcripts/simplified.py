"""How does Chinese come out in Simplified characters, whichever somebody wrote?"""

from __future__ import annotations

import functools
from typing import Any

__all__ = ["simplified"]


def simplified(text: str) -> str:
    """Traditional characters as Simplified ones (OpenCC's t2s table); everything else as it is."""
    return str(_converter().convert(text))


@functools.cache
def _converter() -> Any:
    # Its tables take a quarter of a second to read: only when Chinese is spoken.
    from opencc import OpenCC

    return OpenCC("t2s")
