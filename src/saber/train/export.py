"""How does a trained model leave the house, and is what leaves really what was trained?

    adapter/           names of transformers >= 5.21 (the thinker alone), or of a causal language model
    adapter-thinker/   the same under the names of the whole Omni model: what vLLM and ms-swift load
    merged/            the base's own files with the adapter added to the weights, in the base's layout
    README.md          the model card, made from the run

Each is loaded again and its output compared with the trained model's; whatever differs is an error.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from saber.core.errors import UsageError
from saber.omni import carry_over, load_inputs, locate, save_inputs
from saber.train.adapters import FILE, LoraSettings, load_tensors, module_name, save_adapter
from saber.train.card import model_card
from saber.train.student import ModelSettings, Student, open_student

__all__ = ["Exported", "export_run", "merge_weights"]

SAME = 2e-2
"""Largest difference of a last-layer output, over the largest output, that a merge in the base's own width
may make: bfloat16 keeps 8 bits (float32: 1e-4)."""


@dataclass(frozen=True)
class Exported:
    """What was written, and by how much each form's output differs from the trained model's, over the largest
    output; `moved`: how far training moved the output from the base's, measured the same way."""

    folder: Path
    differences: dict[str, float]
    moved: float


def export_run(run: Path, out: Path, *, merge: bool = True, evaluations: Sequence[Path] = ()) -> Exported:
    """Writes the trained model of a finished run into `out`, ready to be shared.

    evaluations: folders of `saber evaluate` on it, for its card.

    Raises UsageError when the run has not ended, when `out` is not empty, and when a form that was written
    gives another output than the trained model.
    """
    about = _ended(run)
    if out.exists() and any(out.iterdir()):
        raise UsageError(f"{out} is not empty.", remedy="Name a new folder.")
    card = model_card(about, merged=merge or about["model"]["tune"] == "full", evaluations=evaluations)
    settings = {**about["model"], "adapter": "", "device": "cpu", "dtype": "float32", "checkpointing": False}
    base = locate(settings["base"])
    if about["model"]["tune"] == "full":
        shutil.copytree(run / "model", out, dirs_exist_ok=True)
        (out / "README.md").write_text(card, encoding="utf-8")
        return Exported(out, {}, 0.0)
    adapter = run / "adapter"
    rank = json.loads((adapter / "adapter_config.json").read_text(encoding="utf-8"))
    lora = LoraSettings(rank["r"], rank["lora_alpha"])
    student = open_student(ModelSettings(**settings), lora, load_inputs(adapter))
    plain = probe(student)
    load_tensors(student.lm, adapter)
    trained = probe(student)
    scale = float(trained.abs().max())
    moved = float((trained - plain).abs().max()) / scale
    if not moved > 0:
        raise UsageError(f"The adapter in {run} changes nothing.", remedy="Train for longer.")
    forms = {"adapter": student.form} | ({"adapter-thinker": "thinker"} if student.encoder.layout else {})
    differences: dict[str, float] = {}
    named = dict(student.lm.named_parameters())
    for name, form in forms.items():
        save_adapter(named, student.lora, out / name, form)
        again = open_student(ModelSettings(**settings), lora)
        load_tensors(again.lm, out / name)
        differences[name] = float((probe(again) - trained).abs().max()) / scale
    if merge:
        merge_weights(base, adapter, out / "merged")
        again = open_student(ModelSettings(**{**settings, "base": str(out / "merged")}), lora)
        differences["merged"] = float((probe(again) - trained).abs().max()) / scale
    for folder in (out / name for name in differences):
        if student.encoder.settings is not None:
            save_inputs(student.encoder.settings, folder)
    (out / "README.md").write_text(card, encoding="utf-8")
    for name, difference in differences.items():
        if difference > (SAME if name == "merged" else 1e-5):
            raise UsageError(f"{out / name} gives another output than the trained model ({difference:.1e}).")
    return Exported(out, differences, moved)


def merge_weights(base: Path, adapter: Path, out: Path) -> int:
    """Writes the base's files anew with the adapter added: W + alpha/r B A, tensor by tensor, names and
    shards as they are. Returns how many weights changed.

    Raises UsageError when a part of the adapter finds no weight.
    """
    from safetensors import safe_open
    from safetensors.torch import load_file, save_file

    config = json.loads((adapter / "adapter_config.json").read_text(encoding="utf-8"))
    halves = load_file(adapter / FILE)
    deltas = dict(_deltas(halves, config["lora_alpha"] / config["r"]))
    out.mkdir(parents=True, exist_ok=True)
    left = set(deltas)
    for shard in sorted(base.glob("*.safetensors")):
        made: dict[str, Tensor] = {}
        with safe_open(shard, framework="pt") as found:
            for key in found.keys():  # noqa: SIM118
                weight = found.get_tensor(key)
                name = module_name(key.removesuffix(".weight"))
                if key.endswith(".weight") and name in deltas:
                    weight = (weight.float() + deltas[name]).to(weight.dtype)
                    left.discard(name)
                made[key] = weight
            save_file(made, out / shard.name, metadata=found.metadata() or {"format": "pt"})
    if left:
        raise UsageError(f"{base} has no weight {sorted(left)[0]} for the adapter in {adapter}.")
    for name in ("config.json", "model.safetensors.index.json", "spk_dict.pt"):
        if (base / name).exists():
            shutil.copyfile(base / name, out / name)
    carry_over(base, out)
    if (inputs := load_inputs(adapter)) is not None:
        save_inputs(inputs, out)
    return len(deltas)


def probe(student: Student) -> Tensor:
    """float32 (1, 64, H): last-layer output for fixed tokens."""
    text = student.lm.config.get_text_config()
    ids = (torch.arange(1, 65)[None] * 7) % text.vocab_size
    with torch.no_grad():
        out = student.lm.eval().model(input_ids=ids, attention_mask=torch.ones_like(ids), use_cache=False)
    found: Tensor = out.last_hidden_state.float()
    return found


def _deltas(halves: dict[str, Tensor], scale: float) -> Iterator[tuple[str, Tensor]]:
    for key, first in halves.items():
        if key.endswith(".lora_A.weight"):
            second = halves[key.replace(".lora_A.", ".lora_B.")]
            yield module_name(key.removesuffix(".lora_A.weight")), scale * (second.float() @ first.float())


def _ended(run: Path) -> dict[str, Any]:
    try:
        about: dict[str, Any] = json.loads((run / "run.json").read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise UsageError(f"{run} holds no run.", remedy="Name the `out` of a recipe's stage.") from error
    if "ended" not in about:
        raise UsageError(f"The run in {run} has not ended.", remedy="Run its command again; it goes on.")
    return about
