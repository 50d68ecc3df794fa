"""Which emotion does the face show, in all and moment by moment?"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from saber.core.records import Reading, Span
from saber.core.taxonomy import EMOTIONS, Modality
from saber.perceive.face.actions import ACTION_COLUMN
from saber.perceive.face.emotion import affect, emotion_probs, expressiveness, leading_actions
from saber.perceive.face.portrait import Portrait

__all__ = ["Expression", "read_expression"]

Floats = NDArray[np.float64]
_SPEECH_MOVES = ("au10", "au15", "au17", "au18", "au20", "au24", "au25", "au26")
_SAID_WHILE_TALKING = 0.2
"""How much the mouth may say while it talks. Own choice: little, for what it does is speech."""
_BLINK_MOVES = ("au05", "au07")
_REST_WEIGHT = 0.25
"""Weight of a picture at rest against one in full expression, in the sum over time. Own choice: people
judge an emotional stretch by its peaks more than by its length (Fredrickson & Kahneman 1993)."""
_VALIDITY = 0.6
"""How far the method may be believed at best. Own choice, about its correlation with human votes on
posed photographs (`bench/face.py`)."""
_MOMENT_S = 1.0
_MIN_MOMENT_SHARE = 0.3


class Expression:
    """Emotion probabilities of each picture of one person, and how to sum them up over a stretch."""

    def __init__(self, portrait: Portrait) -> None:
        self._portrait = portrait
        above = np.maximum(portrait.actions - 2 * portrait.noise, 0)
        # What may be how the person looks counts less: Wiener's gain, with the doubt as the noise.
        actions = above**3 / (above**2 + portrait.doubt**2 + 1e-9)
        weight = portrait.steady.copy()
        mouth = np.array([ACTION_COLUMN[slug] for slug in _SPEECH_MOVES])
        weight[np.ix_(portrait.talking, mouth)] *= _SAID_WHILE_TALKING
        lids = np.array([ACTION_COLUMN[slug] for slug in _BLINK_MOVES])
        weight[np.ix_(portrait.eye_opening < 0.7 * portrait.open_eye, lids)] = 0.0
        self.actions = actions
        self.weight = weight
        self.probs: Floats = emotion_probs(actions, weight)
        """(n, 7), in the order of `EMOTIONS`."""
        self.expressiveness: Floats = expressiveness(actions * weight)
        """(n,), 0 at rest to 1."""
        self.affect: Floats = affect(self.probs)
        """(n, 2): valence, arousal."""
        # A strong expression stays one whatever the rest exactly is; that a face is at rest is only as
        # sure as its rest. Doubt of one degree of FACS halves either.
        weighed = actions * weight
        two = np.argsort(weighed, axis=1)[:, -2:]
        strongest = np.take_along_axis(weighed, two, axis=1).mean(1) ** 2
        doubt = (portrait.doubt[two] ** 2).mean(1)
        moving = strongest / (strongest + doubt + 1e-9)
        still = 1 / (1 + float((portrait.doubt**2).mean()))
        self.certainty: Floats = self.expressiveness * moving + (1 - self.expressiveness) * still
        """(n,): how sure the reading of each picture is, given how surely the face at rest is known."""

    def reading(self, first: int, last: int, start_s: float, end_s: float) -> Reading | None:
        """Pictures first..last-1 summed up; None when the face was turned away in all of them.

        Confidence: the share of the stretch in which the face was seen, times how well it was seen, times
        how sure its rest is, times the method's validity.
        """
        part = slice(first, last)
        quality = self._portrait.quality[part]
        shows = quality * (_REST_WEIGHT + (1 - _REST_WEIGHT) * self.expressiveness[part])
        if shows.sum() <= 0:
            return None
        share = shows / shows.sum()
        probs = share @ self.probs[part]
        probs /= probs.sum()
        actions = share @ (self.actions[part] * self.weight[part])
        valence, arousal = affect(probs[None])[0]
        seen = min(1.0, (last - first) * self._portrait.step_s / max(end_s - start_s, 1e-6))
        return Reading(
            modality=Modality.FACE,
            start_s=start_s,
            end_s=end_s,
            probs=dict(zip(EMOTIONS, probs.tolist(), strict=True)),
            valence=float(valence),
            arousal=float(arousal),
            confidence=float(_VALIDITY * seen * (quality * self.certainty[part]).mean()),
            rests_on=tuple(f"face.{slug}" for slug in leading_actions(actions, probs)),
        )


def read_expression(
    expression: Expression, portrait: Portrait, shown: Span, duration_s: float
) -> tuple[Reading | None, tuple[Reading, ...]]:
    """The reading of all pictures, and those of their seconds in which the face was seen for long enough.

    shown: from the clip's first picture to the end of its last. duration_s: the clip's length. The whole's
    confidence counts time without a picture as time in which the face was not seen.
    """
    times = portrait.times_s
    overall = expression.reading(0, len(times), shown.start_s, shown.end_s)
    if overall is not None and duration_s > shown.duration_s:
        confidence = overall.confidence * shown.duration_s / duration_s
        overall = overall.model_copy(update={"confidence": confidence})
    moments = []
    count = max(1, round(shown.duration_s / _MOMENT_S))
    edges = np.linspace(shown.start_s, shown.end_s, count + 1)
    for start, stop in zip(edges[:-1].tolist(), edges[1:].tolist(), strict=True):
        first, last = np.searchsorted(times, (start, stop))
        if (last - first) * portrait.step_s >= _MIN_MOMENT_SHARE * (stop - start):
            moment = expression.reading(int(first), int(last), start, stop)
            if moment is not None:
                moments.append(moment)
    return overall, tuple(moments)
