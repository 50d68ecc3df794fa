"""How is a number that is written in digits read aloud, in English and in Chinese?"""

from __future__ import annotations

from typing import Literal

__all__ = ["SMALL_NUMBERS", "STYLES", "Style", "read_chinese", "read_english"]

Style = Literal["cardinal", "year", "digits"]
STYLES: tuple[Style, ...] = ("cardinal", "year", "digits")
"""1813 is "one thousand eight hundred thirteen", "eighteen thirteen" or "one eight one three"."""

# fmt: off
_ONES = (
    "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve",
    "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen",
)
_TENS = ("", "", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")
# fmt: on
SMALL_NUMBERS = frozenset(_ONES) | frozenset(_TENS[2:])
_ORDINALS = {
    "one": "first", "two": "second", "three": "third", "five": "fifth", "eight": "eighth",
    "nine": "ninth", "twelve": "twelfth",
}  # fmt: skip
_HAN = "零一二三四五六七八九"
_LONGEST = 12
"""Longer strings of digits are identifiers: they are read digit by digit."""


def read_english(digits: str, style: Style = "cardinal", *, ordinal: bool = False) -> list[str]:
    """The words of a number given as ASCII digits, without "and": "113" -> one hundred thirteen."""
    value = int(digits)
    if style == "digits" or len(digits) > _LONGEST or (len(digits) > 1 and digits[0] == "0"):
        words = [_ONES[int(d)] for d in digits]
    elif style == "year" and 1100 <= value <= 2099 and value % 1000 >= 10:
        rest = value % 100
        tail = ["hundred"] if rest == 0 else ["oh", _ONES[rest]] if rest < 10 else _below_hundred(rest)
        words = _below_hundred(value // 100) + tail
    else:
        words = _cardinal(value)
    if ordinal:
        last = words[-1]
        words[-1] = _ORDINALS.get(last) or (last[:-1] + "ieth" if last.endswith("y") else last + "th")
    return words


def _below_hundred(value: int) -> list[str]:
    if value < 20:
        return [_ONES[value]]
    tens, ones = divmod(value, 10)
    return [_TENS[tens]] + ([_ONES[ones]] if ones else [])


def _cardinal(value: int) -> list[str]:
    if value < 100:
        return _below_hundred(value)
    if value < 1000:
        hundreds, rest = divmod(value, 100)
        return [_ONES[hundreds], "hundred"] + (_cardinal(rest) if rest else [])
    for size, name in ((10**9, "billion"), (10**6, "million"), (1000, "thousand")):
        if value >= size:
            count, rest = divmod(value, size)
            return [*_cardinal(count), name] + (_cardinal(rest) if rest else [])
    raise AssertionError(value)


def read_chinese(digits: str, style: Style = "cardinal") -> str:
    """The characters of a number given as ASCII digits: "105" -> 一百零五; years are read by digit."""
    if style != "cardinal" or len(digits) > _LONGEST or (len(digits) > 1 and digits[0] == "0"):
        return "".join(_HAN[int(d)] for d in digits)
    value = int(digits)
    if value == 0:
        return _HAN[0]
    text, gap = "", False
    for size, name in ((10**8, "亿"), (10**4, "万"), (1, "")):
        part, value = divmod(value, size)
        if part == 0:
            gap = gap or bool(text)
            continue
        text += ("零" if text and (gap or part < 1000) else "") + _below_ten_thousand(part) + name
        gap = False
    # 10-19 at the very beginning are said without the leading one.
    return text.removeprefix("一") if text.startswith("一十") else text


def _below_ten_thousand(value: int) -> str:
    text, gap = "", False
    for size, name in ((1000, "千"), (100, "百"), (10, "十"), (1, "")):
        digit, value = divmod(value, size)
        if digit == 0:
            gap = gap or bool(text)
            continue
        text += ("零" if gap else "") + _HAN[digit] + name
        gap = False
    return text
