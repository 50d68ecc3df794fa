"""In which order do rows come, and what does a batch of them hold?

The order of a whole run is laid out before it starts, all epochs, from the seed alone: whoever goes on at
step n after a crash gets the same batches as if nothing had happened, and reads no clip again to get there.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor
from torch.utils.data import Dataset

from saber.core.errors import ClipError
from saber.omni import Encoded
from saber.train.audit import DataSettings, Sized
from saber.train.packed import Packed, blind_mask, pack, target_places
from saber.train.rows import BadRow
from saber.train.sections import SectionWeights, parts_of_tokens
from saber.train.student import Encodes, collate_rows
from saber.train.talks import encode_prompt

__all__ = ["Batch", "Collator", "Rows", "plan"]

Batch = dict[str, Any]
"""What one step gets; N targets, A answers, P rows:

    inputs       what the model's layers take
    places       (N,) where each target is predicted, see `Reader`
    targets      (N,) token ids
    owner        (N,) which answer each target belongs to, counted over the batch
    weights      (N,) float32, of each target in the loss of SED
    parts        (N,) index into `PARTS`
    reference    (A,) float32 log-probability of each answer under the reference; absent in SED
    lengths      (A,) tokens of each answer
    counts       (P, 4) tokens of text, video, sound and answers of each row
    names        the rows' clips
"""

_GROUPS = 50


def plan(lengths: Sequence[int], micro_batch: int, epochs: int, seed: int) -> list[int]:
    """Which row comes when, over all epochs: as often as there are epochs, neighbours of about one length.

    Rows are shuffled, sorted by length within stretches of `_GROUPS` batches, cut into batches, and these
    shuffled again, so that little is padded and yet no order of lengths can be learned. What does not fill a
    batch is left to the next epoch; only the last batch of all may be short.
    """
    order: list[int] = []
    left: list[int] = []
    for epoch in range(epochs):
        draw = random.Random(f"{seed}/{epoch}")
        rows = list(range(len(lengths)))
        draw.shuffle(rows)
        rows = left + rows
        whole = len(rows) // micro_batch * micro_batch
        rows, left = rows[:whole], rows[whole:]
        stretch = _GROUPS * micro_batch
        batches: list[list[int]] = []
        for start in range(0, len(rows), stretch):
            near = sorted(rows[start : start + stretch], key=lambda row: lengths[row])
            batches += [near[at : at + micro_batch] for at in range(0, len(near), micro_batch)]
        draw.shuffle(batches)
        order += [row for batch in batches for row in batch]
    return order + left


class Rows(Dataset[tuple[int, Encoded]]):
    """The rows of a run in the order of its plan, read when they are asked for.

    Raises ClipError with the clip's name when a clip that was fine at the audit can't be read any more.
    """

    def __init__(
        self, rows: Sequence[Sized], order: Sequence[int], encoder: Encodes, data: DataSettings
    ) -> None:
        self._rows, self._order, self._encoder, self._data = rows, order, encoder, data

    def __len__(self) -> int:
        return len(self._order)

    def __getitem__(self, at: int) -> tuple[int, Encoded]:
        number = self._order[at]
        sized = self._rows[number]
        prompt = encode_prompt(sized.row, self._encoder, self._data.cached_in)
        if isinstance(prompt, BadRow):
            raise ClipError(
                f"{sized.row.clip} can't be trained on any more: {prompt.detail}",
                reason=prompt.reason,
                remedy="Put the clip back or take the row out; the same command then goes on.",
            )
        return number, prompt


class Collator:
    """Makes the batch of some rows.

    Args:
        rows: all of the run.
        encoder: of the student.
        weights: of the parts of an answer.
        reference: log-probabilities of chosen and rejected for each row of `rows`; None for SED.
        additive: the mask is added to the scores (float) rather than choosing them (bool): what `eager`
            attention takes.
    """

    def __init__(
        self,
        rows: Sequence[Sized],
        encoder: Encodes,
        weights: SectionWeights | None = None,
        reference: Sequence[tuple[float, float]] | None = None,
        *,
        additive: bool = False,
    ) -> None:
        self._rows, self._encoder = rows, encoder
        self._weights = weights or SectionWeights()
        self._reference, self._additive = reference, additive

    def __call__(self, found: Sequence[tuple[int, Encoded]]) -> Batch:
        """Raises ClipError, with the clip's name, when video or sound of a row is not in the batch."""
        texts = [self._texts(number) for number, _ in found]
        ids = [[self._encoder.answer_ids(text) for text in two] for two in texts]
        packed = [pack(prompt, answers) for (_, prompt), answers in zip(found, ids, strict=True)]
        for (number, prompt), row in zip(found, packed, strict=True):
            self._prove(self._rows[number], prompt, row)
        try:
            inputs = collate_rows([row.row for row in packed], self._encoder)
        except ValueError as error:
            names = ", ".join(self._rows[number].row.clip for number, _ in found)
            raise ClipError(f"Video or sound got lost in the batch of {names}: {error}.") from error
        length = inputs["input_ids"].shape[1]
        if any(len(row.answers) > 1 for row in packed):
            inputs["attention_mask"] = self._mask(packed, length)
        places, owner = target_places(packed, length)
        flat = [
            (text, tokens)
            for two, of in zip(texts, ids, strict=True)
            for text, tokens in zip(two, of, strict=True)
        ]
        parts = torch.tensor(
            [
                part
                for text, tokens in flat
                for part in parts_of_tokens(text, self._encoder.tokenizer, len(tokens))
            ]
        )
        batch: Batch = {
            "inputs": inputs,
            "places": places,
            "targets": torch.tensor([token for _, tokens in flat for token in tokens]),
            "owner": owner,
            "weights": torch.tensor([self._weights.of(part) for part in range(3)])[parts],
            "parts": parts,
            "lengths": torch.tensor([len(tokens) for _, tokens in flat]),
            "counts": torch.tensor(
                [_counts(prompt, row) for (_, prompt), row in zip(found, packed, strict=True)]
            ),
            "names": [self._rows[number].row.clip for number, _ in found],
        }
        if self._reference is not None:
            batch["reference"] = torch.tensor(
                [value for number, _ in found for value in self._reference[number]]
            )
        return batch

    def _texts(self, number: int) -> list[str]:
        row = self._rows[number].row
        return [row.answer] if row.rejected is None else [row.answer, row.rejected]

    def _mask(self, packed: Sequence[Packed], length: int) -> Tensor:
        allowed = blind_mask(packed, length)
        if not self._additive:
            return allowed
        return torch.zeros(allowed.shape).masked_fill(~allowed, torch.finfo(torch.float32).min)

    @staticmethod
    def _prove(sized: Sized, prompt: Encoded, packed: Packed) -> None:
        """What the audit counted must be there: a model that trains without its sound looks healthy."""
        for kind in ("video", "audio"):
            named = bool(getattr(sized.row, f"{kind}s"))
            there = getattr(prompt.counts, kind)
            if named and not (there and there == getattr(packed.row.counts, kind)):
                sense = "sound" if kind == "audio" else "video"
                raise ClipError(f"The {sense} of {sized.row.clip} is not in its batch.", reason=f"no_{sense}")


def _counts(prompt: Encoded, packed: Packed) -> list[int]:
    return [prompt.counts.text, prompt.counts.video, prompt.counts.audio, sum(packed.answers)]
