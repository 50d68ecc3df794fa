"""Is a face, or a text, told from a voice that does not belong to it? The consistency score, end to end.

    python bench/conflict.py --media DIR [--quick]

Pairs are matched when both show the same emotion and mismatched when they show different ones, whatever
anyone meant them to. Area under the ROC curve (AUC): how often a matched pair scores higher than a
mismatched one; 0.5 is chance. Beside it the AUC of the plain alternative, the overlap of both
distributions (sum of p * q). What each row pairs, and what counts as the truth:

- people: votes of CREMA-D's held-out actors on face and voice as readings. Matched is a clip's own face
  and voice, mismatched the same actor's from clips of different intention. This is the ceiling: the score
  can't know more than those who only saw or only heard. *Recognised*: most named what was intended.
- photos: a person's neutral photograph for one second, then an emotional one for two, over an acted
  voice (RAVDESS; calm counts as neutral). Photographs by what most people saw, voices by intention.
- clips: real moving faces (smiling, crying, laughing, plainly talking) over an acted voice, by what they
  plainly show; two people smile, cry or laugh, so these rows say little about people in general.
- plain talk: GRID speakers with their own sound, against their picture over a strongly acted voice.
- words: the text of a line, as if spoken in the acted voice. Hand-written lines that say a feeling, and
  lines of a comedy (MELD, development part) by their human labels.

Face and voice are perceived by SABER as it ships; no weight was fitted on this material. The width of the
unclear band was chosen with these called rates in view, so they flatter it; the AUC does not depend on it.
Intervals are 95 % percentiles over 500 draws of actors; for photos of people and actors at once. --quick
takes fewer.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from conflict_material import HAND_WRITTEN, Face, Voice, clips, hear, meld_lines, photos, voices
from cremad import ANSWERS, Array, Mask, Votes, majority, read_votes, unrelated_pairs
from fusion import reading
from saber.annotate.consistency import ConsistencySettings, judge_consistency
from saber.core.records import Perception, Reading
from saber.core.taxonomy import AFFECT, EMOTIONS, Emotion, Modality

DRAWS = 500


@dataclass(frozen=True)
class Pair:
    """A scored pair; `person` and `actor` are what intervals draw."""

    score: float
    overlap: float
    first: Emotion
    second: Emotion
    person: str
    actor: str = ""

    @property
    def matched(self) -> bool:
        return self.first is self.second


# --- scoring and pairing -------------------------------------------------------------------------


def compared(
    first: Reading, second: Reading, moments: Mapping[Modality, Sequence[Reading]] | None = None
) -> tuple[float, float]:
    """The shipped score of two readings, and the overlap of their distributions."""
    found = judge_consistency({r.modality: r for r in (first, second)}, moments or {})
    assert found.score is not None
    return found.score, sum(first.probs[e] * second.probs[e] for e in EMOTIONS)


def compared_senses(first: Perception, second: Perception) -> tuple[float, float] | None:
    """The same of two senses with their moments; None when one of them can't be read."""
    if not (first.overall and second.overall and first.overall.confidence * second.overall.confidence):
        return None
    return compared(first.overall, second.overall, {Modality(p.sense): p.moments for p in (first, second)})


def people(votes: Votes) -> tuple[list[Pair], list[Pair]]:
    """(pairs, those of them in which face and voice were recognised)."""
    face = [_placed(reading(Modality.FACE, counts)) for counts in votes.seen]
    voice = [_placed(reading(Modality.VOICE, counts)) for counts in votes.heard]
    i, j = unrelated_pairs(votes)
    some = np.random.default_rng(0).permutation(len(i))[: 5 * len(votes.clips)]
    own = np.arange(len(votes.clips))
    intended = [ANSWERS[k] for k in votes.intended]
    known = majority(votes.seen) == votes.intended, majority(votes.heard) == votes.intended
    everyone, recognised = [], []
    for f, v in zip(np.concatenate([own, i[some]]), np.concatenate([own, j[some]]), strict=True):
        pair = Pair(*compared(face[f], voice[v]), intended[f], intended[v], str(votes.actor[f]))
        everyone.append(pair)
        if known[0][f] and known[1][v]:
            recognised.append(pair)
    return everyone, recognised


def _placed(panel: Reading) -> Reading:
    valence, arousal = (sum(p * AFFECT[e][d] for e, p in panel.probs.items()) for d in (0, 1))
    return panel.model_copy(update={"valence": valence, "arousal": arousal})


def face_voice(faces: Sequence[Face], said: Sequence[Voice], per_emotion: int) -> list[Pair]:
    """Every face over `per_emotion` voices of each emotion, drawn without regard to what they measure."""
    rng = np.random.default_rng(0)
    pairs = []
    for face in faces:
        for emotion in EMOTIONS:
            choice = [v for v in said if v.emotion is emotion]
            for k in rng.permutation(len(choice))[:per_emotion]:
                scores = compared_senses(face.seen(choice[k].activity), choice[k].heard)
                if scores:
                    pairs.append(Pair(*scores, face.emotion, emotion, face.person, choice[k].actor))
    return pairs


def own_sound(media: Path, faces: Sequence[Face], said: Sequence[Voice]) -> list[Pair]:
    """GRID pictures over their own sound and over strong acted voices."""
    pairs = []
    strong = [v for v in said if v.strong and v.emotion is not Emotion.NEUTRAL]
    for face in faces:
        path = media / f"grid_av/{face.person}.mpg"
        if path.exists():
            heard, activity = hear(path)
            scores = compared_senses(face.seen(activity), heard)
            if scores:
                pairs.append(Pair(*scores, Emotion.NEUTRAL, Emotion.NEUTRAL, face.person, face.person))
            pairs += face_voice([face], strong, 4)
    return pairs


def words(said: Sequence[Voice], lines: Mapping[Emotion, Sequence[str]]) -> list[Pair]:
    """Each line's reading over every emotional voice, as if each word had been heard right."""
    from saber.perceive.speech.emotion import VALIDITY, affect_of, emotions_of, load

    pairs = []
    for emotion, texts in lines.items():
        for text, probs in zip(texts, emotions_of(texts, load()), strict=True):
            valence, arousal = affect_of(probs)
            line = Reading(modality=Modality.SPEECH, start_s=0, end_s=3, probs=probs, valence=valence,
                           arousal=arousal, confidence=VALIDITY)  # fmt: skip
            for voice in said:
                heard = voice.heard.overall
                if heard is not None and heard.confidence and voice.emotion is not Emotion.NEUTRAL:
                    pairs.append(Pair(*compared(line, heard), emotion, voice.emotion, text, voice.actor))
    return pairs


# --- figures -------------------------------------------------------------------------------------


def auc(scores: Array, matched: Mask, weights: Array) -> float:
    """Weighted probability that a matched pair scores higher; a tie counts half."""
    _, group = np.unique(scores, return_inverse=True)
    wrong, right = np.bincount(group, weights * ~matched), np.bincount(group, weights * matched)
    below = np.concatenate([[0], np.cumsum(wrong)[:-1]])
    return float((right * (below + wrong / 2)).sum() / (right.sum() * wrong.sum()))


def row(name: str, pairs: list[Pair], draw_people: bool = True) -> str:
    """One line of the table."""
    scores, matched = np.array([p.score for p in pairs]), np.array([p.matched for p in pairs], dtype=bool)
    count = f"{matched.sum()} / {(~matched).sum()}"
    if not matched.any() or matched.all():
        return f"| {name} | {count} | - | - | - | - |"
    limits = ConsistencySettings()
    called = [
        f"{(scores[those] <= limits.max_inconsistent_score).mean():.0%} / "
        f"{(scores[those] >= limits.min_consistent_score).mean():.0%}"
        for those in (matched, ~matched)
    ]
    even = np.ones(len(pairs))
    area, plain = auc(scores, matched, even), auc(np.array([p.overlap for p in pairs]), matched, even)
    low, high = np.percentile(_draws(pairs, scores, matched, draw_people), [2.5, 97.5])
    return (
        f"| {name} | {count} | {area:.3f} [{low:.3f}, {high:.3f}] | {plain:.3f} | {called[0]} | {called[1]} |"
    )


def _draws(pairs: list[Pair], scores: Array, matched: Mask, draw_people: bool) -> list[float]:
    """AUCs with people and actors drawn with replacement; a pair counts as often as both were drawn."""
    rng = np.random.default_rng(0)
    groups = []
    for names in ([p.person if draw_people else "" for p in pairs], [p.actor for p in pairs]):
        unique, index = np.unique(names, return_inverse=True)
        if len(unique) > 1:
            groups.append((len(unique), index))
    areas = []
    for _ in range(DRAWS):
        weights = np.ones(len(pairs))
        for size, index in groups:
            weights *= np.bincount(rng.integers(0, size, size), minlength=size)[index]
        if (weights * matched).any() and (weights * ~matched).any():
            areas.append(auc(scores, matched, weights))
    return areas


def _emotional(pair: Pair) -> bool:
    return Emotion.NEUTRAL not in (pair.first, pair.second)


def _joy_against_pain(pair: Pair) -> bool:
    """Same, or happiness on exactly one side and an unpleasant emotion on the other."""
    both = (pair.first, pair.second)
    return _emotional(pair) and Emotion.SURPRISE not in both and (pair.matched or Emotion.HAPPINESS in both)


def _joyful_face(pair: Pair) -> bool:
    quiet = (Emotion.HAPPINESS, Emotion.NEUTRAL, Emotion.SADNESS)
    return pair.first is Emotion.HAPPINESS and pair.second in quiet


KINDS: dict[str, Callable[[Pair], bool]] = {
    "all": lambda pair: True,
    "both emotional": _emotional,
    "joy against pain": _joy_against_pain,
    "joyful face, joyful or quiet voice": _joyful_face,
}


def show(name: str, pairs: list[Pair], draw_people: bool = True) -> None:
    for kind, belongs in KINDS.items():
        print(row(f"{name}, {kind}", [p for p in pairs if belongs(p)], draw_people), flush=True)


def main(argv: Sequence[str] | None = None) -> None:
    raw = argparse.RawDescriptionHelpFormatter
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=raw)
    parser.add_argument("--media", type=Path, required=True)
    parser.add_argument("--quick", action="store_true")
    args = parser.parse_args(argv)
    print("| pairs | n matched / mismatched | AUC | AUC of overlap | matched: called inconsistent / "
          "consistent | mismatched: called so |")  # fmt: skip
    print("|---|---|---|---|---|---|")
    votes = read_votes(args.media)
    everyone, recognised = people(votes.take(votes.held_out))
    print(row("people, all", everyone))
    show("people, recognised", recognised)
    said = voices(args.media, args.quick)
    show("photos x acted voices", face_voice(photos(args.media), said, 1 if args.quick else 3))
    faces = clips(args.media)
    show("clips x acted voices", face_voice(faces, said, 4 if args.quick else 16), draw_people=False)
    print(row("plain talk: own sound or acted voice", own_sound(args.media, faces, said)))
    print(row("words (hand-written) x acted voices", words(said, HAND_WRITTEN)))
    print(row("words (MELD) x acted voices", words(said, meld_lines(args.media))))


if __name__ == "__main__":
    main()
