"""Does the page of a run show its figures and every sample, whatever stands in them?"""

from __future__ import annotations

import re
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

from evaluate.judged import QUICK, JudgeOf
from evaluate.made_up import emer, write_lines
from media_maker import make_clip
from saber.evaluate import Evaluated, Outcome, Score, Subject, bench_of, evaluate, keep
from saber.evaluate.plots import outcomes, reliability, reliability_bins

NASTY = '<script>alert("1")</script></script><!-- 他笑了'


@pytest.fixture
def run(tmp_path: Path, judge_of: JudgeOf) -> Evaluated:
    """Three answers; the first clip is none, the second plays in every browser, the third is not there."""
    names = emer(tmp_path / "data", 3)
    (tmp_path / "data" / f"{names[0]}.mp4").write_bytes(b"clip")
    make_clip(tmp_path / "data" / f"{names[1]}.webm", seconds=1.0, codec="libvpx-vp9", sound_codec="libopus")
    rows = [{"name": n, "reason": NASTY if number else "他笑了。"} for number, n in enumerate(names)]
    subject = Subject("<made> & up", predictions=write_lines(tmp_path / "answers.jsonl", rows))
    judge, _ = judge_of(lambda request: "高兴" if request.user.endswith("情感：") else "7")
    return evaluate(
        bench_of("emer"), tmp_path / "data", subject, tmp_path / "out", judge=judge, settings=QUICK
    )


class Tags(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.seen: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.append(tag)


def test_nothing_in_an_answer_becomes_markup(tmp_path: Path, run: Evaluated) -> None:
    keep(run, tmp_path / "out", tmp_path / "data")
    page = (tmp_path / "out" / "report.html").read_text(encoding="utf-8")
    tags = Tags()
    tags.feed(page)
    assert tags.seen.count("script") == 2, "the samples and the page's own script"
    assert "alert(" in page
    assert '<script>alert("1")' not in page
    assert "&lt;made&gt; &amp; up" in page
    assert "../data/sample_00000000.mp4" in page
    assert str(tmp_path) not in page
    assert "<circle" not in page, "no consistency score, no reliability"
    assert "Which label was taken for which" not in page, "free texts are no labels"
    assert "Bars from 0 to 10" in page


def test_bars_and_outcomes_say_their_numbers(run: Evaluated) -> None:
    drawn = outcomes({"EMER": {"rated": 2, "no_answer": 1}})
    assert re.findall(r"<title>(.*?)</title>", drawn) == ["no answer: 1 of 3", "rated: 2 of 3"]


def test_reliability_is_the_share_of_consistent_clips_over_the_score() -> None:
    scores = [
        Score(sample=str(n), part=part, outcome=Outcome.RIGHT, values={"consistency_score": score})
        for n, (part, score) in enumerate(
            [("consistent", 0.9), ("consistent", 1.0), ("inconsistent", 0.85), ("inconsistent", 0.1)]
        )
    ]
    low, high = reliability_bins(scores)
    assert low == (pytest.approx(0.1), 0.0, 1)
    assert high == (pytest.approx((0.9 + 1 + 0.85) / 3), pytest.approx(2 / 3), 3)
    assert reliability([low, high]).count("<circle") == 2


def test_the_browser_lists_filters_and_shows(tmp_path: Path, run: Evaluated, browser: Any) -> None:
    keep(run, tmp_path / "out", tmp_path / "data")
    page = browser.new_page()
    noise: list[str] = []
    page.on("console", lambda message: noise.append(message.text))
    page.on("pageerror", lambda error: noise.append(str(error)))
    page.goto((tmp_path / "out" / "report.html").as_uri())
    assert page.locator("#list button").count() == 3
    page.locator("#find").fill("alert")
    assert page.locator("#list button").count() == 2
    assert page.locator("#count").inner_text() == "2 found"
    page.locator("#list button").nth(1).click()
    told = page.locator("#one").inner_text()
    assert NASTY in told
    assert "The judge, asked for clue" in told
    assert noise == []
    page.close()


def test_a_clip_plays_and_one_that_can_not_says_so(tmp_path: Path, run: Evaluated, browser: Any) -> None:
    keep(run, tmp_path / "out", tmp_path / "data")
    page = browser.new_page()
    page.goto((tmp_path / "out" / "report.html").as_uri())
    page.locator("#one", has_text="browser can’t play it").wait_for(timeout=10_000)
    assert page.locator("#one video").count() == 0
    assert page.locator("#one a").get_attribute("href") == "../data/sample_00000000.mp4"
    page.locator("#list button").nth(1).click()
    played = page.locator("#one video").evaluate(
        """async video => {
            video.muted = true;
            await video.play();
            await new Promise(done => video.addEventListener('ended', done));
            return [video.currentTime, video.videoWidth, video.videoHeight];
        }"""
    )
    assert played == [pytest.approx(1.0, abs=0.1), 64, 48]
    page.locator("#list button").nth(2).click()
    assert page.locator("#one video").count() == 0
    page.close()


@pytest.mark.parametrize(("width", "scheme"), [(1280, "light"), (390, "light"), (320, "dark")])
def test_nothing_is_wider_than_the_window(
    tmp_path: Path, run: Evaluated, browser: Any, width: int, scheme: str
) -> None:
    confusion = {"EMER": {"happy": {"happy": 3, "sad": 1, "(no_answer)": 2}, "sad": {"very angry indeed": 7}}}
    wide = run.run.model_copy(update={"confusion": confusion, "model": "a/rather+long-name:of/a_model" * 3})
    keep(replace(run, run=wide), tmp_path / "out", tmp_path / "data")
    page = browser.new_page(viewport={"width": width, "height": 700}, color_scheme=scheme)
    page.goto((tmp_path / "out" / "report.html").as_uri())
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    heads = page.locator(".confusion thead th").all_inner_texts()
    assert heads[1:] == ["happy", "sad", "very angry indeed", "(no answer)"], "what is right is the diagonal"
    page.close()
