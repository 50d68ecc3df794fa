"""Does the page work in a real browser, from a file, without a network?"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from media_maker import make_clip
from report.real_clip import analysis_of
from saber.core.records import Analysis
from saber.core.taxonomy import Dimension, Language
from saber.report import write_report

Open = Callable[..., Any]


@pytest.fixture
def shown(browser: Any) -> Iterator[Open]:
    """Opens pages and, at the end, asserts that they stayed silent and asked nobody for anything."""
    contexts, noise, requests = [], [], []

    def open_page(path: Path, width: int = 1280, height: int = 900, **options: Any) -> Any:
        context = browser.new_context(viewport={"width": width, "height": height}, **options)
        contexts.append(context)
        page = context.new_page()
        page.on("console", lambda message: noise.append(message.text))
        page.on("pageerror", lambda error: noise.append(str(error)))
        page.on("request", lambda request: requests.append(request.url))
        page.goto(path.as_uri())
        page.wait_for_function(
            "() => { const m = document.getElementById('media'); return !m || m.readyState >= 1 }"
        )
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert noise == []
    assert [r[:60] for r in requests if not r.startswith(("file:", "blob:", "data:"))] == []


def now(page: Any) -> float:
    time_s: float = page.evaluate("document.getElementById('media').currentTime")
    return time_s


def playhead(page: Any) -> float:
    """Where the playhead stands, as a share of the clip."""
    share: float = page.evaluate("parseFloat(document.querySelector('.cursors .playhead').style.left) / 100")
    return share


def test_a_finding_leads_to_its_moment(shown: Open, report: Path, analysis: Analysis) -> None:
    page = shown(report)
    item = analysis.evidence[1]
    page.click(f"button[data-evidence={item.id}]")
    assert now(page) == pytest.approx(item.start_s, abs=0.01)
    assert playhead(page) == pytest.approx(item.start_s / analysis.clip.duration_s, abs=0.01)
    assert page.locator(f".finding-bar.flash[data-evidence={item.id}]").count() == 1
    # Its lane is lit while the pointer rests on it.
    left, width = page.evaluate(
        "(s => [parseFloat(s.style.left), parseFloat(s.style.width)])(document.querySelector('.bands .spot'))"
    )
    assert left == pytest.approx(100 * item.start_s / analysis.clip.duration_s, abs=0.1)
    assert width == pytest.approx(100 * (item.end_s - item.start_s) / analysis.clip.duration_s, abs=0.1)


def test_the_measurement_is_shown_on_demand(shown: Open, report: Path, analysis: Analysis) -> None:
    page = shown(report)
    details = page.locator("#card-acoustic details").first
    assert not details.locator("code").is_visible()
    details.locator("summary").click()
    item = next(e for e in analysis.evidence if e.dimension is Dimension.ACOUSTIC)
    assert details.locator("code").inner_text() == item.cue
    assert f"{item.confidence:.2f}" in details.inner_text()


def test_conflicts_words_and_the_timeline_seek(shown: Open, report: Path, analysis: Analysis) -> None:
    page = shown(report)
    page.click("button.conflict >> nth=0")
    assert now(page) == pytest.approx(2.1, abs=0.01)
    page.click(".chip >> text=help.")
    assert now(page) == pytest.approx(3.2, abs=0.01)
    assert page.locator(".chip.spoken").inner_text() == "help."
    assert page.locator(".caption .spoken").inner_text() == "help."
    box = page.locator("#ruler").bounding_box()
    page.mouse.click(box["x"] + box["width"] / 2, box["y"] + 5)
    assert now(page) == pytest.approx(analysis.clip.duration_s / 2, abs=0.05)
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + 5)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] * 0.75, box["y"] + 200)
    page.mouse.up()
    assert now(page) == pytest.approx(analysis.clip.duration_s * 0.75, abs=0.05)


def test_the_playhead_follows_playback(shown: Open, report: Path, analysis: Analysis) -> None:
    page = shown(report)
    page.keyboard.press("Space")
    page.wait_for_function("() => document.getElementById('media').currentTime > 0.5")
    page.keyboard.press("Space")
    page.wait_for_function("() => document.getElementById('media').paused")
    page.wait_for_timeout(100)
    assert playhead(page) == pytest.approx(now(page) / analysis.clip.duration_s, abs=0.01)
    assert page.get_attribute("#ruler", "aria-valuenow") == f"{now(page):.1f}"


def test_keys(shown: Open, report: Path, analysis: Analysis) -> None:
    page = shown(report)
    for key, expected in [
        ("ArrowRight", 0.1), ("Shift+ArrowRight", 1.1), ("ArrowLeft", 1.0), ("l", analysis.clip.duration_s),
        ("j", analysis.clip.duration_s - 5), ("End", analysis.clip.duration_s), ("Home", 0.0),
    ]:  # fmt: skip
        page.keyboard.press(key)
        expected = min(expected, analysis.clip.duration_s)
        assert now(page) == pytest.approx(expected, abs=0.06), key
    # On a button the space bar presses the button.
    page.focus("button[data-evidence=e2]")
    page.keyboard.press("Space")
    assert page.evaluate("document.getElementById('media').paused")
    assert now(page) == pytest.approx(2.1, abs=0.01)


def test_reading_under_the_pointer(shown: Open, report: Path, analysis: Analysis) -> None:
    page = shown(report)
    lane = page.locator(".curve-lane", has_text="Pitch").first
    box = lane.locator(".plot").bounding_box()
    time_s = 2.5
    lane.scroll_into_view_if_needed()
    box = lane.locator(".plot").bounding_box()
    page.mouse.move(box["x"] + box["width"] * time_s / analysis.clip.duration_s, box["y"] + 10)
    assert analysis.cues is not None
    track = analysis.cues.voice.track("voice.pitch")
    assert track is not None
    value = track.values[round(time_s / 0.02)]
    assert value is not None
    assert float(lane.locator("output").inner_text().split()[0]) == pytest.approx(value, abs=3)
    assert page.locator(".hairline span").inner_text() == "0:02.5"


def test_zoom_keeps_the_conflict_on_its_words(shown: Open, report: Path) -> None:
    page = shown(report)
    before = page.locator(".strip").bounding_box()["width"]
    for _ in range(3):
        page.click("#zoom-in")
    assert page.locator(".strip").bounding_box()["width"] > 2 * before
    band = page.locator(".bands .band").first.bounding_box()
    label = page.locator(".clash").first.bounding_box()
    assert band["x"] == pytest.approx(label["x"], abs=3)
    assert band["width"] == pytest.approx(label["width"], abs=6)
    page.click("#zoom-fit")
    assert page.locator(".strip").bounding_box()["width"] == pytest.approx(before, abs=1)


def test_curves_can_be_chosen(shown: Open, report: Path) -> None:
    page = shown(report)
    lane = page.locator(".curve-lane", has_text="Loudness")
    assert lane.is_visible()
    page.click(".toggle:has-text('Loudness')")
    assert not lane.is_visible()


def test_the_record_can_be_taken_along(shown: Open, report: Path, analysis: Analysis) -> None:
    page = shown(report, accept_downloads=True)
    with page.expect_download() as caught:
        page.click("#download")
    record = json.loads(Path(caught.value.path()).read_text(encoding="utf-8"))
    assert record["clip"]["sha256"] == analysis.clip.sha256
    assert caught.value.suggested_filename == "thanks.webm.saber.json"


@pytest.mark.parametrize("language", list(Language))
def test_no_width_scrolls_sideways(shown: Open, clip: Path, tmp_path: Path, language: Language) -> None:
    page = shown(write_report(analysis_of(clip, language, body_visible=False), tmp_path), 390, 844)
    page.evaluate("document.querySelectorAll('details').forEach(d => { d.open = true })")
    for width in (390, 320, 720, 1080, 1440):
        page.set_viewport_size({"width": width, "height": 844})
        assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_sound_without_a_picture(shown: Open, tmp_path: Path) -> None:
    path = make_clip(tmp_path / "voice.flac", seconds=6.0, codec=None, sound="speech", sound_codec="flac")
    page = shown(write_report(analysis_of(path), tmp_path))
    assert page.evaluate("document.getElementById('media').tagName") == "AUDIO"
    page.click("button[data-evidence=e2]")
    assert now(page) == pytest.approx(2.1, abs=0.02)


def test_a_preview_plays_and_is_called_a_preview(shown: Open, tmp_path: Path) -> None:
    path = make_clip(tmp_path / "old.avi", seconds=6.0, codec="mpeg4", sound="speech", sound_codec="mp2")
    page = shown(write_report(analysis_of(path), tmp_path))
    assert page.locator(".preview-note").is_visible()
    assert page.evaluate("document.getElementById('media').duration") == pytest.approx(6.0, abs=0.1)
    page.click("button[data-evidence=e2]")
    assert now(page) == pytest.approx(2.1, abs=0.01)
    page.wait_for_function("() => document.getElementById('media').readyState >= 2")
    assert not page.evaluate("document.getElementById('media').error")


def test_without_a_player_the_timeline_still_moves(shown: Open, clip: Path, tmp_path: Path) -> None:
    analysis = analysis_of(clip)
    gone = analysis.model_copy(update={"clip": analysis.clip.model_copy(update={"path": "gone.webm"})})
    page = shown(write_report(gone, tmp_path))
    assert page.locator("#no-player").is_visible()
    page.click("button[data-evidence=e2]")
    assert playhead(page) == pytest.approx(2.1 / analysis.clip.duration_s, abs=0.01)
    page.keyboard.press("Space")


def test_hostile_text_runs_nothing(shown: Open, clip: Path, tmp_path: Path) -> None:
    evil = "</script><img src=x onerror=\"window.hacked=1\"><svg onload='window.hacked=1'>"
    analysis = analysis_of(clip)
    assert analysis.cues is not None
    assert analysis.cues.transcript is not None
    words = tuple(w.model_copy(update={"text": evil}) for w in analysis.cues.transcript.words)
    cues = analysis.cues.model_copy(
        update={"transcript": analysis.cues.transcript.model_copy(update={"words": words})}
    )
    evidence = tuple(e.model_copy(update={"claim": evil, "id": f'"]{evil}{e.id}'}) for e in analysis.evidence)
    hostile = analysis.model_copy(update={"cues": cues, "evidence": evidence})
    page = shown(write_report(hostile, tmp_path))
    page.click(".go >> nth=1")
    assert page.evaluate("window.hacked") is None
    assert now(page) == pytest.approx(2.1, abs=0.01)
    assert page.locator(".chip").first.inner_text() == evil


def test_readers_of_the_page_aloud_find_their_way(shown: Open, report: Path) -> None:
    page = shown(report)
    levels = page.evaluate("[...document.querySelectorAll('h1,h2,h3')].map(h => Number(h.tagName[1]))")
    assert levels[0] == 1
    assert all(b - a <= 1 for a, b in pairwise(levels))
    assert page.locator("main").count() == page.locator("header").count() == 1
    unnamed = page.evaluate(
        """[...document.querySelectorAll(
            'button, summary, [role=img], [role=slider], svg:not([aria-hidden])'
        )].filter(n => !(n.getAttribute('aria-label') || n.textContent.trim())).length"""
    )
    assert unnamed == 0
    # Each lane says in words what it draws; the same stands in the folded list.
    assert "disagree" not in page.locator(".in-words").inner_text()
    assert page.locator(".in-words li").count() > 5
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"


def test_no_motion_for_those_who_want_none(shown: Open, report: Path) -> None:
    page = shown(report, reduced_motion="reduce")
    page.click("button[data-evidence=e2]")
    assert page.evaluate("getComputedStyle(document.querySelector('.flash')).animationName") == "none"


def test_paper_gets_everything_and_no_controls(shown: Open, report: Path) -> None:
    page = shown(report, color_scheme="dark")
    page.emulate_media(media="print", color_scheme="dark")
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    assert not page.locator("#zoom-in").is_visible()
    assert page.locator(".limits").is_visible()
    assert len(page.pdf()) > 10_000
