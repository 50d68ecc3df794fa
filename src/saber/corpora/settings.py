"""Where is a corpus, and what does the user say of it that its files don't?"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

__all__ = ["SourceSettings"]

_LABELS = ("", "intended", "annotators")


@dataclass(frozen=True)
class SourceSettings:
    """One table `[[source]]` of a dataset's settings.

    Attributes:
        path: the folder as the corpus is published, or the manifest file.
        corpus: key of the table of corpora; `folder` reads any media files, `manifest` a CSV or JSONL file.
        name: begins the ids of its clips; empty: the corpus' key. Two sources of one corpus need two names.
        language: BCP-47 primary tag of what is spoken, where the corpus does not say.
        terms: key of the table of terms, for `folder` and `manifest`; `unknown` forbids what any might.
        labels: whose labels to take where a corpus has two kinds, `intended` or `annotators`; empty: the
            first of those that the table of corpora names for it.
    """

    path: Path
    corpus: str = "folder"
    name: str = ""
    language: str | None = None
    terms: str = "unknown"
    labels: str = ""

    def __post_init__(self) -> None:
        if self.labels not in _LABELS:
            raise ValueError(f"there are no labels {self.labels!r}; there are {', '.join(_LABELS[1:])}")
