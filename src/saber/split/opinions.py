"""What do the measurements say of sight against sound, and what follows from several judges' opinions?"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from saber.core.dataset import Annotated, Compared, Half, Opinion
from saber.core.decisions import is_person
from saber.core.taxonomy import EMOTIONS, Emotion, Modality

__all__ = ["MEASURED", "Agreement", "agree", "measured_opinion"]

MEASURED = "measured"

SEEN = (Modality.FACE, Modality.BODY)
HEARD = (Modality.VOICE, Modality.SPEECH)

Agreement = Literal["all", "some"]


def measured_opinion(annotated: Annotated) -> Opinion:
    """The measured verdict on all modalities, where it is one on sight against sound.

    `Consistency` compares every two modalities. A conflict inside one side (a friendly text in a hostile
    voice) does not tell whether sight and sound agree, and neither do modalities of one side alone: both
    are unclear here, with the reason.
    """
    seen, heard = _shows(annotated, SEEN), _shows(annotated, HEARD)
    verdict: Half = annotated.consistency.verdict
    reason = ""
    if missing := [side for side, shows in (("seen", seen), ("heard", heard)) if shows is None]:
        return Opinion(
            judge=MEASURED, verdict="unclear", reason=f"Nothing readable is {' or '.join(missing)}."
        )
    conflicts = annotated.consistency.conflicts
    across = [c for c in conflicts if (c.between[0] in SEEN) != (c.between[1] in SEEN)]
    if across:
        worst = max(across, key=lambda c: c.strength)
        reason = (
            f"{worst.about}: {worst.between[0]} {worst.says[0]}, {worst.between[1]} {worst.says[1]}, "
            f"{worst.start_s:.1f}-{worst.end_s:.1f} s."
        )
    elif verdict == "inconsistent":
        verdict, reason = "unclear", "The only conflict is inside one side."
    return Opinion(judge=MEASURED, verdict=verdict, visual=seen, acoustic=heard, reason=reason)


def agree(opinions: Sequence[Opinion], agreement: Agreement) -> Compared:
    """What follows from all opinions.

    Two that contradict each other make a clip unclear. One that can't tell, or that gave no usable answer,
    does so too under `all`, and is passed over under `some`. Where people told, they decide alone.
    """
    kept = tuple(opinions)
    if people := {o.verdict for o in opinions if is_person(o.judge) and o.verdict is not None}:
        half: Half = people.pop() if len(people) == 1 else "unclear"
        return Compared(half=half, because="reviewed", opinions=kept)
    asked = [o for o in opinions if not is_person(o.judge)]
    told = {o.verdict for o in asked if o.verdict in ("consistent", "inconsistent")}
    if len(told) > 1:
        return Compared(half="unclear", because="disagreed", opinions=kept)
    if not told:
        return Compared(half="unclear", because="nobody", opinions=kept)
    if agreement == "all" and any(o.verdict not in told for o in asked):
        return Compared(half="unclear", because="not_everybody", opinions=kept)
    return Compared(
        half="consistent" if "consistent" in told else "inconsistent", because="agreed", opinions=kept
    )


def _shows(annotated: Annotated, side: Sequence[Modality]) -> Emotion | None:
    """The emotion with the greatest share on that side, each modality by its confidence (own choice; it is
    told beside the verdict and does not decide it). None when none of the side can be read."""
    read = [m for key in side if (m := annotated.modalities.get(key)) is not None and m.present and m.probs]
    shares = {
        e: sum((m.confidence or 0.0) * m.probs[e] for m in read if m.probs is not None) for e in EMOTIONS
    }
    return max(EMOTIONS, key=lambda e: shares[e]) if any(shares.values()) else None
