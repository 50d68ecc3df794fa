"""Which words is a model asked with, and which version of them was it?

A prompt file is a line `version: N` and then parts, each under a heading `# name`. `$name` in a part stands
for something that is filled in.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path
from string import Template

from saber.core.errors import UsageError
from saber.core.taxonomy import Language
from saber.infer.released import is_released

__all__ = ["FILES", "RELEASED", "Prompt", "PromptInfo", "info_of", "own_prompt", "prompt"]

FILES: dict[str, tuple[str, ...]] = {
    "one": ("one", "parts", "retry"),
    "staged": ("visual", "acoustic", "reasoning", "parts", "retry"),
}
"""Mode -> the files that its requests are made of."""

RELEASED = "released"

_HEADING = re.compile(r"^# (\w+)\n", re.MULTILINE)
_VERSION = re.compile(r"version: (\d+)\n")


@dataclass(frozen=True)
class Prompt:
    """One prompt file."""

    version: int
    parts: Mapping[str, str]
    text: str

    def fill(self, part: str, **values: object) -> str:
        """The part with everything filled in; KeyError when a value or the part is missing."""
        return Template(self.parts[part]).substitute({k: str(v) for k, v in values.items()})


@dataclass(frozen=True)
class PromptInfo:
    """What provenance says of a prompt: enough to find it again, and to notice that it was changed."""

    name: str
    version: str
    """Of our own files; `own` for a prompt of the user's, `released` when that is the one released with the
    SABER weights."""
    sha256: str


@cache
def prompt(name: str, language: Language) -> Prompt:
    """The file of that name."""
    path = files("saber.infer").joinpath("prompts", language.value, f"{name}.md")
    return read_prompt(path.read_text(encoding="utf-8"))


def read_prompt(text: str) -> Prompt:
    """A prompt file's content. ValueError when it is not of the form above."""
    version = _VERSION.match(text)
    if version is None:
        raise ValueError("a prompt begins with its version")
    pieces = _HEADING.split(text[version.end() :])
    names, bodies = pieces[1::2], pieces[2::2]
    if pieces[0].strip() or len(set(names)) != len(names):
        raise ValueError("a prompt consists of parts, each under its own heading")
    parts = {name: body.strip() for name, body in zip(names, bodies, strict=True)}
    return Prompt(int(version[1]), parts, text)


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
    version = RELEASED if is_released(text) else "own"
    return text, PromptInfo(path.name, version, hashlib.sha256(text.encode()).hexdigest())
