"""Where do tests find real clips?"""

from __future__ import annotations

import os
from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def media_dir() -> Path:
    """The folder of real clips that SABER_TEST_MEDIA names; none of them ships with the project."""
    named = os.environ.get("SABER_TEST_MEDIA")
    if not named:
        pytest.skip("set SABER_TEST_MEDIA to a folder of real clips to run this test")
    folder = Path(named)
    if not folder.is_dir():
        pytest.fail(f"SABER_TEST_MEDIA names {folder}, which is no folder")
    return folder
