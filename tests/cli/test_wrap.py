"""Are lines full, never too wide, and broken only where a reader expects it?"""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from saber.cli.wrap import CLOSING, OPENING, wrap


@pytest.mark.parametrize(
    ("text", "width", "lines"),
    [
        ("a smile from 2.1 s to 3.4 s", 16, ["a smile from", "2.1 s to 3.4 s"]),
        ("from 6.6 s to 10.0 s, a smile", 20, ["from 6.6 s to", "10.0 s, a smile"]),
        ("画面偏暗，镜头固定。", 8, ["画面偏", "暗，镜头", "固定。"]),
        ("嘴角上扬（共 2 次）", 12, ["嘴角上扬（共", "2 次）"]),
        ("取值在 2.1 至 3.4 秒", 16, ["取值在", "2.1 至 3.4 秒"]),
        ("话语（“Dogs are here”）", 16, ["话语（“Dogs are", "here”）"]),
        ("abcdefgh", 3, ["abc", "def", "gh"]),
        ("a\n\nb", 5, ["a", "", "b"]),
        ("", 5, [""]),
    ],
)
def test_lines(text: str, width: int, lines: list[str]) -> None:
    assert wrap(text, width) == lines


@given(st.text("ab 。，（“”）画面秒至0123.", max_size=60), st.integers(8, 40))
def test_nothing_is_lost_or_too_wide(text: str, width: int) -> None:
    lines = wrap(text, width)
    assert "".join("".join(lines).split()) == "".join(text.split())
    assert all(cell_len(line) <= width for line in lines)


def test_signs_stay_with_their_words() -> None:
    text = "声音介于惊讶（22%）与中性（19%）之间，把握较大，主要依据：“音高很高”、声音有力。" * 3
    for width in range(12, 60):
        lines = wrap(text, width)
        assert not any(line[0] in CLOSING or line[-1] in OPENING for line in lines)
