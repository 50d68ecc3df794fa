"""Which tiny model, clips and rows do the tests of training share?"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("torch")
pytest.importorskip("transformers")
pytest.importorskip("accelerate")
pytest.importorskip("peft")

import torch

from media_maker import make_clip
from omni.tiny_omni import make_tiny_omni
from train.tiny_training import rows_of, write_rows

SOUNDS = (220.0, 330.0, 495.0, 742.0)


@pytest.fixture(scope="session", autouse=True)
def _one_thread() -> None:
    torch.set_num_threads(1)


@pytest.fixture(scope="session")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A Qwen2.5-Omni with random weights."""
    return make_tiny_omni(tmp_path_factory.mktemp("train") / "tiny")


@pytest.fixture(scope="session")
def clips(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """Four clips, each with a picture and a tone of its own; of the first two only the tone differs."""
    folder = tmp_path_factory.mktemp("clips")
    made = []
    for number, pitch in enumerate(SOUNDS):
        t = np.arange(48_000) / 48_000
        shade = 40 if number == 1 else 40 + 50 * number

        def picture(_: int, shade: int = shade) -> np.ndarray:  # type: ignore[type-arg]
            return np.full((48, 64, 3), (shade, 255 - shade, 90), np.uint8)

        sound = (0.3 * np.sin(2 * np.pi * pitch * t)).astype(np.float32)
        if number == 0:
            picture_of_first = picture
        shown = picture_of_first if number == 1 else picture
        made.append(make_clip(folder / f"{number}.mp4", picture=shown, sound=sound))
    return made


@pytest.fixture
def rows(clips: list[Path], tmp_path: Path) -> Path:
    return write_rows(tmp_path / "rows.jsonl", rows_of(clips))
