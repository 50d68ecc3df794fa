"""How are the shipped weights of the words' emotion fitted? Run: python -m saber.perceive.speech.emotion_fit

Softmax regression with an L2 penalty on the sentence embeddings of `sayings.tsv`, nothing else. Each
sentence counts twice, as written and as a recogniser without punctuation would write it; the seven
emotions weigh the same, so the probabilities assume no emotion to be commoner than another.
"""

from __future__ import annotations

import re
from importlib import resources
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from saber.core.taxonomy import EMOTIONS, Emotion

__all__ = ["Saying", "fit", "plain", "read_sayings"]

PENALTY = 1.0
"""Strength of the L2 penalty on the summed log-loss: the usual unit prior, not searched for. Own choice.
Fitting on one language and predicting the other would prefer 0.01, with surer probabilities; written
sentences of one author are easier than speech, so the modest ones are kept. MELD's development part had
been measured for several penalties before; figures that are reported come from its other lines."""

Saying = tuple[Emotion, str, str]
"""Emotion, language, sentence."""


def read_sayings() -> tuple[Saying, ...]:
    """The package's own sentences, in the file's order."""
    text = resources.files("saber.perceive.speech").joinpath("sayings.tsv").read_text(encoding="utf-8")
    rows = [line.split("\t") for line in text.splitlines() if line and not line.startswith("#")]
    return tuple((Emotion(emotion), language, sentence) for emotion, language, sentence in rows)


def plain(sentence: str) -> str:
    """The sentence as a recogniser without punctuation and capitals would write it."""
    return re.sub(r"[^\w\s'-]", "", sentence).lower()


def fit(
    embeddings: NDArray[np.float64], labels: NDArray[np.intp], penalty: float = PENALTY
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Weights, shape (7, d), and biases, shape (7,), of the softmax regression.

    Args:
        embeddings: shape (n, d).
        labels: indices into `EMOTIONS`, shape (n,); every emotion must occur.
    """
    from scipy.optimize import minimize

    n, d = embeddings.shape
    k = len(EMOTIONS)
    counts = np.bincount(labels, minlength=k)
    weight = (n / (k * counts))[labels]
    target = np.eye(k)[labels]

    def loss(flat: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        w, b = flat[: k * d].reshape(k, d), flat[k * d :]
        logits = embeddings @ w.T + b
        logits -= logits.max(axis=1, keepdims=True)
        log_p = logits - np.log(np.exp(logits).sum(axis=1, keepdims=True))
        error = weight[:, None] * (np.exp(log_p) - target)
        value = -(weight * log_p[np.arange(n), labels]).sum() + 0.5 * penalty * (w**2).sum()
        return float(value), np.concatenate([(error.T @ embeddings + penalty * w).ravel(), error.sum(axis=0)])

    flat = minimize(loss, np.zeros(k * d + k), jac=True, method="L-BFGS-B", options={"maxiter": 2000}).x
    return flat[: k * d].reshape(k, d), flat[k * d :]


def main() -> None:
    """Fits on all sentences and writes the weights beside this file."""
    from saber.perceive.speech.emotion import embed

    sayings = read_sayings()
    sentences = [sentence for _, _, sentence in sayings]
    labels = np.array([EMOTIONS.index(emotion) for emotion, _, _ in sayings])
    embeddings = np.vstack([embed(sentences), embed([plain(s) for s in sentences])])
    weights, biases = fit(embeddings, np.concatenate([labels, labels]))
    np.savez_compressed(
        Path(__file__).with_name("emotion_weights.npz"),
        weights=weights.astype(np.float32),
        biases=biases.astype(np.float32),
    )


if __name__ == "__main__":
    main()
