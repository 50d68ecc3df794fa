"""What do Omni inputs cost, ours and the library's?

    python bench/omni.py --media DIR

Two tables over the clips in DIR (its folders `faces` and `grid_av`): tokens of each kind per clip, and our
encoder against the library's processor on the same frames and sound, in the same run; and what the presets
make of the clips. The library's processor needs torchvision: without it only its sound part is compared.
Times are the least of `--repeat` runs; only their ratios mean anything.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np

from random_omni import SIZES, write_files
from saber.core.records import Frame, Sound
from saber.media import FrameSampling, MediaSettings, open_clip, probe
from saber.omni import (
    PRESETS,
    Encoder,
    Heard,
    InputSettings,
    Message,
    Seen,
    Words,
    collate,
    frame_count,
)

QUESTION = "Describe the scene, the face, the body and the voice of the person, and what they feel."


def clips_of(media: Path, most: int) -> list[Path]:
    """At most so many clips of its folders `faces` and `grid_av`, evenly chosen."""
    found = sorted(p for name in ("faces", "grid_av") for p in (media / name).iterdir())
    clips = list(dict.fromkeys(found[i * len(found) // most] for i in range(most))) if found else []
    if not clips:
        sys.exit(f"No clips in {media}.")
    return clips


def read(path: Path, settings: InputSettings) -> tuple[list[Frame], Sound | None, float]:
    """Frames as the model gets them, the sound, and the video's length."""
    video = probe(path).video
    rate, lasts_s = (0.0, 0.0) if video is None else (video.fps or 0.0, video.duration_s or 0.0)
    count = frame_count(lasts_s, rate, settings)
    with open_clip(path, MediaSettings(sampling=FrameSampling(by="count", count=count))) as clip:
        sound = clip.sound
        return list(clip.frames()), sound, lasts_s


def talk(frames: Sequence[Frame], sound: Sound | None) -> list[Message]:
    parts: list[Seen | Heard] = []
    if frames:
        step_s = (frames[-1].time_s - frames[0].time_s) / max(1, len(frames) - 1) or 0.5
        parts.append(Seen([frame.rgb for frame in frames], step_s))
    if sound is not None:
        parts.append(Heard(sound.samples))
    return [Message("user", (*parts, Words(QUESTION)))]


def least(call: Callable[[], object], repeat: int) -> float:
    """Least seconds of `repeat` calls."""
    seconds = []
    for _ in range(repeat):
        start = time.perf_counter()
        call()
        seconds.append(time.perf_counter() - start)
    return min(seconds)


class Library:
    """The processor of transformers on what our encoder gets."""

    def __init__(self, folder: Path, settings: InputSettings) -> None:
        import transformers

        log: Any = transformers.logging
        log.set_verbosity_error()
        self.whole = find_spec("torchvision") is not None
        self._settings = settings
        if self.whole:
            self._processor: Any = transformers.Qwen2_5OmniProcessor.from_pretrained(folder)
        else:
            self._processor = transformers.WhisperFeatureExtractor.from_pretrained(folder)

    def __call__(self, message: Message) -> dict[str, Any]:
        import torch

        seen = [part for part in message.parts if isinstance(part, Seen)]
        heard = [part.samples for part in message.parts if isinstance(part, Heard)]
        if not self.whole:
            options = {"sampling_rate": 16_000, "padding": "max_length", "return_attention_mask": True}
            return dict(self._processor(heard, **options, return_tensors="pt")) if heard else {}
        size = {"shortest_edge": self._settings.min_pixels, "longest_edge": self._settings.max_pixels}
        media: dict[str, Any] = {}
        if seen:
            media["videos"] = [torch.from_numpy(np.stack(part.frames)).permute(0, 3, 1, 2) for part in seen]
            rate = 1 / seen[0].seconds_per_frame
            media["videos_kwargs"] = {"size": size, "fps": rate, "do_sample_frames": False}
        if heard:
            media["audio"] = heard
        content = [{"type": "video", "video": "x"}] * len(seen) + [{"type": "audio", "audio": "x"}] * len(
            heard
        )
        words = {"type": "text", "text": QUESTION}
        text = self._processor.apply_chat_template(
            [{"role": "user", "content": [*content, words]}], tokenize=False, add_generation_prompt=True
        )
        return dict(self._processor(text=text, return_tensors="pt", **media))


def same(ours: dict[str, Any], library: dict[str, Any]) -> bool:
    """Ids and patches to the last bit, the spectrum to 1e-5."""
    frames = ours["input_features"].shape[2] if "input_features" in ours else 0
    for name in ("input_ids", "pixel_values_videos", "video_grid_thw"):
        if name in library and not bool((ours[name] == library[name]).all()):
            return False
    if "input_features" not in library:
        return True
    apart = (ours["input_features"] - library["input_features"][:, :, :frames]).abs().max()
    return bool(apart < 1e-5)


def compare_encoders(clips: Sequence[Path], encoder: Encoder, library: Library, repeat: int) -> None:
    what = "processor" if library.whole else "sound part (no torchvision here)"
    columns = [
        "clip",
        "length s",
        "frames",
        "text",
        "video",
        "audio tokens",
        "ours ms",
        "library's ms",
        "ratio",
        "equal",
    ]
    print(f"\nOur encoder and the library's {what}:\n\n| {' | '.join(columns)} |\n{'|---' * len(columns)}|")
    ratios = []
    for path in clips:
        frames, sound, lasts_s = read(path, encoder.settings)
        messages = talk(frames, sound)
        mine = messages if library.whole else talk([], sound)
        if not library.whole and sound is None:
            continue
        encoded = encoder.encode(messages)
        ours_s = least(lambda m=mine: encoder.encode(m), repeat)  # type: ignore[misc]
        theirs_s = least(lambda m=mine: library(m[0]), repeat)  # type: ignore[misc]
        batch = collate([encoder.encode(mine)], encoder.layout, encoder.pad_id)
        equal = "yes" if same(batch, library(mine[0])) else "NO"
        ratios.append(theirs_s / ours_s)
        counts = encoded.counts
        print(
            f"| {path.name} | {lasts_s:.1f} | {len(frames)} "
            f"| {counts.text} | {counts.video} | {counts.audio} "
            f"| {ours_s * 1000:.1f} | {theirs_s * 1000:.1f} | {ratios[-1]:.1f} | {equal} |",
            flush=True,
        )
    print(
        f"\nlibrary / ours: median {statistics.median(ratios):.1f}, {min(ratios):.1f} to {max(ratios):.1f}."
    )


def compare_presets(clips: Sequence[Path], folder: Path) -> None:
    print("\n| preset | clips | frames, mean | video tokens, mean | per 2 frames | audio tokens, mean |")
    print("|---|---|---|---|---|---|")
    for name, settings in PRESETS.items():
        encoder = Encoder(folder, settings)
        seen = [read(path, settings) for path in clips]
        counts = [encoder.encode(talk(frames, sound)).counts for frames, sound, _ in seen]
        shown = [len(frames) for frames, _, _ in seen]
        video = sum(count.video for count in counts)
        print(
            f"| {name} | {len(clips)} | {statistics.mean(shown):.1f} | {video / len(clips):.0f} "
            f"| {2 * video / sum(shown):.0f} | {statistics.mean(count.audio for count in counts):.0f} |"
        )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--media", type=Path, required=True)
    parser.add_argument("--repeat", type=int, default=3)
    parser.add_argument("--clips", type=int, default=12, help="at most; evenly chosen (default: 12)")
    options = parser.parse_args()
    clips = clips_of(options.media, options.clips)
    with tempfile.TemporaryDirectory() as parent:
        folder = write_files(SIZES["tiny"], Path(parent) / "omni")
        encoder = Encoder(folder)
        compare_encoders(clips, encoder, Library(folder, encoder.settings), options.repeat)
        compare_presets(clips, folder)


if __name__ == "__main__":
    main()
