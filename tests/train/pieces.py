"""What does a process of a model that lies in pieces compute? Run by `test_pieces.py` through torchrun.

pieces.py BASE CACHE OUT      writes OUT/whole.pt, or OUT/pieces.pt where there are several processes
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

import torch
import torch.distributed as dist

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from saber.omni import Encoder
from saber.train.adapters import whole
from saber.train.audit import DataSettings, audit
from saber.train.batches import Collator, Rows
from saber.train.log_probs import Reader
from saber.train.student import language_model
from train.tiny_training import SMALL, fresh


def main(base: Path, cache: Path, out: Path) -> None:
    torch.set_num_threads(1)
    several = int(os.environ.get("WORLD_SIZE", "1")) > 1
    student = fresh(base, moved=True)
    data = DataSettings(workers=1, cache=str(cache))
    rows, _ = audit(cache / "rows.jsonl", Encoder(base, SMALL), data, pairs=True)
    shown = Rows(rows, [0, 3], student.encoder, data)
    batch = Collator(rows, student.encoder)([shown[0], shown[1]])
    reader = Reader(student.lm)
    if several:
        from torch.distributed.fsdp import fully_shard

        dist.init_process_group("gloo")
        mesh = dist.device_mesh.init_device_mesh("cpu", (dist.get_world_size(),))
        for layer in language_model(student.lm).layers:
            fully_shard(layer, mesh=mesh)
        fully_shard(reader, mesh=mesh)
    found = reader(batch["inputs"], batch["places"], batch["targets"])
    found.sum().backward()
    gradients = {n: p.grad for n, p in student.lm.named_parameters() if p.grad is not None}
    cut = sum(type(p).__name__ == "DTensor" for p in student.lm.parameters())
    told = {
        "cut": cut,
        "loss": found.detach(),
        "gradients": {n: g.full_tensor() if several else g for n, g in gradients.items()},
        "weights": {n: w.clone() for n, w in whole(student.lm).items() if "lora_" in n},
    }
    if not several or dist.get_rank() == 0:
        torch.save(told, out / ("pieces.pt" if several else "whole.pt"))
    if several:
        dist.destroy_process_group()


if __name__ == "__main__":
    main(*(Path(word) for word in sys.argv[1:]))
