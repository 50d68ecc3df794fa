"""A clip of ten seconds in which just those cues were measured that a test names."""

from __future__ import annotations

from saber.core.catalogue import absent, measured, spec_of
from saber.core.records import ClipInfo, Cue, Cues, Perception, Transcript
from saber.core.taxonomy import Dimension
from saber.grounding import CheckedClaim, Claim, check_claim, find_claims

DURATION_S = 10.0
SENSES = ("scene", "face", "body", "voice", "speech")


def cue(
    name: str,
    value: float | str,
    start_s: float = 0.0,
    end_s: float = DURATION_S,
    *,
    confidence: float = 0.8,
    apex_s: float | None = None,
) -> Cue:
    return measured(spec_of(name), value, start_s, end_s, confidence=confidence, apex_s=apex_s)


def missing(name: str, reason: str) -> Cue:
    return absent(spec_of(name), reason)


def clip(*cues: Cue, transcript: Transcript | None = None) -> Cues:
    return Cues(
        clip=ClipInfo(
            path="clip.mp4",
            sha256="00" * 32,
            size_bytes=1,
            container="mov,mp4",
            duration_s=DURATION_S,
            video=None,
            audio=None,
        ),
        transcript=transcript,
        **{
            sense: Perception(
                sense=sense, present=True, cues=tuple(c for c in cues if c.name.startswith(f"{sense}."))
            )
            for sense in SENSES
        },
    )


def said(text: str, dimension: Dimension = Dimension.REASONING) -> list[str]:
    """The claims of a text, written as the tables write them, with `!` where they are denied."""
    return [written(claim) for claim in find_claims(text, dimension)]


def written(claim: Claim) -> str:
    return f"{'!' if claim.negated else ''}{claim.family}.{claim.direction}"


def verdict(text: str, dimension: Dimension, *cues: Cue) -> CheckedClaim:
    """The verdict on the only claim of a text."""
    (claim,) = find_claims(text, dimension)
    return check_claim(claim, clip(*cues))
