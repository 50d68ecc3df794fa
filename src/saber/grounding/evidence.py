"""How do the checked claims of a model's text become the evidence of an analysis?"""

from __future__ import annotations

from saber.core.records import Annotation, Cues, Evidence
from saber.grounding.check import check_claims
from saber.grounding.records import CheckedClaim, Claim

__all__ = ["checked_evidence"]

_STOPS = ",.;:!?，。；：！？、\n"


def checked_evidence(annotation: Annotation, cues: Cues) -> tuple[Evidence, ...]:
    """The claims found in the six texts, in their order, each with the verdict of the measurements.

    `claim` is a word-for-word piece of its text. A claim that no cue decides has `cue` "" or the cue that
    would, no value, and the whole clip as its time.
    """
    return tuple(
        _evidence(f"e{number}", checked, annotation, cues)
        for number, checked in enumerate(check_claims(annotation, cues), start=1)
    )


def _evidence(name: str, checked: CheckedClaim, annotation: Annotation, cues: Cues) -> Evidence:
    claim = checked.claim
    return Evidence(
        id=name,
        dimension=claim.dimension,
        claim=_clause(claim, annotation.text_of(claim.dimension)) if claim.negated else claim.text,
        start_s=checked.start_s or 0.0,
        end_s=cues.clip.duration_s if checked.end_s is None else checked.end_s,
        cue=checked.cue or "",
        value=checked.value,
        unit=checked.unit,
        confidence=checked.confidence,
        verdict=checked.verdict,
    )


def _clause(claim: Claim, text: str) -> str:
    """A denied claim with the denial before it: back to the beginning of its clause."""
    begin = max(text.rfind(stop, 0, claim.start) for stop in _STOPS) + 1
    return text[begin : claim.end].strip()
