"""Which label did a free answer choose?

Models answer `{'emotion': 'happy'}`, **Happy.**, "The person seems sad.", 答案：高兴, and more. Looked at
in this order: the form that was asked for, a marked answer, the whole answer, and last the labels that
prose mentions. Two different ones without a mark between them are no choice: the answer is invalid, not
guessed.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Literal

from saber.evaluate.label_words import label_words
from saber.evaluate.records import Outcome
from saber.sed import refuses, without_thoughts

__all__ = ["EMOTION", "INTENT", "Read", "read_label"]

EMOTION = ("emotion label", "emotion", "sentiment", "label", "answer", "情感", "情绪", "答案", "标签")
INTENT = ("intent label", "intent", "intention", "意图")
"""Keys that forms give to the answer; of several the longest that fits counts."""


@dataclass(frozen=True)
class Read:
    """What was read. `outcome` is INVALID, REFUSAL or NO_ANSWER where there is no label, else None: whether
    it is right is not decided here."""

    label: str | None
    said: str
    """The value in the form where there is one, else the whole answer, without what was thought aloud."""
    how: Literal["form", "mark", "whole", "prose", "none"]
    outcome: Outcome | None = None


_EDGES = " \t\r\n\"'`“”‘’「」『』《》<>[](){}（）【】*_#.,;:!?。，；：！？、…|$\\"
_PLACEHOLDERS = {"label", "emotion", "answer", "标签", "value", "your answer", ""}
_MARK = re.compile(
    r"(?:\\boxed\{\s*(?:\\text\{)?([^{}]+)\}|<answer>((?:(?!<answer>).)*?)</answer>"
    r"|(?:final answer|the answer|answer|conclusion|prediction|predicted (?:emotion|label)"
    r"|最终答案|答案|结论)"
    r"(?:\s+is)?\s*(?:[:：]|\bis\b|是|为)\s*([^\n]+))",
    re.IGNORECASE | re.DOTALL,
)
_OPTION = re.compile(r"^[(（]?[A-Za-z0-9][)）.．、:：]\s*(.+)$", re.DOTALL)
REACH = 48
"""Characters before a label in which a denial of it may stand."""
_NOT_BEFORE = re.compile(
    r"(?:\b(?:not|no|nor|without|rather than|instead of|isn't|aren't|neither)\s+"
    r"(?:(?:a|an|the|very|really|so|just|being|feeling|exactly|particularly)\s+){0,2}"
    r"|(?:不是|并非|没有|而非|而不是|不)\s*)$",
    re.IGNORECASE,
)
_YES_NO = frozenset(
    ["yes", "no", "correct", "incorrect", "是", "否", "对", "有", "没有", "不是", "是的", "不对"]
)
"""Too common in prose to be an answer there; at its very beginning they are."""


def read_label(text: str | None, labels: Sequence[str], keys: Sequence[str] = EMOTION) -> Read:
    """The label that an answer chooses.

    Args:
        text: the answer; None: there is none.
        labels: the closed set.
        keys: what a form may call the answer.
    """
    told = "" if text is None else unicodedata.normalize("NFKC", without_thoughts(text)).strip()
    if not any(c.isalnum() for c in told):
        return Read(None, told, "none", Outcome.NO_ANSWER)
    words = label_words(tuple(labels))
    if (value := _in_form(told, tuple(keys))) is not None:
        return _chosen(value, words, "form")
    marked = [next(g for g in m.groups() if g) for m in _MARK.finditer(told) if any(m.groups())]
    for value in reversed(marked):
        if (read := _chosen(value, words, "mark")).label is not None:
            return Read(read.label, told, "mark")
    if (label := _exact(told, words)) is not None:
        return Read(label, told, "whole")
    if refuses(told):
        return Read(None, told, "none", Outcome.REFUSAL)
    named = _mentioned(told, words)
    if len(named) == 1:
        return Read(named.pop(), told, "prose")
    return Read(None, told, "none", Outcome.INVALID)


def _chosen(value: str, words: dict[str, str], how: Literal["form", "mark"]) -> Read:
    label = _exact(value, words)
    if label is None:
        if not _plain(value):
            return Read(None, value, "none", Outcome.NO_ANSWER)
        named = _mentioned(value, words)
        label = named.pop() if len(named) == 1 else None
    return Read(label, value, how if label is not None else "none", None if label else Outcome.INVALID)


@cache
def _form(keys: tuple[str, ...]) -> re.Pattern[str]:
    # "intent label" is not the key "label", and "a happy label: ..." is prose.
    alone = "|".join(
        rf"(?<!\w)(?<!\w ){re.escape(key)}" if key.isascii() else re.escape(key)
        for key in sorted(keys, key=len, reverse=True)
    )
    quote = r"[\"'“”‘’`*]"
    return re.compile(
        rf"(?:{alone}){quote}*\s*[:：=]\s*{quote}*(?P<value>[^\"“”‘’`*{{}},\n。；;]*)", re.IGNORECASE
    )


def _in_form(text: str, keys: tuple[str, ...]) -> str | None:
    """The last value that a key is given, but for placeholders: models repeat a form before they fill it."""
    values = [m["value"].strip().strip("'") for m in _form(keys).finditer(text)]
    filled = [value for value in values if _plain(value) not in _PLACEHOLDERS]
    if filled:
        return filled[-1]
    # An empty form is an answer without content; a key that merely occurs in prose is no form.
    return "" if values and "{" in text else None


def _plain(text: str) -> str:
    return " ".join(text.strip(_EDGES).casefold().replace("_", " ").replace("-", " ").split())


def _exact(text: str, words: dict[str, str]) -> str | None:
    """The label that the text is, and nothing else; an option's letter before it does not count."""
    option = _OPTION.match(text.strip())
    for tried in (text, *((option[1],) if option else ())):
        if (label := words.get(_plain(tried))) is not None:
            return label
    return None


def _mentioned(text: str, words: dict[str, str]) -> set[str]:
    """Labels that occur as words and are not denied. A longer one hides the shorter within it."""
    folded = text.casefold().replace("_", " ")
    first = re.match(r"[\s*\"'“]*([^\s,.!?;:，。！？；：*\"'”]+)", folded)
    if first is not None and first[1] in words and first[1] in _YES_NO:
        return {words[first[1]]}
    named: set[str] = set()
    left = folded
    for word in sorted(words, key=len, reverse=True):
        if word in _YES_NO:
            continue
        pattern = re.escape(word).replace(r"\ ", "[ -]")
        if word.isascii():
            pattern = rf"\b{pattern}\b"
        found = list(re.finditer(pattern, left))
        if any(not _NOT_BEFORE.search(folded[max(0, m.start() - REACH) : m.start()]) for m in found):
            named.add(words[word])
        if found:
            left = re.sub(pattern, lambda m: "\0" * len(m[0]), left)
    return named
