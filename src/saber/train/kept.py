"""How does a question that was read once lie on disk, whole, so that it need not be read again?

A safetensors file: what the text is (`ids`, `positions`, counts), and whatever tensors of its clip are kept
beside it. A file that is broken or not there is the same: it is made again.
"""

from __future__ import annotations

import json
import os
import threading
from collections.abc import Mapping
from pathlib import Path

import torch
from torch import Tensor

from saber.omni import Encoded, TokenCounts

__all__ = ["load_question", "save_question"]


def save_question(prompt: Encoded, more: Mapping[str, Tensor], file: Path) -> None:
    """Writes the question without its media, and `more` beside it; the file is there whole or not at all."""
    from safetensors.torch import save_file

    tensors = {"ids": torch.from_numpy(prompt.ids), "positions": torch.from_numpy(prompt.positions.copy())}
    tensors |= {name: tensor.detach().cpu().contiguous() for name, tensor in more.items()}
    shape = {
        "grids": prompt.grids,
        "seconds": prompt.seconds_per_grid,
        "counts": [prompt.counts.text, prompt.counts.video, prompt.counts.audio],
    }
    file.parent.mkdir(parents=True, exist_ok=True)
    # Several processes and threads may make the same one at the same time.
    part = file.with_suffix(f".{os.getpid()}-{threading.get_ident()}.part")
    save_file(tensors, part, metadata={"shape": json.dumps(shape)})
    part.replace(file)


def load_question(file: Path) -> tuple[Encoded, dict[str, Tensor]] | None:
    """The question with no media in it, and what was kept beside it; None when the file can't be used."""
    from safetensors import SafetensorError, safe_open

    try:
        with safe_open(file, framework="pt") as found:
            shape = json.loads(found.metadata()["shape"])
            tensors = {name: found.get_tensor(name) for name in found.keys()}  # noqa: SIM118
        prompt = Encoded(
            ids=tensors.pop("ids").numpy(),
            positions=tensors.pop("positions").numpy(),
            pixels=(),
            grids=tuple((t, h, w) for t, h, w in shape["grids"]),
            seconds_per_grid=tuple(shape["seconds"]),
            mels=(),
            counts=TokenCounts(*shape["counts"]),
        )
    except (OSError, SafetensorError, KeyError, TypeError, ValueError):
        return None
    return prompt, tensors
