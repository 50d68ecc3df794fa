"""When face, body, voice and words each suggest an emotion, which one is it?

A log-linear pool, as in Bayes' rule for independent witnesses but with the weight that people gave each
witness when they heard only, saw only, or did both:

    votes_m(e) = (n * c_m * p_m(e) + a) / (n * c_m + 7 a)       a reading of confidence c_m, as a panel
    log q(e)   = sum over m of  pull_m(e) * log(7 * votes_m(e)) + constant

- n is the panel's size (10), a the smoothing (1). Confidence is thus how many of ten people would answer
  as the reading says: at 0 the reading is flat and has no say, at 1 it is one full panel. Of three ways
  to temper a reading this one loses least when panels are thinned out, and hardly more than the best when
  they are swapped for a stranger's (`bench/fit_fusion.py`).
- pull_m(e) depends on the emotion: in a face happiness weighs most, in a voice neutral weighs least.
- A missing reading has no factor at all, which leaves the others' product broader. It is never neutral.
- No class bias: people's own bias (they find neutral in a voice too often) would otherwise name an
  emotion where no modality says anything.

Valence and arousal are means weighted by confidence times a pull fitted on the same votes.
"""

from __future__ import annotations

import math
from collections.abc import Mapping

from saber.annotate.human_votes import HumanVotes, human_votes
from saber.core.records import EmotionEstimate, Probs, Reading
from saber.core.taxonomy import EMOTIONS, MODALITIES, Emotion, Modality

__all__ = ["MIN_LEAD", "as_votes", "fuse", "readable"]

MIN_LEAD = 1.25
"""An emotion is named when it is at least this many times as probable as the next one. On CREMA-D's
votes (training actors) a smaller lead names what the majority said in half of the clips or fewer,
whatever the confidence; `bench/fusion.py` prints it for the held-out actors."""


def fuse(
    readings: Mapping[Modality, Reading | None], votes: HumanVotes | None = None
) -> tuple[EmotionEstimate, Mapping[Modality, float]]:
    """One emotion from what each modality suggests, and the weight that each really had.

    Args:
        readings: what each modality says; None, or not there, where it could not be read.
        votes: another fitted table than the shipped one (for measuring).

    Returns:
        The estimate: label None when `probs` is too flat to name one (see `MIN_LEAD`), all None when
        nothing is readable. And per readable modality its share of the push away from a flat
        distribution: mean |log-odds| it contributed over the sum of all of these. Shares sum to 1;
        they are all 0 when every reading is flat.
    """
    table = votes or human_votes()
    read = readable(readings)
    if not read:
        return EmotionEstimate(label=None, probs=None, valence=None, arousal=None), {}
    push = {m: _push(r, table) for m, r in read.items()}
    probs = _softmax({e: math.fsum(p[e] for p in push.values()) for e in EMOTIONS})
    estimate = EmotionEstimate(
        label=_label(probs),
        probs=probs,
        valence=_mean([(r.confidence * table.valence_pull[m], r.valence) for m, r in read.items()]),
        arousal=_mean([(r.confidence * table.arousal_pull[m], r.arousal) for m, r in read.items()]),
    )
    return estimate, _shares(push)


def readable(readings: Mapping[Modality, Reading | None]) -> dict[Modality, Reading]:
    """The readings that exist and have any confidence, in the taxonomy's order."""
    found = {m: readings.get(m) for m in MODALITIES}
    return {m: r for m, r in found.items() if r is not None and r.confidence > 0}


def as_votes(probs: Mapping[Emotion, float], confidence: float, votes: HumanVotes | None = None) -> Probs:
    """A reading as the smoothed vote shares of a panel of which a share `confidence` answered."""
    table = votes or human_votes()
    answered = table.panel_votes * confidence
    total = answered + table.smoothing * len(EMOTIONS)
    return {e: (answered * probs[e] + table.smoothing) / total for e in EMOTIONS}


def _push(reading: Reading, table: HumanVotes) -> dict[Emotion, float]:
    """What the reading adds to each emotion's log-probability; all 0 when it is flat."""
    shares = as_votes(reading.probs, reading.confidence, table)
    pull = table.pull[reading.modality]
    return {e: pull[e] * math.log(len(EMOTIONS) * shares[e]) for e in EMOTIONS}


def _softmax(log_probs: Mapping[Emotion, float]) -> Probs:
    top = max(log_probs.values())
    raised = {e: math.exp(v - top) for e, v in log_probs.items()}
    total = math.fsum(raised.values())
    return {e: v / total for e, v in raised.items()}


def _label(probs: Probs) -> Emotion | None:
    first, second = sorted(EMOTIONS, key=lambda e: probs[e], reverse=True)[:2]
    return first if probs[first] >= MIN_LEAD * probs[second] else None


def _mean(weighted: list[tuple[float, float]]) -> float:
    total = math.fsum(w for w, _ in weighted)
    mean = math.fsum(w * x for w, x in weighted) / total
    return min(1.0, max(-1.0, mean))


def _shares(push: Mapping[Modality, Mapping[Emotion, float]]) -> dict[Modality, float]:
    size = {}
    for modality, added in push.items():
        centre = math.fsum(added.values()) / len(added)
        size[modality] = math.fsum(abs(v - centre) for v in added.values())
    total = math.fsum(size.values())
    # Rounding leaves a flat reading some 1e-16 of push: that is no say.
    return {m: s / total if total > 1e-9 else 0.0 for m, s in size.items()}
