"""What do the terms of a corpus allow to be passed on?"""

from __future__ import annotations

from dataclasses import dataclass

from saber.core.errors import UsageError

__all__ = ["TERMS", "Terms", "terms_of"]


@dataclass(frozen=True)
class Terms:
    """What the holder of the rights says. This is a reading of published terms and no legal advice.

    Attributes:
        key: as in `Source.terms`.
        name: of the licence or agreement.
        url: where it is stated; "" where it is the user's own.
        media: may the clips themselves be passed on?
        texts: may what was written of them, and their labels and transcripts, be passed on?
        commercial: may they be used commercially?
    """

    key: str
    name: str
    url: str
    media: bool
    texts: bool
    commercial: bool


TERMS: dict[str, Terms] = {
    terms.key: terms
    for terms in (
        Terms("own", "the user's own recordings", "", media=True, texts=True, commercial=True),
        Terms("unknown", "not stated", "", media=False, texts=False, commercial=False),
    )
}
"""By key. `own` is what a user says of their own recordings, people's consent included."""


def terms_of(key: str) -> Terms:
    """Raises UsageError when there is no such key."""
    if key not in TERMS:
        raise UsageError(f"There are no terms {key!r}.", remedy=f"Known: {', '.join(sorted(TERMS))}.")
    return TERMS[key]
