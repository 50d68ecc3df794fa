"""Which tiny checkpoints do the tests of local models share?"""

from __future__ import annotations

import shutil
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


@pytest.fixture(scope="session")
def endless(tiny: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The Qwen2.5-Omni, whose likeliest word is never the one that ends the answer."""
    return _without_end(tiny, tmp_path_factory.mktemp("checkpoints") / "endless")


@pytest.fixture(scope="session")
def endless_moe(tiny_moe: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The Qwen3-Omni, likewise."""
    return _without_end(tiny_moe, tmp_path_factory.mktemp("checkpoints") / "endless-moe")


def _without_end(checkpoint: Path, folder: Path) -> Path:
    """A copy that gives the words that end an answer a logit of 0: another's is always above that."""
    from safetensors.torch import load_file, save_file

    from saber.omni import Encoder

    shutil.copytree(checkpoint, folder)
    tensors = load_file(folder / "model.safetensors")
    for token in Encoder(folder).stop_ids:
        tensors["thinker.lm_head.weight"][token] = 0
    save_file(tensors, folder / "model.safetensors", metadata={"format": "pt"})
    return folder
