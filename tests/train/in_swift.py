"""What does ms-swift compute with an adapter? Run by the Python of its own environment.

python in_swift.py BASE ADAPTER IDS    writes the log-probability of each of IDS (JSON) but the first
"""

from __future__ import annotations

import json
import sys

import torch
from swift.infer_engine import TransformersEngine


def main(base: str, adapter: str, ids: str) -> None:
    engine = TransformersEngine(
        base, adapters=[adapter], model_type="qwen2_5_omni", torch_dtype=torch.float32, device_map="cpu"
    )
    model = engine.model
    row = torch.tensor([json.loads(ids)])
    thinker = next(module for name, module in model.named_modules() if name.endswith("thinker"))
    with torch.no_grad():
        told = thinker(input_ids=row, attention_mask=torch.ones_like(row)).logits.float().log_softmax(-1)
    found = told[0, :-1].gather(-1, row[0, 1:, None])[:, 0]
    sys.stdout.write(json.dumps(found.tolist()) + "\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
