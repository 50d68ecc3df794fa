"""What do the looks at a whole clip add up to?"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from saber.core.catalogue import absent, measured, spec_of
from saber.core.catalogue.scene import SPECS
from saber.core.records import Cue, ModelInfo, Perception, Track
from saber.perceive.scene.camera import CameraStep
from saber.perceive.scene.colour_names import COLOURS
from saber.perceive.scene.framing import framing_cue, people_cue
from saber.perceive.scene.looks import Looks
from saber.perceive.scene.shots import (
    Pictures,
    Transition,
    black_stretches,
    frozen_stretches,
    shot_spans,
    transitions,
)

__all__ = ["Seen", "conclude"]

# Widths a second: below, the camera stands still (a quarter pixel of 160 in 1/8 s is 0.0125).
_STILL = 0.03
_MOVE = 0.08
_MIN_MOVE_S = 0.5
_MIN_COLOUR_SHARE = 1 / 6


@dataclass(frozen=True)
class Seen:
    """What was kept of the frames. `pictures` is None when there was no frame."""

    pictures: Pictures | None
    steps: tuple[CameraStep, ...]
    looks: tuple[Looks, ...]
    colours: tuple[dict[str, float], ...]


def conclude(seen: Seen, *, face: Perception, duration_s: float) -> Perception:
    """Cues and tracks. Without a frame every cue is absent (`no_video`)."""
    if seen.pictures is None:
        return Perception(
            sense="scene",
            present=False,
            absent_reason="no_video",
            cues=tuple(absent(s, "no_video", 0.0, duration_s) for s in SPECS if s.kind != "track"),
        )
    times_s = seen.pictures.times_s
    start_s = float(times_s[0])
    # The last picture stays until the clip's end, unless the sound goes on much longer.
    usual = float(np.median(np.diff(times_s))) if len(times_s) > 1 else 0.0
    end_s = float(times_s[-1]) + usual
    found = transitions(seen.pictures)
    cues = [
        framing_cue(face, start_s, end_s),
        people_cue(face, start_s, end_s),
        *_shot_cues(seen.pictures, found, start_s, end_s),
        *_look_cues(seen.looks, start_s, end_s),
        *_colour_cues(seen.colours, start_s, end_s),
        *_camera_cues(_between_cuts(seen.steps, found), start_s, end_s),
    ]
    return Perception(
        sense="scene",
        present=True,
        cues=tuple(cues),
        tracks=(
            Track(
                name="scene.luma",
                unit="ratio",
                times_s=tuple(round(look.time_s, 3) for look in seen.looks),
                values=tuple(round(look.luma, 4) for look in seen.looks),
            ),
            Track(
                name="scene.motion",
                unit="ratio",
                times_s=tuple(round(step.time_s, 3) for step in seen.steps),
                values=tuple(round(step.changed, 4) for step in seen.steps),
            ),
        ),
        models=(
            ModelInfo(
                role="scene_measures",
                name="published image statistics",
                version="1",
                licence="Apache-2.0",
                source="rules",
            ),
        ),
    )


def _shot_cues(pictures: Pictures, found: list[Transition], start_s: float, end_s: float) -> list[Cue]:
    black = black_stretches(pictures)
    shots = shot_spans(found, black, start_s, end_s)
    single_picture = len(pictures.times_s) == 1
    all_black = bool((pictures.black_share >= 0.98).all())
    count = 0 if all_black else max(1, len(shots))
    # A missed or invented transition is likelier the less sure the found ones are.
    sure = float(np.mean([t.strength for t in found])) if found else 0.9
    cues = [
        measured(spec_of("scene.shots"), count, start_s, end_s, confidence=0.3 if single_picture else sure)
    ]
    if len(shots) > 1:
        mean_s = float(np.mean([s.end_s - s.start_s for s in shots]))
        cues.append(measured(spec_of("scene.shot_length"), mean_s, start_s, end_s, confidence=sure))
    else:
        cues.append(absent(spec_of("scene.shot_length"), "single_shot" if count else "black", start_s, end_s))
    cues += [
        measured(
            spec_of("scene.transition"), t.kind, t.start_s, t.end_s, apex_s=t.time_s, confidence=t.strength
        )
        for t in found
    ]
    for name, stretches in (("scene.black", black), ("scene.frozen", frozen_stretches(pictures))):
        cues += [measured(spec_of(name), s.end_s - s.start_s, s.start_s, s.end_s) for s in stretches]
    return cues


def _look_cues(looks: tuple[Looks, ...], start_s: float, end_s: float) -> list[Cue]:
    cues = []
    for name in ("luma", "contrast", "colourfulness", "warmth", "sharpness", "blur"):
        spec = spec_of(f"scene.{name}")
        values = [v for look in looks if (v := getattr(look, name)) is not None]
        if values:
            cues.append(
                measured(spec, float(np.median(values)), start_s, end_s, confidence=len(values) / len(looks))
            )
        else:
            cues.append(absent(spec, "no_detail", start_s, end_s))
    return cues


def _colour_cues(colours: tuple[dict[str, float], ...], start_s: float, end_s: float) -> list[Cue]:
    spec = spec_of("scene.dominant_colour")
    shares = {name: float(np.mean([c[name] for c in colours])) for name in COLOURS}
    largest = sorted(COLOURS, key=lambda name: -shares[name])[:3]
    cues = [
        measured(spec, name, start_s, end_s, confidence=min(1.0, 0.5 + shares[name]))
        for name in largest
        if shares[name] >= _MIN_COLOUR_SHARE
    ]
    return cues or [absent(spec, "many_colours", start_s, end_s)]


def _between_cuts(steps: tuple[CameraStep, ...], found: list[Transition]) -> list[CameraStep]:
    return [
        step
        for step in steps
        if not any(t.start_s <= step.time_s and t.end_s >= step.time_s - step.step_s for t in found)
    ]


def _camera_cues(steps: list[CameraStep], start_s: float, end_s: float) -> list[Cue]:
    known = [step for step in steps if step.shift_px is not None]
    names = ("scene.camera", "scene.camera_speed", "scene.background_motion")
    if len(known) < 3:
        reason = "too_short" if len(steps) < 3 else "no_shared_motion"
        return [absent(spec_of(name), reason, start_s, end_s) for name in names]
    speeds = np.array([np.hypot(*_velocity(step)) for step in known])
    still = speeds < _STILL
    mean = float(speeds.mean())
    state = "static" if still.mean() >= 0.85 else "unsteady" if mean < 0.1 else "moving"
    # Steps without a shared shift may hide a zoom or a scene in full motion.
    sure = len(known) / len(steps)
    cues = [
        measured(spec_of("scene.camera"), state, start_s, end_s, confidence=sure),
        measured(spec_of("scene.camera_speed"), mean, start_s, end_s, confidence=sure),
        *_moves(known),
    ]
    spec = spec_of("scene.background_motion")
    margins = [step.changed_behind for step, calm in zip(known, still, strict=True) if calm]
    if len(margins) >= 3:
        quality = sure * len(margins) / len(known)
        cues.append(measured(spec, float(np.mean(margins)), start_s, end_s, confidence=quality))
    else:
        cues.append(absent(spec, "camera_moves", start_s, end_s))
    return cues


def _velocity(step: CameraStep) -> NDArray[np.float64]:
    """The content's velocity in picture widths a second, (right, down)."""
    assert step.shift_px is not None
    return np.array(step.shift_px) / step.width_px / step.step_s


def _direction(step: CameraStep) -> str | None:
    """Where the camera turns: against the content's movement."""
    right, down = _velocity(step)
    if np.hypot(right, down) < _MOVE:
        return None
    if abs(right) >= abs(down):
        return "pan_left" if right > 0 else "pan_right"
    return "tilt_up" if down > 0 else "tilt_down"


def _moves(known: list[CameraStep]) -> list[Cue]:
    cues = []
    start = 0
    for i in range(1, len(known) + 1):
        goes_on = (
            i < len(known)
            and _direction(known[i]) == _direction(known[start])
            and known[i].time_s - known[i - 1].time_s <= 2.5 * known[i].step_s
        )
        if goes_on:
            continue
        way = _direction(known[start])
        begin_s, end_s = known[start].time_s - known[start].step_s, known[i - 1].time_s
        if way is not None and end_s - begin_s >= _MIN_MOVE_S - 1e-9:
            fastest = max(known[start:i], key=lambda step: float(np.hypot(*_velocity(step))))
            cues.append(
                measured(
                    spec_of("scene.camera_move"), way, begin_s, end_s, apex_s=fastest.time_s, confidence=0.9
                )
            )
        start = i
    return cues
