"""Who is who from picture to picture?

Identity here is continuity of place: no face recognition, nothing that could name a person. A face that
leaves and comes back elsewhere, or after a cut, counts as another person.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from saber.perceive.face.geometry import square_up
from saber.perceive.face.landmarks import RIGID
from saber.perceive.face.mesh import SeenFace, overlap
from saber.perceive.face.settings import FaceSettings

__all__ = ["Crowd", "Person"]

_MIN_OVERLAP = 0.15
"""Own choice: between two pictures a face keeps more than this of its place."""


@dataclass
class Person:
    """One face followed over time: `frames` are positions in the list of all pictures, ascending."""

    frames: list[int] = field(default_factory=list)
    points: list[NDArray[np.float32]] = field(default_factory=list)
    boxes: list[tuple[float, float, float, float]] = field(default_factory=list)

    @property
    def presence(self) -> float:
        """Time in view times size: the sum of the face's heights over its pictures, in pixels."""
        return sum(bottom - top for _, top, _, bottom in self.boxes)


class Crowd:
    """Collects the faces of a clip, picture by picture, into people."""

    def __init__(self, settings: FaceSettings) -> None:
        self._settings = settings
        self._people: list[Person] = []
        self._times: list[float] = []

    def add(self, time_s: float, faces: list[SeenFace]) -> None:
        """The faces of the next picture: each goes to the recent face it overlaps most."""
        now = len(self._times)
        self._times.append(time_s)
        recent = [p for p in self._people if time_s - self._times[p.frames[-1]] <= self._settings.max_gap_s]
        pairs = sorted(
            (
                (overlap(person.boxes[-1], face.box), i, j)
                for i, person in enumerate(recent)
                for j, face in enumerate(faces)
            ),
            reverse=True,
        )
        taken: set[int] = set()
        placed: set[int] = set()
        for share, i, j in pairs:
            if share >= _MIN_OVERLAP and i not in taken and j not in placed:
                taken.add(i)
                placed.add(j)
                _append(recent[i], now, faces[j])
        for j, face in enumerate(faces):
            if j not in placed:
                person = Person()
                _append(person, now, face)
                self._people.append(person)

    @property
    def times_s(self) -> NDArray[np.float64]:
        """When each picture was shown, (n,)."""
        return np.array(self._times)

    def real_people(self) -> list[Person]:
        """Those seen long enough, whose skulls keep their shape; most present first (time x size)."""
        if not self._people:
            return []
        step_s = float(np.median(np.diff(self._times))) if len(self._times) > 1 else 0.0
        span_s = len(self._times) * step_s
        enough = min(self._settings.min_track_s, span_s / 2)
        long = [p for p in self._people if len(p.frames) * step_s >= enough]
        return sorted((p for p in long if self._is_human(p)), key=lambda p: p.presence, reverse=True)

    def _is_human(self, person: Person) -> bool:
        frames = np.array(person.frames)
        follows = np.diff(frames) == 1
        if follows.sum() < 3:
            return True  # too short to tell; it was long enough for its clip
        bones = square_up(np.stack(person.points)).points[:, RIGID]
        jitter = np.sqrt((np.diff(bones, axis=0)[follows] ** 2).sum(2).mean(1))
        return float(np.median(jitter)) <= self._settings.max_skull_jitter_ratio


def _append(person: Person, frame: int, face: SeenFace) -> None:
    person.frames.append(frame)
    person.points.append(face.points)
    person.boxes.append(face.box)
