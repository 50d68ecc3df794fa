"""Which language is spoken in each stretch?"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from saber.core.records import Span

__all__ = ["Spoken", "languages_of"]

MIN_STRETCH_S = 1.5
"""Shorter stretches hold too little to judge; they take the clip's main language. Own choice."""
MIN_OWN_PROB = 0.8
"""Below it, a stretch is not believed to be in another language than the clip's. Own choice: a false
switch turns a sentence into nonsense, a missed one only makes it unreliable."""
_SUPPORTED = ("en", "zh")


@dataclass(frozen=True)
class Spoken:
    """A stretch of the clip and its language."""

    span: Span
    language: str
    prob: float


def languages_of(
    stretches: Sequence[Span], detect: Callable[[Sequence[Span]], Mapping[str, float]]
) -> tuple[Spoken, ...]:
    """The language of every stretch; `detect` gives probabilities for the sound inside some spans.

    The clip's main language is the one with the most seconds, each weighted by its probability.
    """
    judged = {s: _best(detect([s])) for s in stretches if s.duration_s >= MIN_STRETCH_S}
    if not judged:
        judged = {s: _best(detect(stretches)) for s in stretches[:1]}
    weight: dict[str, float] = {}
    for span, (language, prob) in judged.items():
        weight[language] = weight.get(language, 0.0) + prob * span.duration_s
    main = max(weight, key=lambda language: weight[language])
    in_main = sum(span.duration_s for span, (language, _) in judged.items() if language == main)
    main_prob = min(1.0, weight[main] / in_main) if in_main > 0 else 0.0
    found: list[Spoken] = []
    for span in stretches:
        language, prob = judged.get(span, (main, main_prob))
        if language != main and prob < MIN_OWN_PROB:
            language, prob = main, main_prob
        found.append(Spoken(span, language, prob))
    return tuple(found)


def _best(probs: Mapping[str, float]) -> tuple[str, float]:
    """The likeliest language. When none has half of the probability, English or Chinese is preferred
    from one tenth on: short or noisy speech makes the model guess among its hundred languages. The low
    probability that is returned then says how uncertain it is."""
    top = max(probs, key=lambda language: probs[language])
    likelier = max(_SUPPORTED, key=lambda language: probs.get(language, 0.0))
    if probs[top] < 0.5 and probs.get(likelier, 0.0) >= 0.1:
        top = likelier
    return top, min(1.0, probs[top])
