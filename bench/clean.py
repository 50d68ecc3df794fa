"""What does cleaning a clip cost, next to merely decoding it and to a pipeline of ffmpeg processes?

    python bench/clean.py --media DIR [--repeat 3]

DIR holds the clips (its folders `faces` and `grid_av` are read). A clip: the least of `--repeat` runs, child
processes counted:

bare      PyAV decodes every picture and all sound in this process, and does nothing with them.
clean     What `CleanStage` does of a clip, all checks and fingerprints, none left out after a failure.
ffmpeg    The same checks as people script them: `ffprobe` for the header, `ffmpeg` with blackdetect,
          freezedetect, blurdetect, signalstats, astats and silencedetect at 4 pictures a second and 320 px,
          `ffmpeg` for 16 kHz sound, `ffmpeg` for a picture a second; voice activity and faces by the models
          that `clean` uses. It has no fingerprints, and does not say what was lost.

Then: what a clip costs that fails early, as a share of one that passes. Trust the CPU seconds where the
machine is busy with other things.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path

import av
import numpy as np

from saber.clean import CleanSettings
from saber.clean.examine import examine
from saber.core.errors import ClipError
from saber.core.records import Sound
from saber.media import probe
from saber.perceive.face import FaceDetector
from saber.perceive.voice import voice_activity

FILTERS = (
    "fps=4,scale=320:-2,blackdetect=d=0.2:pix_th=0.1,freezedetect=d=0.5,blurdetect,signalstats,"
    "metadata=mode=print:file=-"
)
SOUND_FILTERS = "astats,silencedetect=n=-60dB:d=0.5"
SETTINGS = CleanSettings(all_checks=True)


def bare(path: Path) -> None:
    with av.open(str(path)) as container:
        streams = [*container.streams.video[:1], *container.streams.audio[:1]]
        for _ in container.decode(*streams):
            pass


def ffmpeg(path: Path, faces: FaceDetector) -> None:
    shown = subprocess.run(
        ["ffprobe", "-v", "error", "-print_format", "json", "-show_format", "-show_streams", str(path)],
        check=True,
        capture_output=True,
    ).stdout
    kinds = {stream["codec_type"] for stream in json.loads(shown)["streams"]}
    quiet = ["ffmpeg", "-nostdin", "-hide_banner", "-threads", "1", "-i", str(path)]
    filters = ["-vf", FILTERS] if "video" in kinds else []
    filters += ["-af", SOUND_FILTERS] if "audio" in kinds else []
    subprocess.run([*quiet, *filters, "-f", "null", "-"], check=True, capture_output=True)
    if "audio" in kinds:
        pcm = _piped([*quiet, "-vn", "-ac", "1", "-ar", "16000", "-f", "f32le", "-"])
        voice_activity(Sound(np.frombuffer(pcm, np.float32).copy()))
    if "video" in kinds:
        raw = _piped(
            [*quiet, "-an", "-vf", "fps=1,scale=320:240", "-pix_fmt", "rgb24", "-f", "rawvideo", "-"]
        )
        for picture in np.frombuffer(raw, np.uint8).reshape(-1, 240, 320, 3)[:8]:
            faces.count(picture)


def _piped(command: list[str]) -> bytes:
    return subprocess.run(command, check=True, capture_output=True).stdout


def least(call: Callable[[], object], repeat: int) -> tuple[float, float]:
    """Wall and CPU seconds of one call, the least of so many; child processes count."""
    walls_s, cpus_s = [], []
    for _ in range(repeat):
        start_s, used = time.perf_counter(), os.times()
        call()
        walls_s.append(time.perf_counter() - start_s)
        cpus_s.append(sum(os.times()[:4]) - sum(used[:4]))
    return min(walls_s), min(cpus_s)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--media", type=Path, required=True)
    parser.add_argument("--repeat", type=int, default=3)
    options = parser.parse_args()
    clips = sorted(p for name in ("faces", "grid_av") for p in (options.media / name).iterdir())
    faces = FaceDetector()
    examine(clips[-1], SETTINGS, faces)  # the models are loaded
    ways: dict[str, Callable[[Path], object]] = {
        "bare": bare,
        "clean": lambda path: examine(path, SETTINGS, faces),
    }
    if shutil.which("ffmpeg") and shutil.which("ffprobe"):
        ways["ffmpeg"] = lambda path: ffmpeg(path, faces)
    else:
        print("The programs ffmpeg and ffprobe are missing here: that comparison is left out.\n")
    print(f"{'clip':32} {'s':>5}" + "".join(f"{way + ' wall':>13}{'CPU s':>8}" for way in ways))
    totals = {way: [0.0, 0.0] for way in ways}
    lasts_s = 0.0
    for path in clips:
        duration_s = probe(path).duration_s
        lasts_s += duration_s
        line = f"{path.name[:32]:32} {duration_s:5.1f}"
        for way, call in ways.items():
            figures = least(partial(call, path), options.repeat)
            totals[way] = [total + figure for total, figure in zip(totals[way], figures, strict=True)]
            line += f"{figures[0]:13.2f}{figures[1]:8.2f}"
        print(line, flush=True)
    print(f"{'all':32} {lasts_s:5.1f}" + "".join(f"{w:13.2f}{c:8.2f}" for w, c in totals.values()))
    for way in list(totals)[1:]:
        wall, cpu = (totals[way][i] / totals["bare"][i] for i in (0, 1))
        print(f"{way} / bare: {wall:.1f} in wall time, {cpu:.1f} in CPU time")
    if "ffmpeg" in totals:
        wall, cpu = (totals["ffmpeg"][i] / totals["clean"][i] for i in (0, 1))
        print(f"ffmpeg / clean: {wall:.1f} in wall time, {cpu:.1f} in CPU time")
    print(f"clean: {lasts_s / totals['clean'][1]:.0f} s of clips a CPU second")
    early(clips, faces, options.repeat)


def early(clips: list[Path], faces: FaceDetector, repeat: int) -> None:
    """What is saved by stopping at the first failure."""
    print("\nCPU seconds of all of these clips when each fails at ..., as a share of all checks")
    strict = replace(SETTINGS, all_checks=False, require_sound=False)
    fails = {
        "the header": replace(strict, min_side_px=4000),
        "the sound": replace(strict, min_level_db=20.0),
        "the pictures": replace(strict, min_level_db=-200.0, require_speech=False, min_luminance=1.0),
        "nothing": SETTINGS,
    }
    whole = 0.0
    for what, settings in reversed(fails.items()):
        cpu_s = sum(least(partial(examine, path, settings, faces), repeat)[1] for path in clips)
        whole = whole or cpu_s
        print(f"    {what:14} {cpu_s:6.2f}  {cpu_s / whole:.2f}", flush=True)
    with tempfile.TemporaryDirectory() as folder:
        broken = Path(folder) / "broken.mp4"
        broken.write_bytes(bytes(100_000))

        def read_broken() -> None:
            with contextlib.suppress(ClipError):
                examine(broken, strict, faces)

        print(f"    a file that is no clip: {least(read_broken, repeat)[1]:.2f} each")


if __name__ == "__main__":
    main()
