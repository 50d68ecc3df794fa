"""Do both stages and what leaves also work for a mixture of experts, and with all weights trained?"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import load_file

from omni.tiny_omni import make_tiny_omni
from saber.omni import Encoder, load
from saber.train import load_recipe, train_ca_dpo, train_sed
from saber.train.audit import DataSettings, audit
from saber.train.export import export_run
from train.test_stages import _written, log_of, write_recipe
from train.tiny_training import answer, rows_of, write_rows

pytestmark = pytest.mark.filterwarnings("ignore:.*gradient_checkpointing:FutureWarning")
"""peft 0.21 asks transformers 5.24 by an old name."""


def shorter(file: Path, *changes: tuple[str, str]) -> Path:
    text = file.read_text()
    for before, after in changes:
        assert before in text
        text = text.replace(before, after)
    file.write_text(text)
    return file


def test_a_mixture_of_experts_learns_to_prefer_and_leaves_whole(clips: list[Path], tmp_path: Path) -> None:
    base = make_tiny_omni(tmp_path / "moe", moe=True)
    write_rows(tmp_path / "rows.jsonl", rows_of(clips))
    recipe = load_recipe(
        shorter(write_recipe(tmp_path, base, epochs=12), ("learning_rate = 2e-3", "learning_rate = 5e-3"))
    )
    train_sed(recipe)
    train_ca_dpo(recipe)
    sed, dpo = log_of(tmp_path / "sed"), log_of(tmp_path / "ca-dpo")
    assert sed[-1]["loss"] < 0.6 * sed[0]["loss"]
    assert dpo[0]["loss"] == pytest.approx(0.6931, abs=2e-3), "policy and reference are the same"
    assert dpo[-1]["loss"] < 0.5
    assert dpo[-1]["accuracy"] == 1.0
    assert dpo[0]["video_tokens"] > 0 < dpo[0]["audio_tokens"]
    done = export_run(tmp_path / "ca-dpo", tmp_path / "share")
    assert done.differences["adapter"] == done.differences["adapter-thinker"] == 0
    assert done.differences["merged"] < 1e-5 < 1e-3 < done.moved
    before, after = (
        load_file(folder / "model.safetensors") for folder in (base, tmp_path / "share" / "merged")
    )
    assert set(before) == set(after)
    changed = {name for name in before if not torch.equal(before[name], after[name])}
    assert len(changed) == 8, "the attention of two layers, and nothing of experts, router and towers"
    assert all("self_attn" in name and "model.layers" in name for name in changed)


def test_all_weights_of_the_language_model_through_both_stages(
    tiny: Path, clips: list[Path], tmp_path: Path
) -> None:
    write_rows(tmp_path / "rows.jsonl", rows_of(clips))
    file = shorter(
        write_recipe(tmp_path, tiny, epochs=30), ('device = "cpu"', 'device = "cpu"\ntune = "full"')
    )
    first = load_recipe(shorter(file, ("learning_rate = 5e-3", "learning_rate = 2e-3")))
    done = train_sed(first)
    assert done.model.name == "model"
    assert log_of(tmp_path / "sed")[-1]["loss"] < 0.2
    _same_towers(tiny, done.model)
    encoder = Encoder(done.model)
    rows, _ = audit(tmp_path / "rows.jsonl", encoder, DataSettings(workers=1), pairs=False)
    model = load(done.model, device="cpu")
    # The first two clips differ in their sound alone, for which thirty steps are few.
    assert [_written(model, encoder, sized.row) for sized in rows[2:]] == [answer(2), answer(3)]
    text = file.read_text().replace(f'base = "{tiny}"', f'base = "{done.model}"')
    file.write_text(text[: text.index("[sed]")] + text[text.index("[ca_dpo]") :].replace("2e-3", "1e-4"))
    last = train_ca_dpo(load_recipe(file))
    dpo = log_of(tmp_path / "ca-dpo")
    assert dpo[0]["loss"] == pytest.approx(0.6931, abs=2e-3)
    assert dpo[-1]["loss"] < 0.5
    assert dpo[-1]["accuracy"] == 1.0
    _same_towers(tiny, last.model)
    export_run(tmp_path / "ca-dpo", tmp_path / "share")
    assert "all weights of the language model" in (tmp_path / "share" / "README.md").read_text()
    load(tmp_path / "share", device="cpu")


def _same_towers(base: Path, trained: Path) -> None:
    def of(folder: Path) -> dict[str, Any]:
        return dict(load(folder, device="cpu").thinker.named_parameters())

    before, after = of(base), of(trained)
    assert set(before) == set(after)
    changed = {name for name in before if not torch.equal(before[name], after[name])}
    assert changed
    assert not any("visual" in name or "audio_tower" in name for name in changed)
    assert "lm_head.weight" in changed
