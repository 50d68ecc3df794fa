"""How do the weights of a checkpoint, and an adapter on them, become a model that is really that model?"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Literal

from saber.core.errors import MissingPieceError, UsageError
from saber.omni.adapter import attach
from saber.omni.layout import Family, read_layout
from saber.omni.quiet import quietly

__all__ = ["Loaded", "check_packages", "fingerprint", "load", "locate"]

Dtype = Literal["auto", "float32", "bfloat16", "float16"]

_CLASSES = {
    Family.QWEN2_5: "Qwen2_5OmniThinkerForConditionalGeneration",
    Family.QWEN3: "Qwen3OmniMoeThinkerForConditionalGeneration",
}
"""The part that reads and writes; the talker that would speak the answer is never loaded."""

_SAMPLE_BYTES, _SAMPLES = 65_536, 16


@dataclass(frozen=True)
class Loaded:
    """A thinker that is ready to be asked.

    Attributes:
        thinker: the transformers model, in evaluation mode, its adapter inside.
        device: where it lies (`cpu`, `cuda:0`).
        dtype: of its weights.
        trained: modules that the adapter changes; 0 without one.
    """

    thinker: Any
    device: str
    dtype: str
    trained: int = 0


def check_packages() -> None:
    """Raises MissingPieceError, before any long work, when packages are not installed. Imports nothing."""
    missing = [name for name in ("torch", "transformers") if find_spec(name) is None]
    if missing:
        raise MissingPieceError(
            f"Local model weights need {' and '.join(missing)}, which {'are' if len(missing) > 1 else 'is'} "
            "not installed.",
            remedy="Install them: pip install 'saber-llm[hf]'.",
        )


def locate(name: str, *, download: bool = False) -> Path:
    """The folder of a path or of a hub id; an id is looked up among what was downloaded before.

    download: may fetch what is not there. Raises UsageError when there is no such thing.
    """
    folder = Path(name).expanduser()
    if folder.is_dir():
        return folder
    if folder.exists() or not re.fullmatch(r"[\w.-]+/[\w.-]+", name):
        raise UsageError(
            f"There is no folder {name}.", remedy="Name a folder with weights, or a hub id such as org/name."
        )
    check_packages()
    from huggingface_hub import snapshot_download
    from huggingface_hub.errors import HfHubHTTPError, LocalEntryNotFoundError

    try:
        return Path(snapshot_download(name, local_files_only=not download))
    except (LocalEntryNotFoundError, FileNotFoundError):
        raise UsageError(
            f"{name} is no folder here and was never downloaded.",
            remedy="Allow the download with --download, or download it first: hf download " + name,
        ) from None
    except (HfHubHTTPError, OSError, ValueError) as error:
        words = " ".join(str(error).split())[:200]
        raise UsageError(
            f"{name} can't be downloaded: {words}.", remedy="Check the name and access."
        ) from error


def load(
    folder: Path,
    adapter: Path | None = None,
    *,
    device: str = "auto",
    dtype: Dtype = "auto",
    attention: Literal["sdpa", "eager", "flash_attention_2"] = "sdpa",
) -> Loaded:
    """The thinker in `folder`, with the adapter on it, every tensor accounted for.

    Args:
        folder: an Omni checkpoint, whole or its thinker alone.
        adapter: folder of a PEFT adapter.
        device: `auto` takes a GPU where there is one.
        dtype: `auto` takes bfloat16 on a GPU and float32 on a CPU, where half the width is slower.
        attention: kernel; `sdpa` is part of torch.

    Raises UsageError when weights are missing or do not fit, when the device is not there or full, and when
    the adapter was made for another model or changes nothing.
    """
    layout = read_layout(folder)
    check_packages()
    import torch
    import transformers
    from safetensors import SafetensorError

    place = _device(device)
    wide = ("bfloat16" if place.startswith("cuda") else "float32") if dtype == "auto" else dtype
    kind = getattr(transformers, _CLASSES[layout.family])
    try:
        with quietly():
            thinker, found = kind.from_pretrained(
                folder,
                dtype=getattr(torch, wide),
                attn_implementation=attention,
                local_files_only=True,
                output_loading_info=True,
            )
        thinker = thinker.to(place).eval()
    except torch.OutOfMemoryError as error:
        raise UsageError(
            f"{folder} does not fit into the memory of {place}.",
            remedy="Use a larger or an idle GPU, or device = 'cpu' in [model.local] of a settings file.",
        ) from error
    except (OSError, ValueError, RuntimeError, ImportError, SafetensorError) as error:
        words = " ".join(str(error).split())[:300]
        raise UsageError(
            f"The weights in {folder} can't be loaded: {words}.", remedy="Download the checkpoint again."
        ) from error
    lost = sorted(found["missing_keys"]) + sorted(str(k[0]) for k in found["mismatched_keys"])
    if lost:
        raise UsageError(
            f"{folder} lacks {len(lost)} of the model's weights, {lost[0]} among them.",
            remedy="Download the checkpoint again, all of its files.",
        )
    trained = 0 if adapter is None else attach(thinker, adapter, folder)
    return Loaded(thinker, place, wide, trained)


def fingerprint(*folders: Path) -> str:
    """12 hex digits that change with the weights: a hash of small files and of samples of large ones.

    15 GB are not read for it: a large file counts as the same when its size, its first and last 64 KB and 14
    pieces between agree.
    """
    digest = hashlib.sha256()
    for folder in folders:
        for file in sorted(folder.iterdir()):
            if file.suffix not in {".json", ".safetensors", ".jinja", ".txt", ".bin"} or not file.is_file():
                continue
            size = file.stat().st_size
            digest.update(f"{file.name} {size}\n".encode())
            with file.open("rb") as data:
                for sample in range(_SAMPLES):
                    data.seek(max(0, size - _SAMPLE_BYTES) * sample // (_SAMPLES - 1))
                    digest.update(data.read(_SAMPLE_BYTES))
                    if size <= _SAMPLE_BYTES:
                        break
    return digest.hexdigest()[:12]


def _device(asked: str) -> str:
    import torch

    cuda = torch.cuda.is_available()
    if asked == "auto":
        return "cuda:0" if cuda else "cpu"
    try:
        device = torch.device(asked)
    except RuntimeError as error:
        raise UsageError(f"There is no device {asked!r}.", remedy="Use auto, cpu, cuda or cuda:N.") from error
    if device.type == "cuda" and (not cuda or (device.index or 0) >= torch.cuda.device_count()):
        there = torch.cuda.device_count() if cuda else 0
        raise UsageError(
            f"There is no device {asked!r}: this machine has {there} GPUs that torch can use.",
            remedy="Use device = 'cpu', or install a torch with CUDA.",
        )
    return str(device)
