"""Which wrong answers can be made of right ones?

An answer into which the acoustic (or visual) evidence of another clip was put keeps its reasoning, which no
longer follows; a model that prefers it does not look at the evidence that it states. The other clip's answer
must name another emotion, or the swapped evidence might do just as well.
"""

from __future__ import annotations

from collections.abc import Sequence

from saber.sed import LABEL, read_answer, render_texts
from saber.train.pairs.records import Origin

__all__ = ["swapped"]

_TAKEN: dict[Origin, tuple[str, ...]] = {
    "swapped_acoustic": ("voice",),
    "swapped_visual": ("face", "body"),
}
"""Speech stays: a wrong transcript would be found by comparing words, without weighing any evidence."""


def swapped(text: str, others: Sequence[str], origin: Origin) -> str | None:
    """The answer with that evidence of the first of `others` that names another emotion and tells something
    else; None when there is none, or an answer is not of the form."""
    own = read_answer(text)
    if not own.valid or own.emotion is None:
        return None
    for other in others:
        found = read_answer(other)
        if not found.valid or found.emotion is None or found.emotion is own.emotion:
            continue
        taken = {name: found.texts[name] for name in _TAKEN[origin]}
        if all(taken[name].strip() != own.texts[name].strip() for name in taken):
            sections = {name: own.texts[name] for name in own.texts if name != LABEL}
            label = {LABEL: own.texts[LABEL]} if LABEL in own.texts else {}
            return render_texts({**sections, **taken, **label})
    return None
