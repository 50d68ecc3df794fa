"""Are findings found again in the text that tells them?"""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from saber.report.phrases import located


def test_pieces_of_sentences_are_found_in_order() -> None:
    text = "Over the clip, the light is low and the camera stands still. The head nods. Later, the head nods."
    claims = [
        "Over the clip, the light is low",
        "the camera stands still",
        "The head nods.",
        "the head nods.",
    ]
    assert [text[a:b] for a, b, _ in located(text, claims)] == [
        "Over the clip, the light is low",
        "the camera stands still",
        "The head nods",
        "the head nods",
    ]


def test_other_words_are_not_linked_and_order_may_differ() -> None:
    text = "音调偏高（0.9 至 3.7 秒）。音量变大。"
    claims = ["音量变大。", "说话很快。", "音调偏高（0.9 至 3.7 秒）。", ""]
    assert [(text[a:b], i) for a, b, i in located(text, claims)] == [
        ("音调偏高（0.9 至 3.7 秒）", 2),
        ("音量变大", 0),
    ]


@given(st.text("ab .", max_size=30), st.lists(st.text("ab .", max_size=6), max_size=6))
def test_links_never_overlap_and_always_hold_their_claim(text: str, claims: list[str]) -> None:
    found = located(text, claims)
    assert all(a[1] <= b[0] for a, b in pairwise(found))
    assert len({index for _, _, index in found}) == len(found)
    for start, end, index in found:
        assert text[start:end].casefold() == claims[index].strip().rstrip(". ").casefold()
