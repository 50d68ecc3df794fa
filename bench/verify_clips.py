"""Which clips does bench/verify.py try its faults on, and what was measured of them and of worse copies?"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from csv import DictReader
from dataclasses import dataclass
from fractions import Fraction
from functools import partial
from pathlib import Path
from typing import TypeVar

import numpy as np

from saber.core.dataset import Heard
from saber.core.records import Cues
from saber.infer import ClipMedia
from saber.perceive.speech import hear_again, transcribed_by
from saber.pipeline import perceive

NOISE_DB = 20.0
FOLDERS = ("ravdess_audio16k", "grid_av", "asr_en", "asr_zh", "faces")
SEED = 7

R = TypeVar("R", Cues, Heard)


@dataclass(frozen=True)
class Sample:
    """One clip: its cues, those of its worse copy, and what a second recogniser heard."""

    name: str
    speaker: str
    language: str
    transcript: str | None
    cues: Cues
    worse: Cues
    heard: Heard


def measure(media: Path, cache: Path | None, per_actor: int) -> Iterator[Sample]:
    with (media / "manifest.csv").open(encoding="utf-8") as file:
        rows = [row for row in DictReader(file) if row["file"].split("/")[0] in FOLDERS]
    taken: dict[str, int] = {}
    # An order by hash: each actor's first ones are of all emotions and both sentences.
    for row in sorted(rows, key=lambda r: r["sha256"]):
        name, actor = row["file"], row["speaker"]
        if name.startswith("ravdess"):
            taken[actor] = taken.get(actor, 0) + 1
            if taken[actor] > per_actor:
                continue
        cues = kept(cache, f"{name}.cues", Cues, partial(perceive, media / name))
        worse = kept(cache, f"{name}.worse", Cues, partial(worse_cues, media / name))
        heard = kept(cache, f"{name}.heard", Heard, partial(hear, media / name, cues))
        yield Sample(name, actor or name, row["language"], row["transcript"] or None, cues, worse, heard)


def kept(cache: Path | None, name: str, kind: type[R], make: Callable[[], R]) -> R:
    path = cache / f"{name.replace('/', '__')}.json" if cache else None
    if path and path.exists():
        return kind.model_validate_json(path.read_text(encoding="utf-8"))
    made = make()
    if path:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(made.model_dump_json(), encoding="utf-8")
    return made


def hear(path: Path, cues: Cues) -> Heard:
    sound = ClipMedia(path).sound()
    if sound is None:
        return Heard(transcript="", language=None, recogniser="measured", reason="no_sound")
    language = cues.transcript.language if cues.transcript and cues.transcript.words else None
    again = hear_again(sound, language, transcribed_by(cues))
    if again is None:
        return Heard(transcript=None, language=None, recogniser=None, reason="no_other_recogniser")
    return Heard(transcript=again.text, language=again.language, recogniser=again.model.name)


def worse_cues(path: Path) -> Cues:
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / "worse.mkv"
        write_worse(path, copy)
        return perceive(copy)


def write_worse(path: Path, copy: Path) -> None:
    """Coarse quantisation, and white noise 20 dB below the sound."""
    import av

    rng = np.random.default_rng(SEED)
    clip = ClipMedia(path)
    sound = clip.sound()
    with av.open(str(path)) as source, av.open(str(copy), "w") as target:
        pictures = source.streams.video
        video = None
        if pictures:
            rate = Fraction(round(pictures[0].average_rate or 25))  # mpeg4 knows no odd time bases
            video = target.add_stream("mpeg4", rate=rate)
            video.width = pictures[0].width // 2 * 2
            video.height = pictures[0].height // 2 * 2
            video.pix_fmt = "yuv420p"
            video.codec_context.qmin = video.codec_context.qmax = 8
            video.codec_context.time_base = 1 / rate
        audio = target.add_stream("pcm_s16le", rate=16_000) if sound is not None else None
        if audio is not None:
            audio.layout = "mono"
        if video is not None:
            for number, frame in enumerate(source.decode(pictures[0])):
                small = frame.reformat(width=video.width, height=video.height, format="yuv420p")
                small.pts, small.time_base = number, 1 / rate
                target.mux(video.encode(small))
            target.mux(video.encode(None))
        if audio is not None and sound is not None:
            level = float(np.sqrt(np.mean(np.square(sound.samples)))) * 10 ** (-NOISE_DB / 20)
            noisy = sound.samples + level * rng.standard_normal(len(sound.samples)).astype(np.float32)
            data = (np.clip(noisy, -1, 1) * 32767).astype(np.int16)[None]
            heard = av.AudioFrame.from_ndarray(data, format="s16", layout="mono")
            heard.sample_rate, heard.pts = 16_000, 0
            target.mux(audio.encode(heard))
            target.mux(audio.encode(None))
