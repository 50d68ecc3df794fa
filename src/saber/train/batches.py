"""In which order do rows come, and what does a batch of them hold?

The order of a whole run is laid out before it starts, all epochs, from the seed alone: whoever goes on at
step n after a crash gets the same batches as if nothing had happened, and reads no clip again to get there.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import torch
from torch import Tensor
from torch.utils.data import Dataset

from saber.core.errors import ClipError
from saber.omni import Encoded, collate_text
from saber.train.audit import DataSettings, Sized
from saber.train.packed import Packed, blind_mask, pack, target_places
from saber.train.rows import BadRow
from saber.train.sections import SectionWeights, parts_of_tokens
from saber.train.student import Encodes, collate_rows
from saber.train.talks import encode_prompt
from saber.train.towers import SOURCES, KeptSenses, Sensed, fits

__all__ = ["Batch", "Collator", "Failing", "Rows", "Shown", "plan", "stop_at_failure"]

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

Where what the towers make of clips is kept, `inputs` holds no media, and there are, one for each row:

    media        what the towers are to read, or what was kept of what they made of it
    keys         under which it is kept
    prompts      the question without its media
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


@dataclass(frozen=True)
class Shown:
    """One row of a run, read.

    Attributes:
        number: of the row.
        prompt: its question; without its media where `sensed` is there.
        key: under which what the towers make of it is kept; "" keeps nothing.
        sensed: what was kept.
    """

    number: int
    prompt: Encoded
    key: str = ""
    sensed: Sensed | None = None


class Rows(Dataset[Shown]):
    """The rows of a run in the order of its plan, read when they are asked for.

    kept: what the towers made of them; None keeps nothing.

    Raises ClipError with the clip's name when a clip that was fine at the audit can't be read any more.
    """

    def __init__(
        self,
        rows: Sequence[Sized],
        order: Sequence[int],
        encoder: Encodes,
        data: DataSettings,
        kept: KeptSenses | None = None,
    ) -> None:
        self._rows, self._order, self._encoder, self._data = rows, order, encoder, data
        self._kept = kept

    def __len__(self) -> int:
        return len(self._order)

    def __getitem__(self, at: int) -> Shown:
        number = self._order[at]
        sized = self._rows[number]
        key = self._key(sized)
        if self._kept is not None and (found := self._kept.load(key)) is not None:
            return Shown(number, found[0], key, found[1])
        prompt = encode_prompt(sized.row, self._encoder, self._data.cached_in)
        if isinstance(prompt, BadRow):
            raise ClipError(
                f"{sized.row.clip} can't be trained on any more: {prompt.detail}",
                reason=prompt.reason,
                remedy="Put the clip back or take the row out; the same command then goes on.",
            )
        return Shown(number, prompt, key)

    def _key(self, sized: Sized) -> str:
        if self._kept is None:
            return ""
        try:
            return self._kept.key(sized.row, self._encoder)
        except OSError as error:
            raise ClipError(
                f"{sized.row.clip} can't be trained on any more: {error.strerror}.",
                reason="missing_file",
                remedy="Put the clip back or take the row out; the same command then goes on.",
            ) from error


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

    def __call__(self, found: Sequence[Shown]) -> Batch:
        """Raises ClipError, with the clip's name, when video or sound of a row is not in the batch."""
        texts = [self._texts(shown.number) for shown in found]
        ids = [[self._encoder.answer_ids(text) for text in two] for two in texts]
        packed = [pack(shown.prompt, answers) for shown, answers in zip(found, ids, strict=True)]
        for shown, row in zip(found, packed, strict=True):
            self._prove(self._rows[shown.number], shown, row)
        senses = self._for_towers(found) if any(shown.key for shown in found) else {}
        if senses:
            inputs = collate_text([row.row for row in packed], self._encoder.pad_id, side="right")
        else:
            inputs = self._tensors(found, [row.row for row in packed])
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
                [_counts(shown.prompt, row) for shown, row in zip(found, packed, strict=True)]
            ),
            "names": [self._rows[shown.number].row.clip for shown in found],
            **senses,
        }
        if self._reference is not None:
            batch["reference"] = torch.tensor(
                [value for shown in found for value in self._reference[shown.number]]
            )
        return batch

    def _tensors(self, found: Sequence[Shown], rows: Sequence[Encoded]) -> dict[str, Tensor]:
        try:
            return collate_rows(rows, self._encoder)
        except ValueError as error:
            names = ", ".join(self._rows[shown.number].row.clip for shown in found)
            raise ClipError(f"Video or sound got lost in the batch of {names}: {error}.") from error

    def _for_towers(self, found: Sequence[Shown]) -> Batch:
        """Of each row alone what the towers read, or what they made of it before."""
        media: list[dict[str, Tensor]] = []
        for shown in found:
            if shown.sensed is not None:
                media.append(shown.sensed)
                continue
            whole = self._tensors([shown], [shown.prompt])
            media.append({name: whole[name] for name in SOURCES if name in whole})
        return {
            "media": media,
            "keys": [shown.key for shown in found],
            "prompts": [replace(shown.prompt, pixels=(), mels=()) for shown in found],
        }

    def _texts(self, number: int) -> list[str]:
        row = self._rows[number].row
        return [row.answer] if row.rejected is None else [row.answer, row.rejected]

    def _mask(self, packed: Sequence[Packed], length: int) -> Tensor:
        allowed = blind_mask(packed, length)
        if not self._additive:
            return allowed
        return torch.zeros(allowed.shape).masked_fill(~allowed, torch.finfo(torch.float32).min)

    @staticmethod
    def _prove(sized: Sized, shown: Shown, packed: Packed) -> None:
        """What the audit counted must be there: a model that trains without its sound looks healthy."""
        for kind in ("video", "audio"):
            named = bool(getattr(sized.row, f"{kind}s"))
            there = getattr(shown.prompt.counts, kind)
            if named and not (there and there == getattr(packed.row.counts, kind)):
                sense = "sound" if kind == "audio" else "video"
                raise ClipError(f"The {sense} of {sized.row.clip} is not in its batch.", reason=f"no_{sense}")
        if shown.sensed is not None and not fits(shown.sensed, shown.prompt):
            raise ClipError(
                f"What was kept of {sized.row.clip} is not what its question has places for.",
                remedy="Remove the folder of [data] cache_towers.",
            )


def _counts(prompt: Encoded, packed: Packed) -> list[int]:
    return [prompt.counts.text, prompt.counts.video, prompt.counts.audio, sum(packed.answers)]


class Failing(Dataset[Any]):
    """Rows and their collator for workers: what fails comes back as a value.

    torch wraps an exception of a worker in the text of its traceback, and the one sentence is lost in it.
    """

    def __init__(self, rows: Rows, collator: Collator) -> None:
        self._rows, self._collator = rows, collator

    def __len__(self) -> int:
        return len(self._rows)

    def __getitem__(self, at: int) -> Shown | ClipError:
        try:
            return self._rows[at]
        except ClipError as error:
            return error

    def collate(self, found: Sequence[Shown | ClipError]) -> Batch:
        """A batch, or `{"failed": ClipError}`."""
        shown = [one for one in found if isinstance(one, Shown)]
        if len(shown) < len(found):
            return {"failed": next(one for one in found if isinstance(one, ClipError))}
        try:
            return self._collator(shown)
        except ClipError as error:
            return {"failed": error}


def stop_at_failure(batch: Batch) -> None:
    """Raises the ClipError that a batch holds in the place of its rows."""
    if "failed" in batch:
        raise batch["failed"]
