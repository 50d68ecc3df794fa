"""How well do the checks of verification find planted faults, at how many false alarms?

    python bench/verify.py --media DIR [--cache DIR] [--per-actor N]

No clip of the sample has an annotation with known faults, so faults are planted. The embedded analyst writes
from a *worse copy* of each clip (half the picture's size and coarsely coded, noise 20 dB below the sound) and
is checked against the cues of the clip itself: written from the same cues nothing could ever be contradicted.
Then a text is swapped with another clip's of the same split, or one sentence of it is exchanged for one of
another clip's same text that says something else.

The threshold of each check is the one that rejects at most 5 % of the unharmed annotations of the dev speakers
(RAVDESS actors 1-6 and every second other clip), or the shipped one where `shipped` stands; both columns are
of the held-out speakers (actors 7-12 and the other clips).
"""

from __future__ import annotations

import argparse
import json
import random
import re
import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from csv import DictReader
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path
from typing import TypeVar

import numpy as np

from saber.annotate import annotate
from saber.core.dataset import Annotated, Check, Heard, Source, Writer
from saber.core.records import Annotation, AudioDescription, Cues
from saber.core.taxonomy import DIMENSIONS, Dimension, Language
from saber.infer import ClipMedia
from saber.perceive.speech import hear_again, transcribed_by
from saber.pipeline import perceive
from saber.verify import VerifySettings
from saber.verify.claims import claims_checks
from saber.verify.reasoning import emotion_check, evidence_check
from saber.verify.speech import speech_checks

FALSE_ALARMS = 0.05
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


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--media", type=Path, required=True, help="folder of test clips")
    parser.add_argument("--cache", type=Path, help="folder for what was measured")
    parser.add_argument("--per-actor", type=int, default=12, help="RAVDESS utterances of each actor")
    parser.add_argument("--measure", action="store_true", help="only measure, and keep it in the cache")
    arguments = parser.parse_args()
    samples = list(measure(arguments.media, arguments.cache, arguments.per_actor))
    print(f"{len(samples)} clips of {len({s.speaker for s in samples})} speakers")
    return 0


# --- measuring ---------------------------------------------------------------------------------


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
        cues = kept(cache, f"{name}.cues", Cues, lambda name=name: perceive(media / name))
        worse = kept(cache, f"{name}.worse", Cues, lambda name=name: worse_cues(media / name))
        heard = kept(cache, f"{name}.heard", Heard, lambda name=name, cues=cues: hear(media / name, cues))
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
    """Half the size, coarse quantisation, and white noise 20 dB below the sound."""
    import av

    rng = np.random.default_rng(SEED)
    clip = ClipMedia(path)
    sound = clip.sound()
    with av.open(str(path)) as source, av.open(str(copy), "w") as target:
        pictures = source.streams.video
        video = None
        if pictures:
            rate = pictures[0].average_rate or Fraction(25)
            video = target.add_stream("mpeg4", rate=rate)
            video.width = pictures[0].width // 4 * 2
            video.height = pictures[0].height // 4 * 2
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


if __name__ == "__main__":
    raise SystemExit(main())
