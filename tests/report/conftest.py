"""What do the report's tests share: a real small clip, its analysis, the page, and a browser?"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from chromium import chromium
from media_maker import make_clip
from report.real_clip import analysis_of
from saber.core.records import Analysis
from saber.report import write_report


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
    with chromium() as opened:
        yield opened
