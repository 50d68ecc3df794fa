"""What do the measured cues of a voice suggest about arousal, valence and emotion?

A rule table from the literature, fixed before any emotional recording was measured with it; nothing is
fitted. Every cue in it is independent of the recording's gain, and enters as a z-score against the
catalogue's norm for ordinary speech.

Sources of the directions:
    [JL]  Juslin & Laukka 2003, Psychological Bulletin 129:770-814, summary of 104 studies of vocal
          expression: rate, intensity variability, high-frequency energy, pitch level, variability and
          contour, voice onsets and microstructural regularity of anger, fear, happiness, sadness.
    [S]   Scherer 2003, Speech Communication 40:227-256, table of acoustic patterning: the same; for
          fear it reports more high-frequency energy where [JL] finds little, so fear's entry is 0.
    [BS]  Banse & Scherer 1996, J. Personality and Social Psychology 70:614-636.
    [P]   Pell, Paulmann, Dara, Alasseri & Kotz 2009, J. Phonetics 37:417-435, four languages: (pleasant)
          surprise highest in pitch and range; disgust low and slow.
    [L]   Laukka, Juslin & Bresin 2005, Cognition & Emotion 19:633-653: activation goes with high, variable
          pitch, high-frequency energy and fast speech.
    [B]   Bone, Lee & Narayanan 2014, IEEE Trans. Affective Computing 5:201-213: median pitch, intensity and
          high-frequency energy, averaged by rule, rate arousal across corpora without training.
    [GS]  Goudbeek & Scherer 2010, JASA 128:1322-1336: most vocal parameters follow arousal, few valence.
Strengths are own choice, in whole steps: 2 for the two families that all of [JL], [S], [L] and [B] name first
(pitch level, high-frequency energy), 1 for the others. Unit weights hold up well against fitted ones when
directions are known (Dawes 1979, American Psychologist 34:571-582).
"""

from __future__ import annotations

import math
from collections.abc import Mapping

from saber.core.records import Reading
from saber.core.taxonomy import AFFECT, EMOTIONS, Emotion, Modality

__all__ = ["AROUSAL_WEIGHTS", "MAX_CONFIDENCE", "PATTERNS", "arousal_from", "probs_from", "reading_from"]

AROUSAL_WEIGHTS: dict[str, float] = {
    "voice.pitch_level": 2.0,  # [JL] [S] [BS] [L] [B]
    "voice.effort": 2.0,  # [JL] [S] [BS] [L] [B]: energy above 500-1000 Hz
    "voice.pitch_range": 1.0,  # [JL] [S] [L]
    "voice.level_sd": 1.0,  # [JL]: high in anger and fear, low in sadness
    "voice.articulation_rate": 1.0,  # [JL] [S] [L]
    "voice.attack": 1.0,  # [JL]: fast onsets in anger and happiness, slow in sadness
}

_CUES = (
    "voice.pitch_level", "voice.pitch_range", "voice.effort", "voice.level_sd", "voice.articulation_rate",
    "voice.pitch_slope", "voice.jitter", "voice.attack",
)  # fmt: skip
PATTERNS: dict[Emotion, dict[str, float]] = {
    emotion: dict(zip(_CUES, row, strict=True))
    for emotion, row in {
        #                    pitch range effort level rate  slope jitter attack
        Emotion.NEUTRAL:   ( 0.0,  0.0,  0.0,  0.0,  0.0,  0.0,  0.0,  0.0),
        Emotion.HAPPINESS: ( 1.0,  1.0,  0.5,  0.5,  1.0,  1.0, -1.0,  1.0),  # [JL]
        Emotion.SADNESS:   (-1.0, -1.0, -1.0, -1.0, -1.0, -1.0,  1.0, -1.0),  # [JL]
        Emotion.ANGER:     ( 1.0,  1.0,  1.0,  1.0,  1.0,  1.0,  1.0,  1.0),  # [JL]
        Emotion.FEAR:      ( 1.0, -0.5,  0.0,  1.0,  1.0,  1.0,  1.0,  0.0),  # [JL], [S] where they differ
        Emotion.DISGUST:   (-0.5,  0.0,  0.0,  0.0, -1.0,  0.0,  0.0,  0.0),  # [P] [BS]
        Emotion.SURPRISE:  ( 1.5,  1.5,  0.5,  0.0,  0.0,  1.0,  0.0,  0.0),  # [P]
    }.items()
}  # fmt: skip
"""Direction of each cue per emotion, in steps of `_STEP_SD` from ordinary speech."""

MAX_CONFIDENCE = 0.6
"""A voice alone never weighs more: own choice. Listeners name vocal emotions right in some 60 %
of cases ([S]), and what voices carry best is arousal, not valence ([GS])."""

_STEP_SD = 1.5
"""Size of a typical displacement: own choice; acted emotions lie one to two sd from the mean ([BS])."""
_AROUSAL_SCALE_SD = 1.5
"""Mean z that maps to tanh(1) = 0.76: own choice, one typical displacement on every cue."""
_MAX_Z = 3.0
"""Larger z-scores count as this: a norm's tails are not known that far out."""
_SHARED = 0.4
"""The cues move together (raised voices are higher and brighter), so their log-likelihoods count by this
much: own choice, as if eight cues were three independent ones."""
_SPREAD_SD: dict[Emotion, float] = dict.fromkeys(EMOTIONS, 1.5) | {
    Emotion.NEUTRAL: 1.0,
    Emotion.DISGUST: 2.0,
}
"""Spread of the cues about the pattern, in sd of ordinary speech. Neutral is ordinary speech: 1 by norm.
Emotions add how differently people express them: 1.5, own choice; more for disgust, whose vocal pattern
differs most between studies and is recognised worst ([S], [BS]): 2, own choice."""


def arousal_from(z: Mapping[str, float]) -> tuple[float, tuple[str, ...]] | None:
    """Arousal in -1..1 and the cues that moved it, strongest first; None without pitch level and effort."""
    if "voice.pitch_level" not in z and "voice.effort" not in z:
        return None
    parts = {cue: weight * _clip(z[cue]) for cue, weight in AROUSAL_WEIGHTS.items() if cue in z}
    total = sum(AROUSAL_WEIGHTS[cue] for cue in parts)
    arousal = math.tanh(sum(parts.values()) / total / _AROUSAL_SCALE_SD)
    moved = sorted(parts, key=lambda cue: -abs(parts[cue]))
    return arousal, tuple(cue for cue in moved if abs(parts[cue]) >= 0.5)


def probs_from(z: Mapping[str, float]) -> dict[Emotion, float]:
    """Distribution over the seven emotions, from equal priors: normal densities about each pattern."""
    scores = {}
    for emotion, pattern in PATTERNS.items():
        spread = _SPREAD_SD[emotion]
        misses = [(_clip(z[cue]) - _STEP_SD * step) / spread for cue, step in pattern.items() if cue in z]
        scores[emotion] = -_SHARED * sum(miss**2 / 2 + math.log(spread) for miss in misses)
    best = max(scores.values())
    weights = {emotion: math.exp(score - best) for emotion, score in scores.items()}
    total = sum(weights.values())
    return {emotion: weights[emotion] / total for emotion in EMOTIONS}


def reading_from(z: Mapping[str, float], start_s: float, end_s: float, quality: float) -> Reading | None:
    """What a stretch of voice suggests; None when neither pitch level nor effort could be measured.

    z: z-scores by cue name. quality: 0-1, how far the measurement can be trusted; it draws the probabilities
    towards equal ones and scales the confidence. Valence is that of the distribution against equal
    probabilities, so that a voice that tells nothing has valence 0.
    """
    found = arousal_from(z)
    if found is None:
        return None
    arousal, rests_on = found
    even = 1 / len(EMOTIONS)
    probs = {e: even + quality * (p - even) for e, p in probs_from(z).items()}
    valence = sum((p - even) * AFFECT[e][0] for e, p in probs.items())
    return Reading(
        modality=Modality.VOICE,
        start_s=start_s,
        end_s=end_s,
        probs=probs,
        valence=max(-1.0, min(1.0, valence)),
        arousal=quality * arousal,
        confidence=MAX_CONFIDENCE * quality,
        rests_on=rests_on,
    )


def _clip(z: float) -> float:
    return max(-_MAX_Z, min(_MAX_Z, z))
