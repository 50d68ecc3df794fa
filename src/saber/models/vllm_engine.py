"""How does a vLLM engine run beside the rest of the program?

In this process, in a thread of its own. Requests join and leave between two steps of the engine, which writes
one token of every answer under way; so nobody waits for a batch to fill or to end.
"""

from __future__ import annotations

import gc
import itertools
import logging
import os
import queue
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from contextlib import suppress
from dataclasses import dataclass, field
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any, NamedTuple

from saber.core.errors import MissingPieceError, RefusedCallError, UsageError
from saber.models.gather import Kept
from saber.models.local import LocalSettings
from saber.models.spoken import Speak
from saber.omni import quietly

__all__ = ["Answered", "Engine", "Started", "Work", "Written", "prepare", "shut_down", "start"]

_CPU_CACHE_GB = 4.0
_GB = 1024**3

_ALWAYS = {"VLLM_NO_USAGE_STATS": "1", "VLLM_DO_NOT_TRACK": "1", "DO_NOT_TRACK": "1"}
"""vLLM reports its use to its makers unless told not to."""

_UNLESS_SET = {
    # The engine in this process, without one of its own: a script needs no `__main__` guard.
    "VLLM_ENABLE_V1_MULTIPROCESSING": "0",
    # Where its parts would meet if there were several; and it need not ask the network who it is.
    "VLLM_HOST_IP": "127.0.0.1",
    # Standard output is for the answer.
    "VLLM_LOGGING_STREAM": "ext://sys.stderr",
    "VLLM_LOGGING_LEVEL": "ERROR",
    # On a CPU it would tie this whole program to some of the cores.
    "VLLM_CPU_OMP_THREADS_BIND": "nobind",
    "TRANSFORMERS_VERBOSITY": "error",
    "TORCH_CPP_LOG_LEVEL": "ERROR",
}
_RANKS = (8, 16, 32, 64, 128, 256, 320, 512)
"""Of adapters, the bounds that vLLM knows."""

_only = threading.Lock()
"""Held by the engine that is open: vLLM keeps what its parts share in variables of its modules."""


@dataclass
class Written:
    """One candidate: its text, its tokens, and vLLM's word for how it ended (`stop`, `length`)."""

    text: str = ""
    tokens: int = 0
    ended: str = ""


@dataclass
class Answered:
    """What came back for one request.

    Attributes:
        prompt_ids: tokens of the prompt, the placeholders repeated.
        cached_tokens: of them, those that needed no reading.
        candidates: in order.
    """

    prompt_ids: Sequence[int] = ()
    cached_tokens: int = 0
    candidates: list[Written] = field(default_factory=list)


@dataclass(eq=False)
class Work:
    """One request as vLLM takes it: `vllm.inputs.TokensPrompt` and `vllm.SamplingParams`."""

    prompt: dict[str, Any] = field(repr=False)
    params: Any
    speak: Speak | None = None
    """Gets the first candidate piece by piece, in the engine's thread."""
    name: str = ""
    answered: Answered = field(default_factory=Answered)
    future: Future[Answered] = field(default_factory=Future)


class Started(NamedTuple):
    """A `vllm.v1.engine.llm_engine.LLMEngine`, and the `LoRARequest` that all of its requests carry."""

    engine: Any
    adapter: Any = None


class Engine:
    """Runs what `start` makes. Safe to use from any thread and any event loop.

    start: called in the engine's thread, at the first request; what it raises, every request gets.
    """

    def __init__(self, start: Callable[[], Started]) -> None:
        self._start = start
        self._lock = threading.Lock()
        self._waiting: queue.Queue[tuple[bool, Work] | None] = queue.Queue()
        self._under_way: dict[str, Work] = {}
        self._numbers = itertools.count()
        self._thread: threading.Thread | None = None
        self._closed = False

    def put(self, work: Work) -> Future[Answered]:
        """Its answer comes in the future. RuntimeError when the engine is closed."""
        with self._lock:
            if self._closed:
                raise RuntimeError("the engine is closed")
            work.name = f"saber-{next(self._numbers)}"
            self._waiting.put((True, work))
            if self._thread is None:
                # A daemon: an interrupted program does not wait for the end of a long answer.
                self._thread = threading.Thread(target=self._run, name="saber-vllm", daemon=True)
                self._thread.start()
        return work.future

    def drop(self, work: Work) -> None:
        """Nobody waits for it any more."""
        if not work.future.done():
            self._waiting.put((False, work))

    def close(self) -> None:
        """Ends the thread after the step at work, and waits for it. What is not done is cancelled."""
        with self._lock:
            self._closed = True
            thread, self._thread = self._thread, None
        if thread is not None:
            self._waiting.put(None)
            thread.join()

    def _run(self) -> None:
        with Kept() as kept:
            self._serve(self._start())
        if kept.error is None:
            return
        error = kept.error
        if not isinstance(error, UsageError | MissingPieceError):
            words = " ".join(str(error).split())[:300] or type(error).__name__
            error = RefusedCallError(
                f"vLLM stopped: {words}.",
                reason="engine_stopped",
                remedy="Start again, with less cache_gb or context_tokens in [model.local].",
            )
        self._refuse_all(error)

    def _serve(self, started: Started) -> None:
        engine = started.engine
        with Kept() as kept:
            while not self._closed:
                self._admit(started)
                if self._under_way and not self._closed:
                    for output in engine.step():
                        self._hear(output)
            engine.abort_request(list(self._under_way))
        shut_down(engine)
        if kept.error is not None:
            raise kept.error
        self._cancel_all()

    def _admit(self, started: Started) -> None:
        """What has come meanwhile; waits while there is nothing to write."""
        while not self._closed:
            try:
                told = self._waiting.get(block=not self._under_way)
            except queue.Empty:
                return
            if told is None:
                return
            new, work = told
            if not new:
                if self._under_way.pop(work.name, None) is not None:
                    started.engine.abort_request([work.name])
                work.future.cancel()
            elif work.future.set_running_or_notify_cancel():
                self._add(started, work)

    def _add(self, started: Started, work: Work) -> None:
        with Kept() as kept:
            started.engine.add_request(work.name, work.prompt, work.params, lora_request=started.adapter)
        if kept.error is None:
            self._under_way[work.name] = work
        else:
            work.future.set_exception(_refusal(kept.error))

    def _hear(self, output: Any) -> None:
        work = self._under_way.get(output.request_id)
        if work is None:
            return
        answered = work.answered
        answered.prompt_ids = output.prompt_token_ids or answered.prompt_ids
        answered.cached_tokens = max(answered.cached_tokens, output.num_cached_tokens or 0)
        for part in sorted(output.outputs, key=lambda part: part.index):
            while len(answered.candidates) <= part.index:
                answered.candidates.append(Written())
            written = answered.candidates[part.index]
            written.text += part.text
            written.tokens += len(part.token_ids)
            written.ended = part.finish_reason or written.ended
            if part.index == 0 and part.text and work.speak is not None:
                with Kept() as kept:
                    work.speak(part.text)
                if kept.error is not None:  # whoever listened is gone
                    work.speak = None
        if output.finished:
            del self._under_way[work.name]
            work.future.set_result(answered)

    def _refuse_all(self, error: BaseException) -> None:
        """Now and for ever: an engine that stopped once leaves the device in an unknown state."""
        for work in self._under_way.values():
            work.future.set_exception(error)
        self._under_way.clear()
        while (told := self._waiting.get()) is not None:
            new, work = told
            if new and work.future.set_running_or_notify_cancel():
                work.future.set_exception(error)
        self._cancel_all()

    def _cancel_all(self) -> None:
        closed = RefusedCallError("The model was closed before the answer ended.", reason="closed")
        for work in self._under_way.values():
            work.future.set_exception(closed)
        self._under_way.clear()
        with suppress(queue.Empty):
            while True:
                told = self._waiting.get_nowait()
                if told is not None and told[0] and told[1].future.set_running_or_notify_cancel():
                    told[1].future.set_exception(closed)


def prepare() -> None:
    """Settings that vLLM and torch read when they are imported: no report of use, nothing on standard output.

    Raises MissingPieceError, before any long work, when vLLM is not installed. Imports nothing.
    """
    if find_spec("vllm") is None:
        raise MissingPieceError(
            "vllm: models need the package vllm, which is not installed.",
            remedy="Install it in an environment of its own, as docs/serving.md tells, or let vLLM serve the "
            "weights from there and use openai:MODEL with --base-url.",
        )
    os.environ.update(_ALWAYS)
    for name, value in _UNLESS_SET.items():
        os.environ.setdefault(name, value)
    # vLLM itself reads its level only after the first warnings.
    logging.getLogger("vllm").setLevel(os.environ["VLLM_LOGGING_LEVEL"].upper())


def start(folder: Path, settings: LocalSettings, adapter_rank: int = 0, **others: Any) -> Any:
    """A `vllm.v1.engine.llm_engine.LLMEngine` with the weights in `folder`, prefix caching on.

    adapter_rank: the largest rank of an adapter that requests may name; 0 for none.
    others: further fields of vLLM's `EngineArgs`.
    Raises UsageError when vLLM can't start with these weights and settings, and when one is open already.
    """
    if not _only.acquire(blocking=False):
        raise UsageError(
            "Another vllm: model is open, and a program can hold one.",
            remedy="Close it first, or serve one of them with `vllm serve` and use openai:MODEL.",
        )
    with Kept() as kept, quietly():
        platform = import_module("vllm.platforms").current_platform
        _check_device(settings.device, str(platform.device_type))
        on_cpu = platform.is_cpu()
        cache_gb = settings.cache_gb or (_CPU_CACHE_GB if on_cpu else None)
        if adapter_rank:
            others |= {"enable_lora": True, "max_lora_rank": next(r for r in _RANKS if r >= adapter_rank)}
        options = import_module("vllm.engine.arg_utils").EngineArgs(
            model=str(folder),
            dtype=("float32" if on_cpu else "bfloat16") if settings.dtype == "auto" else settings.dtype,
            max_model_len=settings.context_tokens,
            kv_cache_memory_bytes=None if cache_gb is None else int(cache_gb * _GB),
            enable_prefix_caching=True,
            # Compiling pays on a GPU, in a minute; on a CPU it needs a compiler and pays little.
            enforce_eager=on_cpu,
            distributed_executor_backend="uni",
            limit_mm_per_prompt={"image": 0, "video": 1, "audio": 1},
            # xgrammar lets control characters into texts of limited length, which is then no JSON.
            structured_outputs_config={"backend": "guidance", "disable_any_whitespace": True},
            use_tqdm_on_load=False,
            **others,
        )
        config = options.create_engine_config()
        made = import_module("vllm.v1.engine.llm_engine").LLMEngine
        executor = import_module("vllm.v1.executor").Executor.get_class(config)
        return made(config, executor, log_stats=True, multiprocess_mode=False)
    _forget()
    error = kept.error
    assert error is not None
    if isinstance(error, UsageError):
        raise error
    words = " ".join(str(error).split())[-300:].rstrip(".") or type(error).__name__
    raise UsageError(
        f"vLLM can't start with the weights in {folder}: {words}.",
        remedy="Check dtype, context_tokens and cache_gb in [model.local] of the settings file, and that "
        "`vllm serve` starts with them.",
    ) from error


def _check_device(asked: str, there: str) -> None:
    if asked not in ("auto", there):
        raise UsageError(
            f"This vLLM runs on {there}, and [model.local] asks for {asked}.",
            remedy="Use device = 'auto'; choose among GPUs with CUDA_VISIBLE_DEVICES.",
        )


def _refusal(error: BaseException) -> RefusedCallError:
    words = " ".join(str(error).split())[:300].rstrip(".") or type(error).__name__
    return RefusedCallError(f"vLLM refused the request: {words}.", reason="vllm_refused")


def shut_down(engine: Any) -> None:
    """Gives the memory back and leaves nothing behind that a next engine would trip over."""
    with Kept():
        engine.engine_core.shutdown()
    _forget()


def _forget() -> None:
    gc.collect()
    with Kept():
        import_module("vllm.distributed").cleanup_dist_env_and_memory()
    _only.release()
