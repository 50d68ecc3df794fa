"""Does this mouth move when a voice is heard?"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from saber.core.records import Span
from saber.perceive.face.smoothing import rolling_rms, smooth

__all__ = ["TALK_IOD", "Match", "during", "match_voice", "syllable_motion", "who_speaks"]

Floats = NDArray[np.float64]
_SLOW_S = 0.6
_WINDOW_S = 0.4
TALK_IOD = 0.012
"""Motion of the lips from which a mouth may be talking. Own choice: about 0.8 mm, several times what
closed lips measure in the clearest clips and a fraction of what open vowels do."""
_MIN_EACH_S = 0.3
_MIN_AUC = 0.65
_CLEAR_LEAD = 0.10


def syllable_motion(gap: Floats, step_s: float) -> Floats:
    """How much the lips' opening (n,), IOD, moves at the rate of syllables: a standard deviation, (n,).

    Speech opens and shuts the mouth 2-7 times a second (Chandrasekaran et al. 2009, The natural statistics
    of audiovisual speech); slower changes (0.6 s) are taken off, and the rest is measured over 0.4 s.
    Samples must follow each other without a gap; fewer than 5 measure as 0.
    """
    if len(gap) < 5:
        return np.zeros(len(gap))
    return rolling_rms(gap - smooth(gap, step_s, _SLOW_S), step_s, _WINDOW_S)


def during(times_s: Floats, spans: Sequence[Span]) -> NDArray[np.bool_]:
    """Which of the times lie in one of the spans."""
    inside = np.zeros(len(times_s), bool)
    for span in spans:
        inside |= (times_s >= span.start_s) & (times_s < span.end_s)
    return inside


class Match(NamedTuple):
    """How a mouth goes with the voice."""

    auc: float | None
    """Chance that it moves more in a moment with voice than in one without; None with `reason`."""
    moving_share: float
    """Share of the voiced time in which the lips move as in speech."""
    reason: str | None


def match_voice(times_s: Floats, motion: Floats, voice: Sequence[Span], step_s: float) -> Match:
    """Compares the mouth's motion (n,) with the voice. AUC is Mann & Whitney's U over n1 x n2."""
    voiced = during(times_s, voice)
    heard, silent = motion[voiced], motion[~voiced]
    share = float((heard > TALK_IOD).mean()) if len(heard) else 0.0
    if len(heard) * step_s < _MIN_EACH_S:
        return Match(None, share, "no_voice" if not voice else "face_absent_while_voice")
    if len(silent) * step_s < _MIN_EACH_S:
        return Match(None, share, "no_silence")
    order = np.sort(silent)
    below = np.searchsorted(order, heard, side="left")
    ties = np.searchsorted(order, heard, side="right") - below
    return Match(float((below + ties / 2).mean() / len(silent)), share, None)


def who_speaks(matches: Sequence[Match]) -> tuple[int | None, str | None]:
    """The person who speaks, or None and why: `no_voice`, `no_face`, `lips_still`, `ambiguous`.

    A person speaks whose lips move in at least a third of the voiced time and, where there is silence to
    compare with, more in voice than in silence (AUC 0.65). Among several the best must lead by 0.10 of AUC,
    or without silence by 0.2 of moving time. Own choice of the numbers.
    """
    if not matches:
        return None, "no_face"
    if all(m.reason == "no_voice" for m in matches):
        return None, "no_voice"
    moving = [
        i for i, m in enumerate(matches) if m.moving_share >= 1 / 3 and (m.auc is None or m.auc >= _MIN_AUC)
    ]
    if not moving:
        return None, "lips_still"
    # A mouth that can't be compared with silence is judged by its motion alone.
    ranked = sorted(moving, key=lambda i: _standing(matches[i]), reverse=True)
    if len(ranked) > 1 and _standing(matches[ranked[0]]) - _standing(matches[ranked[1]]) < _CLEAR_LEAD:
        return None, "ambiguous"
    return ranked[0], None


def _standing(match: Match) -> float:
    return match.auc if match.auc is not None else 0.5 + match.moving_share / 2
