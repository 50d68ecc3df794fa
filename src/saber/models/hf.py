"""How do local weights of the Qwen-Omni family answer a request?

    hf:PATH_OR_ID[+ADAPTER]

Requests that come at the same time are answered as one batch. Nothing leaves the process, and nothing is
fetched unless that was allowed.
"""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import AsyncGenerator, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

from saber.core.errors import RefusedCallError, UsageError
from saber.models.gather import Gatherer
from saber.models.local import LocalSettings
from saber.models.local_input import talk_of
from saber.models.request import Kind, Reply, Request, Usage
from saber.models.spoken import Speak, spoken
from saber.omni import (
    PRESETS,
    Draft,
    Encoder,
    Grammars,
    Loaded,
    Order,
    can_constrain,
    check_packages,
    fingerprint,
    load,
    load_inputs,
    locate,
    read_layout,
    write,
)

__all__ = ["HFModel", "split_name"]


@dataclass(eq=False)
class _Job:
    """One request on its way through the model's thread."""

    request: Request
    order: Order
    started: float = field(default_factory=time.perf_counter)
    spoken: bool = False


class HFModel:
    """Local transformers weights. What is cheap to check is checked here; the weights load at the first ask.

    name: a folder or a hub id, with `+` and the folder of an adapter behind it.
    Raises UsageError (no such weights, no Omni model) and MissingPieceError (packages).
    """

    goes_to: str | None = None
    takes = frozenset(Kind)

    def __init__(self, name: str, settings: LocalSettings | None = None) -> None:
        self.spec = f"hf:{name}"
        self.constrains = can_constrain()
        self._settings = settings or LocalSettings()
        check_packages()
        base, adapter = split_name(name)
        download = self._settings.download
        self._folder = locate(base, download=download)
        self._adapter = None if adapter is None else locate(adapter, download=download)
        read_layout(self._folder)
        self._name = "+".join(Path(part).name for part in (base, adapter) if part)
        self._lock = threading.Lock()
        self._encoder: Encoder | None = None
        self._loaded: Loaded | None = None
        self._grammars: Grammars | None = None
        self._known_as = ""
        self._jobs: set[_Job] = set()
        self._closed = False
        self._gatherer: Gatherer[_Job, list[Draft]] = Gatherer(self._answer, self._settings.batch)

    async def ask(self, request: Request) -> Reply:
        return await self._ask(request, None)

    def stream(self, request: Request) -> AsyncGenerator[str | Reply, None]:
        """The answer piece by piece, then the whole reply. Of several candidates the first is streamed."""
        return spoken(partial(self._ask, request))

    async def close(self) -> None:
        self._closed = True
        for job in list(self._jobs):
            job.order.cancelled.set()
        await asyncio.to_thread(self._gatherer.close)
        self._loaded = None

    async def _ask(self, request: Request, speak: Speak | None) -> Reply:
        started = time.perf_counter()
        self._gatherer.announce()
        try:
            job = await asyncio.to_thread(self._prepare, request, speak)
        except BaseException:
            self._gatherer.withdraw()
            raise
        try:
            future = self._gatherer.put(job)
        except RuntimeError:
            raise self._was_closed() from None
        self._jobs.add(job)
        try:
            drafts = await asyncio.wrap_future(future)
        except asyncio.CancelledError:
            if self._closed:
                raise self._was_closed() from None
            raise
        finally:
            # Also when whoever asked gave up: the thread then stops writing this answer.
            job.order.cancelled.set()
            self._jobs.discard(job)
        if self._closed and not all(draft.ended for draft in drafts):
            raise self._was_closed()
        return self._reply(job, drafts, time.perf_counter() - started)

    @staticmethod
    def _was_closed() -> RefusedCallError:
        return RefusedCallError("The model was closed before the answer ended.", reason="closed")

    def _prepare(self, request: Request, speak: Speak | None) -> _Job:
        """Decoded and encoded beside the model's thread, so that it does not wait for another process."""
        encoder = self._opened()
        try:
            prompt = encoder.encode(talk_of(request, encoder.settings))
        except UsageError as error:
            raise RefusedCallError(error.message, reason="bad_media", remedy=error.remedy) from error
        room = encoder.layout.longest_context - prompt.counts.all
        if room < 1:
            raise RefusedCallError(
                f"The request takes {prompt.counts.all} tokens, and the model reads "
                f"{encoder.layout.longest_context}.",
                reason="too_long",
                remedy="Send less of the clip, or shorter cues.",
            )
        sampling = request.sampling
        job = _Job(
            request,
            Order(
                prompt,
                candidates=sampling.n,
                temperature=sampling.temperature,
                top_p=sampling.top_p,
                max_tokens=min(sampling.max_tokens, room),
                seed=sampling.seed,
            ),
        )
        if request.schema is not None and self.constrains:
            job.order.held = partial(self._hold, request.schema)
        if speak is not None:
            job.order.on_token = _Speech(encoder.tokenizer, speak, job)
        return job

    def _opened(self) -> Encoder:
        with self._lock:
            if self._encoder is None:
                chosen = self._settings.inputs
                if chosen == "stored":
                    # An adapter may have been trained on another budget than its base.
                    inputs = None if self._adapter is None else load_inputs(self._adapter)
                else:
                    inputs = PRESETS[chosen]
                self._encoder = Encoder(self._folder, inputs)
            return self._encoder

    def _hold(self, schema: dict[str, Any]) -> Any:
        encoder = self._opened()
        if self._grammars is None:
            self._grammars = Grammars(encoder.tokenizer, len(encoder.tokenizer), sorted(encoder.stop_ids))
        return self._grammars.hold(schema)

    def _answer(self, jobs: Sequence[_Job]) -> Sequence[list[Draft] | BaseException]:
        """In the model's thread."""
        encoder = self._opened()
        if self._loaded is None:
            options = self._settings
            self._loaded = load(
                self._folder,
                self._adapter,
                device=options.device,
                dtype=options.dtype,
                attention=options.attention,
            )
            folders = [self._folder] if self._adapter is None else [self._folder, self._adapter]
            self._known_as = f"{self._name} ({fingerprint(*folders)})"
        return self._write(list(jobs), self._loaded, encoder)

    def _write(self, jobs: list[_Job], loaded: Loaded, encoder: Encoder) -> list[list[Draft] | BaseException]:
        """Half the batch at a time when the whole does not fit into memory."""
        try:
            return list(write([job.order for job in jobs], loaded, encoder, encoder.stop_ids))
        except (RuntimeError, MemoryError) as error:
            if not _out_of_memory(error):
                raise
        _empty_cache(loaded)
        if len(jobs) > 1 and not any(job.spoken for job in jobs):
            half = len(jobs) // 2
            return [*self._write(jobs[:half], loaded, encoder), *self._write(jobs[half:], loaded, encoder)]
        needed = ", ".join(f"{j.order.prompt.counts.all} tokens x {j.order.candidates}" for j in jobs)
        full = RefusedCallError(
            f"The memory of {loaded.device} is too small for this request ({needed}).",
            reason="out_of_memory",
            remedy="Send less of the clip, ask for fewer candidates, or use a smaller model.",
        )
        return [full for _ in jobs]

    def _reply(self, job: _Job, drafts: list[Draft], seconds: float) -> Reply:
        tokenizer, counts = self._opened().tokenizer, job.order.prompt.counts
        return Reply(
            texts=tuple(tokenizer.decode(draft.tokens, skip_special_tokens=True) for draft in drafts),
            model=self._known_as,
            usage=Usage(
                prompt_tokens=counts.all,
                answer_tokens=sum(len(draft.tokens) + draft.ended for draft in drafts),
                video_tokens=counts.video,
                audio_tokens=counts.audio,
            ),
            seconds=seconds,
            cut_off=not all(draft.ended for draft in drafts),
        )


class _Speech:
    """Turns tokens into text as they come; half a character waits for its other half."""

    def __init__(self, tokenizer: Any, speak: Speak, job: _Job) -> None:
        self._tokenizer, self._speak, self._job = tokenizer, speak, job
        self._tokens: list[int] = []
        self._said = ""
        self._from = 0

    def __call__(self, candidate: int, token: int) -> None:
        if candidate:
            return
        self._job.spoken = True
        self._tokens.append(token)
        text = self._tokenizer.decode(self._tokens[self._from :], skip_special_tokens=True)
        if text.endswith("\ufffd") or len(text) <= len(self._said):
            return
        self._speak(text[len(self._said) :])
        self._said = text
        if text.endswith("\n"):
            # A line is a safe place to forget what came before: decoding stays cheap in long answers.
            self._from, self._said = len(self._tokens), ""


def split_name(name: str) -> tuple[str, str | None]:
    """Base and adapter of `PATH_OR_ID[+ADAPTER]`; a folder whose own name holds a `+` is taken as it is."""
    if Path(name).expanduser().is_dir() or "+" not in name:
        return name, None
    places = [place for place, letter in enumerate(name) if letter == "+"]
    for place in reversed(places):
        if Path(name[:place]).expanduser().is_dir():
            return name[:place], name[place + 1 :]
    return name[: places[0]], name[places[0] + 1 :]


def _out_of_memory(error: Exception) -> bool:
    import torch

    # A CPU's allocator has no error class of its own, only its name in the words.
    return isinstance(error, torch.OutOfMemoryError | MemoryError) or "CPUAllocator" in str(error)


def _empty_cache(loaded: Loaded) -> None:
    import torch

    if loaded.device.startswith("cuda"):
        torch.cuda.empty_cache()
