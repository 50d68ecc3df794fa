"""What is the stem of an English word?

Porter's algorithm (1980, An algorithm for suffix stripping) with the departures that later implementations
share and that ROUGE's reference implementation is therefore counted with: short words in -ies and -ied keep
their e, -y after one letter stays, -bli becomes -ble, -logi becomes -log, and some irregular words are
listed.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache
from itertools import pairwise

__all__ = ["stem"]

_IRREGULAR = {
    "sky": "sky", "skies": "sky", "dying": "die", "lying": "lie", "tying": "tie", "news": "news",
    "innings": "inning", "inning": "inning", "outings": "outing", "outing": "outing",
    "cannings": "canning", "canning": "canning", "howe": "howe", "proceed": "proceed",
    "exceed": "exceed", "succeed": "succeed",
}  # fmt: skip

Rule = tuple[str, str, Callable[[str], bool]]


@cache
def stem(word: str) -> str:
    """The stem of a lower-case word."""
    if word in _IRREGULAR:
        return _IRREGULAR[word]
    if len(word) <= 2:
        return word
    for step in (_plural, _past, _final_y, _double_suffix, _suffix, _ending, _final_e, _final_l):
        word = step(word)
    return word


def _consonant(word: str, at: int) -> bool:
    if word[at] in "aeiou":
        return False
    return word[at] != "y" or at == 0 or not _consonant(word, at - 1)


def _measure(word: str) -> int:
    """How often a consonant follows a vowel."""
    kinds = [_consonant(word, at) for at in range(len(word))]
    return sum(not first and then for first, then in pairwise(kinds))


def _some(word: str) -> bool:
    return _measure(word) > 0


def _more(word: str) -> bool:
    return _measure(word) > 1


def _vowel(word: str) -> bool:
    return any(not _consonant(word, at) for at in range(len(word)))


def _short(word: str) -> bool:
    """It ends in consonant, vowel, consonant; or is a vowel and a consonant."""
    if len(word) == 2:
        return not _consonant(word, 0) and _consonant(word, 1)
    return (
        len(word) > 2
        and _consonant(word, len(word) - 3)
        and not _consonant(word, len(word) - 2)
        and _consonant(word, len(word) - 1)
        and word[-1] not in "wxy"
    )


def _first(word: str, rules: Sequence[Rule]) -> str:
    """By the first rule whose ending fits; where its condition does not hold, nothing is changed."""
    for ending, instead, condition in rules:
        if word.endswith(ending):
            left = word[: len(word) - len(ending)]
            return left + instead if condition(left) else word
    return word


def _always(word: str) -> bool:
    return True


def _plural(word: str) -> str:
    if word.endswith("ies") and len(word) == 4:
        return word[:-1]
    pairs = {"sses": "ss", "ies": "i", "ss": "ss", "s": ""}
    return _first(word, [(ending, instead, _always) for ending, instead in pairs.items()])


def _past(word: str) -> str:
    if word.endswith("ied"):
        return word[:-1] if len(word) == 4 else word[:-2]
    if word.endswith("eed"):
        return word[:-1] if _some(word[:-3]) else word
    for ending in ("ed", "ing"):
        left = word[: len(word) - len(ending)]
        if word.endswith(ending) and _vowel(left):
            break
    else:
        return word
    if left.endswith(("at", "bl", "iz")):
        return left + "e"
    if len(left) > 1 and left[-1] == left[-2] and _consonant(left, len(left) - 1):
        return left if left[-1] in "lsz" else left[:-1]
    return left + "e" if _measure(left) == 1 and _short(left) else left


def _final_y(word: str) -> str:
    return _first(word, [("y", "i", lambda left: len(left) > 1 and _consonant(left, len(left) - 1))])


def _double_suffix(word: str) -> str:
    if word.endswith("alli") and _some(word[:-4]):
        return _double_suffix(word[:-2])
    pairs = {
        "ational": "ate", "tional": "tion", "enci": "ence", "anci": "ance", "izer": "ize", "bli": "ble",
        "alli": "al", "entli": "ent", "eli": "e", "ousli": "ous", "ization": "ize", "ation": "ate",
        "ator": "ate", "alism": "al", "iveness": "ive", "fulness": "ful", "ousness": "ous", "aliti": "al",
        "iviti": "ive", "biliti": "ble", "fulli": "ful",
    }  # fmt: skip
    rules: list[Rule] = [(ending, instead, _some) for ending, instead in pairs.items()]
    return _first(word, [*rules, ("logi", "log", lambda left: _some(left + "l"))])


def _suffix(word: str) -> str:
    pairs = {
        "icate": "ic", "ative": "", "alize": "al", "iciti": "ic", "ical": "ic", "ful": "", "ness": "",
    }  # fmt: skip
    return _first(word, [(ending, instead, _some) for ending, instead in pairs.items()])


def _ending(word: str) -> str:
    before = ("al", "ance", "ence", "er", "ic", "able", "ible", "ant", "ement", "ment", "ent")
    after = ("ou", "ism", "ate", "iti", "ous", "ive", "ize")
    rules: list[Rule] = [(ending, "", _more) for ending in before]
    rules += [("ion", "", lambda left: _more(left) and left[-1] in "st")]
    return _first(word, rules + [(ending, "", _more) for ending in after])


def _final_e(word: str) -> str:
    if not word.endswith("e"):
        return word
    left = word[:-1]
    return left if _more(left) or (_measure(left) == 1 and not _short(left)) else word


def _final_l(word: str) -> str:
    return word[:-1] if word.endswith("ll") and _more(word[:-1]) else word
