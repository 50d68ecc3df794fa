"""Is the emotion of words read from words of emotion, in both languages, and neutral left neutral?"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from saber.core.taxonomy import EMOTIONS, Emotion
from saber.perceive.speech.emotion import TextEmotion, affect_of, embed, emotions_of, load
from saber.perceive.speech.emotion_fit import PENALTY, fit, plain, read_sayings

LINES = [
    line.split("\t")
    for line in Path(__file__).with_name("lines.tsv").read_text(encoding="utf-8").splitlines()
    if not line.startswith("#")
]


@pytest.fixture(scope="module")
def model() -> TextEmotion:
    return load()


def right(model: TextEmotion, language: str, kind: str) -> float:
    lines = [line for line in LINES if line[1] == language and line[2] == kind]
    probs = emotions_of([line[3] for line in lines], model)
    return float(
        np.mean([max(p, key=lambda e: p[e]) == line[0] for p, line in zip(probs, lines, strict=True)])
    )


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize(("kind", "at_least"), [("word", 0.9), ("plain", 0.8), ("implied", 0.5)])
def test_lines_that_were_not_fitted(model: TextEmotion, language: str, kind: str, at_least: float) -> None:
    assert right(model, language, kind) >= at_least


def test_no_line_of_the_test_was_fitted() -> None:
    fitted = {plain(sentence) for _, _, sentence in read_sayings()}
    assert not fitted & {plain(line[3]) for line in LINES}


def test_probabilities_are_a_distribution_and_the_same_alone_or_together(model: TextEmotion) -> None:
    together = emotions_of(["I'm so happy!", "气死我了！", ""], model)
    for probs in together:
        assert set(probs) == set(EMOTIONS)
        assert sum(probs.values()) == pytest.approx(1.0)
    (alone,) = emotions_of(["气死我了！"], model)
    assert list(alone.values()) == pytest.approx(list(together[1].values()), abs=1e-5)
    assert emotions_of([], model) == ()


def test_affect_is_the_weighted_mean() -> None:
    half = dict.fromkeys(EMOTIONS, 0.0) | {Emotion.HAPPINESS: 0.5, Emotion.NEUTRAL: 0.5}
    assert affect_of(half) == pytest.approx((0.405, 0.255))


def test_the_shipped_weights_are_those_of_the_shipped_sentences(model: TextEmotion) -> None:
    """At the minimum of a penalised fit, weights = sum of (target - prob) * embedding / penalty.

    A changed sentence, label, penalty or model moves the two sides apart.
    """
    sayings = read_sayings()
    sentences = [sentence for _, _, sentence in sayings]
    once = np.array([EMOTIONS.index(emotion) for emotion, _, _ in sayings])
    labels = np.concatenate([once, once])
    embeddings = np.vstack([embed(sentences), embed([plain(s) for s in sentences])])
    logits = embeddings @ model.weights.T + model.biases
    probs = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
    balance = len(labels) / (len(EMOTIONS) * np.bincount(labels))[labels]
    residual = balance[:, None] * (np.eye(len(EMOTIONS))[labels] - probs)
    assert np.abs(residual.T @ embeddings / PENALTY - model.weights).max() < 0.05
    assert np.abs(residual.sum(axis=0)).max() < 0.5


def test_the_fit_separates_what_can_be_separated() -> None:
    corners = np.repeat(np.eye(len(EMOTIONS)), 4, axis=0)
    labels = np.repeat(np.arange(len(EMOTIONS)), 4)
    weights, biases = fit(corners, labels, penalty=0.01)
    assert ((corners @ weights.T + biases).argmax(axis=1) == labels).all()
