"""Which tiny checkpoints do the tests of local models share?"""

from __future__ import annotations

from pathlib import Path

import pytest

from omni.tiny_omni import make_tiny_omni

pytest.importorskip("torch")
pytest.importorskip("transformers")


@pytest.fixture(scope="session")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A Qwen2.5-Omni."""
    return make_tiny_omni(tmp_path_factory.mktemp("checkpoints") / "tiny")


@pytest.fixture(scope="session")
def tiny_moe(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A Qwen3-Omni."""
    return make_tiny_omni(tmp_path_factory.mktemp("checkpoints") / "tiny-moe", moe=True)


@pytest.fixture(params=["tiny", "tiny_moe"])
def either(request: pytest.FixtureRequest) -> Path:
    """Each of the two."""
    found: Path = request.getfixturevalue(request.param)
    return found
