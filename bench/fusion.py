"""Does the fused emotion agree with people who got face and voice, better than simpler rules do?

    python bench/fusion.py --media DIR

Runs `saber.annotate.fuse` with the shipped weights on the votes of CREMA-D's held-out actors (see
`bench/cremad.py`): the votes of those who only saw a clip are the face's reading, the votes of those
who only heard it the voice's, and the votes of those who got both are the truth. Log-loss in nats is the
cross-entropy against these votes' shares; accuracy is against their majority. Intervals are 95 %
percentiles over 2,000 draws of actors. All rules get the same smoothed shares.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path

import numpy as np

from cremad import ANSWERS, Array, Indices, K, Mask, Votes, disagreeing, majority, read_votes
from fit_fusion import SMOOTHING, log_softmax
from saber.annotate.fuse import MIN_LEAD, fuse
from saber.core.records import Reading
from saber.core.taxonomy import EMOTIONS, Emotion, Modality

DRAWS = 2000


def reading(modality: Modality, counts: Array, confidence: float = 1.0) -> Reading:
    """A panel's votes as a reading; nobody could answer surprise."""
    shares = dict.fromkeys(EMOTIONS, 0.0)
    shares.update(zip(ANSWERS, (counts / counts.sum()).tolist(), strict=True))
    return Reading(
        modality=modality, start_s=0, end_s=1, probs=shares, valence=0, arousal=0, confidence=confidence
    )


def shipped(votes: Votes, face: float = 1.0, voice: float = 1.0) -> Array:
    """log q of each clip over the six answers, from readings of these confidences."""
    out = np.zeros((len(votes.clips), K))
    for i, (seen, heard) in enumerate(zip(votes.seen, votes.heard, strict=True)):
        both = {
            Modality.FACE: reading(Modality.FACE, seen, face),
            Modality.VOICE: reading(Modality.VOICE, heard, voice),
        }
        probs = fuse(both)[0].probs
        assert probs is not None
        out[i] = np.log([probs[e] for e in ANSWERS])
    # Surprise was no possible answer: what it got is shared out.
    return log_softmax(out)


def rules(votes: Votes) -> dict[str, Array]:
    """log q of every clip by each rule."""
    face, voice = (
        (c + SMOOTHING) / (c.sum(1, keepdims=True) + K * SMOOTHING) for c in (votes.seen, votes.heard)
    )
    return {
        "always face": np.log(face),
        "always voice": np.log(voice),
        "mean rule": np.log((face + voice) / 2),
        "product rule": log_softmax(np.log(face) + np.log(voice)),
        "**saber** (shipped weights)": shipped(votes),
        "saber, face only": shipped(votes, voice=0.0),
        "saber, voice only": shipped(votes, face=0.0),
    }


def interval(values: Array, actor: Indices, keep: Mask) -> str:
    """`mean [low, high]` of the kept values, drawing actors with replacement."""
    rng = np.random.default_rng(0)
    actors = np.unique(actor)
    sums = np.array([values[keep & (actor == a)].sum() for a in actors])
    counts = np.array([(keep & (actor == a)).sum() for a in actors])
    draws = rng.integers(0, len(actors), (DRAWS, len(actors)))
    low, high = np.percentile(sums[draws].sum(1) / counts[draws].sum(1), [2.5, 97.5])
    return f"{values[keep].mean():.3f} [{low:.3f}, {high:.3f}]"


def print_facts(votes: Votes) -> None:
    face, voice, both = majority(votes.seen), majority(votes.heard), majority(votes.both)
    unique = (face >= 0) & (voice >= 0)
    apart = disagreeing(votes)
    print(
        f"All {len(votes.clips)} clips: face and voice both have one majority in {unique.sum()}; they "
        f"differ in {(unique & (face != voice)).sum()}; of the {apart.sum()} of these with one majority "
        f"for both together, it is the face's in {(both == face)[apart].sum()}, the voice's in "
        f"{(both == voice)[apart].sum()}, neither's in {((both != face) & (both != voice))[apart].sum()}."
    )


def print_rules(votes: Votes) -> None:
    apart = disagreeing(votes)
    named = majority(votes.both) >= 0
    everything = np.ones(len(votes.clips), dtype=bool)
    print(
        f"\n| held-out: {len(np.unique(votes.actor))} actors | log-loss, all (n={len(votes.clips)}) "
        f"| accuracy, all (n={named.sum()}) | log-loss, face and voice differ (n={apart.sum()}) "
        "| accuracy, they differ |"
    )
    print("|---|---|---|---|---|")
    by_rule = rules(votes)
    loss = {rule: -(votes.target * q).sum(1) for rule, q in by_rule.items()}
    hit = {rule: (q.argmax(1) == majority(votes.both)).astype(float) for rule, q in by_rule.items()}
    for rule in by_rule:
        pairs = ((loss, everything), (hit, named), (loss, apart), (hit, apart))
        cells = [interval(value[rule], votes.actor, keep) for value, keep in pairs]
        print(f"| {rule} | " + " | ".join(cells) + " |")
    ours = "**saber** (shipped weights)"
    for rule in ("always face", "product rule"):
        cells = [
            interval(value[ours] - value[rule], votes.actor, keep)
            for value, keep in ((loss, everything), (hit, named), (loss, apart), (hit, apart))
        ]
        print(f"| saber minus {rule} | " + " | ".join(cells) + " |")


def print_leads(votes: Votes) -> None:
    """How often the first emotion is the majority's, by how far it leads: where a label is named."""
    named = majority(votes.both) >= 0
    edges = (1.0, 1.1, MIN_LEAD, 1.5, 2.0, 4.0, float("inf"))
    columns = [f"{a:g} to {b:g}" for a, b in pairwise(edges)]
    print(
        f"\n| right, by lead over the second emotion (named from {MIN_LEAD:g} on) | "
        + " | ".join(columns)
        + " |"
    )
    print("|" + "---|" * len(edges))
    for face, voice in ((1.0, 1.0), (0.6, 0.4), (0.4, 0.0), (0.0, 0.4)):
        log_q = shipped(votes, face, voice)
        ordered = np.sort(log_q, axis=1)
        lead = np.exp(ordered[:, -1] - ordered[:, -2])
        right = log_q.argmax(1) == majority(votes.both)
        cells = []
        for low, high in pairwise(edges):
            here = named & (lead >= low) & (lead < high)
            cells.append(f"{right[here].mean():.2f} (n={here.sum()})" if here.any() else "-")
        print(f"| confidence: face {face:g}, voice {voice:g} | " + " | ".join(cells) + " |")


def print_by_emotion(votes: Votes) -> None:
    """Whom people believed where face and voice differ, and whom saber believes, by what each shows."""
    apart = disagreeing(votes)
    face, voice, both = majority(votes.seen), majority(votes.heard), majority(votes.both)
    ours = shipped(votes).argmax(1)
    print("\n| they differ, and | n | people: face / voice | saber: face / voice |")
    print("|---|---|---|---|")
    for name, shown in (("face", face), ("voice", voice)):
        for k, emotion in enumerate(ANSWERS):
            here = apart & (shown == k)
            agree = [[(who == panel)[here].mean() for panel in (face, voice)] for who in (both, ours)]
            cells = [f"{f:.2f} / {v:.2f}" for f, v in agree]
            print(f"| {name} shows {Emotion(emotion).value} | {here.sum()} | " + " | ".join(cells) + " |")


def main(argv: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--media", type=Path, required=True)
    votes = read_votes(parser.parse_args(argv).media)
    print_facts(votes)
    held_out = votes.take(votes.held_out)
    print_rules(held_out)
    print_leads(held_out)
    print_by_emotion(held_out)


if __name__ == "__main__":
    main()
