"""Which clips does bench/tiny.py learn from, and what does the data factory make of them?

A speaker is a face (photographs of a person: at rest for a second, then an expression that most raters saw)
dubbed by one actor (RAVDESS), always the same one. Half of a speaker's clips show and sound the same emotion,
half two different ones. The clips are real files, with picture and sound muxed, and go through `saber run`,
which measures, writes, checks and splits them: speakers and faces lie in one split each.
"""

from __future__ import annotations

import csv
import random
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from saber.core.dataset import Annotated, Assigned, Compared, Perceived, Source, Verified
from saber.core.records import Cues, Record
from saber.core.taxonomy import Emotion, emotion_from
from saber.flow import items
from saber.infer import ClipMedia
from saber.storage import read_cues

_FPS = 12
_SIZE = (384, 480)
_REST_S = 1.0
_RATE_HZ = 16_000
_VOTES = ("neutral", "happy", "angry", "sad", "fear", "disgust", "surprise")

_RUN = """
workspace = "{workspace}"

[[source]]
path = "clips.csv"
corpus = "manifest"
name = "dubbed"
language = "en"

[flow]
workers = {workers}

[clean]
max_frozen_ratio = 1.0        # they are photographs

[split]
train_ratio = {train}
validation_ratio = {validation}
test_ratio = {test}
tolerance_ratio = 0.04
saber_test_clips = 0
"""


@dataclass(frozen=True)
class Known:
    """A clip that came through the factory, and what it is known to be.

    Attributes:
        id: of the clip.
        person: who is seen; `actor`: who is heard.
        face, voice: the emotion that is shown and the one that is acted.
        split: where the factory put it.
        half: what the factory measured of it.
        cues: what was measured.
        annotated: the annotation that stood after verification.
    """

    id: str
    person: str
    actor: str
    face: Emotion
    voice: Emotion
    split: str
    half: str
    cues: Cues
    annotated: Annotated


def made_clips(media: Path, out: Path, per_half: int, most_faces: int = 15) -> Path:
    """The clips with their list; what is there is not made again. Returns the list.

    per_half: consistent clips of each face, and as many inconsistent ones, as far as there are so many.
    """
    rows = []
    for person, actor, half, face, voice, pictures, sound in _planned(media, per_half, most_faces):
        name = f"{person}-{face}-{Path(sound).stem}.mkv"
        if not (out / name).exists():
            out.mkdir(parents=True, exist_ok=True)
            _mux(pictures, sound, out / name)
        rows.append(
            {
                "path": name,
                "id": Path(name).stem,
                "speaker": actor,
                "group": person,
                "label": face.value if half == "consistent" else "",
                "label_from": "intended" if half == "consistent" else "",
                "extra.face": face.value,
                "extra.voice": voice.value,
            }
        )
    with (out / "clips.csv").open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    return out / "clips.csv"


def run_factory(listed: Path, workspace: Path, ratios: tuple[float, float, float], workers: int = 2) -> None:
    """`saber run` on the list; goes on where an earlier call was cut off."""
    settings = listed.with_name("dataset.toml")
    shares = dict(zip(("train", "validation", "test"), ratios, strict=True))
    text = _RUN.format(workspace=workspace.absolute(), workers=workers, **shares)
    settings.write_text(text, encoding="utf-8")
    subprocess.run([sys.executable, "-m", "saber.cli.main", "run", str(settings)], check=True)


def known_clips(workspace: Path) -> Iterator[Known]:
    """What came through, in order of id."""
    kinds: dict[str, type[Record]] = {
        "source": Source, "perceive": Perceived, "annotate": Annotated, "verify": Verified,
        "compare": Compared, "split": Assigned,
    }  # fmt: skip
    for item in items(workspace, kinds):
        source, assigned = item.of("source", Source), item.of("split", Assigned)
        yield Known(
            id=item.id,
            person=str(source.group),
            actor=str(source.speaker),
            face=Emotion(str(source.extra["face"])),
            voice=Emotion(str(source.extra["voice"])),
            split=assigned.split,
            half=item.of("compare", Compared).half,
            cues=read_cues(workspace, item.of("perceive", Perceived)),
            annotated=item.of("verify", Verified).stands(item.of("annotate", Annotated)),
        )


# --- who says what with which face ---------------------------------------------------------------

_Planned = tuple[str, str, str, Emotion, Emotion, tuple[Path, Path], Path]


def _planned(media: Path, per_half: int, most_faces: int) -> Iterator[_Planned]:
    faces, said = _photos(media), _voices(media)
    actors = sorted(said)
    used: Counter[Path] = Counter()
    for place, (person, shown) in enumerate(sorted(faces.items())[:most_faces]):
        actor = actors[place % len(actors)]
        rest = shown[Emotion.NEUTRAL]
        both = sorted((f, v) for f in shown for v in said[actor])
        draw = random.Random(person)
        for half in ("consistent", "inconsistent"):
            fitting = [two for two in both if (two[0] is two[1]) == (half == "consistent")]
            for face, voice in _even(fitting, per_half, draw):
                # One sound under two photographs of a person would be taken for one clip, and rightly so.
                sound = min(said[actor][voice], key=lambda file: used[file])
                used[sound] += 1
                yield person, actor, half, face, voice, (rest, shown[face]), sound


def _even(
    pairs: Sequence[tuple[Emotion, Emotion]], count: int, draw: random.Random
) -> list[tuple[Emotion, Emotion]]:
    """So many, the same face as seldom as can be; pairs come again only when all have been taken."""
    left = list(pairs) * 2
    draw.shuffle(left)
    taken: list[tuple[Emotion, Emotion]] = []
    while left and len(taken) < count:
        best = min(left, key=lambda two: (taken.count(two), [f for f, _ in taken].count(two[0])))
        left.remove(best)
        taken.append(best)
    return taken


def _photos(media: Path) -> dict[str, dict[Emotion, Path]]:
    """Person -> expression -> the photograph in which most raters saw it, where more than half did."""
    folder = media / "expressions"
    votes = {emotion: f"vote_{word}" for word in _VOTES if (emotion := emotion_from(word)) is not None}
    best: dict[str, dict[Emotion, tuple[float, str]]] = {}
    for row in _rows(folder / "manifest.csv"):
        shares = {emotion: float(row[column] or 0) for emotion, column in votes.items()}
        seen = max(shares, key=lambda emotion: shares[emotion])
        if shares[seen] > 0.5:
            mine = best.setdefault(f"face_{row['identity']}", {})
            mine[seen] = max((shares[seen], row["file"]), mine.get(seen, (0.0, "")))
    return {
        person: {emotion: folder / file for emotion, (_, file) in mine.items()}
        for person, mine in best.items()
        if Emotion.NEUTRAL in mine
    }


def _voices(media: Path) -> dict[str, dict[Emotion, list[Path]]]:
    """Actor -> emotion -> strongly acted sentences (neutral: as they are), first repetitions first."""
    found: dict[str, dict[Emotion, list[Path]]] = {}
    for row in _rows(media / "manifest.csv"):
        emotion = emotion_from(row["emotion"])
        if emotion is not None and (row["intensity"] == "strong" or row["emotion"] == "neutral"):
            mine = found.setdefault(row["speaker"], {})
            mine.setdefault(emotion, []).append(media / row["file"])
    for mine in found.values():
        for files in mine.values():
            # 03-01-EMOTION-INTENSITY-SENTENCE-REPETITION-ACTOR
            files.sort(key=lambda file: (file.stem.split("-")[5], file.name))
    return found


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


# --- files ---------------------------------------------------------------------------------------


def _photo(path: Path) -> NDArray[np.uint8]:
    import cv2

    bgr = cv2.imread(str(path))
    assert bgr is not None, path
    # The pictures are squashed to squares; their faces are four to five.
    rgb = cv2.cvtColor(cv2.resize(bgr, _SIZE), cv2.COLOR_BGR2RGB)
    return np.ascontiguousarray(rgb, dtype=np.uint8)


def _mux(pictures: tuple[Path, Path], sound: Path, out: Path) -> None:
    """Rest for a second, then the expression for as long as the voice lasts."""
    import av

    heard = ClipMedia(sound).sound()
    assert heard is not None, sound
    rest, shown = (_photo(path) for path in pictures)
    frames = round(_FPS * len(heard.samples) / _RATE_HZ)
    part = out.with_suffix(".part")
    with av.open(str(part), "w", format="matroska") as file:
        video = file.add_stream("mpeg4", rate=_FPS)
        video.width, video.height, video.pix_fmt = *_SIZE, "yuv420p"
        video.codec_context.time_base = Fraction(1, _FPS)
        video.codec_context.qmin = video.codec_context.qmax = 2
        audio = file.add_stream("flac", rate=_RATE_HZ, layout="mono")
        for number in range(frames):
            picture = rest if number < _REST_S * _FPS else shown
            frame = av.VideoFrame.from_ndarray(picture, format="rgb24").reformat(format="yuv420p")
            frame.pts, frame.time_base = number, Fraction(1, _FPS)
            file.mux(video.encode(frame))
        file.mux(video.encode(None))
        whole = (np.clip(heard.samples, -1, 1) * 32767).astype(np.int16)
        for start in range(0, len(whole), 4096):
            piece = av.AudioFrame.from_ndarray(whole[None, start : start + 4096], format="s16", layout="mono")
            piece.sample_rate, piece.pts, piece.time_base = _RATE_HZ, start, Fraction(1, _RATE_HZ)
            file.mux(audio.encode(piece))
        file.mux(audio.encode(None))
    part.replace(out)
