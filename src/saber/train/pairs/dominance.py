"""Does an answer's conclusion rest on what is seen and on what is heard, or on one of them alone?

The swap test: the answer's evidence is set down once as it is, once with another clip's visual evidence in it
and once with another clip's acoustic evidence, each time followed by the emotion that the answer names, with
no reasoning between (which would give it away). How much less likely does the model hold that emotion?

    fall of a swap = log p(emotion | own evidence) - log p(emotion | swapped evidence), at least 0
    part           = the smaller fall / the larger, 1 where both move the conclusion alike, 0 where one alone

None where neither moves it by `LEAST`: it may rest on both, or on the clip and on no word of the evidence.
The clip itself stays before the model. It costs forward passes of local weights, and is done where the part
has a weight.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

from saber.core.errors import ClipError, UsageError
from saber.sed import LABEL, read_answer, render_texts
from saber.train.pairs.counterfactual import swapped
from saber.train.pairs.records import Origin
from saber.train.rows import BadRow, Row

__all__ = ["LEAST", "Likelihood", "WeightsLikelihood", "dominance", "likelihood_of", "swap_texts"]

LEAST = math.log(2)
"""Own choice: a swap moves a conclusion when it makes it half as likely."""

AT_ONCE = 9
"""Own choice: continuations of one prompt that are read together."""

Likelihood = Callable[[Row, Sequence[tuple[str, str]]], list[float]]
"""Log-probabilities of some (beginning, ending) of an answer to the row's question: that of each ending."""

_SWAPS: tuple[Origin, Origin] = ("swapped_visual", "swapped_acoustic")


def swap_texts(text: str, others: Sequence[str]) -> list[tuple[str, str]] | None:
    """(beginning, ending) with the own evidence, with another's visual and with another's acoustic evidence.

    others: answers about other clips; the first that names another emotion and tells something else is used.
    None when there is none, or the answer is not of the form or names no emotion.
    """
    answer = read_answer(text)
    if not answer.valid or answer.emotion is None or LABEL not in answer.texts:
        return None
    ending = f"{answer.texts[LABEL].strip()}</{LABEL}>"
    found = []
    for whole in (text, *(swapped(text, others, origin) for origin in _SWAPS)):
        if whole is None:
            return None
        evidence = {n: t for n, t in read_answer(whole).texts.items() if n not in (LABEL, "reasoning")}
        found.append((f"{render_texts(evidence)}\n<{LABEL}>", ending))
    return found


def dominance(own: float, visual: float, acoustic: float) -> tuple[float | None, str]:
    """The part, and what decided it.

    own, visual, acoustic: log-probability of the emotion after the own evidence, and after each swap.
    """
    falls = {"visual": max(0.0, own - visual), "acoustic": max(0.0, own - acoustic)}
    told = ", ".join(f"{name} evidence swapped -{fall:.2f}" for name, fall in falls.items())
    if max(falls.values()) < LEAST:
        return None, f"{told}: neither moves the conclusion"
    moving = [name for name, fall in falls.items() if fall >= LEAST]
    why = f"{moving[0]} evidence alone decides" if len(moving) == 1 else "both count"
    return min(falls.values()) / max(falls.values()), f"{told}: {why}"


class WeightsLikelihood:
    """What local weights hold likely. They are loaded when the first question comes.

    name: `PATH_OR_ID[+ADAPTER]`, what stands behind `hf:`. Raises UsageError where there are no such weights.
    """

    def __init__(self, name: str, *, device: str = "auto") -> None:
        self._name, self._device = name, device
        self._reader: Any = None
        self._student: Any = None
        self._read: tuple[Row, Any] | None = None

    def __call__(self, row: Row, continuations: Sequence[tuple[str, str]]) -> list[float]:
        """Raises ClipError when the clip can't be read any more."""
        if self._reader is None:
            self._open()
        if self._read is None or self._read[0] is not row:
            from saber.train.talks import encode_prompt

            prompt = encode_prompt(row, self._student.encoder)
            if isinstance(prompt, BadRow):
                raise ClipError(f"{row.clip}: {prompt.detail}", reason=prompt.reason)
            self._read = row, prompt
        found: list[float] = []
        for start in range(0, len(continuations), AT_ONCE):
            found += self._of(self._read[1], continuations[start : start + AT_ONCE])
        return found

    def _of(self, prompt: Any, continuations: Sequence[tuple[str, str]]) -> list[float]:
        import torch

        from saber.train.packed import blind_mask, pack, target_places
        from saber.train.student import collate_rows

        student = self._student
        words = student.encoder.tokenizer
        halves = [[words(half, add_special_tokens=False)["input_ids"] for half in c] for c in continuations]
        packed = pack(prompt, [[*begins, *ends] for begins, ends in halves])
        inputs = collate_rows([packed.row], student.encoder)
        length = inputs["input_ids"].shape[1]
        inputs["attention_mask"] = blind_mask([packed], length)
        places, owner = target_places([packed], length)
        wanted = torch.tensor([token for begins, ends in halves for token in (*begins, *ends)])
        ending = torch.tensor([at >= len(b) for b, e in halves for at in range(len(b) + len(e))])
        with torch.no_grad():
            held = self._reader(
                {name: tensor.to(student.device) for name, tensor in inputs.items()},
                places[ending].to(student.device),
                wanted[ending].to(student.device),
            ).cpu()
        sums: list[float] = held.new_zeros(len(halves)).index_add(0, owner[ending], held).tolist()
        return sums

    def _open(self) -> None:
        from saber.models import split_name
        from saber.omni import load_inputs, locate
        from saber.train.adapters import LoraSettings
        from saber.train.log_probs import Reader
        from saber.train.student import ModelSettings, open_student

        base, adapter = split_name(self._name)
        inputs = None if adapter is None else load_inputs(locate(adapter))
        settings = ModelSettings(base, adapter or "", device=self._device, checkpointing=False)
        self._student = open_student(settings, LoraSettings(), inputs)
        self._reader = Reader(self._student.lm).eval()


def likelihood_of(spec: str) -> WeightsLikelihood:
    """Of the model that `--model` names. UsageError where its weights are not here."""
    kind, _, name = spec.partition(":")
    if kind != "hf":
        raise UsageError(
            f"The part `dominance` needs the model's weights here, and {spec} gives none.",
            remedy="Use --model hf:BASE+ADAPTER, or dominance = 0 in [pairs.weights].",
        )
    return WeightsLikelihood(name)
