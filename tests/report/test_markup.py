"""Can text from a clip become markup?"""

from __future__ import annotations

import json

from hypothesis import given
from hypothesis import strategies as st

from report.parsed import seen
from saber.report.markup import Html, el, join, json_block

# What an HTML parser normalises by itself is not ours to keep.
texts = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\r\x00"))


@given(text=texts, value=texts)
def test_text_and_attributes_come_back_as_they_went_in(text: str, value: str) -> None:
    page = seen(el("p", text, title=value))
    assert page.tags == [("p", {"title": value})]
    assert page.text == text


@given(value=st.recursive(texts, lambda x: st.lists(x) | st.dictionaries(texts, x), max_leaves=8))
def test_json_can_not_leave_its_script_and_comes_back(value: object) -> None:
    block = json_block("data", value)
    start, end = '<script type="application/json" id="data">', "</script>"
    assert block.startswith(start)
    assert block.endswith(end)
    inside = block.removeprefix(start).removesuffix(end)
    assert "<" not in inside
    assert "\u2028" not in inside
    assert json.loads(inside) == value


def test_only_what_el_made_is_taken_as_markup() -> None:
    assert el("p", el("b", "a<b"), "<i>", None) == "<p><b>a&lt;b</b>&lt;i&gt;</p>"
    assert join(Html("<hr>"), "&") == "<hr>&amp;"


def test_attributes() -> None:
    made = el("a", class_="x", data_start=0.5, hidden=True, title=None, open=False)
    assert made == '<a class="x" data-start="0.5" hidden></a>'
