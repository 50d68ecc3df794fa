"""How does a model learn structured evidence (SED), and then to prefer answers that hold together (CA-DPO)?

torch is imported when a stage runs, not before.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from saber.core.errors import MissingPieceError

if TYPE_CHECKING:
    from saber.train.ca_dpo import train_ca_dpo
    from saber.train.export import Exported, export_run
    from saber.train.finish import Finished
    from saber.train.sed import train_sed
    from saber.train.settings import Recipe, load_recipe

__all__ = ["Exported", "Finished", "Recipe", "export_run", "load_recipe", "train_ca_dpo", "train_sed"]

_WHERE = {
    "Exported": "export",
    "export_run": "export",
    "Finished": "finish",
    "Recipe": "settings",
    "load_recipe": "settings",
    "train_ca_dpo": "ca_dpo",
    "train_sed": "sed",
}


def __getattr__(name: str) -> Any:
    from importlib import import_module
    from importlib.util import find_spec

    if name not in _WHERE:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    missing = [
        package for package in ("torch", "transformers", "accelerate", "peft") if not find_spec(package)
    ]
    if missing:
        raise MissingPieceError(
            f"Training needs {', '.join(missing)}, not installed here.",
            remedy="Install them: pip install 'saber-llm[train]'.",
        )
    return getattr(import_module(f"saber.train.{_WHERE[name]}"), name)
