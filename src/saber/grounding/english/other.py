"""Which English words look like claims, or take what is said of them, and are no matter of a measurement?"""

from __future__ import annotations

from saber.core.taxonomy import Dimension
from saber.grounding.vocabulary import LOOKED_AT, Phrase, Thing

__all__ = ["PHRASES", "THINGS"]

THINGS = (
    Thing(
        "child | children | baby | audience | crowd | interviewer | presenter | bystander* | "
        "neighbour* | dog",
        only=frozenset({Dimension.ACOUSTIC}),
    ),
    Thing("room | background | surroundings | music", only=frozenset({Dimension.ACOUSTIC})),
    Thing("energy | breath"),
    Thing(
        "hair | beard | shirt | t-shirt | jacket | dress | clothes | clothing | door | doors | "
        "overalls | title | words | word | sentence | message | text | content | line | "
        "lines | statement | what she says | what he says | mood | emotion | emotions | "
        "atmosphere | spirits"
    ),
)

PHRASES = (
    Phrase("* confidence | * valence | * arousal | * probability", ""),
    Phrase("visible well enough", ""),
    Phrase("smile lines | laugh lines | laughing matter", "", LOOKED_AT),
)
