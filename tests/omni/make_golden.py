"""What does the library's own processor make of the clips? Written to golden.json for the tests.

    python tests/omni/make_golden.py

Needs torchvision, which has no build for CPUs alone: torch 2.14.1, torchvision 0.29.1 and transformers 5.24.0
in an environment of their own.
"""

from __future__ import annotations

import hashlib
import json
import sys
import tempfile
from pathlib import Path
from typing import Any

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from omni.golden_cases import CASES, Case, noise, pictures
from omni.tiny_omni import make_tiny_omni

__all__ = ["processed", "summary"]

FILE = Path(__file__).with_name("golden.json")
SIZES = {"min_pixels": 100_352, "max_pixels": 105_369, "picture_max_pixels": 1_003_520}


def processed(folder: Path, case: Case) -> dict[str, Any]:
    """The library's tensors, and the positions that its model computes."""
    import torch
    import transformers

    transformers.logging.set_verbosity_error()
    moe = json.loads((folder / "config.json").read_text())["model_type"] == "qwen3_omni_moe"
    processor_kind, model_kind = (
        ("Qwen3OmniMoeProcessor", "Qwen3OmniMoeThinkerForConditionalGeneration")
        if moe
        else ("Qwen2_5OmniProcessor", "Qwen2_5OmniThinkerForConditionalGeneration")
    )
    processor = getattr(transformers, processor_kind).from_pretrained(folder)
    media: list[dict[str, str]] = []
    given: dict[str, Any] = {}
    if case.count:
        media.append({"type": "video", "video": "attached"})
        given["videos"] = [torch.from_numpy(np.stack(pictures(case))).permute(0, 3, 1, 2)]
        most = SIZES["picture_max_pixels" if case.count == 1 else "max_pixels"]
        size = {"shortest_edge": SIZES["min_pixels"], "longest_edge": most}
        given["videos_kwargs"] = {"size": size, "fps": case.fps, "do_sample_frames": False}
    if case.samples:
        media.append({"type": "audio", "audio": "attached"})
        given["audio"] = [noise(case)]
    talk = [{"role": "user", "content": [*media, {"type": "text", "text": case.user}]}]
    if case.system:
        talk.insert(0, {"role": "system", "content": [{"type": "text", "text": case.system}]})
    text = processor.apply_chat_template(talk, tokenize=False, add_generation_prompt=True)
    made = dict(processor(text=text, return_tensors="pt", **given))
    model = getattr(transformers, model_kind).from_pretrained(folder)
    heard = made.get("feature_attention_mask")
    seconds = made.get("video_second_per_grid")
    made["position_ids"], _ = model.get_rope_index(
        made["input_ids"],
        None,
        made.get("video_grid_thw"),
        made["attention_mask"],
        False,
        None if heard is None else heard.sum(-1),
        None if seconds is None else torch.as_tensor(seconds),
    )
    if heard is not None:
        # The library fills up to 300 s; what its mask leaves out is no input.
        frames = int(heard.sum())
        made["input_features"] = made["input_features"][:, :, :frames]
        made["feature_attention_mask"] = heard[:, :frames]
    return {name: np.asarray(value) for name, value in made.items()}


def summary(tensor: np.ndarray[Any, Any]) -> dict[str, Any]:
    """Shape, hash of the exact values, and up to 60 of the values themselves."""
    flat = np.ascontiguousarray(tensor).reshape(-1)
    flat = flat.astype(np.float32) if flat.dtype.kind == "f" else flat.astype(np.int64)
    some = flat[:: max(1, len(flat) // 60)]
    return {
        "shape": list(tensor.shape),
        "sha256": hashlib.sha256(flat.tobytes()).hexdigest(),
        "some": [round(float(value), 6) for value in some],
    }


def main() -> None:
    import torch
    import torchvision
    import transformers

    golden: dict[str, Any] = {
        "made_with": {
            "torch": torch.__version__,
            "torchvision": torchvision.__version__,
            "transformers": transformers.__version__,
        },
        "cases": {},
    }
    with tempfile.TemporaryDirectory() as parent:
        for family, moe in (("qwen2_5", False), ("qwen3", True)):
            folder = make_tiny_omni(Path(parent) / family, moe=moe)
            for case in CASES:
                made = processed(folder, case)
                golden["cases"][f"{family}: {case.name}"] = {k: summary(v) for k, v in sorted(made.items())}
    FILE.write_text(json.dumps(golden, indent=0, ensure_ascii=False) + "\n", encoding="utf-8")
    sys.stdout.write(f"{FILE}: {FILE.stat().st_size} bytes\n")


if __name__ == "__main__":
    main()
