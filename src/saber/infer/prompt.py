"""Which words is a model asked for the six dimensions with, and which version of them was it?"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path

from saber.core.errors import UsageError
from saber.core.prompts import Prompt, prompt_of
from saber.core.taxonomy import Language

__all__ = ["FILES", "Prompt", "PromptInfo", "info_of", "own_prompt", "prompt"]

FILES: dict[str, tuple[str, ...]] = {
    "one": ("one", "parts", "retry"),
    "staged": ("visual", "acoustic", "reasoning", "parts", "retry"),
}
"""Mode -> the files that its requests are made of."""


@dataclass(frozen=True)
class PromptInfo:
    """What provenance says of a prompt: enough to find it again, and to notice that it was changed."""

    name: str
    version: str
    sha256: str


def prompt(name: str, language: Language) -> Prompt:
    """The file of that name."""
    return prompt_of("saber.infer", name, language)


def info_of(mode: str, language: Language) -> PromptInfo:
    """All files of a mode as one: a change in any of them shows in the hash."""
    used = [prompt(name, language) for name in FILES[mode]]
    digest = hashlib.sha256("\0".join(p.text for p in used).encode()).hexdigest()
    return PromptInfo(f"{mode}.{language.value}", ".".join(str(p.version) for p in used), digest)


def own_prompt(path: Path) -> tuple[str, PromptInfo]:
    """The user's own prompt, word for word. UsageError when it can't be read or is empty."""
    try:
        text = path.read_text(encoding="utf-8")
    except OSError as error:
        raise UsageError(f"Can't read the prompt {path}: {error.strerror}.") from error
    except UnicodeDecodeError as error:
        raise UsageError(f"The prompt {path} is not UTF-8 text.") from error
    if not text.strip():
        raise UsageError(f"The prompt {path} is empty.")
    return text, PromptInfo(path.name, "own", hashlib.sha256(text.encode()).hexdigest())
