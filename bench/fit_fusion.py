"""How much do people trust a face and a voice, by emotion? Fits `fusion_weights.json` on CREMA-D's votes.

    python bench/fit_fusion.py --media DIR            prints every step of the choice, as Markdown tables
    python bench/fit_fusion.py --media DIR --write    also writes the file that ships

DIR holds `annotations/cremad` (see `bench/cremad.py`). Held-out actors are not looked at here: models are
compared on the other 69 by cross-validation over actors, and `bench/fusion.py` measures what ships.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
from scipy.optimize import minimize

from cremad import (
    ANSWERS,
    Array,
    Indices,
    K,
    Votes,
    affect,
    disagreeing,
    majority,
    read_votes,
    unrelated_pairs,
)
from saber.annotate.human_votes import WEIGHTS_FILE, ArousalGap, FittedModality, FittedVotes
from saber.core.taxonomy import Emotion

PANEL_VOTES = 10.0
"""The median number of people per clip and condition."""
SMOOTHING = 1.0
"""Laplace's; the best of those tried for the model that ships (`emotion`)."""
PENALTY = 1e-4
"""L2 on the weights, for a unique optimum; too small to matter at 5,600 clips."""
FOLDS = 8


# --- the pool ------------------------------------------------------------------------------------


def log_shares(counts: Array, smoothing: float = SMOOTHING) -> Array:
    """log(6 * smoothed share): 0 where a panel says nothing, shape (clips, 6)."""
    logs: Array = np.log(K * (counts + smoothing) / (counts.sum(1, keepdims=True) + K * smoothing))
    return logs


def log_softmax(scores: Array) -> Array:
    top = scores - scores.max(1, keepdims=True)
    normalised: Array = top - np.log(np.exp(top).sum(1, keepdims=True))
    return normalised


def features(model: str, face: Array, voice: Array) -> Array:
    """Inputs of a log-linear model, shape (clips, 6, weights), from `log_shares` of both panels.

    `model` names its parts: `scalar` (a weight per modality), `emotion` (per modality and emotion),
    `bias` (per emotion), `certainty` (scalar weights that grow with 1 - entropy / log 6), `matrix`
    (every answer of either panel speaks for or against every emotion).
    """
    eye = np.eye(K)
    parts: list[Array] = []
    for part in model.split("+"):
        for log in (face, voice):
            if part == "scalar":
                parts.append(log[:, :, None])
            elif part == "emotion":
                parts.append(log[:, :, None] * eye)
            elif part == "certainty":
                share = np.exp(log) / K
                certain = 1 + (share * np.log(share)).sum(1) / np.log(K)
                parts.append((certain[:, None] * log)[:, :, None])
            elif part == "matrix":
                parts.append(np.einsum("nk,ej->nejk", log, eye).reshape(len(log), K, K * K))
        if part == "bias":
            parts.append(np.broadcast_to(eye, (len(face), K, K)))
    return np.concatenate(parts, axis=2)


def loss_and_gradient(weights: Array, inputs: Array, target: Array) -> tuple[float, Array]:
    """Mean cross-entropy in nats of softmax(inputs @ weights) against the target shares, and its gradient."""
    log_q = log_softmax(inputs @ weights)
    loss = -(target * log_q).sum() / len(inputs) + PENALTY * weights @ weights / 2
    slope = np.einsum("ne,nej->j", np.exp(log_q) - target, inputs) / len(inputs) + PENALTY * weights
    return float(loss), slope


def fit_pool(inputs: Array, target: Array) -> Array:
    """The weights of least loss; the loss is convex, so they are unique."""
    start = np.zeros(inputs.shape[2])
    done = minimize(
        loss_and_gradient, start, (inputs, target), jac=True, method="L-BFGS-B",
        options={"maxiter": 1000, "gtol": 1e-8, "ftol": 1e-14},
    )  # fmt: skip
    return np.asarray(done.x)


def cross_validated(model: str, votes: Votes, smoothing: float) -> Array:
    """log q of each clip from weights fitted without its actor."""
    inputs = features(model, log_shares(votes.seen, smoothing), log_shares(votes.heard, smoothing))
    actors = np.random.default_rng(0).permutation(np.unique(votes.actor))
    out = np.zeros((len(votes.clips), K))
    for fold in range(FOLDS):
        mine = np.isin(votes.actor, actors[fold::FOLDS])
        out[mine] = log_softmax(inputs[mine] @ fit_pool(inputs[~mine], votes.target[~mine]))
    return out


# --- valence and arousal, confusion, witnesses ---------------------------------------------------


def affect_pull(votes: Votes, dimension: int) -> float:
    """The face's weight w in w * face + (1 - w) * voice that comes nearest to those who got both.

    Least squares, in closed form.
    """
    face, voice, both = (affect(counts, dimension) for counts in (votes.seen, votes.heard, votes.both))
    apart = face - voice
    return float(apart @ (both - voice) / (apart @ apart))


def shown_as(counts: Array, intended: Indices) -> Array:
    """P(answer | intended state): rows are states. One vote is added to every cell."""
    table = np.stack([counts[intended == state].sum(0) for state in range(K)]) + 1
    shares: Array = table / table.sum(1, keepdims=True)
    return shares


def fit_consistency(votes: Votes, face: Array, voice: Array) -> tuple[float, ArousalGap]:
    """Witnesses per panel and the say of arousal, of least log-loss in telling pairs; and arousal's gaps.

    The score is taken as the probability that face and voice are of one clip, against unrelated ones of
    the same actor; both kinds of pair weigh the same. `face`, `voice`: P(answer | state).
    """
    one = np.arange(len(votes.clips))
    kinds = {"one clip": (one, one), "unrelated": unrelated_pairs(votes)}
    panels = (face, votes.seen), (voice, votes.heard)
    seen, heard = (c / c.sum(1, keepdims=True) @ np.log(table).T for table, c in panels)
    arousal_seen, arousal_heard = affect(votes.seen, 1), affect(votes.heard, 1)
    squares = {kind: (arousal_seen[i] - arousal_heard[j]) ** 2 for kind, (i, j) in kinds.items()}
    near, far = (float(np.sqrt(squares[kind].mean())) for kind in kinds)
    arousal = {k: np.log(far / near) - sq / 2 * (near**-2 - far**-2) for k, sq in squares.items()}

    def loss(witnesses: float, say: float) -> float:
        states = [np.exp(log_softmax(witnesses * logs)) for logs in (seen, heard)]
        ratio = {
            kind: np.log(K * (states[0][i] * states[1][j]).sum(1)) + say * arousal[kind]
            for kind, (i, j) in kinds.items()
        }
        return (
            float(np.logaddexp(0, -ratio["one clip"]).mean() + np.logaddexp(0, ratio["unrelated"]).mean()) / 2
        )

    done = minimize(
        lambda p: loss(*p), [3.0, 0.5], method="Nelder-Mead", options={"xatol": 1e-4, "fatol": 1e-7}
    )
    witnesses, say = (round(float(x), 3) for x in done.x)
    return witnesses, ArousalGap(one_clip=round(near, 4), unrelated=round(far, 4), say=say)


def fit(votes: Votes) -> FittedVotes:
    """The shipped numbers, from the actors that are not held out."""
    known = votes.take(~votes.held_out)
    inputs = features("emotion", log_shares(known.seen), log_shares(known.heard))
    pull = fit_pool(inputs, known.target)
    tables = shown_as(known.seen, known.intended), shown_as(known.heard, known.intended)
    witnesses, arousal_gap = fit_consistency(known, *tables)
    valence, arousal = affect_pull(known, 0), affect_pull(known, 1)

    def modality(pulls: Array, valence: float, arousal: float, table: Array) -> FittedModality:
        return FittedModality(
            pull=_named(pulls),
            valence_pull=round(valence, 4),
            arousal_pull=round(arousal, 4),
            shown_as={s: _named(table[i], 6) for i, s in enumerate(ANSWERS)},
        )

    return FittedVotes(
        attribution="Fitted on the votes of CREMA-D (Cao et al. 2014, doi:10.1109/TAFFC.2014.2336244), "
        "made available under the Open Database License 1.0.",
        fitted_on=f"{len(known.clips)} clips of {len(np.unique(known.actor))} actors; every fourth held out",
        panel_votes=PANEL_VOTES,
        smoothing=SMOOTHING,
        witnesses=witnesses,
        arousal_gap=arousal_gap,
        face=modality(pull[:K], valence, arousal, tables[0]),
        voice=modality(pull[K:], 1 - valence, 1 - arousal, tables[1]),
    )


def _named(values: Array, digits: int = 4) -> dict[Emotion, float]:
    return {e: round(float(v), digits) for e, v in zip(ANSWERS, values, strict=True)}


# --- what is printed -----------------------------------------------------------------------------


def print_models(known: Votes) -> None:
    """Which model, which smoothing: cross-validated on the actors that are not held out."""
    apart = disagreeing(known)
    named = majority(known.both) >= 0
    print(f"\n## Models, {FOLDS}-fold over {len(np.unique(known.actor))} actors, {len(known.clips)} clips\n")
    print("| model | weights | smoothing | log-loss | accuracy | log-loss, differing | accuracy, differing |")
    print("|---|---|---|---|---|---|---|")
    for model in ("scalar", "scalar+bias", "scalar+certainty", "emotion", "emotion+bias", "emotion+certainty",
                  "matrix+bias"):  # fmt: skip
        for smoothing in (0.5, 1.0, 2.0):
            log_q = cross_validated(model, known, smoothing)
            loss = -(known.target * log_q).sum(1)
            hit = log_q.argmax(1) == majority(known.both)
            size = features(model, np.zeros((1, K)), np.zeros((1, K))).shape[2]
            print(
                f"| {model} | {size} | {smoothing:g} | {loss.mean():.4f} | {hit[named].mean():.3f} "
                f"| {loss[apart].mean():.4f} | {hit[apart].mean():.3f} |"
            )


def print_confidence(known: Votes, fitted: FittedVotes) -> None:
    """How should a confidence c < 1 temper a reading? Two ways of making panels less trustworthy."""
    rng = np.random.default_rng(0)
    n = len(known.clips)
    panels = {"face": known.seen, "voice": known.heard}
    pulls = {m: np.array([getattr(fitted, m).pull[e] for e in ANSWERS]) for m in panels}
    doubt = {m: rng.uniform(0.2, 1, (n, 1)) for m in panels}

    def smoothed(share: Array, size: float | Array) -> Array:
        result: Array = (size * share + SMOOTHING) / (size + K * SMOOTHING)
        return result

    ways: dict[str, Callable[[Array, Array], Array]] = {
        "ignored": lambda share, c: smoothed(share, PANEL_VOTES),
        "exponent: p^c": lambda share, c: np.exp(log_softmax(c * np.log(smoothed(share, PANEL_VOTES)))),
        "mixture: c p + (1 - c) / K": lambda share, c: c * smoothed(share, PANEL_VOTES) + (1 - c) / K,
        "panel: c of ten answer (ships)": lambda share, c: smoothed(share, c * PANEL_VOTES),
    }

    def strangers(counts: Array, c: Array) -> Array:
        swap = rng.random(n) > c[:, 0]
        return np.where(swap[:, None], counts[rng.permutation(n)], counts)

    def fewer(counts: Array, c: Array) -> Array:
        left = np.maximum(1, np.round(c[:, 0] * counts.sum(1))).astype(int)
        drawn = [rng.multivariate_hypergeometric(r, k) for r, k in zip(counts.astype(int), left, strict=True)]
        return np.array(drawn, dtype=float)

    worse = {
        "another clip's panel with prob. 1 - c": {m: strangers(v, doubt[m]) for m, v in panels.items()},
        "only a share c of the panel": {m: fewer(v, doubt[m]) for m, v in panels.items()},
    }
    print("\n## Confidence: log-loss when panels are made worse, c uniform in 0.2 to 1\n")
    print("| way | " + " | ".join(worse) + " |")
    print("|---|---|---|")
    for name, way in ways.items():
        cells = []
        for panel in worse.values():
            scores = sum(
                pulls[m] * np.log(K * way(c / c.sum(1, keepdims=True), doubt[m])) for m, c in panel.items()
            )
            cells.append(f"{-(known.target * log_softmax(np.asarray(scores))).sum(1).mean():.4f}")
        print(f"| {name} | " + " | ".join(cells) + " |")


def print_fitted(fitted: FittedVotes) -> None:
    print("\n## Fitted\n")
    print("| pull | " + " | ".join(ANSWERS) + " | valence | arousal |")
    print("|" + "---|" * (K + 3))
    for name, m in (("face", fitted.face), ("voice", fitted.voice)):
        cells = [f"{m.pull[e]:.2f}" for e in ANSWERS] + [f"{m.valence_pull:.2f}", f"{m.arousal_pull:.2f}"]
        print(f"| {name} | " + " | ".join(cells) + " |")
    for name, m in (("face", fitted.face), ("voice", fitted.voice)):
        print(f"\n| {name}: intended, down; answered, across | " + " | ".join(ANSWERS) + " |")
        print("|" + "---|" * (K + 1))
        for state in ANSWERS:
            print(f"| {state} | " + " | ".join(f"{m.shown_as[state][a]:.2f}" for a in ANSWERS) + " |")
    gap = fitted.arousal_gap
    print(
        f"\nA panel of ten is worth {fitted.witnesses:g} independent witnesses. Arousal of face and voice "
        f"lies {gap.one_clip:.3f} apart in one clip, {gap.unrelated:.3f} in unrelated ones; its say is "
        f"{gap.say:g}."
    )


def main(argv: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--media", type=Path, required=True)
    parser.add_argument("--write", action="store_true", help=f"write {WEIGHTS_FILE.name}")
    args = parser.parse_args(argv)
    votes = read_votes(args.media)
    known = votes.take(~votes.held_out)
    fitted = fit(votes)
    print_models(known)
    print_confidence(known, fitted)
    print_fitted(fitted)
    if args.write:
        WEIGHTS_FILE.write_text(fitted.model_dump_json(indent=1) + "\n", encoding="utf-8")
        print(f"\nWrote {WEIGHTS_FILE.name}.")


if __name__ == "__main__":
    main()
