"""How is a prompt file read?

A prompt file is a line `version: N` and then parts, each under a heading `# name`. `$name` in a part stands
for something that is filled in. A room keeps its files as `prompts/LANGUAGE/NAME.md`.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from string import Template

from saber.core.taxonomy import Language

__all__ = ["Prompt", "prompt_of", "read_prompt"]

_HEADING = re.compile(r"^# (\w+)\n", re.MULTILINE)
_VERSION = re.compile(r"version: (\d+)\n")


@dataclass(frozen=True)
class Prompt:
    """One prompt file."""

    version: int
    parts: Mapping[str, str]
    text: str

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.text.encode()).hexdigest()

    def fill(self, part: str, **values: object) -> str:
        """The part with everything filled in; KeyError when a value or the part is missing."""
        return Template(self.parts[part]).substitute({k: str(v) for k, v in values.items()})


@cache
def prompt_of(room: str, name: str, language: Language) -> Prompt:
    """The file of that name which the package `room` (`saber.infer`) keeps."""
    path = files(room).joinpath("prompts", language.value, f"{name}.md")
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
