"""In which direction does a described cue point: pleasant or not, stirred or calm?

Only directions that the literature agrees on, and only cues that are told of the person as such:

- face: Ekman & Friesen, EMFACS, as tabulated by Matsumoto et al. 2008 (Handbook of Emotions, ch. 13, table
  13.1): lip corners up with raised cheeks in happiness; lowered brows, wrinkled nose, raised upper lip and
  lip corners down only in unpleasant emotions; widened eyes in surprise and fear (arousal).
- voice: Juslin & Laukka 2003 (Psychological Bulletin 129, table 7) and Scherer 2003 (Speech Communication 40,
  table 2): loudness, pitch level, pitch range and speech rate rise with arousal and fall with sadness;
  laughter is pleasant.
- body: Wallbott 1998 (European Journal of Social Psychology 28, table 5): much and forceful movement with
  arousal, collapsed shoulders and stillness with its lack.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from saber.grounding import Claim

__all__ = ["POINTS", "Affect", "affect_of"]


class Affect(NamedTuple):
    """Where cues point: sums of signs; 0 is nowhere, or as much one way as the other."""

    valence: int
    arousal: int


POINTS: dict[str, Affect] = {
    "smile.shown": Affect(1, 0),
    "cheeks_raised.shown": Affect(1, 0),
    "brows_lowered.shown": Affect(-1, 0),
    "nose_wrinkled.shown": Affect(-1, 0),
    "upper_lip_raised.shown": Affect(-1, 0),
    "corners_down.shown": Affect(-1, 0),
    "eyes_widened.shown": Affect(0, 1),
    "expression.lively": Affect(0, 1),
    "expression.blank": Affect(0, -1),
    "laughter.heard": Affect(1, 1),
    "pitch_level.high": Affect(0, 1),
    "pitch_level.low": Affect(0, -1),
    "pitch_range.wide": Affect(0, 1),
    "pitch_range.narrow": Affect(0, -1),
    "effort.high": Affect(0, 1),
    "effort.low": Affect(0, -1),
    "loudness.loud": Affect(0, 1),
    "loudness.quiet": Affect(0, -1),
    "rate.fast": Affect(0, 1),
    "rate.slow": Affect(0, -1),
    "movement.much": Affect(0, 1),
    "movement.still": Affect(0, -1),
    "gestures.forceful": Affect(0, 1),
    "gestures.many": Affect(0, 1),
    "shoulders.slumped": Affect(0, -1),
}
"""By `family.direction` of a claim."""


def affect_of(claims: Iterable[Claim]) -> Affect:
    """Where these claims point together, each kind counted once; negated and hedged ones say nothing."""
    kinds = {f"{c.family}.{c.direction}" for c in claims if not c.negated and not c.hedged}
    points = [POINTS[kind] for kind in sorted(kinds) if kind in POINTS]
    return Affect(_sign(sum(p.valence for p in points)), _sign(sum(p.arousal for p in points)))


def _sign(number: int) -> int:
    return (number > 0) - (number < 0)
