"""A dataset that was run once, for the tests that only read it."""

from __future__ import annotations

from pathlib import Path

import pytest

from export.made import make_workspace


@pytest.fixture(scope="session")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_workspace(tmp_path_factory.mktemp("dataset"))
