"""Which server do tests talk to that only need one?"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from media_maker import make_clip
from serve.drive import Server

SMALL_LIMITS = """
[serve]
max_upload_mb = 2.0
max_duration_s = 20.0
max_streams = 3
upload_idle_s = 1.0
"""


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """One for all tests that leave it as it was."""
    with Server(tmp_path_factory.mktemp("serve"), settings=SMALL_LIMITS) as running:
        yield running


@pytest.fixture(scope="session")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A second of four colours and a tone: quickly analysed, and no person in it."""
    return make_clip(tmp_path_factory.mktemp("clips") / "four colours.mp4")


@pytest.fixture(scope="session")
def done(server: Server, clip: Path) -> dict[str, Any]:
    """That clip, analysed. Not to be deleted."""
    job = server.ended(server.upload(clip, batch="shared")["id"])
    assert job["state"] == "done", job
    return job
