"""Does a review by keyboard alone change the dataset: correct, reject, undo?"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from review.made import ALL, DROPPED, KEPT, dataset_copy, run
from saber.flow import outcomes
from web.conftest import Open, Server, serving
from web.reviewing import asked, exported, field, field_in_focus, item_shown, open_item, say_who

A, C, D = KEPT
SCENE = "An empty room whose walls are made of moving tiles."


@pytest.fixture(scope="module")
def home(built: None, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with raw clips, the settings, and in `made` the workspace of a whole run."""
    return dataset_copy(tmp_path_factory)


@pytest.fixture(scope="module")
def server(home: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """One decision settles a record here."""
    with serving(tmp_path_factory.mktemp("serve"), "--workspace", str(home / "made")) as running:
        yield running


def test_the_queue_is_read_and_opened_by_keys(shown: Open, server: Server) -> None:
    page = shown("/review")
    say_who(page, "Reader")
    page.wait_for_selector(".row-link")
    told = server.ask("review/queue?reviewer=Reader")
    links = page.locator(".row-link")
    assert links.all_inner_texts() == [one["item"] for one in told["items"]]
    assert set(links.all_inner_texts()) == set(ALL)
    # Each row says why, in words.
    first = page.locator(".queue tbody tr").first
    assert first.locator(".reason").count() == min(4, len(told["items"][0]["worth"]))
    for key, at in (("j", 0), ("j", 1), ("j", 2), ("k", 1)):
        page.keyboard.press(key)
        assert page.evaluate("document.activeElement.textContent") == told["items"][at]["item"]
    page.keyboard.press("Enter")
    item_shown(page, told["items"][1]["item"])
    # The name is remembered, and the record is the one that the server has.
    assert page.inner_text(".reviewer span") == "Reviewing as Reader"
    texts = {
        one["dimension"]: one["text"] for one in asked(server, told["items"][1]["item"], "Reader")["texts"]
    }
    for name, text in texts.items():
        shown_text = field(page, name).locator(".text, .body .none").first.inner_text()
        assert shown_text == (text or "No text.")


def test_filters_narrow_the_queue_and_stay_in_the_address(shown: Open, server: Server) -> None:
    page = shown("/review")
    say_who(page, "Reader")
    page.wait_for_selector(".row-link")
    page.select_option(".filters select >> nth=0", "failed_check")
    failed = [one["item"] for one in server.ask("review/queue?reviewer=Reader&kind=failed_check")["items"]]
    assert failed == [DROPPED]
    page.wait_for_function("() => document.querySelectorAll('.row-link').length === 1")
    assert page.locator(".row-link").all_inner_texts() == failed
    assert "kind=failed_check" in page.url
    page.reload()
    page.wait_for_selector(".row-link")
    assert page.locator(".row-link").all_inner_texts() == failed


def test_the_clip_plays_and_a_moment_is_gone_to(shown: Open) -> None:
    page = shown("/review")
    say_who(page, "Reader")
    open_item(page, A)
    # MPEG-4 Part 2 is no codec of browsers: what plays is a preview that the server made.
    page.wait_for_function("() => document.querySelector('video').readyState >= 1")
    page.wait_for_selector(".lanes .ruler")
    page.locator(".lanes [role=slider]").focus()
    page.keyboard.press("ArrowRight")
    assert page.evaluate("document.querySelector('video').currentTime") == pytest.approx(0.1, abs=0.05)
    page.keyboard.press("p")
    page.wait_for_function("() => !document.querySelector('video').paused")


def test_the_difference_of_words_is_told_by_elements(shown: Open, server: Server) -> None:
    page = shown("/review")
    say_who(page, "Reader")
    open_item(page, DROPPED)
    (view,) = [one for one in asked(server, DROPPED, "Reader")["words"] if one["by"] == "corpus"]
    speech = field(page, "speech")
    gone = [piece["heard"] for piece in view["pieces"] if piece["kind"] in ("deleted", "substituted")]
    come = [piece["written"] for piece in view["pieces"] if piece["kind"] in ("inserted", "substituted")]
    assert gone
    assert speech.locator("del").all_inner_texts() == gone
    assert speech.locator("ins").all_inner_texts() == come
    assert field(page, "speech").locator(".checks .is-failed").count() >= 1


def test_keys_decide_field_by_field_and_leave_text_fields_alone(shown: Open) -> None:
    page = shown("/review")
    say_who(page, "Reader")
    open_item(page, C)
    page.keyboard.press("j")
    assert field_in_focus(page) == "scene"
    page.keyboard.press("a")
    assert field(page, "scene").locator("input[value=accept]").is_checked()
    assert field_in_focus(page) == "face"
    page.keyboard.press("u")
    assert field(page, "face").locator("input[value=unsure]").is_checked()
    page.keyboard.press("j")
    page.keyboard.press("c")
    assert page.evaluate("document.activeElement.id") == "value-body"
    standing = page.input_value("#value-body")
    page.keyboard.press("End")
    page.keyboard.type(" a, c, n, r, x and z are letters here")
    assert page.input_value("#value-body").endswith("a, c, n, r, x and z are letters here")
    assert page.input_value("#value-body").startswith(standing.split("\n")[0][:20])
    page.keyboard.press("Escape")
    assert field_in_focus(page) == "body"
    page.keyboard.press("x")
    assert page.locator("#value-body").count() == 0
    # A correction that says nothing else than what stands can't be saved.
    page.keyboard.press("c")
    page.fill("#value-body", standing)
    page.keyboard.press("Control+Enter")
    assert page.evaluate("document.activeElement.id") == "value-body"
    assert page.inner_text("#problem-body") == "This is the text as it stands. Change it, or choose Accept."
    # Turned off, single keys do nothing, and Ctrl + Enter still saves.
    page.keyboard.press("Escape")
    page.keyboard.press("?")
    page.locator(".keys-fold input[type=checkbox]").uncheck()
    page.keyboard.press("n")
    assert page.inner_text(".review-item h1") == C
    page.locator(".keys-fold input[type=checkbox]").check()
    page.keyboard.press("n")
    page.wait_for_function("item => document.querySelector('h1')?.textContent !== item", arg=C)


def test_a_draft_outlives_a_reload(shown: Open) -> None:
    page = shown("/review")
    say_who(page, "Drafter")
    open_item(page, C)
    page.keyboard.press("j")
    page.keyboard.press("c")
    page.fill("#value-scene", SCENE)
    page.reload()
    item_shown(page, C)
    assert page.input_value("#value-scene") == SCENE


def test_a_corrected_text_and_a_rejection_reach_the_export(
    shown: Open, server: Server, home: Path, tmp_path: Path
) -> None:
    workspace = home / "made"
    page = shown("/review")
    say_who(page, "Ada Löv")
    open_item(page, A)
    page.keyboard.press("j")
    page.keyboard.press("c")
    page.keyboard.press("Control+A")
    page.keyboard.type(SCENE)
    assert "`" not in page.inner_text(".effect")
    assert "saber run" in page.inner_text(".effect")
    page.keyboard.press("Control+Enter")
    page.wait_for_selector(".last-saved.is-shown")
    saved = page.inner_text(".last-saved")
    assert f"Saved: {A}." in saved
    assert "verify" in saved  # which stages the next run does again
    # It went on to the next record by itself.
    page.wait_for_function(
        "item => ![item, ''].includes(document.querySelector('.review-item h1')?.textContent ?? '')", arg=A
    )
    open_item(page, C)
    page.keyboard.press("r")
    page.keyboard.press("Space")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Control+Enter")
    page.wait_for_function("item => document.querySelector('.last-saved')?.textContent.includes(item)", arg=C)
    mine = asked(server, C, "Ada Löv")["mine"]
    assert (mine["verdict"], mine["reason"]) == ("reject", "unusable_media")
    assert asked(server, A, "x")["history"][0]["seconds"] > 0
    run(home, "--workspace", str(workspace))
    rows = exported(workspace, tmp_path / "out")
    assert rows[A]["video_desc"] == SCENE
    assert "person:Ada Löv" in str(rows[A])
    assert C not in rows
    (gone,) = [one for one in outcomes(workspace, "verify") if one.item == C]
    assert (gone.status, gone.reason) == ("dropped", "rejected_by_reviewer")


def test_a_save_is_undone(shown: Open, server: Server) -> None:
    page = shown("/review")
    say_who(page, "Undoer")
    open_item(page, D)
    page.keyboard.press("Shift+A")
    page.keyboard.press("Control+Enter")
    page.wait_for_selector(".last-saved.is-shown")
    assert asked(server, D, "Undoer")["mine"]["verdict"] == "accept"
    page.wait_for_function("item => document.querySelector('h1')?.textContent !== item", arg=D)
    page.keyboard.press("z")
    page.wait_for_function("() => document.querySelector('.last-saved')?.textContent.includes('taken back')")
    assert asked(server, D, "Undoer")["mine"] is None
