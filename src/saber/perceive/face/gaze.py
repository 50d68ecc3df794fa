"""Where do the eyes look, and when do they open and close?"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from saber.perceive.face.landmarks import ROW, average_face
from saber.perceive.face.smoothing import runs

__all__ = ["LookAway", "Shut", "eye_aspect_ratio", "eye_turn", "look_aways", "shut_eyes"]

Floats = NDArray[np.float64]
# Inner and outer corner, iris centre; right eye then left.
_EYES = ((33, 133, 468), (362, 263, 473))
_LIDS = ((159, 145), (158, 153), (160, 144), (386, 374), (385, 380), (387, 373))
_EYEBALL_IOD = 12.0 / 63.0
"""Radius of an adult's eyeball over the mean distance between pupils, both in mm."""
_AWAY_DEG = 15.0
_MIN_AWAY_S = 0.25


def eye_turn(points: Floats) -> Floats:
    """How far the eyes are turned in the head, degrees: to the subject's left, up; (n, 2), both eyes' mean.

    points: (n, k, 3) from the front, in IOD. Method: how much further the iris lies from the middle between
    the eye's corners than in the average face, which looks straight ahead, is the eyeball's radius times
    the sine of the turn.
    """
    shift = (_iris_shift(points) - _iris_shift(average_face()[None])) / _EYEBALL_IOD
    return np.asarray(np.degrees(np.arcsin(np.clip(shift, -1, 1))))


def _iris_shift(points: Floats) -> Floats:
    shifts = []
    for outer, inner, iris in _EYES:
        middle = (points[:, ROW[outer], :2] + points[:, ROW[inner], :2]) / 2
        shifts.append(points[:, ROW[iris], :2] - middle)
    return np.asarray(np.mean(shifts, axis=0))


def eye_aspect_ratio(points: Floats) -> Floats:
    """Opening over width of the eyes, (n,), both eyes' mean. About 0.3 open, below 0.2 shut.

    Source: Soukupova & Cech 2016 (Real-time eye blink detection using facial landmarks), here from three
    pairs of lid points instead of two.
    """
    opening = np.mean([points[:, ROW[up], 1] - points[:, ROW[down], 1] for up, down in _LIDS], axis=0)
    width = np.mean([points[:, ROW[b], 0] - points[:, ROW[a], 0] for a, b, _ in _EYES], axis=0)
    return np.asarray(opening / np.maximum(width, 1e-3))


class Shut(NamedTuple):
    """Eyes shut: when, when most, and how far (1: all the way)."""

    start_s: float
    apex_s: float
    end_s: float
    depth: float


def shut_eyes(times_s: Floats, opening: Floats, open_eye: float, step_s: float) -> list[Shut]:
    """When the eyes were shut; the samples must follow each other without a gap.

    Shut: the opening sinks under 55 % of this person's open eyes; start and end are where it crosses 75 %
    (own choice; a mesh of shut eyes measures 10-40 %).
    """
    found = []
    for first, last in runs(opening < 0.75 * open_eye):
        lowest = first + int(np.argmin(opening[first:last]))
        if opening[lowest] >= 0.55 * open_eye:
            continue
        start = times_s[first] - step_s / 2
        end = times_s[last - 1] + step_s / 2
        found.append(
            Shut(start, float(times_s[lowest]), end, float(np.clip(1 - opening[lowest] / open_eye, 0, 1)))
        )
    return found


class LookAway(NamedTuple):
    """A glance off the clip's usual direction of gaze."""

    start_s: float
    apex_s: float
    end_s: float
    towards: str
    """`left` or `right` (the subject's own), `up` or `down`."""


def look_aways(times_s: Floats, gaze_deg: Floats, home_deg: Floats, step_s: float) -> list[LookAway]:
    """Glances at least 15 degrees off `home_deg` (2,) that last 0.25 s or more; samples without a gap.

    Own choice of both: the mesh's gaze is good to about 5 degrees, and a quarter of a second is the
    shortest usual fixation. Samples with shut eyes must be NaN.
    """
    off = gaze_deg - home_deg
    far = np.nan_to_num(np.hypot(off[:, 0], off[:, 1]))
    found = []
    for first, last in runs(far > _AWAY_DEG):
        if (last - first) * step_s < _MIN_AWAY_S:
            continue
        apex = first + int(np.argmax(far[first:last]))
        x, y = off[apex]
        towards = ("left" if x > 0 else "right") if abs(x) >= abs(y) else ("up" if y > 0 else "down")
        found.append(
            LookAway(
                times_s[first] - step_s / 2, float(times_s[apex]), times_s[last - 1] + step_s / 2, towards
            )
        )
    return found
