"""SABER: what a person in a clip feels, and what that reading rests on.

>>> import saber
>>> result = saber.analyze("clip.mp4")
>>> result.emotion.label, result.consistency.verdict
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from saber.version import __version__

if TYPE_CHECKING:
    from saber.core.records import Analysis
    from saber.pipeline import Settings, analyze, load_settings
    from saber.report import write_report

__all__ = ["Analysis", "Settings", "__version__", "analyze", "load_settings", "write_report"]

_HOME = {
    "Analysis": "saber.core.records",
    "Settings": "saber.pipeline",
    "analyze": "saber.pipeline",
    "load_settings": "saber.pipeline",
    "write_report": "saber.report",
}


def __getattr__(name: str) -> Any:
    # Looked up on first use (PEP 562): `import saber` and `saber --help` stay instant.
    if name not in _HOME:
        raise AttributeError(f"module 'saber' has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(_HOME[name]), name)


def __dir__() -> list[str]:
    return sorted(__all__)
