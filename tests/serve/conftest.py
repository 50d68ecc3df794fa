"""Which server do tests talk to that only need one?"""

from __future__ import annotations

import json
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


WRITTEN = {
    "video_desc": "Nobody is in the picture.",
    "facial_exp_desc": "No face is seen.",
    "body_lang_desc": "<b>No body</b> is seen.",
    "audio_desc": {"acoustic_feat": "Nobody speaks.", "speech_content": ""},
    "sentiment_analysis": "Nothing can be said.",
}
"""What the other model of that server always answers."""


@pytest.fixture(scope="session")
def other_model(tmp_path_factory: pytest.TempPathFactory) -> str:
    answers = tmp_path_factory.mktemp("model") / "answers.json"
    answers.write_text(json.dumps([json.dumps(WRITTEN)]), encoding="utf-8")
    return f"scripted:{answers}"


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory, other_model: str) -> Iterator[Server]:
    """One for all tests that leave it as it was."""
    folder = tmp_path_factory.mktemp("serve")
    with Server(folder, "--model", other_model, settings=SMALL_LIMITS) as running:
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
