"""How many syllables does a written word have?"""

from __future__ import annotations

import re

__all__ = ["syllables_in"]

_HAN_OR_KANA = re.compile(r"[\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff]")
_VOWELS = re.compile(r"[aeiouyàáâãäåæèéêëìíîïòóôõöøùúûüýÿœ]+")


def syllables_in(word: str) -> int | None:
    """Syllables of a word; None when its letters do not tell (digits, other scripts).

    A Chinese character or kana is one syllable. A word in Latin letters has one per group of vowels,
    less a silent final e and the silent e of -ed and -es (English spelling; a rule of thumb, right for
    about nine of ten English words), at least one.
    """
    han = len(_HAN_OR_KANA.findall(word))
    rest = re.sub(r"[\W_]+", "", _HAN_OR_KANA.sub("", word.casefold()))
    if not rest:
        return han
    if not _VOWELS.search(rest) and not rest.isascii():
        return None
    if any(c.isdigit() for c in rest):
        return None
    count = len(_VOWELS.findall(rest))
    silent = bool(re.search(r"[^aeiouy]e$", rest)) and not re.search(r"[^aeiouy]le$", rest)
    silent = silent or bool(re.search(r"[^aeiouytd]ed$|[^aeiouyszxc]es$", rest))
    if silent and count > 1 and not re.search(r"(sh|ch|g)es$", rest):
        count -= 1
    return han + max(1, count)
