"""Which English words make which claim?"""

from saber.grounding.english import body, face, other, scene, voice
from saber.grounding.english.writing import WRITING
from saber.grounding.vocabulary import Vocabulary

__all__ = ["ENGLISH"]

_TABLES = (voice, face, body, scene, other)

ENGLISH = Vocabulary(
    WRITING,
    tuple(thing for table in _TABLES for thing in table.THINGS),
    tuple(phrase for table in _TABLES for phrase in table.PHRASES),
)
