"""How much, when and how smoothly does the body move?"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from saber.core.catalogue import absent, measured, spec_of
from saber.core.records import Cue, Track
from saber.perceive.body.course import MAX_STEP_S, Course
from saber.perceive.body.motion import MotionSample
from saber.perceive.body.sighting import ELBOWS, SHOULDERS, WRISTS
from saber.perceive.body.spans import held

__all__ = ["gesture_cues", "joint_speed", "motion_cues", "motion_track", "sparc", "speed_cue"]

Array = NDArray[np.float64]

_STILL = 0.02
_BURST_FROM = 0.06
_BURST_PEAK = 0.12
_STROKE_FROM = 1.0
_STROKE_PEAK = 2.0
# Movement tracks in the report: values a second.
_TRACK_STEP_S = 0.1


def joint_speed(course: Course) -> Array:
    """(n,): mean speed of the seen shoulders, elbows and wrists since the picture before, in face heights
    a second; NaN where none was seen in both or they are too far apart."""
    speed = np.full(len(course), np.nan)
    if len(course) < 2:
        return speed
    joints = course.points[:, [*SHOULDERS, *ELBOWS, *WRISTS]]
    step = np.diff(course.times_s)
    moved = np.linalg.norm(np.diff(joints, axis=0), axis=2)
    usable = (step > 0) & (step <= MAX_STEP_S) & (np.diff(course.stretch) == 0)
    known = np.isfinite(moved) & usable[:, None]
    some = known.any(axis=1)
    total = np.where(known, moved, 0.0).sum(axis=1)
    speed[1:][some] = total[some] / known.sum(axis=1)[some] / step[some]
    return speed


def speed_cue(course: Course) -> Cue:
    spec = spec_of("body.speed")
    speed = joint_speed(course)
    known = np.isfinite(speed)
    span = float(course.times_s[0]), float(course.times_s[-1])
    if known.sum() < 5:
        shoulders = np.isfinite(course.points[:, list(SHOULDERS), 0]).any()
        return absent(spec, "too_short" if shoulders else "shoulders_not_visible", *span)
    tremble = np.percentile(speed[known], 10)
    value = max(0.0, float(np.median(speed[known]) - tremble))
    return measured(
        spec, value, *span, confidence=float(course.visibility[known].mean()) * min(1.0, known.sum() / 12)
    )


def gesture_cues(course: Course, seen: Array, step_s: float) -> list[Cue]:
    """Strokes of either hand, and their rate. `seen` is (n,): hands in the picture."""
    rate = spec_of("body.gesture_rate")
    span = float(course.times_s[0]), float(course.times_s[-1])
    seen_s = float((seen > 0).sum()) * step_s
    cues: list[Cue] = []
    for side in (0, 1):
        speed, by_model = _wrist_speed(course, side)
        moving = np.nan_to_num(speed) >= _STROKE_FROM
        # The speed at row i is that between rows i-1 and i: the stroke starts at the earlier one.
        for stroke in held(moving, course.times_s, min_s=0.0, bridge_s=1.5 * step_s, step_s=step_s):
            apex = stroke.first + int(np.nanargmax(np.nan_to_num(speed[stroke.rows])))
            if speed[apex] < _STROKE_PEAK:
                continue
            start = max(0, stroke.first - 1)
            cues.append(
                measured(
                    spec_of("body.gesture"),
                    float(speed[apex]),
                    float(course.times_s[start]),
                    float(course.times_s[stroke.last]),
                    apex_s=float(course.times_s[apex] + course.times_s[apex - 1]) / 2,
                    confidence=0.8 if by_model[apex] else 0.6,
                )
            )
    cues.sort(key=lambda c: c.start_s)
    if seen_s < 1.0:
        return [*cues, absent(rate, "hands_not_visible" if seen_s == 0 else "too_short", *span)]
    return [*cues, measured(rate, len(cues) / seen_s, *span, confidence=min(1.0, seen_s / 3))]


def motion_track(moves: tuple[MotionSample, ...]) -> Track:
    """`body.motion` at 10 values a second; None where no body, or only its head, was seen."""
    if not moves:
        return Track(name="body.motion", unit="ratio", times_s=(), values=())
    times_s = np.array([m.time_s for m in moves])
    net = np.array([m.net for m in moves])
    slots = np.floor(times_s / _TRACK_STEP_S).astype(int)
    grid = np.arange(slots[0], slots[-1] + 1)
    values = [float(net[slots == slot].mean()) if (slots == slot).any() else None for slot in grid]
    return Track(
        name="body.motion",
        unit="ratio",
        times_s=tuple(round(float((slot + 0.5) * _TRACK_STEP_S), 3) for slot in grid),
        values=tuple(None if v is None else round(v, 4) for v in values),
    )


def motion_cues(moves: tuple[MotionSample, ...]) -> list[Cue]:
    names = ("body.motion_mean", "body.stillness_ratio", "body.smoothness")
    if not moves:
        return [absent(spec_of(name), "only_head_visible") for name in names]
    times_s = np.array([m.time_s for m in moves])
    if len(moves) < 8 or times_s[-1] - times_s[0] < 0.5:
        return [absent(spec_of(name), "too_short") for name in names]
    net = np.array([m.net for m in moves])
    beside = np.array([m.beside if m.beside is not None else 0.0 for m in moves])
    span = float(times_s[0]), float(times_s[-1])
    # A moving camera or flickering light shows beside the body too and is only roughly taken off.
    steady = max(0.2, 1.0 - 2.0 * float(beside.mean()))
    quality = steady * min(1.0, (span[1] - span[0]) / 2.0)
    cues = [
        measured(spec_of("body.motion_mean"), float(net.mean()), *span, confidence=quality),
        measured(spec_of("body.stillness_ratio"), float((net < _STILL).mean()), *span, confidence=quality),
    ]
    step_s = float(np.median(np.diff(times_s)))
    arcs = []
    for burst in held(
        net >= _BURST_FROM, times_s, min_s=0.15, bridge_s=max(0.13, 1.5 * step_s), step_s=step_s
    ):
        apex = burst.first + int(np.argmax(net[burst.rows]))
        if net[apex] < _BURST_PEAK:
            continue
        cues.append(
            measured(
                spec_of("body.motion_burst"),
                float(net[apex]),
                burst.start_s,
                burst.end_s,
                apex_s=float(times_s[apex]),
                confidence=steady,
            )
        )
        if burst.duration_s >= 0.4 and step_s <= 0.07:
            arcs.append(sparc(net[burst.rows], 1 / step_s))
    if arcs:
        cues.append(
            measured(spec_of("body.smoothness"), float(np.median(arcs)), *span, confidence=0.5 * steady)
        )
    else:
        reason = "no_movement" if step_s <= 0.07 else "too_few_pictures"
        cues.append(absent(spec_of("body.smoothness"), reason, *span))
    return cues


def sparc(speed: Array, rate_hz: float, *, cutoff_hz: float = 10.0, min_amplitude: float = 0.05) -> float:
    """Spectral arc length of a speed profile: 0 or less, the smoother the nearer to 0.

    Balasubramanian et al. 2015: the spectrum, padded by four octaves and scaled to its maximum, is
    followed from 0 to the last frequency (at most `cutoff_hz`) with an amplitude of `min_amplitude`;
    frequency counts as its share of that range. A flat zero profile has no arc: 0.
    """
    if not np.any(speed):
        return 0.0
    padded = int(2 ** (np.ceil(np.log2(len(speed))) + 4))
    spectrum = np.abs(np.fft.rfft(speed, padded))
    spectrum /= spectrum.max()
    frequency = np.arange(len(spectrum)) * rate_hz / padded
    within = np.flatnonzero((frequency <= cutoff_hz) & (spectrum >= min_amplitude))
    if len(within) < 2:
        return 0.0
    part = slice(within[0], within[-1] + 1)
    along = np.diff(frequency[part]) / (frequency[part][-1] - frequency[part][0])
    return -float(np.sqrt(along**2 + np.diff(spectrum[part]) ** 2).sum())


def _wrist_speed(course: Course, side: int) -> tuple[Array, NDArray[np.bool_]]:
    """(n,) speed of the left (0) or right (1) wrist, and whether the hand model saw it."""
    name = ("left", "right")[side]
    modelled = np.full((len(course), 2), np.nan)
    for i in range(len(course)):
        for hand in course.hands_at(i):
            if hand.side == name:
                modelled[i] = hand.points_px[0] / course.unit_px[i]
    speed = np.full(len(course), np.nan)
    by_model = np.zeros(len(course), dtype=bool)
    posed = course.points[:, WRISTS[side]]
    for i in range(1, len(course)):
        step = course.times_s[i] - course.times_s[i - 1]
        if not 0 < step <= MAX_STEP_S or course.stretch[i] != course.stretch[i - 1]:
            continue
        # One model for both ends: the two put the wrist in slightly different places.
        for places, model in ((modelled, True), (posed, False)):
            moved = places[i] - places[i - 1]
            if np.isfinite(moved).all():
                # Against the picture and against the head: neither a nod nor a walk is a gesture.
                against_head = moved - (course.head[i] - course.head[i - 1])
                speed[i] = min(np.linalg.norm(moved), np.linalg.norm(against_head)) / step
                by_model[i] = model
                break
    return speed, by_model
