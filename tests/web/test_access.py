"""Can everyone use the pages: by keyboard, on a phone, with a screen reader, in Chinese, without motion?"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from saber.annotate import wording_for
from saber.core.taxonomy import EMOTIONS, Language
from web.conftest import AXE, PAGES, ROOT, Open, Server, serving
from web.test_analyse import now, result

PATHS = ("/", "/clip/{job}", "/compare?a={job}&b={job}", "/about", "/nowhere")
TOKEN = "a-token-for-this-test-only"


def opened(shown: Open, path: str, job: Any, **options: Any) -> Any:
    page = shown(path.format(job=job["id"]), **options)
    if path.startswith("/clip"):
        return result(page)
    if path.startswith("/compare"):
        page.wait_for_selector(".against")
    if path == "/":
        page.wait_for_selector(".job")
    return page


@pytest.mark.parametrize("path", PATHS)
def test_axe_finds_nothing_serious(shown: Open, job: Any, path: str) -> None:
    if not AXE.is_file():
        pytest.skip("axe-core is not installed; run `npm ci` in web/")
    page = opened(shown, path, job)
    page.evaluate("document.querySelectorAll('details').forEach(d => { d.open = true })")
    page.evaluate(AXE.read_text(encoding="utf-8"))
    assert serious(page, "{}") == []
    page.emulate_media(color_scheme="dark")
    assert serious(page, "{ runOnly: ['color-contrast'] }") == []


def serious(page: Any, options: str) -> list[tuple[str, str, str]]:
    """The rules of axe-core that are broken seriously, each with the first element that breaks it."""
    found, kept = page.evaluate(f"axe.run({options}).then(r => [r.violations, r.passes.length])")
    assert kept > 0
    return [
        (v["id"], v["nodes"][0]["html"][:200], v["nodes"][0]["failureSummary"][:200])
        for v in found
        if v["impact"] in ("serious", "critical")
    ]


@pytest.mark.parametrize("locale", ["en-GB", "zh-CN"])
@pytest.mark.parametrize("path", PATHS)
def test_no_page_scrolls_sideways_on_a_phone(shown: Open, job: Any, path: str, locale: str) -> None:
    page = opened(shown, path, job, width=360, height=740, locale=locale)
    page.evaluate("document.querySelectorAll('details').forEach(d => { d.open = true })")
    for width in (360, 320, 768, 1080):
        page.set_viewport_size({"width": width, "height": 740})
        assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_by_keyboard_alone_from_the_file_to_the_moment(shown: Open, server: Server, clip: Path) -> None:
    page = shown("/")
    # Listened for from the beginning: on a busy machine the browser is else told too late to hand it over.
    page.on("filechooser", lambda chooser: chooser)
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "content"
    tab_to(page, "button:has-text('Choose files')")
    with page.expect_file_chooser() as caught:
        page.keyboard.press("Enter")
    caught.value.set_files(clip)
    page.wait_for_url("**/clip/*")
    result(page)
    # After the change of page, tabbing goes on at the top of its content.
    tab_to(page, "a:has-text('Download the report')")
    tab_to(page, "button.go")
    start_s = float(page.evaluate("document.activeElement.dataset.start"))
    page.keyboard.press("Enter")
    assert now(page) == pytest.approx(start_s, abs=0.05)
    for key, step in (("ArrowRight", 0.1), ("Shift+ArrowRight", 1.0), ("ArrowLeft", -0.1)):
        before = now(page)
        page.keyboard.press(key)
        assert now(page) == pytest.approx(before + step, abs=0.06), key
    page.keyboard.press("k")
    page.wait_for_function("() => !document.querySelector('video').paused")
    page.keyboard.press("k")
    page.wait_for_function("() => document.querySelector('video').paused")
    # To the end of the page and out of it again: nothing holds the focus.
    tab_to(page, ".foot a")


def tab_to(page: Any, selector: str, most: int = 250) -> None:
    for _ in range(most):
        if page.evaluate("s => document.activeElement === s", page.locator(selector).first.element_handle()):
            style = page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
            assert style != "none", f"the focus on {selector} can't be seen"
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"{selector} is not reached with {most} tabs")


def test_the_keys_are_listed(shown: Open, job: Any) -> None:
    page = result(shown(f"/clip/{job['id']}"))
    page.click(".keys summary")
    assert "play, pause" in page.inner_text(".keys")


def test_landmarks_headings_and_live_regions(shown: Open, job: Any) -> None:
    page = result(shown(f"/clip/{job['id']}"))
    for landmark in ("header", "nav", "main", "footer"):
        assert page.locator(f"body {landmark}.masthead, body {landmark}").count() >= 1, landmark
    assert page.locator("h1").count() == page.locator("main").count() == 1
    assert page.locator("[role=status]").count() >= 1
    # What the timeline draws stands beside it in words, and each lane says what it shows.
    page.click(".in-words summary")
    assert page.locator(".in-words li").count() > 3
    assert page.locator(".plot[role=img]:not([aria-label])").count() == 0
    assert page.locator("table.emotions th[scope=row]").count() == len(EMOTIONS)


def test_the_language_is_the_browsers_and_then_the_chosen_one(shown: Open, job: Any) -> None:
    page = shown("/", locale="zh-CN")
    assert page.inner_text("h1") == "分析片段"
    assert page.get_attribute("html", "lang") == "zh-Hans"
    assert "欧盟" in page.inner_text(".notice")
    page.click("button:has-text('English')")
    assert page.inner_text("h1") == "Analyse a clip"
    page.reload()
    page.wait_for_selector("h1")
    assert page.inner_text("h1") == "Analyse a clip"
    assert page.get_attribute("html", "lang") == "en"


def test_a_result_in_chinese(shown: Open, server: Server, job: Any) -> None:
    page = result(shown(f"/clip/{job['id']}", locale="zh-CN"))
    view = server.ask(f"analyses/{job['id']}/view?language=zh")
    assert page.inner_text("#verdict-heading") == view["verdict"]["headline"]
    assert "时间轴" in page.inner_text("main")
    assert page.get_attribute("#card-scene .prose", "lang") == "en"
    page.click("button:has-text('English')")
    page.wait_for_selector("h2:has-text('Timeline')")
    assert page.locator(".lanes .strip").count() == 1


def test_no_motion_for_those_who_want_none(shown: Open, job: Any) -> None:
    page = result(shown(f"/clip/{job['id']}", reduced_motion="reduce"))
    page.click("button.go >> nth=0")
    assert page.evaluate("getComputedStyle(document.querySelector('.flash')).animationName") == "none"


@pytest.mark.parametrize("path", PATHS)
def test_what_it_cannot_do_is_said_on_every_page(shown: Open, job: Any, path: str) -> None:
    page = opened(shown, path, job)
    text = page.inner_text("body")
    assert "5(1)(f)" in text
    assert "feel" in text


def test_a_token_is_asked_for_once(browser: Any, built: None, tmp_path: Path) -> None:
    with serving(tmp_path, token=TOKEN) as guarded:
        context = browser.new_context(locale="en-GB")
        page = context.new_page()
        page.goto(guarded.url)
        page.fill("input[type=password]", "not the token at all")
        page.keyboard.press("Enter")
        page.wait_for_selector("text=That is not the token.")
        page.fill("input[type=password]", TOKEN)
        page.keyboard.press("Enter")
        page.wait_for_selector(".drop")
        page.reload()
        page.wait_for_selector(".drop")
        context.close()


def test_nothing_is_inline_and_nothing_comes_from_elsewhere(built: None) -> None:
    html = (PAGES / "index.html").read_text(encoding="utf-8")
    assert not re.findall(r"<script(?![^>]*\bsrc=)", html)
    assert not re.findall(r"<style|\bstyle=|\son\w+=", html)
    assert not re.findall(r"https?://", html)
    assert (PAGES / "LICENSES.txt").read_text(encoding="utf-8").count("## svelte") == 1


def test_model_output_is_never_html() -> None:
    for path in (ROOT / "web" / "src").rglob("*"):
        if path.suffix in (".svelte", ".ts"):
            text = path.read_text(encoding="utf-8")
            assert not re.search(r"\{@html|innerHTML|outerHTML|insertAdjacentHTML|document\.write", text), (
                path
            )


def test_emotions_are_called_as_the_analyst_calls_them() -> None:
    for language in Language:
        text = (ROOT / "web" / "src" / "strings" / f"{language.value}.ts").read_text(encoding="utf-8")
        line = re.search(r"emotions: \{([^}]*)\}", text)
        assert line is not None
        told = dict(re.findall(r"(\w+): '([^']+)'", line[1]))
        assert told == {e.value: wording_for(language).emotion(e) for e in EMOTIONS}


def test_no_string_of_the_pages_is_left_over() -> None:
    source = ROOT / "web" / "src"
    code = "".join(
        path.read_text(encoding="utf-8")
        for path in source.rglob("*")
        if path.suffix in (".svelte", ".ts") and path.parent.name != "strings"
    )
    english = (source / "strings" / "en.ts").read_text(encoding="utf-8")
    # Stages are looked up by the server's names for them, emotions by the record's.
    english = re.sub(r"\n    stage: \{.*?\n    \}", "", english, flags=re.DOTALL)
    keys = re.findall(r"^\s+(\w+): ", english, re.MULTILINE)
    assert len(keys) > 100
    assert [key for key in keys if not re.search(rf"\.{key}\b", code)] == []
