"""How does vLLM in this process answer a request?

    vllm:PATH_OR_ID[+ADAPTER]

For many requests at once: all answers under way are written together, whatever begins alike (the same clip,
the same system text) is read once, and so are the candidates of one request. The input is the one that
`hf:` makes: frames already have their size, and each clip keeps its own distance in time between frames.
"""

from __future__ import annotations

import asyncio
import tempfile
import threading
import time
from collections.abc import AsyncGenerator, Sequence
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np

from saber.core.errors import RefusedCallError, UsageError
from saber.models.hf import split_name
from saber.models.local import LocalSettings
from saber.models.local_input import talk_of
from saber.models.request import Kind, Reply, Request, Sampling, Usage
from saber.models.spoken import Speak, spoken
from saber.models.vllm_adapter import check_change, for_vllm
from saber.models.vllm_engine import Answered, Engine, Started, Work, prepare, shut_down, start
from saber.omni import (
    PRESETS,
    Encoder,
    Heard,
    Message,
    Seen,
    fingerprint,
    locate,
    read_layout,
)

__all__ = ["VLLMModel"]

_RATE_HZ = 16_000
_ANY_SIZE = {"shortest_edge": 1, "longest_edge": 2**40}
"""Pixels; the frames have their size already."""


class VLLMModel:
    """Local weights in a vLLM engine. What is cheap to check is checked here; they load at the first ask.

    name: a folder or a hub id, with `+` and the folder of an adapter behind it.
    engine: a seam for measurements; None makes one.
    Raises UsageError (no such weights, no Omni model) and MissingPieceError (no vLLM).
    """

    goes_to: str | None = None
    takes = frozenset(Kind)
    constrains = True

    def __init__(
        self, name: str, settings: LocalSettings | None = None, engine: Engine | None = None
    ) -> None:
        self.spec = f"vllm:{name}"
        self._settings = settings or LocalSettings()
        prepare()
        base, adapter = split_name(name)
        download = self._settings.download
        self._folder = locate(base, download=download)
        self._adapter = None if adapter is None else locate(adapter, download=download)
        self._layout = read_layout(self._folder)
        self._name = "+".join(Path(part).name for part in (base, adapter) if part)
        self._lock = threading.Lock()
        self._encoder: Encoder | None = None
        self._known_as = ""
        self._engine = engine or Engine(self._start)

    async def ask(self, request: Request) -> Reply:
        return await self._ask(request, None)

    def stream(self, request: Request) -> AsyncGenerator[str | Reply, None]:
        """The answer piece by piece, then the whole reply. Of several candidates the first is streamed."""
        return spoken(partial(self._ask, request))

    async def close(self) -> None:
        await asyncio.to_thread(self._engine.close)

    def _start(self) -> Started:
        """In the engine's thread."""
        if self._adapter is None:
            return Started(start(self._folder, self._settings))
        with tempfile.TemporaryDirectory(prefix="saber-adapter-") as copy:
            rank = for_vllm(self._adapter, Path(copy))
            engine = start(self._folder, self._settings, rank)
            adapter = import_module("vllm.lora.request").LoRARequest("adapter", 1, copy)
            try:
                check_change(engine, adapter, self._adapter)  # which reads it
            except UsageError:
                shut_down(engine)
                raise
        return Started(engine, adapter)

    async def _ask(self, request: Request, speak: Speak | None) -> Reply:
        started = time.perf_counter()
        work = await asyncio.to_thread(self._prepare, request, speak)
        try:
            future = self._engine.put(work)
        except RuntimeError:
            raise RefusedCallError(f"{self.spec} was closed.", reason="closed") from None
        try:
            answered = await asyncio.wrap_future(future)
        finally:
            self._engine.drop(work)
        return self._reply(request, answered, time.perf_counter() - started)

    def _prepare(self, request: Request, speak: Speak | None) -> Work:
        """Media are decoded beside the engine's thread, so that it does not wait for another process."""
        encoder = self._opened()
        try:
            talk = talk_of(request, encoder.settings)
            prompt = self._prompt(talk, encoder)
        except UsageError as error:
            raise RefusedCallError(error.message, reason="bad_media", remedy=error.remedy) from error
        return Work(prompt, self._params(request, encoder, streamed=speak is not None), speak)

    def _prompt(self, talk: Sequence[Message], encoder: Encoder) -> dict[str, Any]:
        parts = [part for message in talk for part in message.parts]
        seen = [part for part in parts if isinstance(part, Seen)]
        heard = [part for part in parts if isinstance(part, Heard)]
        if len(seen) > 1 or len(heard) > 1:
            raise UsageError(
                f"{self.spec} takes one video and one sound with a request, and got {len(seen)} and "
                f"{len(heard)}.",
                remedy="Send frames or the video of one clip.",
            )
        prompt: dict[str, Any] = {"prompt_token_ids": encoder.bare_ids(talk).tolist()}
        media: dict[str, Any] = {}
        for clip in seen:
            media["video"] = [encoder.fit(clip)]
            prompt["mm_processor_kwargs"] = {
                "fps": 1 / clip.seconds_per_frame,
                "do_sample_frames": False,
                "size": _ANY_SIZE,
            }
        for sound in heard:
            encoder.check_length(sound)
            media["audio"] = [(sound.samples, _RATE_HZ)]
        return prompt | ({"multi_modal_data": media} if media else {})

    def _params(self, request: Request, encoder: Encoder, *, streamed: bool) -> Any:
        vllm = import_module("vllm.sampling_params")
        sampling = request.sampling
        held = None
        if request.schema is not None:
            held = vllm.StructuredOutputsParams(json=request.schema)
        kinds = vllm.RequestOutputKind
        return vllm.SamplingParams(
            n=_drawn(sampling),
            temperature=sampling.temperature,
            top_p=sampling.top_p,
            max_tokens=sampling.max_tokens,
            seed=None if sampling.seed is None else abs(sampling.seed),
            stop_token_ids=sorted(encoder.stop_ids),
            structured_outputs=held,
            output_kind=kinds.DELTA if streamed else kinds.FINAL_ONLY,
        )

    def _opened(self) -> Encoder:
        with self._lock:
            if self._encoder is None:
                chosen = self._settings.inputs
                self._encoder = Encoder(self._folder, None if chosen == "stored" else PRESETS[chosen])
                folders = [self._folder] if self._adapter is None else [self._folder, self._adapter]
                self._known_as = f"{self._name} ({fingerprint(*folders)})"
            return self._encoder

    def _reply(self, request: Request, answered: Answered, seconds: float) -> Reply:
        ids = np.asarray(answered.prompt_ids)
        written = answered.candidates
        repeats = request.sampling.n // len(written)
        return Reply(
            texts=tuple(one.text for one in written) * repeats,
            model=self._known_as,
            usage=Usage(
                prompt_tokens=len(ids),
                answer_tokens=sum(one.tokens for one in written),
                video_tokens=int((ids == self._layout.video).sum()),
                audio_tokens=int((ids == self._layout.audio).sum()),
            ),
            seconds=seconds,
            cut_off=not all(one.ended == "stop" for one in written),
        )


def _drawn(sampling: Sampling) -> int:
    """How many answers are written: at temperature 0 all would be the same, and vLLM refuses to."""
    return sampling.n if sampling.temperature > 0 else 1
