"""How many candidates a second does a local model write when the clip is read once for all of them?

    python bench/candidates.py --media DIR [--size small] [--candidates 10] [--tokens 64]

One clip with video and sound before a Qwen2.5-Omni of random weights: K candidates from one prefill (what
`saber pairs` does), K calls, K calls in one batch, and the library's own `generate`. Times are the least of
`--repeat` runs, by the clock and of the processor; only their ratios mean anything. How much is saved depends
on how long the prompt is beside the answers. `--device cuda` takes a GPU and bfloat16.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from omni import clips_of, read, talk
from random_omni import SIZES, random_omni
from saber.omni import Encoder, Loaded, Message, Order, collate, write


def least(call: Callable[[], object], repeat: int) -> tuple[float, float]:
    """Least seconds of `repeat` calls: by the clock, of the processor."""
    took, worked = [], []
    for _ in range(repeat):
        start, busy = time.perf_counter(), time.process_time()
        call()
        took.append(time.perf_counter() - start)
        worked.append(time.process_time() - busy)
    return min(took), min(worked)


def compare_candidates(
    loaded: Loaded, encoder: Encoder, messages: list[Message], options: argparse.Namespace
) -> None:
    prompt, k, tokens = encoder.encode(messages), options.candidates, options.tokens
    batch = collate([prompt], encoder.layout, encoder.pad_id)
    batch.pop("position_ids")
    nothing: frozenset[int] = frozenset()

    def shared() -> None:
        write([Order(prompt, k, temperature=0.8, max_tokens=tokens)], loaded, encoder, nothing)

    def separate() -> None:
        for seed in range(k):
            write([Order(prompt, temperature=0.8, max_tokens=tokens, seed=seed)], loaded, encoder, nothing)

    def apart_in_one_batch() -> None:
        orders = [Order(prompt, temperature=0.8, max_tokens=tokens, seed=seed) for seed in range(k)]
        write(orders, loaded, encoder, nothing)

    def librarys() -> None:
        loaded.thinker.generate(
            **batch, do_sample=True, temperature=0.8, num_return_sequences=k, min_new_tokens=tokens,
            max_new_tokens=tokens, pad_token_id=encoder.pad_id, eos_token_id=sorted(encoder.stop_ids),
        )  # fmt: skip

    ways = {
        f"{k} candidates of one prefill": shared,
        f"{k} calls, one after the other": separate,
        f"{k} calls in one batch, each with its own prefill": apart_in_one_batch,
        f"the library's generate, num_return_sequences={k}": librarys,
    }
    seconds = {name: least(way, options.repeat) for name, way in ways.items()}
    first = next(iter(seconds.values()))
    counts = prompt.counts
    print(
        f"\n{counts.all} prompt tokens ({counts.video} video, {counts.audio} sound), {tokens} written each; a"
    )
    print(f"model of size `{options.size}`.\n")
    print("| way | s | CPU s | candidates a second | CPU s to the first |\n|---|---|---|---|---|")
    for name, (taken, worked) in seconds.items():
        print(
            f"| {name} | {taken:.2f} | {worked:.2f} | {k / taken:.2f} | {worked / first[1]:.2f} |", flush=True
        )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--media", type=Path, required=True)
    parser.add_argument("--repeat", type=int, default=2)
    parser.add_argument("--size", choices=SIZES, default="small", help="of the random model")
    parser.add_argument("--candidates", type=int, default=10)
    parser.add_argument("--tokens", type=int, default=64, help="written by each candidate (default: 64)")
    parser.add_argument("--device", default="cpu")
    options = parser.parse_args()
    dtype = "bfloat16" if options.device.startswith("cuda") else "float32"
    with tempfile.TemporaryDirectory() as parent:
        size = SIZES[options.size]
        loaded, encoder = random_omni(size, Path(parent) / "omni", options.device, dtype)
        for path in clips_of(options.media, 100):
            frames, sound, _ = read(path, encoder.settings)
            if frames and sound is not None:
                compare_candidates(loaded, encoder, talk(frames, sound), options)
                return


if __name__ == "__main__":
    main()
