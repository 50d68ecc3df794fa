"""Where in a dimension's text does each finding stand, so that the words themselves lead to the moment?"""

from __future__ import annotations

from collections.abc import Sequence

__all__ = ["located"]

_STOPS = ".。!！?？ "


def located(text: str, claims: Sequence[str]) -> list[tuple[int, int, int]]:
    """(start, end, index of the claim) for each claim that stands in the text, in order, not overlapping.

    A claim is looked for without its final stop and with either case of its first letter, after the claim
    before it and, failing that, anywhere that is still free. Claims told in other words are left out.
    """
    found: list[tuple[int, int, int]] = []
    cursor = 0
    for index, claim in enumerate(claims):
        for begin in dict.fromkeys((cursor, 0)):
            place = _find(text, claim.strip().rstrip(_STOPS), begin)
            if place is not None and all(place[1] <= start or place[0] >= end for start, end, _ in found):
                found.append((*place, index))
                cursor = max(cursor, place[1])
                break
    return sorted(found)


def _find(text: str, claim: str, begin: int) -> tuple[int, int] | None:
    if not claim:
        return None
    variants = {claim, claim[0].upper() + claim[1:], claim[0].lower() + claim[1:]}
    starts = [start for variant in variants if (start := text.find(variant, begin)) >= 0]
    return (min(starts), min(starts) + len(claim)) if starts else None
