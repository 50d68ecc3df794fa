"""Does ms-swift compute with an adapter of ours what we compute with it?

It needs torchvision and an older transformers, so it lives in an environment of its own (docs/training.md);
SABER_TEST_SWIFT is the path of its Python.
"""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path

import pytest
import torch

from saber.train.adapters import save_adapter
from train.tiny_training import IDS, fresh, log_probs_of_ids

SCRIPT = Path(__file__).with_name("in_swift.py")


def test_ms_swift_computes_with_the_adapter_what_we_compute(tiny: Path, tmp_path: Path) -> None:
    python = os.environ.get("SABER_TEST_SWIFT")
    if not python:
        pytest.skip("set SABER_TEST_SWIFT to the Python of an environment with ms-swift")
    student = fresh(tiny, moved=True)
    learned, base = log_probs_of_ids(student), log_probs_of_ids(fresh(tiny))
    save_adapter(dict(student.lm.named_parameters()), student.lora, tmp_path / "thinker", "thinker")
    done = subprocess.run(
        [python, str(SCRIPT), str(tiny), str(tmp_path / "thinker"), json.dumps(IDS)],
        env=os.environ | {"HF_HUB_OFFLINE": "1", "OMP_NUM_THREADS": "1", "CUDA_VISIBLE_DEVICES": ""},
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    theirs = torch.tensor(json.loads(done.stdout.splitlines()[-1]))
    assert (theirs - learned).abs().max() < 1e-5
    assert (theirs - base).abs().max() > 0.1
