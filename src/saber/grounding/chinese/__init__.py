"""Which Chinese words (simplified characters) make which claim?"""

from saber.grounding.chinese import body, face, other, scene, voice
from saber.grounding.chinese.writing import WRITING
from saber.grounding.vocabulary import Vocabulary

__all__ = ["CHINESE"]

_TABLES = (voice, face, body, scene, other)

CHINESE = Vocabulary(
    WRITING,
    tuple(thing for table in _TABLES for thing in table.THINGS),
    tuple(phrase for table in _TABLES for phrase in table.PHRASES),
)
