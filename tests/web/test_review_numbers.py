"""Are the dashboard's numbers the ledger's, and do choices between answers reach training?"""

from __future__ import annotations

import json
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from review.made import KEPT, dataset_copy, decide
from review.test_preferences import GOOD, QUESTIONS, WORSE, make
from saber.flow import status
from saber.review import PreferenceRoom, ReviewRoom
from saber.sed import render_texts
from saber.train.pairs.people import read_choices
from web.conftest import AXE, Open, Server, serving
from web.reviewing import item_shown, say_who

A, C, D = KEPT
PAGES = ("/review", f"/review/item?item={A}", "/preferences", "/dashboard")


@pytest.fixture(scope="module")
def home(built: None, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A dataset in `made` that two have reviewed a little, and answers in `pairs`."""
    folder = dataset_copy(tmp_path_factory)
    room = ReviewRoom(folder / "made", 2)
    decide(room, A, "ann", "accept")
    decide(room, A, "ben", "accept")
    decide(room, D, "ann", "correct", half="inconsistent")
    decide(room, D, "ben", "correct", half="consistent")
    questions = [
        {
            "messages": [
                {"role": "user", "content": f"<video><audio>What is felt? ({number})"},
                {"role": "assistant", "content": render_texts(GOOD)},
            ],
            "videos": [str(folder / "a.mp4")],
            "audios": [str(folder / "a.mp4")],
        }
        for number in range(1, QUESTIONS + 1)
    ]
    (folder / "rows.jsonl").write_text("".join(json.dumps(row) + "\n" for row in questions))
    make(folder)
    return folder


@pytest.fixture(scope="module")
def server(home: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    flags = ("--workspace", str(home / "made"), "--pairs", str(home / "pairs"))
    with serving(tmp_path_factory.mktemp("serve"), *flags) as running:
        yield running


def cells(page: Any, table: str) -> list[list[str]]:
    """The texts of a table's rows, heads included, without the column of bars."""
    rows: list[list[str]] = page.eval_on_selector_all(
        f"{table} tbody tr",
        "rows => rows.map(row => [...row.querySelectorAll('th, td:not(.bar-cell)')]"
        ".map(cell => cell.textContent.trim()))",
    )
    return rows


def said(page: Any, answer: str) -> list[str]:
    """The sections of one of the two answers."""
    texts: list[str] = page.locator(f"[aria-labelledby=answer-{answer}] dd").all_inner_texts()
    return texts


def shown_at(shown: Open, path: str, reviewer: str = "Zoe", **options: Any) -> Any:
    """The page as that reviewer sees it when everything on it has come."""
    page = shown(path, **options)
    if path != "/dashboard":
        say_who(page, reviewer)
    ready = {"/review": ".row-link", "/preferences": ".answers", "/dashboard": ".agreement"}
    if path in ready:
        page.wait_for_selector(ready[path])
    else:
        item_shown(page, A)
        page.wait_for_selector(".lanes .ruler")
    return page


def test_the_dashboard_says_what_the_ledger_says(shown: Open, home: Path) -> None:
    page = shown_at(shown, "/dashboard")
    told = status(home / "made")
    assert cells(page, ".yield") == [
        [one.name, *map(str, (one.inputs, one.kept, one.dropped, one.quarantined, one.pending))]
        for one in told.stages
    ]
    dropped = {(reason, one.name): count for one in told.stages for reason, count in one.reasons.items()}
    assert {(row[0], row[1]): int(row[2]) for row in cells(page, "#drops-heading ~ * table")} == {
        (reason.replace("_", " "), stage): count for (reason, stage), count in dropped.items()
    }
    board = ReviewRoom(home / "made").dashboard()
    for at, balance in enumerate(b for b in board.balance if b.counts):
        rows = cells(page, f".balance:nth-child({at + 1}) table")
        assert [(int(row[1]), int(row[2])) for row in rows] == [
            (count, balance.kept.get(value, 0))
            for value, count in sorted(balance.counts.items(), key=lambda pair: -pair[1])
        ]
    drawn = [one for one in board.histograms if one.counts]
    assert page.locator(".uplot canvas").count() == page.locator(".scores").count() == len(drawn) > 0
    assert [[int(n) for n in row[1:]] for row in cells(page, ".scoreless")] == [
        [one.passed, one.failed, one.unknown] for one in board.histograms if not one.counts
    ]
    for at, histogram in enumerate(drawn):
        plot = page.locator(".scores").nth(at)
        assert plot.locator(".note").nth(1).inner_text() == (
            f"✓ {histogram.passed} · ✗ {histogram.failed} · ? {histogram.unknown}"
        )
        counts = plot.locator("tbody tr td:nth-child(3)").all_text_contents()
        assert [int(count) for count in counts] == list(histogram.counts)
    for part, count in (("disagreement", 1), ("settled", 1), ("open", 2)):
        figure = page.locator(f".progress .count-{part} dd").inner_text()
        assert int(figure) == getattr(board.review, part) == count


def test_agreement_stands_with_what_it_rests_on(shown: Open, home: Path) -> None:
    page = shown_at(shown, "/dashboard")
    report = ReviewRoom(home / "made").agreement()
    fields = [one for one in report.fields if one.items]
    found = page.locator("#agreement-heading ~ .scroll").first.locator("tbody tr")
    assert found.count() == len(fields) > 0
    (half,) = [one for one in fields if one.field == "half"]
    row = found.filter(has_text="Seen and heard")
    assert half.percent.value is not None
    assert f"{100 * half.percent.value:.0f} %" in row.inner_text()
    assert f"n = {half.percent.n}" in row.inner_text()


def test_choices_by_keyboard_are_read_by_training(
    shown: Open, server: Server, home: Path, tmp_path: Path
) -> None:
    page = shown_at(shown, "/preferences", "Yan")
    assert sorted((said(page, "a"), said(page, "b"))) == sorted((list(GOOD.values()), list(WORSE.values())))
    # What both say alike is marked so.
    assert page.locator("[aria-labelledby=answer-a] .is-same").count() == len(GOOD) - 1
    # Nothing says which is which, or how often the scorer agreed, before the end.
    assert page.locator("#choices-heading").count() == 0
    for number in range(1, QUESTIONS):
        page.wait_for_function("done => document.querySelector('progress').value === done", arg=number - 1)
        if number == 1:
            page.keyboard.press("x")
            page.keyboard.press("w")
            page.keyboard.type("1, 0 and 2 are digits here")
            page.keyboard.press("Escape")
        elif number == 2:
            page.keyboard.press("0")
        else:
            page.keyboard.press("1" if said(page, "a") == list(GOOD.values()) else "2")
        page.keyboard.press("Control+Enter")
    page.wait_for_selector("#choices-heading")
    report = PreferenceRoom(home / "pairs").report()
    assert (report.choices, report.both_bad, report.ties) == (QUESTIONS - 1, 1, 1)
    figures = page.locator(".counts dd").all_inner_texts()
    assert figures[:5] == [str(n) for n in (report.choices, report.reviewers, report.decided, 1, 1)]
    assert report.scorer.value is not None
    assert f"{100 * report.scorer.value:.0f} %" in page.inner_text(".figure-list")
    # The last choice can still be changed.
    page.click("text=Change my last choice")
    page.wait_for_selector(".answers")
    page.keyboard.press("2" if said(page, "a") == list(GOOD.values()) else "1")
    page.keyboard.press("Control+Enter")
    page.wait_for_selector("#choices-heading")
    with page.expect_download() as caught:
        page.click("text=Download the decided choices")
    caught.value.save_as(tmp_path / "choices.jsonl")
    with urllib.request.urlopen(f"{server.url}/api/review/preferences/choices") as answer:
        assert (tmp_path / "choices.jsonl").read_bytes() == answer.read()
    choices = read_choices(tmp_path / "choices.jsonl")
    good = render_texts(GOOD).strip()
    assert len(choices) == QUESTIONS - 3
    assert sorted(choice.chosen.strip() == good for choice in choices.values()) == [False, True, True]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("path", PAGES)
def test_axe_finds_nothing_serious(shown: Open, path: str, scheme: str) -> None:
    if not AXE.is_file():
        pytest.skip("axe-core is not installed; run `npm ci` in web/")
    page = shown_at(shown, path, color_scheme=scheme)
    page.evaluate("document.querySelectorAll('details').forEach(d => { d.open = true })")
    page.evaluate(AXE.read_text(encoding="utf-8"))
    found = page.evaluate("axe.run().then(r => r.violations)")
    serious = [
        (v["id"], v["nodes"][0]["html"][:200], v["nodes"][0]["failureSummary"][:200])
        for v in found
        if v["impact"] in ("serious", "critical")
    ]
    assert serious == []


@pytest.mark.parametrize("locale", ["en-GB", "zh-CN"])
@pytest.mark.parametrize("path", PAGES)
def test_no_page_scrolls_sideways_on_a_phone(shown: Open, path: str, locale: str) -> None:
    page = shown_at(shown, path, width=360, height=740, locale=locale)
    page.evaluate("document.querySelectorAll('details').forEach(d => { d.open = true })")
    for width in (360, 320, 768, 1080):
        page.set_viewport_size({"width": width, "height": 740})
        assert page.evaluate("document.documentElement.scrollWidth") <= width
