"""Is our input the one that the library's own processor makes, to the last bit?"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from omni.golden_cases import CASES, Case, noise, pictures
from omni.make_golden import FILE, processed, summary
from saber.omni import Encoder, Heard, Message, Seen, Words, collate

GOLDEN = json.loads(FILE.read_text(encoding="utf-8"))["cases"]
EXACT = ("input_ids", "attention_mask", "position_ids", "video_grid_thw", "feature_attention_mask")


def ours(folder: Path, case: Case) -> dict[str, np.ndarray[Any, Any]]:
    encoder = Encoder(folder)
    parts: list[Words | Seen | Heard] = []
    if case.count:
        parts.append(Seen(pictures(case), 1 / case.fps))
    if case.samples:
        parts.append(Heard(noise(case)))
    talk = [Message("system", (Words(case.system),))] if case.system else []
    encoded = encoder.encode([*talk, Message("user", (*parts, Words(case.user)))])
    batch = collate([encoded], encoder.layout, encoder.pad_id)
    return {name: tensor.numpy() for name, tensor in batch.items()}


def same_kernels() -> bool:
    """torchvision resizes bytes as bytes only where the CPU has AVX2; elsewhere it rounds differently."""
    import torch

    return torch.backends.cpu.get_cpu_capability() in ("AVX2", "AVX512")


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_the_tensors_are_those_of_the_library(either: Path, case: Case) -> None:
    family = "qwen3" if either.name.endswith("moe") else "qwen2_5"
    golden = GOLDEN[f"{family}: {case.name}"]
    made = ours(either, case)
    assert set(made) == set(golden)
    for name, tensor in made.items():
        found, wanted = summary(tensor), golden[name]
        assert found["shape"] == wanted["shape"], name
        if name in EXACT:
            assert found["sha256"] == wanted["sha256"], name
        # One step of 255 in a resized pixel, as the values are after the scaling; a rounding in the spectrum.
        limit = {"pixel_values_videos": 0.02, "input_features": 1e-4}.get(name, 1e-6)
        np.testing.assert_allclose(found["some"], wanted["some"], atol=limit, rtol=0, err_msg=name)
        if name == "pixel_values_videos" and same_kernels():
            assert found["sha256"] == wanted["sha256"]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_the_library_itself_where_it_runs(either: Path, case: Case) -> None:
    pytest.importorskip("torchvision")
    wanted, made = processed(either, case), ours(either, case)
    assert set(made) == set(wanted)
    for name, tensor in made.items():
        if name == "input_features":
            np.testing.assert_allclose(tensor, wanted[name], atol=1e-5, rtol=0)
        else:
            np.testing.assert_array_equal(tensor, wanted[name], err_msg=name)
