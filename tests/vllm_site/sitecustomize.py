"""How does torchvision import where its compiled operators do not fit the torch that is installed?

PyPI has no torchvision for torch without CUDA; only PyTorch's own index has. Where that is out of reach, the
operators' library can't be loaded, and then torchvision, all of transformers and vLLM fail at import, for two
operators that nothing here uses. This defines their names first, in every process that has this folder
in PYTHONPATH: vLLM starts several. Where the library loads, nothing is changed.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec, PathFinder
from pathlib import Path
from types import ModuleType

_FORM = "(Tensor dets, Tensor scores, float iou_threshold) -> Tensor"


class _Before(Loader):
    """Loads torchvision after its operators are known."""

    def __init__(self, own: Loader) -> None:
        self._own = own

    def create_module(self, spec: ModuleSpec) -> ModuleType | None:
        return self._own.create_module(spec)

    def exec_module(self, module: ModuleType) -> None:
        import torch

        try:
            torch.ops.load_library(str(Path(module.__path__[0]) / "_C.so"))
        except OSError:
            for name in ("nms", "qnms"):
                torch.library.define(f"torchvision::{name}", _FORM)
        self._own.exec_module(module)


class _Finder(MetaPathFinder):
    def find_spec(
        self, name: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        if name != "torchvision":
            return None
        spec = PathFinder.find_spec(name, path, target)
        if spec is not None and spec.loader is not None:
            spec.loader = _Before(spec.loader)
        return spec


sys.meta_path.insert(0, _Finder())
