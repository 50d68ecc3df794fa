"""Do two who review blind, and disagree, come to an adjudication?"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from review.made import KEPT, dataset_copy
from saber.review import ReviewRoom
from web.conftest import Open, Server, serving
from web.reviewing import asked, field, open_item, say_who

D = KEPT[2]


@pytest.fixture(scope="module")
def home(built: None, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return dataset_copy(tmp_path_factory)


@pytest.fixture(scope="module")
def server(home: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """Two have to decide alike."""
    flags = ("--workspace", str(home / "made"), "--reviewers", "2")
    with serving(tmp_path_factory.mktemp("serve"), *flags) as running:
        yield running


def test_two_who_disagree_are_adjudicated(shown: Open, server: Server, home: Path) -> None:
    def decide(reviewer: str, *, half: str | None) -> Any:
        page = shown("/review")
        say_who(page, reviewer)
        open_item(page, D)
        if half is not None:
            field(page, "half").locator("input[value=correct]").focus()
            page.keyboard.press("c")
            page.select_option("#value-half", half)
            page.keyboard.press("Escape")
        return page

    stands = asked(server, D, "nobody")["half"]
    other = next(half for half in ("consistent", "inconsistent") if half != stands)
    page = decide("Ada", half=None)
    page.keyboard.press("Shift+A")
    page.keyboard.press("Control+Enter")
    page.wait_for_selector(".last-saved.is-shown")
    assert "1 of 2 reviewers have decided" in page.inner_text(".last-saved")
    # Blind: the second sees that there is a decision, and not which.
    page = decide("Ben", half=other)
    page.keyboard.press("Shift+A")
    assert page.locator(".earlier").count() == 0
    assert "1 decision of others is hidden" in page.inner_text(".review-item")
    page.keyboard.press("Control+Enter")
    page.wait_for_selector(".last-saved.is-shown")
    assert "Reviewers disagree now" in page.inner_text(".last-saved")
    # A third sees both, and decides.
    page = decide("Cleo", half=other)
    assert page.locator(".adjudicate input").is_checked()
    earlier = field(page, "half").locator(".earlier li").all_inner_texts()
    assert [text.split()[0] for text in earlier] == ["Ada", "Ben"]
    assert "Accept" in earlier[0]
    assert other in earlier[1]
    page.keyboard.press("Control+Enter")
    page.wait_for_selector(".last-saved.is-shown")
    state = ReviewRoom(home / "made").item(D, "Cleo").state
    assert state.state == "settled"
    assert {one.field: one.value for one in state.fields}["half"] == other
