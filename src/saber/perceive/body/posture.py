"""How is the body held: what of it is seen, how open, leaning where, shoulders how?"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from saber.core.catalogue import CueSpec, absent, measured, spec_of
from saber.core.records import Cue
from saber.perceive.body.course import MAX_STEP_S, Course, smoothed
from saber.perceive.body.sighting import EARS, ELBOWS, HIPS, SHOULDERS, WRISTS
from saber.perceive.body.spans import held

__all__ = ["leaning", "posture_cues"]

# Fewer pictures than this say nothing of a posture. Own choice: half a second at 6 a second.
_MIN_PICTURES = 3


def posture_cues(course: Course, step_s: float) -> list[Cue]:
    return [
        *_visible_parts(course),
        _openness(course),
        *_lean_events(course, step_s),
        _shoulder_slope(course),
        _torso_tilt(course),
        *_shoulder_raises(course, step_s),
        _slump(course),
        _sway(course),
    ]


def leaning(course: Course) -> NDArray[np.float64]:
    """(n,): size of the face against the stretch's median, less 1; NaN where unknown or contradicted.

    A face that grows while the shoulders (seen both now and usually) shrink only turned or tilted.
    """
    face = smoothed(course.face_scale, course, 5) - 1.0
    width = np.linalg.norm(course.points[:, SHOULDERS[0]] - course.points[:, SHOULDERS[1]], axis=1)
    for run in course.runs():
        if np.isfinite(width[run]).sum() >= _MIN_PICTURES:
            width[run] /= np.nanmedian(width[run])
        else:
            width[run] = np.nan
    shoulders = smoothed(width, course, 5) - 1.0
    face[np.isfinite(shoulders) & (np.sign(shoulders) != np.sign(face)) & (np.abs(face) >= 0.05)] = np.nan
    return face


def _span(course: Course) -> tuple[float, float]:
    return float(course.times_s[0]), float(course.times_s[-1])


def _quality(course: Course, known: NDArray[np.bool_]) -> float:
    """How far a summary over the known pictures can be trusted: their visibility, and a second's worth."""
    return float(course.visibility[known].mean() * min(1.0, known.sum() / 6))


def _summary(course: Course, spec: CueSpec, values: NDArray[np.float64], missing: str) -> Cue:
    known = np.isfinite(values)
    if known.sum() < _MIN_PICTURES:
        return absent(spec, missing if known.sum() == 0 else "too_short", *_span(course))
    times_s = course.times_s[known]
    return measured(
        spec,
        float(np.median(values[known])),
        float(times_s[0]),
        float(times_s[-1]),
        confidence=_quality(course, known),
    )


def _visible_parts(course: Course) -> list[Cue]:
    quality = min(1.0, len(course) / 6)
    parts = {"body.shoulders_visible_ratio": SHOULDERS, "body.torso_visible_ratio": (*SHOULDERS, *HIPS)}
    return [
        measured(
            spec_of(name),
            float(np.isfinite(course.points[:, list(rows), 0]).all(axis=1).mean()),
            *_span(course),
            confidence=quality,
        )
        for name, rows in parts.items()
    ]


def _openness(course: Course) -> Cue:
    arms = course.points[:, [*ELBOWS, *WRISTS], 0]
    both_elbows = np.isfinite(arms[:, :2]).all(axis=1)
    across = np.linalg.norm(course.points[:, SHOULDERS[0]] - course.points[:, SHOULDERS[1]], axis=1)
    values = np.full(len(course), np.nan)
    usable = both_elbows & np.isfinite(across) & (across > 0.5)
    span = np.nanmax(arms[usable], axis=1) - np.nanmin(arms[usable], axis=1)
    values[usable] = span / across[usable]
    return _summary(course, spec_of("body.openness"), values, "arms_not_visible")


def _lean_events(course: Course, step_s: float) -> list[Cue]:
    spec = spec_of("body.lean")
    lean = leaning(course)
    if np.isfinite(lean).sum() < _MIN_PICTURES:
        return [absent(spec, "too_short", *_span(course))]
    cues = []
    for sign in (1.0, -1.0):
        beyond = np.nan_to_num(sign * lean) >= 0.12
        for span in held(beyond, course.times_s, min_s=0.5, bridge_s=MAX_STEP_S, step_s=step_s):
            part = np.nan_to_num(sign * lean[span.rows])
            apex = span.first + int(np.argmax(part))
            quality = float(course.visibility[span.rows].mean())
            cues.append(
                measured(
                    spec,
                    float(lean[apex]),
                    span.start_s,
                    span.end_s,
                    apex_s=float(course.times_s[apex]),
                    # A zoom or a face that merely turns can look the same.
                    confidence=0.7 * quality,
                )
            )
    return sorted(cues, key=lambda c: c.start_s)


def _shoulder_slope(course: Course) -> Cue:
    left, right = course.points[:, SHOULDERS[0]], course.points[:, SHOULDERS[1]]
    # Facing the camera the person's left shoulder is on the picture's right. Turned by more than about
    # 45 deg the shoulders come nearer to each other than 0.7 of their usual distance (about two faces).
    across = left[:, 0] - right[:, 0]
    frontal = across >= 1.4
    values = np.full(len(course), np.nan)
    values[frontal] = np.degrees(np.arctan2(right[frontal, 1] - left[frontal, 1], across[frontal]))
    missing = "shoulders_not_visible" if not np.isfinite(across).any() else "turned_away"
    return _summary(course, spec_of("body.shoulder_slope"), values, missing)


def _torso_tilt(course: Course) -> Cue:
    axis = course.middle(SHOULDERS) - course.middle(HIPS)
    facing = np.sign(course.points[:, SHOULDERS[0], 0] - course.points[:, SHOULDERS[1], 0])
    values = facing * np.degrees(np.arctan2(axis[:, 0], -axis[:, 1]))
    return _summary(course, spec_of("body.torso_tilt"), values, "hips_not_visible")


def _shoulder_raises(course: Course, step_s: float) -> list[Cue]:
    spec = spec_of("body.shoulder_raise")
    neck = smoothed(course.middle(SHOULDERS)[:, 1] - course.middle(EARS)[:, 1], course, 3)
    rise = np.full(len(course), np.nan)
    for run in course.runs():
        if np.isfinite(neck[run]).sum() >= 2 * _MIN_PICTURES:
            rise[run] = np.nanmedian(neck[run]) - neck[run]
    if not np.isfinite(rise).any():
        reason = "too_short" if np.isfinite(neck).any() else "shoulders_not_visible"
        return [absent(spec, reason, *_span(course))]
    # Nearer to the camera everything grows, and a lowered head nears the shoulders too: the shoulders
    # themselves must have come up against their own median.
    lift = np.full(len(course), np.nan)
    height = smoothed(course.middle(SHOULDERS)[:, 1], course, 3)
    for run in course.runs():
        if np.isfinite(height[run]).any():
            lift[run] = np.nanmedian(height[run]) - height[run]
    raised = np.minimum(rise, lift)
    cues = []
    for span in held(np.nan_to_num(raised) >= 0.12, course.times_s, min_s=0.15, bridge_s=0.2, step_s=step_s):
        apex = span.first + int(np.nanargmax(raised[span.rows]))
        cues.append(
            measured(
                spec,
                float(raised[apex]),
                span.start_s,
                span.end_s,
                apex_s=float(course.times_s[apex]),
                confidence=0.7 * float(course.visibility[span.rows].mean()),
            )
        )
    return cues


def _slump(course: Course) -> Cue:
    spec = spec_of("body.slump")
    run = max(course.runs(), key=lambda r: r.stop - r.start)
    times_s = course.times_s[run]
    shoulders, head = course.middle(SHOULDERS)[run, 1], course.head[run, 1]
    third = len(times_s) // 3
    first, last = slice(0, third), slice(len(times_s) - third, None)
    if not np.isfinite(shoulders).any():
        return absent(spec, "shoulders_not_visible", *_span(course))
    if third < _MIN_PICTURES or times_s[-1] - times_s[0] < 2.0:
        return absent(spec, "too_short", *_span(course))
    if min(np.isfinite(shoulders[first]).sum(), np.isfinite(shoulders[last]).sum()) < _MIN_PICTURES:
        return absent(spec, "shoulders_not_visible", *_span(course))
    sunk = float(np.nanmedian(shoulders[last]) - np.nanmedian(shoulders[first]))
    head_sunk = float(np.median(head[last]) - np.median(head[first]))
    value = float(np.sign(sunk)) * min(abs(sunk), abs(head_sunk)) if sunk * head_sunk > 0 else 0.0
    return measured(
        spec,
        value,
        float(times_s[0]),
        float(times_s[-1]),
        confidence=0.7 * float(course.visibility[run].mean()),
    )


def _sway(course: Course) -> Cue:
    spec = spec_of("body.sway")
    middle = course.middle(SHOULDERS)
    squares = []
    for run in course.runs():
        known = np.isfinite(middle[run, 0])
        times_s, places = course.times_s[run][known], middle[run][known]
        if known.sum() < 6 or times_s[-1] - times_s[0] < 1.5:
            continue
        near = np.abs(times_s[:, None] - times_s[None, :]) <= 1.5
        drift = (near @ places) / near.sum(axis=1, keepdims=True)
        squares.append(np.sum((places - drift) ** 2, axis=1))
    if not squares:
        seen = np.isfinite(middle[:, 0]).any()
        return absent(spec, "too_short" if seen else "shoulders_not_visible", *_span(course))
    value = float(np.sqrt(np.concatenate(squares).mean()))
    return measured(spec, value, *_span(course), confidence=_quality(course, np.isfinite(middle[:, 0])))
