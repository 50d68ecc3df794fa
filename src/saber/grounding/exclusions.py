"""Which claims can't hold at the same time?

`states` are what a voice, a body or a picture is like as a whole; two of them that exclude each other are a
contradiction also within one text. The rest can come one after the other, and a text that tells of both
tells of a change. Own choices, narrow on purpose: a smile with drawn brows is a mixture that faces really
show, so such pairs count only between two texts of which neither knows of the other's half.
"""

from __future__ import annotations

__all__ = ["MANNERS", "ROWS", "excludes", "is_state", "needs_hands"]

MANNERS = {"speaking": ("confident", "calm", "agitated"), "posture": ("relaxed", "upright")}
"""Families that only this question needs."""

_STATES = (
    "pitch_level.high pitch_level.low pitch_level.usual",
    "pitch_range.wide pitch_range.narrow",
    "effort.high effort.low",
    "loudness.loud loudness.quiet",
    "rate.fast rate.slow",
    "noise.noisy noise.clean",
    "people.one people.two people.several",
    "light.dark light.bright",
    "colours.warm colours.cool",
    "colours.grey colours.vivid",
    "sharpness.sharp sharpness.blurred",
    "shots.one shots.several",
    "movement.jerky movement.smooth",
    "expression.blank expression.lively",
    "tremor.trembling speaking.confident",
    "tremor.trembling speaking.calm",
    "speaking.calm speaking.agitated",
)
"""Of each row no two are so at once."""

ROWS = (
    *_STATES,
    "framing.close framing.far",
    "camera.static camera.moving",
    "camera.static camera.unsteady",
    "loudness_change.up loudness_change.down",
    "blinking.frequent blinking.rare",
    "head.still head.moving",
    "head.up head.down",
    "movement.still movement.much",
    "lean.forward lean.back",
    "shoulders.raised shoulders.slumped",
    "shoulders.slumped shoulders.straightened posture.upright",
    "arms.crossed arms.open",
    "hands.open hands.closed",
    "eyes_closed.shown eyes_widened.shown",
    "eyes_widened.shown eyes_narrowed.shown",
    "expression.blank smile.shown",
    "smile.shown brows_lowered.shown",
    "smile.shown corners_down.shown",
    "gaze.at_camera gaze.averted",
    "gaze.at_camera gaze.down",
    "movement.still gestures.many",
    "pauses.many speaking.confident",
    "effort.high speaking.calm",
    "pitch_range.narrow speaking.agitated",
    "movement.much posture.relaxed",
    "shoulders.raised posture.relaxed",
)
"""Of each row no two can be so at the same time; the states are among them."""


def _pairs(rows: tuple[str, ...]) -> frozenset[frozenset[str]]:
    return frozenset(frozenset((a, b)) for row in rows for a in row.split() for b in row.split() if a != b)


_EXCLUSIVE = _pairs(ROWS)
_STATE_PAIRS = _pairs(_STATES)
_UNSEEN_HANDS = ("hand_at_face.", "hands_together.", "gestures.", "hands.open", "hands.closed")


def excludes(a: str, b: str) -> bool:
    """Can `family.direction` a and b not be so at the same time? Symmetric; not asked of denials."""
    return frozenset((a, b)) in _EXCLUSIVE


def is_state(a: str, b: str) -> bool:
    """Are both what something is like as a whole, so that one text that says both contradicts itself?"""
    return frozenset((a, b)) in _STATE_PAIRS


def needs_hands(kind: str) -> bool:
    """Can it only be seen when a hand is?"""
    return kind.startswith(_UNSEEN_HANDS)
