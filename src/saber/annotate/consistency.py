"""Do face, body, voice and words show one emotional state, and if not, which disagree, about what, when?

Two readings are two panels of witnesses. With P(answer | state) of each modality from people's votes
(`human_votes`), a reading of confidence c that gives answer k the share p(k) makes a state s likely by

    L_m(s) = exp(c * w * sum over k of p(k) * log P_m(k | s)),   P_m(s) = L_m(s) / sum over s' of L_m(s')

where w is the number of independent witnesses a panel is worth. What a reading gives to every emotion
alike (7 times its least share) is doubt, not answers: it lowers c, so that a flat reading says nothing.
One common state against two unrelated ones, all seven equally likely beforehand, is the likelihood ratio

    ratio = 7 * sum over s of P_a(s) * P_b(s),                   score = ratio / (1 + ratio)

The score is a probability: of one common state, when a common and an unrelated one were equally likely
before looking. 0.5 says that the readings can't tell. For face and voice the ratio is joined by how far
their arousal lies apart (a): two normal densities about 0, of face and voice in one clip (r) and in two
unrelated ones (u), raised to the power of what it adds to the emotions (b), and of both confidences:

    log ratio += b * c_face * c_voice * (log(u / r) - a^2 / 2 * (1 / r^2 - 1 / u^2))

All these numbers are people's (`human_votes`). What follows from them:

- Two unsure readings that differ stay near 0.5: unclear, not inconsistent.
- Agreement is bounded (the first ratio is at most 7), contradiction is not.
- A voice that sounds neutral says little against a smile or a fearful face, for four in ten happy or
  afraid people sound neutral to others; a calm voice under a lively face says more, by its arousal. A
  still face says much against a joyful voice (nine in ten happy faces look happy), less against a sad one.
- Neutral words, and a body at rest, say nothing either way.
- Valence added nothing to the emotions of people's votes, so it is told but has no say.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations, pairwise
from typing import Literal

from saber.annotate.fuse import readable
from saber.annotate.human_votes import HumanVotes, human_votes
from saber.core.records import Conflict, Consistency, Reading
from saber.core.taxonomy import EMOTIONS, Emotion, Modality

__all__ = ["ConsistencySettings", "judge_consistency", "log_ratio", "state_probs"]

Aspect = Literal["emotion", "valence", "arousal"]


@dataclass(frozen=True)
class ConsistencySettings:
    """Where the verdicts begin. The score is a probability, so a band about 0.5 is unclear.

    Own choice of its width: 0.40 was tried first and left nearly every machine reading unclear, so it was
    narrowed with the rates in view that `bench/conflict.py` prints; they are no independent test of it. On
    the votes of CREMA-D's training actors, at a machine's confidence (0.6), it calls 9.6 % of faces and
    voices of one clip inconsistent (0.3 % where most people recognised both), 50 % (69 %) of unrelated ones.
    """

    max_inconsistent_score: float = 0.45
    min_consistent_score: float = 0.55
    min_polarity: float = 0.15
    """Valence or arousal nearer to 0 than this has no side and can't be opposite to the other's.
    Own choice: half of the weakest such value of an emotion (`AFFECT`: sadness, arousal -0.27)."""

    def __post_init__(self) -> None:
        if not 0 < self.max_inconsistent_score < 0.5 <= self.min_consistent_score < 1:
            raise ValueError("needs 0 < max_inconsistent_score < 0.5 <= min_consistent_score < 1")


@dataclass(frozen=True)
class _Stretch:
    """Two readings side by side; `evidence` is their log ratio (negative: they disagree)."""

    start_s: float
    end_s: float
    evidence: float
    pair: tuple[Reading, Reading]

    @property
    def duration_s(self) -> float:
        return self.end_s - self.start_s


@dataclass(frozen=True)
class _Pair:
    """Two modalities over the whole clip, and the stretch in which they disagree most."""

    readings: tuple[Reading, Reading]
    evidence: float
    worst: _Stretch


def judge_consistency(
    readings: Mapping[Modality, Reading | None],
    moments: Mapping[Modality, Sequence[Reading]],
    settings: ConsistencySettings | None = None,
    votes: HumanVotes | None = None,
) -> Consistency:
    """The verdict on a clip, its score, and each conflict with its time.

    The score is the worst pair's. Agreement of other pairs raises it, the less the nearer the worst pair
    is to a conflict: a smile that fits the words does not excuse a hostile tone.

    Args:
        readings: what each modality says of the whole clip; None or missing where it can't be read.
        moments: readings of shorter stretches, in order of time, to find when a conflict happens. A
            modality without any counts with its reading of the whole.
        settings: the thresholds.
        votes: another fitted table than the shipped one (for measuring).

    Returns:
        `unclear` with score None when fewer than two modalities can be read. Conflicts come strongest
        first, none unless the verdict is `inconsistent`.
    """
    chosen = settings or ConsistencySettings()
    table = votes or human_votes()
    read = readable(readings)
    pairs = [_compare(a, b, moments, table) for a, b in combinations(read.values(), 2)]
    if not pairs:
        return Consistency(verdict="unclear", score=None)
    limit = _logit(chosen.max_inconsistent_score)
    score = _logistic(_together([p.evidence for p in pairs], limit))
    conflicts: list[Conflict] = []
    for pair in sorted(pairs, key=lambda p: p.evidence):
        if pair.evidence <= limit:
            conflicts += _conflicts(pair, chosen)
    if conflicts:
        verdict: Literal["consistent", "inconsistent", "unclear"] = "inconsistent"
    else:
        verdict = "consistent" if score >= chosen.min_consistent_score else "unclear"
    return Consistency(verdict=verdict, score=score, conflicts=tuple(conflicts))


def log_ratio(first: Reading, second: Reading, votes: HumanVotes | None = None) -> float:
    """Log of the ratio above: > 0 speaks for one common state, 0 says nothing."""
    table = votes or human_votes()
    a, b = state_probs(first, table), state_probs(second, table)
    ratio = math.log(len(EMOTIONS) * math.fsum(a[s] * b[s] for s in EMOTIONS))
    if {first.modality, second.modality} == {Modality.FACE, Modality.VOICE}:
        near, far = table.arousal_gap.one_clip, table.arousal_gap.unrelated
        density = math.log(far / near) - (first.arousal - second.arousal) ** 2 / 2 * (near**-2 - far**-2)
        ratio += table.arousal_gap.say * first.confidence * second.confidence * density
    return ratio


def state_probs(reading: Reading, votes: HumanVotes | None = None) -> dict[Emotion, float]:
    """P_m(s) above: how probable each state is, by this reading alone. Flat at confidence 0."""
    table = votes or human_votes()
    shown = table.shown_as[reading.modality]
    witnesses = table.witnesses * reading.confidence
    floor = min(reading.probs.values())
    # p - floor is (1 - doubt) times the shares of the answers that remain without the doubt.
    logs = {
        s: witnesses * math.fsum((reading.probs[k] - floor) * math.log(shown[s][k]) for k in EMOTIONS)
        for s in EMOTIONS
    }
    top = max(logs.values())
    raised = {s: math.exp(v - top) for s, v in logs.items()}
    total = math.fsum(raised.values())
    return {s: v / total for s, v in raised.items()}


def _together(evidence: list[float], limit: float) -> float:
    """One log ratio for all pairs; `limit` (< 0) is where a pair becomes a conflict.

    A pair without evidence (0) changes nothing, and the result passes the limit exactly when the worst
    pair does.
    """
    worst, best = min(0.0, *evidence, 0.0), max(0.0, *evidence, 0.0)
    return worst + best * max(0.0, 1 - worst / limit)


def _compare(
    a: Reading, b: Reading, moments: Mapping[Modality, Sequence[Reading]], table: HumanVotes
) -> _Pair:
    """The evidence of two modalities: of their readings of the whole, or of a stretch if that is worse.

    A stretch that is one of n as long ones had n chances to look like a conflict: it counts by log n less.
    """
    whole = log_ratio(a, b, table)
    stretches = _side_by_side(a, b, moments, table)
    run = _worst_run(stretches)
    if not run:
        start_s, end_s = max(a.start_s, b.start_s), min(a.end_s, b.end_s)
        if end_s <= start_s:
            start_s, end_s = min(a.start_s, b.start_s), max(a.end_s, b.end_s)
        return _Pair((a, b), whole, _Stretch(start_s, end_s, whole, (a, b)))
    lasts_s = math.fsum(s.duration_s for s in run)
    chances = math.fsum(s.duration_s for s in stretches) / lasts_s
    mean = math.fsum(s.evidence * s.duration_s for s in run) / lasts_s
    peak = min(run, key=lambda s: s.evidence)
    worst = _Stretch(run[0].start_s, run[-1].end_s, mean, peak.pair)
    return _Pair((a, b), min(whole, mean + math.log(chances)), worst)


def _conflicts(pair: _Pair, settings: ConsistencySettings) -> list[Conflict]:
    """One conflict per aspect on which the two are at odds where they are at odds most."""
    a, b = pair.worst.pair
    if _top(a) is _top(b) and _top(pair.readings[0]) is not _top(pair.readings[1]):
        a, b = pair.readings
    says: dict[Aspect, tuple[str, str]] = {}
    if _top(a) is not _top(b):
        says["emotion"] = (_top(a).value, _top(b).value)
    if _opposite(a.valence, b.valence, settings.min_polarity):
        says["valence"] = _sides(a.valence, b.valence, "positive", "negative")
    if _opposite(a.arousal, b.arousal, settings.min_polarity):
        says["arousal"] = _sides(a.arousal, b.arousal, "high", "low")
    if not says:
        # The same favourite and no opposite sides: the two emotions on which their shares differ most.
        more = max(EMOTIONS, key=lambda e: a.probs[e] - b.probs[e])
        less = min(EMOTIONS, key=lambda e: a.probs[e] - b.probs[e])
        says["emotion"] = (more.value, less.value)
    return [
        Conflict(
            between=(a.modality, b.modality),
            about=aspect,
            says=both,
            start_s=pair.worst.start_s,
            end_s=pair.worst.end_s,
            strength=math.tanh(-pair.evidence / 2),
        )
        for aspect, both in says.items()
    ]


def _top(reading: Reading) -> Emotion:
    return max(EMOTIONS, key=lambda e: reading.probs[e])


def _opposite(x: float, y: float, least: float) -> bool:
    return x * y < 0 and min(abs(x), abs(y)) >= least


def _sides(x: float, y: float, above: str, below: str) -> tuple[str, str]:
    return (above if x > 0 else below, above if y > 0 else below)


def _side_by_side(
    a: Reading, b: Reading, moments: Mapping[Modality, Sequence[Reading]], table: HumanVotes
) -> list[_Stretch]:
    """The stretches in which both can be read at once, in order of time.

    Moments may overlap within a modality (sliding windows): each stretch then has the mean evidence of
    all pairs that cover it, and shows the pair that disagrees most.
    """
    of_a, of_b = ([m for m in moments.get(r.modality, ()) if m.confidence > 0] or [r] for r in (a, b))
    met = [
        _Stretch(max(x.start_s, y.start_s), min(x.end_s, y.end_s), log_ratio(x, y, table), (x, y))
        for x in of_a
        for y in of_b
        if min(x.end_s, y.end_s) > max(x.start_s, y.start_s)
    ]
    edges = sorted({t for m in met for t in (m.start_s, m.end_s)})
    stretches = []
    for start_s, end_s in pairwise(edges):
        here = [m for m in met if m.start_s < end_s and m.end_s > start_s]
        if here:
            mean = math.fsum(m.evidence for m in here) / len(here)
            worst = min(here, key=lambda m: m.evidence)
            stretches.append(_Stretch(start_s, end_s, mean, worst.pair))
    return stretches


def _worst_run(stretches: list[_Stretch]) -> list[_Stretch]:
    """The consecutive stretches that disagree most, as far as they do at least half as much as the peak.

    That is the run with the greatest sum of duration * (disagreement - half of its peak); a gap in which
    one of the two can't be read adds nothing. Empty when no stretch disagrees.
    """
    peak = min((s.evidence for s in stretches), default=0.0)
    if peak >= 0:
        return []
    best, total, since = (0.0, 0, 0), 0.0, 0
    for i, s in enumerate(stretches):
        if total <= 0:
            total, since = 0.0, i
        total += s.duration_s * (peak / 2 - s.evidence)
        best = max(best, (total, since, i + 1), key=lambda run: run[0])
    return stretches[best[1] : best[2]]


def _logit(prob: float) -> float:
    return math.log(prob / (1 - prob))


def _logistic(x: float) -> float:
    return 1 / (1 + math.exp(-x))
