"""What did one person's face do, picture by picture?"""

from __future__ import annotations

import itertools
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from saber.core.records import Span
from saber.perceive.face.actions import ACTIONS, intensities
from saber.perceive.face.gaze import eye_aspect_ratio, eye_turn
from saber.perceive.face.geometry import square_up
from saber.perceive.face.measures import COLUMN, measure
from saber.perceive.face.people import Person
from saber.perceive.face.rest import Rest, estimate_rest
from saber.perceive.face.settings import FaceSettings
from saber.perceive.face.smoothing import noise_of, smooth
from saber.perceive.face.speaking import TALK_IOD, during, syllable_motion
from saber.perceive.face.steadiness import MIN_STEADINESS, steadiness

__all__ = ["Portrait", "paint", "usual_step_s"]

Floats = NDArray[np.float64]
_FRONTAL_DEG = 20.0
"""Only pictures turned less than this tell how the face looks at rest. Own choice: foreshortening of a
width by 6 %."""


@dataclass(frozen=True)
class Portrait:
    """Curves over the pictures in which this person was seen (n of them)."""

    frames: NDArray[np.intp]
    """(n,): positions among all pictures."""
    times_s: Floats
    step_s: float
    """Usual time between two pictures."""
    stretches: list[tuple[int, int]]
    """Pictures that follow each other, as (first, past the last) of the n."""
    boxes: Floats
    """(n, 4): left, top, right, bottom in pixels."""
    angles_deg: Floats
    """(n, 3): yaw, pitch, roll, smoothed."""
    gaze_deg: Floats
    """(n, 2): where the eyes look against the camera, head and eyes together: to the subject's left, up."""
    eye_opening: Floats
    """(n,): eye aspect ratio, both eyes, not smoothed."""
    open_eye: float
    """The eye aspect ratio of this person's open eyes."""
    mouth_gap: Floats
    """(n,): between the lips, IOD, not smoothed."""
    mouth_motion: Floats
    """(n,): standard deviation of the lips' opening at the rate of syllables, IOD."""
    talking: NDArray[np.bool_]
    """(n,): the lips move as in speech, and a voice is heard if it is known when voices are heard."""
    rest: Rest
    actions: Floats
    """(n, len(ACTIONS)): intensities, smoothed, 0-5."""
    noise: Floats
    """(len(ACTIONS),): standard deviation of the intensities' noise."""
    doubt: Floats
    """(len(ACTIONS),): uncertainty of the intensities because the face at rest is estimated: a standard
    deviation, on average over the pictures."""
    doubt_shown: Floats
    """(len(ACTIONS),): the same in the pictures in which it is largest, for what shows strongly."""
    steady: Floats
    """(n, len(ACTIONS)): how far an action's region of the face can be believed, 0-1; low behind a hand."""
    quality: Floats
    """(n,): how well the face could be seen, 0-1: turned to the camera, large enough."""


def paint(person: Person, all_times_s: Floats, voice: tuple[Span, ...], settings: FaceSettings) -> Portrait:
    """Measures one person over the clip. `voice`: when a voice is heard; empty when that is not known."""
    frames = np.array(person.frames)
    times = all_times_s[frames]
    step = usual_step_s(all_times_s)
    posed = square_up(np.stack(person.points))
    stretches = _stretches(frames)
    measures = measure(posed.points)
    angles = _by_stretch(np.stack([posed.yaw_deg, posed.pitch_deg, posed.roll_deg], axis=1), stretches, step)
    eyes = eye_turn(posed.points)
    boxes = np.array(person.boxes)
    opening = eye_aspect_ratio(posed.points)
    open_eye = float(np.percentile(opening, 75))
    blinking = opening < 0.7 * open_eye
    frontal = (np.abs(angles[:, :2]) < _FRONTAL_DEG).all(1)
    by_region = steadiness(posed.points, stretches, step)
    steady = np.stack([by_region[action.region] for action in ACTIONS], axis=1)
    good = frontal & ~blinking & (steady >= MIN_STEADINESS).all(1)
    rest = estimate_rest(measures, good, float(good.sum()) * step)
    raw = intensities(measures, rest.measures)
    doubt = _doubt(measures, rest)
    lips = measures[:, COLUMN["mouth_gap"]]
    motion = np.concatenate([syllable_motion(lips[a:b], step) for a, b in stretches])
    talking = motion > TALK_IOD
    if voice:
        talking &= during(times, voice)
    tall = boxes[:, 3] - boxes[:, 1]
    away = np.abs(angles[:, :2]).max(1) / settings.max_yaw_deg
    facing = np.clip((2 - away) / 1.5, 0, 1)  # 1 up to half of max_yaw_deg, 0 from twice
    return Portrait(
        frames=frames,
        times_s=times,
        step_s=step,
        stretches=stretches,
        boxes=boxes,
        angles_deg=angles,
        gaze_deg=_by_stretch(angles[:, :2] + eyes, stretches, step),
        eye_opening=opening,
        open_eye=open_eye,
        mouth_gap=lips,
        mouth_motion=motion,
        talking=talking,
        rest=rest,
        actions=np.clip(_by_stretch(raw, stretches, step), 0, 5),
        noise=_noise(raw, stretches, step),
        doubt=doubt.mean(0),
        doubt_shown=doubt.max(0),
        steady=steady,
        quality=facing * np.clip(tall / settings.min_face_height_px, 0, 1),
    )


def usual_step_s(times_s: Floats) -> float:
    """Usual time between two pictures; that of 25 a second when there is only one."""
    return float(np.median(np.diff(times_s))) if len(times_s) > 1 else 0.04


def _stretches(frames: NDArray[np.intp]) -> list[tuple[int, int]]:
    cuts = np.flatnonzero(np.diff(frames) != 1) + 1
    edges = [0, *cuts.tolist(), len(frames)]
    return list(itertools.pairwise(edges))


def _by_stretch(curves: Floats, stretches: list[tuple[int, int]], step_s: float) -> Floats:
    return np.concatenate([smooth(curves[a:b], step_s) for a, b in stretches])


def _noise(raw: Floats, stretches: list[tuple[int, int]], step_s: float) -> Floats:
    longest = max(stretches, key=lambda s: s[1] - s[0])
    return noise_of(raw[longest[0] : longest[1]], step_s)


def _doubt(measures: Floats, rest: Rest) -> Floats:
    """Standard deviation of the intensities over faces at rest that are as likely as the estimate: (<= 40,
    len(ACTIONS)).

    40 pictures spread over the clip, 40 draws of the rest (a fixed seed: the same clip, the same answer).
    """
    some = measures[np.linspace(0, len(measures) - 1, min(40, len(measures))).astype(int)]
    draws = np.random.default_rng(0).normal(rest.measures, rest.sd, (40, len(rest.sd)))
    moved = np.stack([intensities(some, draw) for draw in draws])
    return np.asarray(moved.std(0))
