"""Which emotion do facial actions suggest, by the published frequencies of actions in expressions?

Two sources say how often an action unit (AU) is part of an expression of an emotion; `_SHARES` is their
mean, and nothing in it is fitted (`bench/face.py` prints what it is worth):

- Du, Tao & Martinez 2014 (Compound facial expressions of emotion, PNAS 111: E1454-E1462, table 1): AUs
  that coders saw in 230 people showing each emotion. "More than 70 %" is taken as 0.85.
- The prototypes of the FACS Investigator's Guide (Ekman, Friesen & Hager 2002; the basis of EMFACS): the
  share of an emotion's prototypes that contain the AU.

What a mesh takes for an AU may be another's doing, so P(seen) = 1 - (1 - P(AU)) (1 - P(cause)): the lower
lid rises with AU6 as with AU7, and AU9 pulls the inner brows down (AU4) and the upper lip up (AU10).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from saber.core.taxonomy import AFFECT, EMOTIONS, Emotion
from saber.perceive.face.actions import ACTION_COLUMN

__all__ = ["affect", "emotion_probs", "expressiveness", "leading_actions"]

_UNLISTED = 0.05
"""A source that does not name an AU: own choice, a quarter of the share (about 20 %) at which Du et al.
begin to list."""
_TEMPER = 0.6
"""Own choice: brows move together, and so do lids, and lips; 15 actions are about 9 independent ones."""

_E = Emotion
# (Du et al. 2014, Investigator's Guide); None: not listed. AU23 is counted with AU24, AU27 with AU26.
_SOURCES: dict[Emotion, dict[str, tuple[float | None, float | None]]] = {
    _E.HAPPINESS: {"au06": (0.51, 0.5), "au12": (0.85, 1.0), "au25": (0.85, 0.5)},
    _E.SADNESS: {
        "au01": (0.60, 0.67), "au04": (0.85, 0.67), "au06": (0.50, 0.33), "au15": (0.85, 1.0),
        "au17": (0.67, None),
    },
    _E.ANGER: {
        "au04": (0.85, 1.0), "au05": (None, 1.0), "au07": (0.85, 1.0), "au10": (0.26, 0.4),
        "au17": (0.52, 0.2), "au24": (0.85, 1.0), "au25": (None, 0.6), "au26": (None, 0.3),
    },
    _E.FEAR: {
        "au01": (0.85, 1.0), "au02": (0.57, 1.0), "au04": (0.85, 1.0), "au05": (0.63, 1.0),
        "au20": (0.85, 0.5), "au25": (0.85, 1.0), "au26": (0.33, 0.67),
    },
    _E.DISGUST: {
        "au04": (0.31, None), "au09": (0.85, 0.5), "au10": (0.85, 0.5), "au15": (None, 0.17),
        "au17": (0.85, 0.33), "au24": (0.26, None), "au25": (None, 0.33), "au26": (None, 0.33),
    },
    _E.SURPRISE: {
        "au01": (0.85, 1.0), "au02": (0.85, 1.0), "au05": (0.66, 1.0), "au25": (0.85, 1.0),
        "au26": (0.85, 1.0),
    },
}  # fmt: skip
_CAUSES = (("au06", "au07"), ("au09", "au04"), ("au09", "au10"))
_EVIDENCE = tuple(sorted({slug for table in _SOURCES.values() for slug in table}))
_COLUMNS = np.array([ACTION_COLUMN[slug] for slug in _EVIDENCE])


def _seen() -> NDArray[np.float64]:
    """P(an action is seen | emotion), (6, len(_EVIDENCE)), rows as in `_SOURCES`."""
    table = np.full((len(_SOURCES), len(_EVIDENCE)), _UNLISTED)
    for i, row in enumerate(_SOURCES.values()):
        for slug, shares in row.items():
            told = [min(_UNLISTED if share is None else share, 0.95) for share in shares]
            table[i, _EVIDENCE.index(slug)] = sum(told) / len(told)
    true = table.copy()
    for cause, effect in _CAUSES:
        i, j = _EVIDENCE.index(cause), _EVIDENCE.index(effect)
        table[:, j] = 1 - (1 - table[:, j]) * (1 - true[:, i])
    return table


_P = _seen()
_SIX = np.array([EMOTIONS.index(emotion) for emotion in _SOURCES])
_NEUTRAL = EMOTIONS.index(Emotion.NEUTRAL)
_FLOOR = 0.01
"""No emotion is ever ruled out by a mesh alone: own choice."""
_AFFECT = np.array([AFFECT[emotion] for emotion in EMOTIONS])


def expressiveness(intensity: NDArray[np.float64]) -> NDArray[np.float64]:
    """How surely a face is not at rest, 0-1, (n,), from intensities (n, len(ACTIONS)).

    From the mean of its two strongest actions: 0 up to half a trace, 1 from 2.5 (between FACS's B, slight,
    and C, marked). Two, because one alone may be a slip of the mesh; alone it must be stronger by one degree.
    """
    two = np.sort(intensity[:, _COLUMNS], axis=1)[:, -2:]
    strength = np.maximum(two.mean(1), two[:, 1] - 1.0)
    return np.asarray(np.clip((strength - 0.5) / 2.0, 0, 1))


def emotion_probs(
    intensity: NDArray[np.float64], weight: NDArray[np.float64] | None = None
) -> NDArray[np.float64]:
    """Probabilities (n, 7), in the order of `EMOTIONS`, from intensities (n, len(ACTIONS)).

    How strongly a face moves tells neutral from the rest; which of its actions stand out against its
    strongest tells which of the six it is, so that a faint frown is read like a deep one, only less surely.

    weight: how much each action may say, 0-1, same shape; e.g. less for the mouth of one who speaks. An
    action of weight 0 says nothing, which is not the same as saying that it was absent.
    """
    says = np.ones((len(intensity), len(_COLUMNS))) if weight is None else weight[:, _COLUMNS]
    shown = intensity[:, _COLUMNS] * says
    strongest = np.maximum(shown.max(1, keepdims=True), 1.0)
    active = shown / strongest
    log_odds = (says * active) @ np.log(_P.T) + (says * (1 - active)) @ np.log(1 - _P.T)
    odds = np.exp(_TEMPER * (log_odds - log_odds.max(1, keepdims=True)))
    moving = expressiveness(intensity if weight is None else intensity * weight)[:, None]
    probs = np.empty((len(intensity), len(EMOTIONS)))
    probs[:, _NEUTRAL] = 1 - moving[:, 0]
    probs[:, _SIX] = moving * odds / odds.sum(1, keepdims=True)
    probs = (1 - _FLOOR * len(EMOTIONS)) * probs + _FLOOR
    return np.asarray(probs / probs.sum(1, keepdims=True))


def affect(probs: NDArray[np.float64]) -> NDArray[np.float64]:
    """Expected valence and arousal, (n, 2), of probabilities (n, 7) over `AFFECT`."""
    return np.asarray(probs @ _AFFECT)


def leading_actions(intensity: NDArray[np.float64], probs: NDArray[np.float64]) -> tuple[str, ...]:
    """Slugs of the actions, strongest first, that speak for the likeliest emotion of one face.

    intensity: (len(ACTIONS),); probs: (7,). Empty for neutral, for which only stillness speaks.
    """
    likeliest = int(probs.argmax())
    if likeliest == _NEUTRAL:
        return ()
    own = _P[int(np.flatnonzero(likeliest == _SIX)[0])]
    others = (_P.sum(0) - own) / (len(_P) - 1)
    gain = intensity[_COLUMNS] * np.log(own / others)
    return tuple(_EVIDENCE[i] for i in np.argsort(-gain) if gain[i] > 0.25)
