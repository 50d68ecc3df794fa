"""Can a person drop a clip, watch it being analysed, and find the moment that a finding rests on?"""

from __future__ import annotations

import re
import urllib.error
from pathlib import Path
from typing import Any

import pytest

from media_maker import make_clip
from web.conftest import Open, Server

DONE = ".verdict"


def now(page: Any) -> float:
    time_s: float = page.evaluate("document.querySelector('video').currentTime")
    return time_s


def playhead(page: Any) -> float:
    share: float = page.evaluate("parseFloat(document.querySelector('.cursors .playhead').style.left) / 100")
    return share


def result(page: Any) -> Any:
    """Waits until the player and the timeline of a finished clip are there."""
    page.wait_for_selector(DONE, timeout=120_000)
    page.wait_for_selector(".lanes .strip")
    page.wait_for_function(
        "() => { const m = document.querySelector('video'); return m && m.readyState >= 1 }"
    )
    return page


def test_a_chosen_clip_is_watched_and_its_evidence_leads_to_its_moment(
    shown: Open, server: Server, clip: Path
) -> None:
    page = shown("/")
    assert "200 MB" in page.inner_text(".drop")
    page.set_input_files("input[type=file]", clip)
    page.wait_for_url("**/clip/*")
    page.wait_for_selector(".under-way .stages .now", timeout=60_000)
    # Voice or scene, whichever comes first: evidence stands there before the analysis is over.
    page.wait_for_selector(".sense li, .verdict", timeout=120_000)
    result(page)
    identifier = page.url.rsplit("/", 1)[1]
    view = server.ask(f"analyses/{identifier}/view")
    claims = [claim for dimension in view["dimensions"] for claim in dimension["claims"]]
    late = max(claims, key=lambda claim: claim["start_s"])
    assert late["start_s"] > 0.1
    page.click(f"button.go[data-evidence={late['id']}]")
    assert now(page) == pytest.approx(late["start_s"], abs=0.05)
    assert playhead(page) == pytest.approx(late["start_s"] / view["duration_s"], abs=0.02)
    assert page.locator(f".finding-bar.flash[data-evidence={late['id']}]").count() == 1


def test_hovering_over_evidence_lights_its_stretch(shown: Open, server: Server, job: Any) -> None:
    page = result(shown(f"/clip/{job['id']}"))
    view = server.ask(f"analyses/{job['id']}/view")
    claim = next(c for d in view["dimensions"] for c in d["claims"])
    page.hover(f"button.go[data-evidence={claim['id']}]")
    left, width = page.evaluate(
        "(s => [parseFloat(s.style.left), parseFloat(s.style.width)])(document.querySelector('.bands .spot'))"
    )
    assert left == pytest.approx(100 * claim["start_s"] / view["duration_s"], abs=0.2)
    assert width == pytest.approx(100 * (claim["end_s"] - claim["start_s"]) / view["duration_s"], abs=0.2)


def test_each_claim_says_in_words_whether_it_stands(shown: Open, job: Any) -> None:
    page = result(shown(f"/clip/{job['id']}"))
    items = page.locator(".finding-item")
    assert items.count() > 0
    for i in range(items.count()):
        assert items.nth(i).locator(".sign").inner_text().strip() == "supported"


def test_several_files_become_a_batch_that_the_list_follows(
    shown: Open, server: Server, clip: Path, tmp_path: Path
) -> None:
    paths = [tmp_path / "one.webm", tmp_path / "two.webm"]
    for path in paths:
        path.write_bytes(clip.read_bytes())
    page = shown("/")
    page.set_input_files("input[type=file]", paths)
    for path in paths:
        page.wait_for_selector(f".job:has-text('{path.name}')")
    assert page.url == f"{server.url}/"
    jobs = [j for j in server.ask("analyses?limit=5")["analyses"] if j["name"] in ("one.webm", "two.webm")]
    assert len({j["batch"] for j in jobs}) == 1
    assert jobs[0]["batch"]
    # While it waits or runs, it can be stopped: the list and the server forget it.
    for path in paths:
        page.click(f".job:has-text('{path.name}') button:has-text('Delete')")
        page.click(f".job:has-text('{path.name}') button.danger")
        page.wait_for_selector(f".job:has-text('{path.name}')", state="detached")
    names = [j["name"] for j in server.ask("analyses?limit=50")["analyses"]]
    assert not {"one.webm", "two.webm"} & set(names)


def test_a_dropped_file_is_taken_like_a_chosen_one(shown: Open, server: Server) -> None:
    page = shown("/")
    page.evaluate(
        """() => {
            const data = new DataTransfer();
            data.items.add(new File([], 'nothing.webm', { type: 'video/webm' }));
            for (const name of ['dragenter', 'dragover', 'drop'])
                document.querySelector('.drop').dispatchEvent(
                    new DragEvent(name, { dataTransfer: data, bubbles: true, cancelable: true }));
        }"""
    )
    assert "This file is empty." in page.inner_text(".uploads")
    page.click(".uploads button")
    assert page.locator(".uploads").count() == 0


def test_a_file_that_is_no_clip_fails_with_a_sentence_and_a_remedy(shown: Open, tmp_path: Path) -> None:
    path = tmp_path / "letter.mp4"
    path.write_text("Dear Sir, this is no film. " * 50)
    page = shown("/")
    page.set_input_files("input[type=file]", path)
    page.wait_for_selector("[role=alert]", timeout=60_000)
    told = page.inner_text("[role=alert]").strip().split("\n")
    assert re.search(r"\w+ .*\.$", told[0])
    assert len([line for line in told if line.strip()]) >= 2


def test_a_lost_connection_is_made_again(shown: Open, clip: Path) -> None:
    page = shown("/")
    lost = []

    def lose_the_first(route: Any) -> None:
        lost.append(route.request.headers.get("last-event-id"))
        if len(lost) == 1:
            route.abort()
        else:
            route.continue_()

    page.route("**/events", lose_the_first)
    page.set_input_files("input[type=file]", clip)
    page.wait_for_selector("text=The connection is lost", timeout=60_000)
    result(page)
    assert len(lost) >= 2


def test_a_page_that_is_opened_again_shows_all_that_was_told(shown: Open, server: Server, clip: Path) -> None:
    page = shown("/")
    page.set_input_files("input[type=file]", clip)
    page.wait_for_url("**/clip/*")
    again = shown(page.url.removeprefix(server.url))
    result(again)


def test_deleted_is_deleted(shown: Open, server: Server, clip: Path) -> None:
    gone = server.analysed(clip, "secret.webm")
    page = result(shown(f"/clip/{gone['id']}"))
    page.click(".actions button:has-text('Delete')")
    # Nothing happens before it is confirmed.
    assert server.ask(f"analyses/{gone['id']}")["state"] == "done"
    page.click(".actions button.danger")
    page.wait_for_url(f"{server.url}/")
    with pytest.raises(urllib.error.HTTPError, match="404"):
        server.ask(f"analyses/{gone['id']}")
    page.wait_for_selector("#history-heading")
    assert page.locator(".job:has-text('secret.webm')").count() == 0
    lost = shown(f"/clip/{gone['id']}")
    lost.wait_for_selector("[role=alert]")


def test_the_report_and_the_record_can_be_taken_along(shown: Open, job: Any) -> None:
    page = result(shown(f"/clip/{job['id']}", accept_downloads=True))
    with page.expect_download() as caught:
        page.click("a:has-text('Download the report')")
    report = Path(caught.value.path()).read_text(encoding="utf-8")
    assert report.startswith("<!doctype html>")
    assert caught.value.suggested_filename.endswith(".html")
    with page.expect_download() as caught:
        page.click("a:has-text('JSON')")
    assert job["sha256"] in Path(caught.value.path()).read_text(encoding="utf-8")


def test_a_hostile_name_stays_text(shown: Open, server: Server, clip: Path) -> None:
    name = "<img src=x onerror=window.hacked=1>.webm"
    hostile = server.analysed(clip, name)
    page = result(shown(f"/clip/{hostile['id']}"))
    assert name in page.inner_text("h1")
    page.goto(server.url)
    page.wait_for_selector(".job")
    assert name in page.inner_text(".jobs")
    assert page.evaluate("window.hacked") is None
    server.ask(f"analyses/{hostile['id']}", "DELETE")


def test_two_analyses_stand_side_by_side(shown: Open, server: Server, job: Any, tmp_path: Path) -> None:
    other = server.analysed(
        make_clip(
            tmp_path / "hiss.webm",
            seconds=2.0,
            size=(96, 64),
            codec="libvpx-vp9",
            sound="noise",
            sound_codec="libopus",
        )
    )
    page = shown("/")
    page.wait_for_selector(".job")
    for name in (job["name"], other["name"]):
        page.locator(f".job:has-text('{name}') input[type=checkbox]").first.check()
    page.click("a:has-text('Compare the two')")
    page.wait_for_selector(".against")
    assert page.locator(".side-card").count() == 2
    assert page.locator(".aligned").count() == 6
    headlines = {page.locator(".headline").nth(i).inner_text() for i in (0, 1)}
    told = {server.ask(f"analyses/{j['id']}/view")["verdict"]["headline"] for j in (job, other)}
    assert headlines == told


def test_one_records_oneself(shown: Open) -> None:
    page = shown("/", permissions=["camera", "microphone"])
    page.click("button:has-text('Record yourself')")
    page.click("button:has-text('Start')")
    page.click("button:has-text('Stop')", timeout=15_000)
    page.wait_for_selector("video[controls]")
    page.click("button:has-text('Analyse this')")
    page.wait_for_url("**/clip/*")
    page.wait_for_selector("h1:has-text('recording-')")
    assert re.match(r"recording-\d{4}-\d\d-\d\d-\d{4}\.(webm|mp4)", page.inner_text("h1"))


def test_without_permission_a_sentence_says_what_to_do(shown: Open) -> None:
    page = shown("/")
    page.click("button:has-text('Record yourself')")
    page.wait_for_selector("[role=alert]")
    told = page.inner_text("[role=alert]")
    assert "not to allow" in told
    assert "try again" in told
    page.click("[role=alert] button:has-text('Cancel')")
    assert page.locator(".drop").is_visible()


@pytest.mark.media
def test_a_real_face_is_drawn_over_and_its_clip_plays(shown: Open, server: Server, media_dir: Path) -> None:
    clips = sorted(media_dir.glob("grid_av/**/*.mp4")) + sorted(media_dir.glob("grid_av/**/*.mpg"))
    assert clips, "no clip with a face in the folder of real clips"
    real = server.analysed(clips[0])
    page = result(shown(f"/clip/{real['id']}"))
    page.evaluate("document.querySelector('video').currentTime = 1")
    # Read from a copy: the browser complains about reading from the canvas that is drawn on.
    painted = """() => {
        const c = document.querySelector('.picture canvas');
        const copy = Object.assign(document.createElement('canvas'), { width: c.width, height: c.height });
        const pen = copy.getContext('2d', { willReadFrequently: true });
        pen.drawImage(c, 0, 0);
        return pen.getImageData(0, 0, c.width, c.height).data.filter((v, i) => i % 4 === 3 && v).length; }"""
    page.wait_for_function(f"() => ({painted})() > 200")
    page.keyboard.press("o")
    page.wait_for_function(f"() => ({painted})() === 0")
    page.keyboard.press("Space")
    page.wait_for_function("() => document.querySelector('video').currentTime > 1.2")
