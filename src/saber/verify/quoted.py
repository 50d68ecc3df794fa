"""Does a quotation really stand in the text that it is said to be from?"""

from __future__ import annotations

import re
import unicodedata

__all__ = ["stands_in"]

_NOT_A_WORD = re.compile(r"[\W_]+")


def stands_in(quote: str, text: str) -> bool:
    """Word for word, but for case, spaces and punctuation. An empty quotation stands nowhere."""
    words = _bare(quote)
    return bool(words.strip()) and words in _bare(text)


def _bare(text: str) -> str:
    return f" {_NOT_A_WORD.sub(' ', unicodedata.normalize('NFKC', text).casefold()).strip()} "
