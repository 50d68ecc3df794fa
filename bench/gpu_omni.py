"""How fast is the 7B model on this GPU, and how much of its memory does it take?

    python bench/gpu_omni.py                                   7B, random weights, on the first GPU
    python bench/gpu_omni.py --size tiny --device cpu          the same path on a CPU, in seconds

Random weights in the published layout: speed and memory are those of the real ones. The clip is made here
(16 frames of 640 x 360 and 8 s of sound by default). One table is for batches of clips, one for K candidates.
"""

from __future__ import annotations

import argparse
import resource
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

from random_omni import SIZES, random_omni
from saber.omni import (
    PRESETS,
    Encoded,
    Encoder,
    Heard,
    Loaded,
    Message,
    Order,
    Seen,
    Words,
    next_token_logits,
    write,
)

QUESTION = "Describe the scene, the face, the body and the voice of the person, and what they feel."
NEVER: frozenset[int] = frozenset()


def made_clip(seconds: float, seed: int) -> Message:
    """Frames at 2 a second and sound, of noise."""
    random = np.random.default_rng(seed)
    count = max(2, round(seconds * 2))
    frames = [random.integers(0, 255, (360, 640, 3), np.uint8) for _ in range(count)]
    sound = (random.standard_normal(round(seconds * 16_000)) * 0.1).astype(np.float32)
    return Message("user", (Seen(frames, 0.5), Heard(sound), Words(QUESTION)))


class Watch:
    """Seconds of work that is really done, and the most memory that it took."""

    def __init__(self, device: str) -> None:
        import torch

        self._cuda = torch.cuda if device.startswith("cuda") else None

    def __enter__(self) -> Watch:
        if self._cuda is not None:
            self._cuda.synchronize()
            self._cuda.reset_peak_memory_stats()
        self._start = time.perf_counter()
        return self

    def __exit__(self, *_: object) -> None:
        if self._cuda is not None:
            self._cuda.synchronize()
        self.seconds = time.perf_counter() - self._start
        if self._cuda is not None:
            self.peak_gb = self._cuda.max_memory_allocated() / 1e9
        else:
            # Of the process since it began: on a CPU there is no other figure.
            self.peak_gb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6


def measure(orders: list[Order], loaded: Loaded, encoder: Encoder) -> tuple[float, float, float] | None:
    """Seconds to read the prompts, seconds to write all, peak GB; None when it does not fit."""
    import torch

    reading_s = []
    try:
        for _ in range(2):
            with Watch(loaded.device) as reading:
                next_token_logits([order.prompt for order in orders], loaded, encoder)
            reading_s.append(reading.seconds)
        with Watch(loaded.device) as writing:
            write(orders, loaded, encoder, NEVER)
    except torch.OutOfMemoryError:
        torch.cuda.empty_cache()
        return None
    return min(reading_s), writing.seconds, writing.peak_gb


def batches(clips: list[Encoded], loaded: Loaded, encoder: Encoder, sizes: list[int], tokens: int) -> None:
    print(
        "\n| clips at once | read tokens/s | written tokens/s | clips/min | peak GB |\n|---|---|---|---|---|"
    )
    for size in sizes:
        orders = [Order(clips[i % len(clips)], max_tokens=tokens) for i in range(size)]
        found = measure(orders, loaded, encoder)
        if found is None:
            print(f"| {size} | does not fit | | | |", flush=True)
            continue
        read_s, all_s, peak_gb = found
        prompts = sum(order.prompt.counts.all for order in orders)
        # Where reading is nearly all of it, what is left is within its own scatter.
        wrote = f"{size * tokens / (all_s - read_s):.0f}" if all_s > 1.1 * read_s else "-"
        print(
            f"| {size} | {prompts / read_s:.0f} | {wrote} | {60 * size / all_s:.1f} | {peak_gb:.2f} |",
            flush=True,
        )


def candidates(clip: Encoded, loaded: Loaded, encoder: Encoder, most: int, tokens: int) -> None:
    print(
        "\n| K candidates of one clip | one prefill s | K calls s | ratio | peak GB |\n|---|---|---|---|---|"
    )
    for k in sorted({1, 2, most // 2, most} - {0}):
        shared = measure([Order(clip, k, temperature=0.8, max_tokens=tokens)], loaded, encoder)
        if shared is None:
            print(f"| {k} | does not fit | | | |", flush=True)
            continue
        with Watch(loaded.device) as calls:
            for seed in range(k):
                order = Order(clip, temperature=0.8, max_tokens=tokens, seed=seed)
                write([order], loaded, encoder, NEVER)
        _, shared_s, peak_gb = shared
        ratio = calls.seconds / shared_s
        print(f"| {k} | {shared_s:.2f} | {calls.seconds:.2f} | {ratio:.2f} | {peak_gb:.2f} |", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--size", choices=SIZES, default="7b")
    parser.add_argument("--device", default="cuda:0")
    parser.add_argument("--dtype", choices=["bfloat16", "float16", "float32"])
    parser.add_argument("--inputs", choices=PRESETS, default="released", help="how much of the clip it gets")
    parser.add_argument("--seconds", type=float, default=8.0, help="of the made clip (default: 8)")
    parser.add_argument("--tokens", type=int, default=256, help="written each (default: 256)")
    parser.add_argument("--batches", type=int, nargs="+", default=[1, 2, 4, 8, 16, 32])
    parser.add_argument("--candidates", type=int, default=10, help="K, at most (default: 10)")
    options = parser.parse_args()
    import torch

    if options.device.startswith("cuda") and not torch.cuda.is_available():
        sys.exit("torch finds no GPU here; --size tiny --device cpu runs the same path on a CPU.")
    dtype = options.dtype or ("bfloat16" if options.device.startswith("cuda") else "float32")
    with tempfile.TemporaryDirectory() as parent:
        folder = Path(parent) / "omni"
        with Watch(options.device) as making:
            loaded, encoder = random_omni(
                SIZES[options.size], folder, options.device, dtype, PRESETS[options.inputs]
            )
        weights = sum(weight.numel() for weight in loaded.thinker.parameters())
        name = torch.cuda.get_device_name() if options.device.startswith("cuda") else "CPU"
        print(f"{name}, torch {torch.__version__}: `{options.size}`, {weights / 1e6:.1f} million weights,")
        print(f"{dtype}, made in {making.seconds:.1f} s, {making.peak_gb:.2f} GB.")
        clips = [encoder.encode([made_clip(options.seconds, seed)]) for seed in range(4)]
        counts = clips[0].counts
        print(f"A clip: {counts.text} text, {counts.video} video, {counts.audio} audio tokens.")
        # The first call chooses kernels and reserves memory.
        write([Order(clips[0], max_tokens=4)], loaded, encoder, NEVER)
        batches(clips, loaded, encoder, options.batches, options.tokens)
        candidates(clips[0], loaded, encoder, options.candidates, options.tokens)


if __name__ == "__main__":
    main()
