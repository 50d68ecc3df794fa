"""Are two specs names of one and the same model?"""

from __future__ import annotations

from pathlib import PurePosixPath

from saber.models import EMBEDDED

__all__ = ["same_model"]


def same_model(one: str, other: str) -> bool:
    """Whether the two may be the same weights, however they are served.

    `openai:qwen2.5-omni-7b@HOST`, `hf:Qwen/Qwen2.5-Omni-7B` and `hf:/models/Qwen2.5-Omni-7B+ADAPTER` are: who
    serves it, who published it, the case, and what was trained on top tell no two models apart. A server that
    gives one model two unlike names can't be seen through. Scripts are the same when it is the same file; a
    person (`person:NAME`) is no model.
    """
    if EMBEDDED in (one, other):
        return one == other
    return _name(one) == _name(other)


def _name(spec: str) -> str:
    kind, colon, name = spec.partition(":")
    if not colon:
        name = spec  # a name that a server gave
    if kind in ("scripted", "person"):
        return spec  # a person is no model, whatever the name
    base = name.partition("@")[0].partition("+")[0].rstrip("/").replace("\\", "/")
    return PurePosixPath(base).name.casefold().replace("_", "-")
