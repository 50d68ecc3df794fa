"""Is a model that lies in pieces on several processes still the same function, and saved whole?"""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
import torch

from saber.core.errors import UsageError
from saber.omni import Encoder
from saber.train import load_recipe, train_sed
from saber.train.audit import DataSettings, audit
from saber.train.loop import _deepspeed
from train.test_stages import write_recipe
from train.tiny_training import SMALL, rows_of, write_rows


def test_in_pieces_on_two_processes_it_has_the_same_loss_gradients_and_weights(
    tiny: Path, clips: list[Path], tmp_path: Path
) -> None:
    """FSDP 2 of torch over gloo, each layer cut on its own, video and sound before it. accelerate takes no
    FSDP on a CPU, so this is what it would wrap, without it."""
    write_rows(tmp_path / "rows.jsonl", rows_of(clips))
    audit(
        tmp_path / "rows.jsonl",
        Encoder(tiny, SMALL),
        DataSettings(workers=1, cache=str(tmp_path)),
        pairs=True,
    )
    program = Path(__file__).parent / "pieces.py"
    for launch in ([], ["-m", "torch.distributed.run", "--standalone", "--nproc-per-node", "2"]):
        command = [sys.executable, *launch, str(program), str(tiny), str(tmp_path), str(tmp_path)]
        done = subprocess.run(command, capture_output=True, text=True, timeout=600)
        assert done.returncode == 0, done.stderr
    whole, pieces = (torch.load(tmp_path / f"{name}.pt") for name in ("whole", "pieces"))
    assert (whole["cut"], pieces["cut"] > 50) == (0, True)
    assert torch.allclose(whole["loss"], pieces["loss"], atol=1e-5)
    assert set(whole["gradients"]) == set(pieces["gradients"])
    largest = max(float(g.abs().max()) for g in whole["gradients"].values())
    for name, gradient in whole["gradients"].items():
        # Both processes read the same batch, and FSDP takes the mean over them.
        assert torch.allclose(pieces["gradients"][name], gradient, atol=1e-5 * largest), name
        assert torch.equal(pieces["weights"][name], whole["weights"][name]), name


def test_what_a_cpu_would_pass_over_in_silence_is_refused(tiny: Path, rows: Path, tmp_path: Path) -> None:
    recipe = load_recipe(write_recipe(tmp_path, tiny))
    assert recipe.sed is not None
    steps = replace(recipe.sed.steps, fsdp=True)
    with pytest.raises(UsageError, match="need GPUs"):
        train_sed(replace(recipe, sed=replace(recipe.sed, rows=rows, steps=steps)))
    for content, said in (
        ("{", "no configuration"),
        ('{"zero_optimization": {"stage": 3}}', "not saved whole"),
    ):
        (tmp_path / "zero.json").write_text(content)
        with pytest.raises(UsageError, match=said):
            _deepspeed(tmp_path / "zero.json")
    (tmp_path / "zero.json").write_text('{"zero_optimization": {"stage": 2}}')
    assert _deepspeed(tmp_path / "zero.json")["zero_optimization"]["stage"] == 2
    with pytest.raises(ValueError, match="choose one"):
        replace(steps, deepspeed="zero3.json")
