"""Which corpora can be read?"""

from __future__ import annotations

from dataclasses import dataclass

from saber.core.errors import UsageError
from saber.corpora.folder import read_folder
from saber.corpora.manifest import read_manifest
from saber.corpora.reading import Reader

__all__ = ["CORPORA", "Corpus", "corpus_of"]


@dataclass(frozen=True)
class Corpus:
    """One corpus.

    Attributes:
        terms: key of the table of terms; None: what the user says.
        ask: where its data is to be had.
    """

    key: str
    name: str
    read: Reader
    terms: str | None = None
    ask: str = ""


CORPORA: dict[str, Corpus] = {
    corpus.key: corpus
    for corpus in (
        Corpus("folder", "any folder of media files", read_folder),
        Corpus("manifest", "a CSV or JSONL file that lists clips", read_manifest),
    )
}


def corpus_of(key: str) -> Corpus:
    """Raises UsageError when there is none of this key."""
    if key not in CORPORA:
        raise UsageError(f"There is no corpus {key!r}.", remedy=f"Known: {', '.join(CORPORA)}.")
    return CORPORA[key]
