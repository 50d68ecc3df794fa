"""What course do the body's points take over the clip, in units of the person's own face?"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from saber.perceive.body.sighting import Hand, Sighting

__all__ = ["MAX_STEP_S", "Course", "course_of", "smoothed"]

Array = NDArray[np.float64]

# Two looks farther apart than this are not two moments of one movement. Own choice: two and a half looks
# at 6 a second.
MAX_STEP_S = 0.42


@dataclass(frozen=True)
class Course:
    """The pictures with a person, in order of time; n of them.

    Positions are in face heights (`unit_px`: the stretch's median face height), x to the right, y down;
    NaN where the point is not inside the picture or not rated visible.
    """

    times_s: Array
    """(n,)"""
    stretch: NDArray[np.int64]
    """(n,) which unbroken appearance"""
    points: Array
    """(n, 33, 2) MediaPipe's pose points"""
    head: Array
    """(n, 2) middle of the head, always known"""
    face_scale: Array
    """(n,) height of the face over the stretch's median; NaN where no face was found"""
    visibility: Array
    """(n,) mean visibility of the points inside the picture"""
    sightings: tuple[Sighting, ...]
    """(n,) what it was made from"""
    unit_px: Array
    """(n,)"""

    def __len__(self) -> int:
        return len(self.times_s)

    def middle(self, rows: tuple[int, int]) -> Array:
        """(n, 2): between two points; NaN unless both are known."""
        middle: Array = self.points[:, list(rows)].mean(axis=1)
        return middle

    def runs(self) -> list[slice]:
        """One slice per stretch."""
        edges = np.flatnonzero(np.diff(self.stretch)) + 1
        bounds = [0, *edges.tolist(), len(self)]
        return [slice(a, b) for a, b in pairwise(bounds) if b > a]

    def hands_at(self, i: int) -> tuple[Hand, ...]:
        return self.sightings[i].hands or ()


def course_of(sightings: tuple[Sighting, ...]) -> Course:
    """The sightings with a person, measured. Every stretch must hold a face (the gate sees to it)."""
    kept = tuple(s for s in sightings if s.person and s.pose is not None)
    n = len(kept)
    stretch = np.array([s.stretch for s in kept], dtype=np.int64)
    face_px = np.array([s.face.height_px if s.face else np.nan for s in kept], dtype=np.float64)
    unit_px = np.ones(n)
    for number in np.unique(stretch):
        unit_px[stretch == number] = np.nanmedian(face_px[stretch == number])
    points = np.full((n, 33, 2), np.nan)
    head = np.zeros((n, 2))
    visibility = np.zeros(n)
    for i, sighting in enumerate(kept):
        assert sighting.pose is not None
        width, height = sighting.size_px
        xy, rated = sighting.pose[:, :2], sighting.pose[:, 2]
        inside = (xy[:, 0] >= 0) & (xy[:, 0] < width) & (xy[:, 1] >= 0) & (xy[:, 1] < height)
        seen = inside & (rated >= 0.5)
        points[i, seen] = xy[seen] / unit_px[i]
        head[i] = xy[:11].mean(axis=0) / unit_px[i]
        visibility[i] = rated[inside].mean() if inside.any() else 0.0
    times_s = np.array([s.time_s for s in kept], dtype=np.float64)
    return Course(times_s, stretch, points, head, face_px / unit_px, visibility, kept, unit_px)


def smoothed(values: Array, course: Course, width: int) -> Array:
    """Running median of `width` (odd) within each stretch, ignoring NaN; NaN stays NaN."""
    result = np.full(values.shape, np.nan)
    half = width // 2
    for run in course.runs():
        for i in range(run.start, run.stop):
            window = values[max(run.start, i - half) : min(run.stop, i + half + 1)]
            known = window[~np.isnan(window)]
            if len(known) and not np.isnan(values[i]):
                result[i] = np.median(known)
    return result
