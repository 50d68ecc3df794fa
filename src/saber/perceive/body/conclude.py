"""What do the sightings of a whole clip add up to?"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from saber.core.catalogue import absent, measured, spec_of
from saber.core.catalogue.body import SPECS
from saber.core.records import Cue, ModelInfo, Perception, Reading, Track
from saber.perceive.body.course import Course, course_of
from saber.perceive.body.hands import hand_cues, hands_seen
from saber.perceive.body.motion import MotionSample
from saber.perceive.body.movement import gesture_cues, joint_speed, motion_cues, motion_track, speed_cue
from saber.perceive.body.posture import leaning, posture_cues
from saber.perceive.body.reading import BodyState, read
from saber.perceive.body.sighting import Sighting

__all__ = ["conclude"]

# A body seen in fewer pictures than this, or for a smaller part of the clip, is taken for a mistake.
_MIN_PICTURES = 2
_MIN_PRESENCE = 0.02
# Readings of shorter stretches: long enough for one gesture and its rest (own choice).
_MOMENT_S = 2.0


def conclude(
    sightings: tuple[Sighting, ...], moves: tuple[MotionSample, ...], *, duration_s: float
) -> Perception:
    """Cues, tracks and the reading. With no body in view every cue is absent (`no_body`; `no_video`
    without a single picture)."""
    models = (
        ModelInfo(
            role="body_pose_hands_face",
            name="mediapipe pose (full), hands (full), face detection (short range)",
            version="0.10.14",
            licence="Apache-2.0",
            source="packaged",
        ),
    )
    if not sightings:
        return _nothing("no_video", duration_s, ())
    course = course_of(sightings)
    if len(course) < _MIN_PICTURES or len(course) < _MIN_PRESENCE * len(sightings):
        return _nothing("no_body", duration_s, models, presence=0.0)
    step_s = _usual_step(sightings)
    seen = hands_seen(course)
    cues: list[Cue] = [
        measured(
            spec_of("body.presence_ratio"),
            len(course) / len(sightings),
            sightings[0].time_s,
            sightings[-1].time_s,
            confidence=min(1.0, len(sightings) / 6),
        ),
        *posture_cues(course, step_s),
        *hand_cues(course, step_s),
        *gesture_cues(course, seen, step_s),
        speed_cue(course),
        *motion_cues(moves),
    ]
    cues = [_within(cue, duration_s) for cue in cues]
    return Perception(
        sense="body",
        present=True,
        cues=tuple(cues),
        tracks=_tracks(sightings, course, seen, moves),
        overall=_overall(cues, moves, course, seen),
        moments=_moments(cues, moves, course, seen, duration_s),
        models=models,
    )


def _nothing(
    reason: str, duration_s: float, models: tuple[ModelInfo, ...], presence: float | None = None
) -> Perception:
    cues = [absent(spec, reason, 0.0, duration_s) for spec in SPECS if spec.kind != "track"]
    if presence is not None:
        cues[0] = measured(spec_of("body.presence_ratio"), presence, 0.0, duration_s)
    return Perception(sense="body", present=False, absent_reason=reason, cues=tuple(cues), models=models)


def _usual_step(sightings: tuple[Sighting, ...]) -> float:
    times_s = np.array([s.time_s for s in sightings])
    return float(np.median(np.diff(times_s))) if len(times_s) > 1 else 0.1


def _within(cue: Cue, duration_s: float) -> Cue:
    """A sample stands for the time around it, which may reach past the clip's end."""
    if duration_s <= 0 or cue.end_s <= duration_s:
        return cue
    return cue.model_copy(update={"start_s": min(cue.start_s, duration_s), "end_s": duration_s})


def _tracks(
    sightings: tuple[Sighting, ...],
    course: Course,
    seen: np.typing.NDArray[np.float64],
    moves: tuple[MotionSample, ...],
) -> tuple[Track, ...]:
    row_of = {float(t): i for i, t in enumerate(course.times_s)}
    rows = [row_of.get(s.time_s) if s.person else None for s in sightings]
    times_s = tuple(round(s.time_s, 3) for s in sightings)

    def track(name: str, unit: str, values: np.typing.NDArray[np.float64]) -> Track:
        picked = (
            None if row is None or np.isnan(values[row]) else round(float(values[row]), 4) for row in rows
        )
        return Track(name=name, unit=unit, times_s=times_s, values=tuple(picked))

    return (
        motion_track(moves),
        track("body.hands_visible", "count", seen),
        track("body.lean", "ratio", leaning(course)),
        track("body.speed", "face heights/s", joint_speed(course)),
    )


def _value(cues: Sequence[Cue], name: str) -> float | None:
    cue = next((c for c in cues if c.name == name and c.status == "measured" and c.confidence >= 0.3), None)
    return cue.value if cue is not None and isinstance(cue.value, float) else None


def _overall(
    cues: Sequence[Cue],
    moves: tuple[MotionSample, ...],
    course: Course,
    seen: np.typing.NDArray[np.float64],
) -> Reading | None:
    motion = next((c for c in cues if c.name == "body.motion_mean" and c.status == "measured"), None)
    return read(
        BodyState(
            start_s=float(course.times_s[0]),
            end_s=max(float(course.times_s[-1]), moves[-1].time_s if moves else 0.0),
            quality=float(course.visibility.mean()) * (motion.confidence if motion else 0.5),
            hands_visible=float((seen > 0).mean()),
            motion=_value(cues, "body.motion_mean"),
            hand_at_face=_value(cues, "body.hand_at_face_ratio"),
            slump=_value(cues, "body.slump"),
            openness=_value(cues, "body.openness"),
        )
    )


def _moments(
    cues: Sequence[Cue],
    moves: tuple[MotionSample, ...],
    course: Course,
    seen: np.typing.NDArray[np.float64],
    duration_s: float,
) -> tuple[Reading, ...]:
    """One reading per window of `_MOMENT_S` in which something speaks."""
    moved_s = np.array([m.time_s for m in moves])
    net = np.array([m.net for m in moves])
    touches = [c for c in cues if c.name == "body.hand_at_face" and c.status == "measured"]
    readings = []
    for start in np.arange(0.0, max(duration_s, float(course.times_s[-1])), _MOMENT_S):
        end = float(min(start + _MOMENT_S, max(duration_s, float(course.times_s[-1]))))
        rows = (course.times_s >= start) & (course.times_s < end)
        if rows.sum() < _MIN_PICTURES:
            continue
        within = (moved_s >= start) & (moved_s < end)
        touched_s = sum(max(0.0, min(c.end_s, end) - max(c.start_s, start)) for c in touches)
        reading = read(
            BodyState(
                start_s=float(start),
                end_s=end,
                quality=float(course.visibility[rows].mean()) * min(1.0, rows.sum() / 6),
                hands_visible=float((seen[rows] > 0).mean()),
                motion=float(net[within].mean()) if within.sum() >= 8 else None,
                hand_at_face=touched_s / (end - float(start)),
            )
        )
        if reading is not None:
            readings.append(reading)
    return tuple(readings)
