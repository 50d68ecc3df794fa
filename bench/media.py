"""What does reading clips in an isolated process cost, next to bare PyAV in this one?

    python bench/media.py --media DIR

DIR holds the clips (its folders `faces` and `grid_av` are read). Both sides give every picture at 25 per
second at most and 640 px, and the sound at 16 kHz mono; times are the least of `--repeat` runs. Where the
machine is busy with other things, trust the CPU seconds.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import av
from av.video.reformatter import Interpolation, VideoReformatter

from saber.media import FrameSampling, MediaSettings, open_clip, probe

FPS, MAX_SIDE_PX, RATE_HZ = 25.0, 640, 16_000


def bare(path: Path) -> int:
    """The shortest loop that gives the same pictures and sound, without any of the safety."""
    pictures, due_s, samples = 0, 0.0, 0
    reformatter = VideoReformatter()
    resampler = av.AudioResampler("flt", "mono", RATE_HZ)
    with av.open(str(path)) as container:
        streams = [*container.streams.video[:1], *container.streams.audio[:1]]
        for frame in container.decode(*streams):
            if isinstance(frame, av.AudioFrame):
                samples += sum(piece.to_ndarray().size for piece in resampler.resample(frame))
            elif isinstance(frame, av.VideoFrame) and frame.time >= due_s - 0.25 / FPS:
                due_s += 1 / FPS
                scale = min(1.0, MAX_SIDE_PX / max(frame.width, frame.height))
                shown = reformatter.reformat(
                    frame,
                    round(frame.width * scale),
                    round(frame.height * scale),
                    "rgb24",
                    interpolation=Interpolation.AREA,
                    threads=1,
                )
                pictures += len(shown.to_ndarray()) > 0
    return pictures


def isolated(path: Path) -> int:
    with open_clip(path, MediaSettings(fps=FPS, max_side_px=MAX_SIDE_PX)) as clip:
        return sum(1 for _ in clip.frames())


def keyframes(path: Path) -> int:
    settings = MediaSettings(sampling=FrameSampling("keyframes"), max_side_px=320, sound=False)
    with open_clip(path, settings) as clip:
        return sum(1 for _ in clip.frames())


def best(call: Callable[[Path], object], path: Path, repeat: int) -> tuple[float, float]:
    """Least wall and CPU seconds of one call, each over `repeat` calls; child processes count."""
    wall_s, cpu_s = [], []
    for _ in range(repeat):
        start_s, used = time.perf_counter(), os.times()
        call(path)
        wall_s.append(time.perf_counter() - start_s)
        cpu_s.append(sum(os.times()[:4]) - sum(used[:4]))
    return min(wall_s), min(cpu_s)


def peak_mb(pid: str) -> float:
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return next(int(line.split()[1]) / 1024 for line in lines if line.startswith("VmHWM"))


def peaks_mb(path: Path) -> tuple[float, float]:
    """Peak memory of this process and of the reader while one clip is read and no picture is kept."""
    reader = 0.0
    with open_clip(path) as clip:
        for frame in clip.frames():
            if frame.index % 10 == 0:
                reader = max(reader, peak_mb(str(clip.pid)))
    return peak_mb("self"), reader


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--media", type=Path, required=True)
    parser.add_argument("--repeat", type=int, default=3)
    parser.add_argument("--peaks", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.peaks:
        print(*peaks_mb(options.media))
        return
    clips = sorted(p for name in ("faces", "grid_av") for p in (options.media / name).iterdir())
    print("| clip | pictures | bare s | isolated s | bare CPU s | isolated CPU s | peak MB here | reader |")
    print("|---|---|---|---|---|---|---|---|")
    totals = [0.0] * 4
    for path in clips:
        pictures = isolated(path)
        (bare_s, bare_cpu_s), (isolated_s, isolated_cpu_s) = (
            best(call, path, options.repeat) for call in (bare, isolated)
        )
        figures = [bare_s, isolated_s, bare_cpu_s, isolated_cpu_s]
        totals = [total + figure for total, figure in zip(totals, figures, strict=True)]
        command = [sys.executable, __file__, "--media", str(path), "--peaks"]
        here, reader = (round(float(mb)) for mb in subprocess.check_output(command, text=True).split())
        seconds = " | ".join(f"{figure:.2f}" for figure in figures)
        print(f"| {path.name} | {pictures} | {seconds} | {here} | {reader} |", flush=True)
    print(f"| all {len(clips)} | | {' | '.join(f'{total:.2f}' for total in totals)} | | |")
    print(f"| ratio | | | {totals[1] / totals[0]:.2f} | | {totals[3] / totals[2]:.2f} | | |")

    small = min(clips, key=lambda path: path.stat().st_size)
    print("\n| what, per clip | wall ms | CPU ms |\n|---|---|---|")
    for what, call in (
        (
            "an empty Python process",
            lambda _: subprocess.run([sys.executable, "-I", "-S", "-c", ""], check=True),
        ),
        ("`probe`: start, header, first picture and sound, SHA-256", probe),
    ):
        wall_s, cpu_s = best(call, small, options.repeat * 5)
        print(f"| {what} | {wall_s * 1000:.0f} | {cpu_s * 1000:.0f} |")
    walls, cpus = zip(*(best(keyframes, path, options.repeat) for path in clips), strict=True)
    n = len(clips)
    print(
        f"| keyframes at 320 px without sound, mean of {n} clips "
        f"| {sum(walls) / n * 1000:.0f} | {sum(cpus) / n * 1000:.0f} |"
    )


if __name__ == "__main__":
    main()
