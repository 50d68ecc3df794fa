"""What can the body alone say about the emotion?

Little, and it says so. Posture and movement tell activation well and category poorly (Dael, Mortillaro &
Scherer 2012, Emotion 12:1085-1101: few emotions have a body pattern of their own); most published
patterns come from actors seen from head to foot (Wallbott 1998, Eur. J. Soc. Psychol. 28:879-896; de
Meijer 1989, J. Nonverbal Behavior 13:247-268; Coulson 2004, J. Nonverbal Behavior 28:117-139; Atkinson
et al. 2004, Perception 33:717-746). So the distribution starts flat, each pattern may only tilt it, and
the confidence stays low. Directions are from that literature; every size below is our own choice, small
enough that no single pattern makes an emotion more than about twice as likely as another.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from saber.core.records import Probs, Reading
from saber.core.taxonomy import AFFECT, EMOTIONS, Emotion, Modality

__all__ = ["BodyState", "read"]

# Activity: much movement in anger, joy, fear, surprise; little in sadness (Wallbott; de Meijer; Atkinson).
_ACTIVITY: Probs = {
    Emotion.ANGER: 0.35,
    Emotion.HAPPINESS: 0.3,
    Emotion.FEAR: 0.2,
    Emotion.SURPRISE: 0.2,
    Emotion.NEUTRAL: -0.35,
    Emotion.SADNESS: -0.35,
}
# Hand at the face: self-adaptors go with discomfort, whatever its name (Ekman & Friesen 1972).
_HAND_AT_FACE: Probs = {
    Emotion.SADNESS: 0.3,
    Emotion.FEAR: 0.3,
    Emotion.DISGUST: 0.15,
    Emotion.HAPPINESS: -0.3,
    Emotion.NEUTRAL: -0.25,
}
# A collapsing upper body: sadness (Wallbott; Coulson).
_SLUMP: Probs = {Emotion.SADNESS: 0.5, Emotion.HAPPINESS: -0.25, Emotion.ANGER: -0.25}
# Arms wide: joy and anger take room (Wallbott; de Meijer).
_OPEN: Probs = {Emotion.HAPPINESS: 0.25, Emotion.ANGER: 0.25, Emotion.SADNESS: -0.25, Emotion.FEAR: -0.1}

# Movement that says nothing either way: between "moves little" and "moves clearly" of the catalogue.
_USUAL_MOTION = 0.05
# Validity of the method: how much of a reading could be right at best. Own choice: a quarter where arms
# or hands are in view, a tenth where only head and shoulders are.
_VALIDITY_WITH_HANDS = 0.25
_VALIDITY_WITHOUT_HANDS = 0.1


@dataclass(frozen=True, slots=True)
class BodyState:
    """What a reading rests on, over one stretch of time; None: could not be measured."""

    start_s: float
    end_s: float
    quality: float
    """Of the measurement, 0-1."""
    hands_visible: float
    """Share of the time."""
    motion: float | None = None
    hand_at_face: float | None = None
    """Share of the time."""
    slump: float | None = None
    """Face heights."""
    openness: float | None = None
    """Shoulder widths."""


def read(state: BodyState) -> Reading | None:
    """The reading of one stretch; None when nothing in it speaks.

    Where no hand is in view, a quiet body is no sign (most talkers framed by head and shoulders are
    quiet): only clear movement or a slump speaks.
    """
    tilts: list[tuple[float, str, Probs]] = []
    hands = state.hands_visible >= 0.2
    activity = 0.0
    if state.motion is not None:
        # Two doublings up count as 1. People are still for all sorts of reasons, so down weighs half.
        activity = max(-0.5, min(1.0, math.log2(max(state.motion, 1e-4) / _USUAL_MOTION) / 2))
        if hands or activity >= 0.35:
            tilts.append((activity, "body.motion_mean", _ACTIVITY))
        else:
            activity = 0.0
    if state.hand_at_face:
        tilts.append((min(1.0, state.hand_at_face / 0.25), "body.hand_at_face", _HAND_AT_FACE))
    if state.slump is not None and state.slump >= 0.2:
        tilts.append((min(1.0, state.slump / 0.5), "body.slump", _SLUMP))
    if state.openness is not None and state.openness >= 2.0:
        tilts.append((min(1.0, state.openness - 1.0), "body.openness", _OPEN))
    tilts = [tilt for tilt in tilts if abs(tilt[0]) >= 0.1]
    if not tilts:
        return None
    tilts.sort(key=lambda tilt: -abs(tilt[0]))
    logits = {e: sum(size * pattern.get(e, 0.0) for size, _, pattern in tilts) for e in EMOTIONS}
    total = sum(math.exp(v) for v in logits.values())
    probs = {e: math.exp(v) / total for e, v in logits.items()}
    # A flat distribution is not neutral in AFFECT (five of seven emotions are aroused, four unpleasant):
    # only what departs from flat counts.
    valence = sum((probs[e] - 1 / len(EMOTIONS)) * AFFECT[e][0] for e in EMOTIONS)
    arousal = 0.6 * activity + 0.15 * (min(1.0, (state.hand_at_face or 0.0) / 0.25))
    validity = _VALIDITY_WITH_HANDS if hands or state.openness is not None else _VALIDITY_WITHOUT_HANDS
    return Reading(
        modality=Modality.BODY,
        start_s=state.start_s,
        end_s=state.end_s,
        probs=probs,
        valence=max(-1.0, min(1.0, valence)),
        arousal=max(-1.0, min(1.0, arousal)),
        confidence=validity * min(1.0, max(0.0, state.quality)),
        rests_on=tuple(name for _, name, _ in tilts),
    )
