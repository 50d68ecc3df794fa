"""Which tiny model, clips and rows do the tests of training share?"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("torch")
pytest.importorskip("transformers")
pytest.importorskip("accelerate")
pytest.importorskip("peft")

import torch
from numpy.typing import NDArray

from media_maker import make_clip
from omni.tiny_omni import make_tiny_omni
from train.tiny_training import rows_of, write_rows

SOUNDS = ("tone", "noise", "speech", "click")


@pytest.fixture(scope="session", autouse=True)
def _one_thread() -> None:
    torch.set_num_threads(1)


@pytest.fixture(scope="session")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A Qwen2.5-Omni with random weights."""
    return make_tiny_omni(tmp_path_factory.mktemp("train") / "tiny")


@pytest.fixture(scope="session")
def clips(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """Four clips, each with a sound of its own; the first two show the same."""
    folder = tmp_path_factory.mktemp("clips")
    shades = (40, 40, 140, 240)

    def shown(shade: int) -> Callable[[int], NDArray[np.uint8]]:
        return lambda _: np.full((48, 64, 3), (shade, 255 - shade, 90), np.uint8)

    return [
        make_clip(folder / f"{number}.mp4", picture=shown(shade), sound=sound)
        for number, (shade, sound) in enumerate(zip(shades, SOUNDS, strict=True))
    ]


@pytest.fixture
def rows(clips: list[Path], tmp_path: Path) -> Path:
    return write_rows(tmp_path / "rows.jsonl", rows_of(clips))
