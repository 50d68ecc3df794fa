"""How do tests get faces whose every movement they know? The average face, moved by hand."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from saber.core.records import Frame, Perception, Span
from saber.perceive.face import FacePerceiver, FaceSettings
from saber.perceive.face.geometry import rotation
from saber.perceive.face.landmarks import MIRROR, ROW, average_face
from saber.perceive.face.mesh import SeenFace

FPS = 25
SIZE = (640, 360)
LIPS_CORNER = 61
INNER_BROW = (55, 107, 65, 66)
UPPER_LID = (158, 159, 160)
LOWER_LID = (144, 145, 153)
IRIS = 468


def move(face: NDArray[np.float64], landmarks: tuple[int, ...], out: float = 0.0, up: float = 0.0) -> None:
    """Moves landmarks of both sides, in IOD; `out` is away from the face's middle."""
    for right in landmarks:
        face[ROW[right]] += (-out, up, 0)
        face[ROW[MIRROR[right]]] += (out, up, 0)


def open_eyes(face: NDArray[np.float64], share: float) -> None:
    """Lids `share` of the way from shut to as open as on the average face."""
    for landmark in UPPER_LID + LOWER_LID:
        for side in (landmark, MIRROR[landmark]):
            face[ROW[side], 1] = average_face()[ROW[side], 1] * share


def smile(face: NDArray[np.float64], much: float) -> None:
    """`much` 1: the mouth's corners 0.156 IOD out and up, which is AU12 at 5 (0.22 along the diagonal)."""
    move(face, (LIPS_CORNER,), out=0.1556 * much, up=0.1556 * much)


def part_lips(face: NDArray[np.float64], gap_iod: float) -> None:
    for landmark in (14, 17, 87, 317, 84, 314):
        face[ROW[landmark], 1] -= gap_iod


def seen(
    face: NDArray[np.float64],
    *,
    yaw: float = 0.0,
    pitch: float = 0.0,
    roll: float = 0.0,
    centre: tuple[float, float] = (320, 180),
    px_per_iod: float = 64.0,
    noise: NDArray[np.float64] | None = None,
) -> SeenFace:
    """The face as a mesh would see it: turned, in pixels, y down."""
    moved = face if noise is None else face + noise
    points = (moved @ rotation(yaw, pitch, roll).T) * (1, -1, -1) * px_per_iod + (*centre, 0)
    left, top = points[:, :2].min(0)
    right, bottom = points[:, :2].max(0)
    return SeenFace(points.astype(np.float32), (left, top, right, bottom))


class Script:
    """A finder that plays what `scene(time_s)` says, whatever the picture."""

    def __init__(self, scene: Callable[[float], list[SeenFace]], fps: float = FPS) -> None:
        self._scene = scene
        self._fps = fps
        self._next = 0

    def find(self, rgb: NDArray[np.uint8]) -> list[SeenFace]:
        faces = self._scene(self._next / self._fps)
        self._next += 1
        return faces

    def close(self) -> None:
        pass


def play(
    scene: Callable[[float], list[SeenFace]],
    duration_s: float,
    voice: tuple[Span, ...] = (),
    fps: float = FPS,
    *,
    from_s: float = 0.0,
    clip_s: float | None = None,
) -> Perception:
    """What the face sense makes of a scene of `duration_s`, the first picture of which is shown at `from_s`
    in a clip that ends with it, or is `clip_s` long."""
    perceiver = FacePerceiver(FaceSettings(), finder=Script(scene, fps))
    picture = np.zeros((SIZE[1], SIZE[0], 3), np.uint8)
    for i in range(round(duration_s * fps)):
        perceiver.see(Frame(i, from_s + i / fps, picture))
    end_s = from_s + duration_s if clip_s is None else clip_s
    result = perceiver.conclude(voice_activity=voice, duration_s=end_s)
    perceiver.close()
    return result


class Actor:
    """An average face that a function of time moves, with the mesh's noise."""

    def __init__(
        self,
        act: Callable[[NDArray[np.float64], float], None] = lambda face, t: None,
        *,
        noise: float = 0.002,
    ) -> None:
        self._act = act
        self._random = np.random.default_rng(7)
        self._noise = noise

    def __call__(self, t: float, **where: object) -> SeenFace:
        face = average_face()
        self._act(face, t)
        jitter = self._random.normal(0, self._noise, face.shape)
        return seen(face, noise=jitter, **where)  # type: ignore[arg-type]


def bump(t: float, onset: float, apex: float, offset: float, hold: float = 0.0) -> float:
    """0 until onset, up to 1 at the apex, held, down to 0 at offset; linear."""
    if t <= onset or t >= offset:
        return 0.0
    if t < apex:
        return (t - onset) / (apex - onset)
    if t <= apex + hold:
        return 1.0
    return (offset - t) / (offset - apex - hold)
