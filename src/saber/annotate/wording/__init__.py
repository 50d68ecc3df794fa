"""How is it put into words, in each language? One file per language, all alike to the protocol."""

from __future__ import annotations

from saber.annotate.wording.en import English
from saber.annotate.wording.protocol import Doubt, Follows, Ground, Opinion, Sureness, Time, Wording
from saber.annotate.wording.zh import Chinese
from saber.core.taxonomy import Language

__all__ = [
    "WORDINGS",
    "Doubt",
    "Follows",
    "Ground",
    "Opinion",
    "Sureness",
    "Time",
    "Wording",
    "wording_for",
]

WORDINGS: dict[Language, Wording] = {
    Language.ENGLISH: English(),
    Language.CHINESE: Chinese(),
}


def wording_for(language: Language) -> Wording:
    """The words of that language."""
    return WORDINGS[language]
