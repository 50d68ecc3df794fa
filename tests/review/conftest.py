"""How do the review's tests get a dataset of a real run? Once for all; each works on a copy."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from review.made import dataset_once


@pytest.fixture(scope="session")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder with the raw clips, the settings, and in `made` the workspace, which no test changes."""
    return dataset_once(tmp_path_factory)


@pytest.fixture
def workspace(home: Path, tmp_path: Path) -> Path:
    """A copy of the workspace."""
    return Path(shutil.copytree(home / "made", tmp_path / "made"))
