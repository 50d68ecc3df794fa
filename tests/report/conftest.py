"""What do the report's tests share: a real small clip, its analysis, the page, and a browser?"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from media_maker import make_clip
from report.real_clip import analysis_of
from saber.core.records import Analysis
from saber.report import write_report

FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--autoplay-policy=no-user-gesture-required",
)


@pytest.fixture(scope="session")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Six seconds that every browser plays: VP9 and Opus in WebM."""
    path = tmp_path_factory.mktemp("clip") / "thanks.webm"
    return make_clip(
        path, seconds=6.0, size=(160, 96), codec="libvpx-vp9", sound="speech", sound_codec="libopus"
    )


@pytest.fixture(scope="session")
def analysis(clip: Path) -> Analysis:
    return analysis_of(clip)


@pytest.fixture(scope="session")
def report(analysis: Analysis, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The English page."""
    return write_report(analysis, tmp_path_factory.mktemp("report"))


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    """The system's Chromium, driven by playwright; skips where either is missing."""
    sync_api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    program = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    if program is None:
        pytest.skip("no Chromium on this system")
    with sync_api.sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=program, args=list(FLAGS))
        yield chromium
        chromium.close()
