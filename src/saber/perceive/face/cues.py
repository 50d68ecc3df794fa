"""Which cues and curves does one person's portrait give?"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from saber.core.catalogue.face import SPECS
from saber.core.catalogue.spec import absent, measured
from saber.core.records import Cue, Track
from saber.perceive.face.actions import ACTION_COLUMN, ACTIONS
from saber.perceive.face.episodes import KINDS, Episode, Kind, find_episodes, is_micro, strength
from saber.perceive.face.expression import Expression
from saber.perceive.face.gaze import Shut, look_aways, shut_eyes
from saber.perceive.face.head import swings
from saber.perceive.face.portrait import Portrait
from saber.perceive.face.settings import FaceSettings
from saber.perceive.face.smoothing import runs
from saber.perceive.face.steadiness import MIN_STEADINESS

__all__ = ["BY_NAME", "absent_cues", "person_cues", "person_tracks"]

Floats = NDArray[np.float64]
BY_NAME = {spec.name.removeprefix("face."): spec for spec in SPECS}
_BRIDGE_S = 0.2
_LONGEST_BLINK_S = 0.5
_MIN_MOTION_S = 0.5
"""Own choice: over less, the head's speed is mostly the mesh's noise."""
_AVERTED_DEG = 15.0
_LIPS_SETTLE_S = 0.25
_SURELY_NOT_REST = 2.0
"""Standard deviations of the doubt about the face at rest from which an expression that was not seen to
begin counts: else it may be how the person looks. Own choice: 95 %."""
_MICRO_KINDS = {level.slug for level in BY_NAME["micro_expression"].levels}


def absent_cues(reason: str, start_s: float, end_s: float, but: Sequence[str] = ()) -> list[Cue]:
    """Every summary and category that needs a face, absent, except those named in `but`."""
    return [
        absent(spec, reason, start_s, end_s)
        for name, spec in BY_NAME.items()
        if spec.kind in ("summary", "category") and name not in but
    ]


def person_cues(portrait: Portrait, expression: Expression, who: int, settings: FaceSettings) -> list[Cue]:
    """Summaries and events of one person; what could not be measured is absent with its reason."""
    return [
        *_visible(portrait, who),
        *_head(portrait, who, settings),
        *_eyes(portrait, who, settings),
        *_actions(portrait, expression, who),
        *_episodes(portrait, who, settings),
    ]


def person_tracks(
    portrait: Portrait, expression: Expression, all_times_s: Floats, size_px: tuple[int, int]
) -> list[Track]:
    """Curves over all pictures of the clip, None where it could not be seen. size_px: width, height."""
    width, height = size_px
    left, top, right, bottom = portrait.boxes.T
    curves: dict[str, Floats] = {
        "height_ratio": (bottom - top) / height,
        "centre_x": (left + right) / 2 / width,
        "centre_y": (top + bottom) / 2 / height,
        "yaw": portrait.angles_deg[:, 0],
        "pitch": portrait.angles_deg[:, 1],
        "roll": portrait.angles_deg[:, 2],
        "gaze_x": portrait.gaze_deg[:, 0],
        "gaze_y": portrait.gaze_deg[:, 1],
        "eye_opening": portrait.eye_opening,
        "mouth_motion": portrait.mouth_motion,
        "valence": expression.affect[:, 0],
        "arousal": expression.affect[:, 1],
        **{action.slug: portrait.actions[:, i] for i, action in enumerate(ACTIONS)},
    }
    readable = portrait.quality > 0
    tracks = []
    for name, curve in curves.items():
        known = np.ones(len(curve), bool)
        if name.startswith(("gaze", "valence", "arousal", "eye", "mouth")):
            known = readable
        elif name in ACTION_COLUMN:
            known = readable & (portrait.steady[:, ACTION_COLUMN[name]] >= MIN_STEADINESS)
        values: list[float | None] = [None] * len(all_times_s)
        for frame, value in zip(portrait.frames[known].tolist(), curve[known].tolist(), strict=True):
            values[frame] = round(value, 4)
        spec = BY_NAME[name]
        tracks.append(
            Track(name=spec.name, unit=spec.unit, times_s=tuple(all_times_s.tolist()), values=tuple(values))
        )
    return tracks


def _visible(p: Portrait, who: int) -> Iterator[Cue]:
    start = float(p.times_s[0])
    for a, b in zip(p.times_s[:-1].tolist(), p.times_s[1:].tolist(), strict=True):
        if b - a > _BRIDGE_S + p.step_s:
            yield measured(BY_NAME["visible"], a + p.step_s - start, start, a + p.step_s, person=who)
            start = b
    end = float(p.times_s[-1]) + p.step_s
    yield measured(BY_NAME["visible"], end - start, start, end, person=who)


def _head(p: Portrait, who: int, settings: FaceSettings) -> Iterator[Cue]:
    start, end = _span(p)
    for name, column in (("head_yaw", 0), ("head_pitch", 1), ("head_roll", 2)):
        yield measured(
            BY_NAME[name], float(np.median(p.angles_deg[:, column])), start, end, confidence=0.9, person=who
        )
    speed = [
        np.linalg.norm(np.diff(p.angles_deg[a:b], axis=0) / np.diff(p.times_s[a:b])[:, None], axis=1)
        for a, b in p.stretches
        if b - a > 1
    ]
    if sum(map(len, speed)) * p.step_s >= _MIN_MOTION_S:
        yield measured(
            BY_NAME["head_motion"],
            float(np.concatenate(speed).mean()),
            start,
            end,
            confidence=0.9,
            person=who,
        )
    else:
        yield absent(BY_NAME["head_motion"], "too_short", start, end)
    if _rate(p) < settings.min_frames_per_s:
        return
    for name, main, beside in (("nod", 1, 0), ("shake", 0, 1)):
        for a, b in _long_stretches(p, 0.5):
            for s in swings(p.times_s[a:b], p.angles_deg[a:b, main], p.angles_deg[a:b, beside], p.step_s):
                sure = min(1.0, s.size_deg / 8) * (0.7 if s.half_swings == 2 else 1.0)
                yield measured(
                    BY_NAME[name],
                    s.size_deg,
                    s.start_s,
                    s.end_s,
                    confidence=sure,
                    apex_s=s.apex_s,
                    person=who,
                )


def _eyes(p: Portrait, who: int, settings: FaceSettings) -> Iterator[Cue]:
    start, end = _span(p)
    readable = p.quality > 0.3
    open_now = p.eye_opening > 0.7 * p.open_eye
    looking = readable & open_now
    if looking.any():
        off = np.hypot(p.gaze_deg[looking, 0], p.gaze_deg[looking, 1])
        sure = 0.8 * float(p.quality[looking].mean())
        yield measured(
            BY_NAME["gaze_averted"],
            float((off > _AVERTED_DEG).mean()),
            start,
            end,
            confidence=sure,
            person=who,
        )
        home = np.median(p.gaze_deg[looking], axis=0)
        gaze = np.where(looking[:, None], p.gaze_deg, np.nan)
        for a, b in p.stretches:
            for glance in look_aways(p.times_s[a:b], gaze[a:b], home, p.step_s):
                yield measured(
                    BY_NAME["look_away"], glance.towards, glance.start_s, glance.end_s,
                    confidence=sure, apex_s=glance.apex_s, person=who,
                )  # fmt: skip
    else:
        yield absent(BY_NAME["gaze_averted"], "face_turned_away", start, end)
    watched_s = float(readable.sum()) * p.step_s
    if _rate(p) < settings.min_frames_per_s:
        yield absent(BY_NAME["blink_rate"], "too_few_frames", start, end)
        return
    blinks, closed = _lids(p, readable)
    for name, shuts in (("blink", blinks), ("eyes_closed", closed)):
        for s in shuts:
            yield measured(
                BY_NAME[name],
                s.end_s - s.start_s,
                s.start_s,
                s.end_s,
                confidence=s.depth,
                apex_s=s.apex_s,
                person=who,
            )
    if watched_s < settings.min_blink_watch_s:
        yield absent(BY_NAME["blink_rate"], "too_short", start, end)
    else:
        sure = min(1.0, watched_s / 60) ** 0.5
        yield measured(
            BY_NAME["blink_rate"], 60 * len(blinks) / watched_s, start, end, confidence=sure, person=who
        )


def _lids(p: Portrait, readable: NDArray[np.bool_]) -> tuple[list[Shut], list[Shut]]:
    """Blinks, and eyes kept shut."""
    shut = [
        s
        for first, last in _readable_stretches(p, readable)
        for s in shut_eyes(p.times_s[first:last], p.eye_opening[first:last], p.open_eye, p.step_s)
    ]
    return (
        [s for s in shut if s.end_s - s.start_s <= _LONGEST_BLINK_S],
        [s for s in shut if s.end_s - s.start_s > _LONGEST_BLINK_S],
    )


def _actions(p: Portrait, expression: Expression, who: int) -> Iterator[Cue]:
    start, end = _span(p)
    readable = p.quality > 0
    for i, action in enumerate(ACTIONS):
        spec = BY_NAME[action.slug]
        if not readable.any():
            yield absent(spec, "face_turned_away", start, end)
            continue
        steady = readable & (p.steady[:, i] >= MIN_STEADINESS)
        if not steady.any():
            yield absent(spec, "face_unsteady", start, end)
            continue
        counts = steady & (expression.weight[:, i] >= 0.5)
        if not counts.any():
            yield absent(spec, "mouth_busy_talking" if p.talking.any() else "eyes_shut", start, end)
            continue
        curve = p.actions[counts, i]
        unsure = np.hypot(p.noise[i], p.doubt[i])
        yield measured(
            spec, float(np.percentile(curve, 90)), start, end,
            confidence=float(p.quality[counts].mean() / (1 + unsure**2)),
            apex_s=float(p.times_s[counts][int(np.argmax(curve))]), person=who,
        )  # fmt: skip
    yield measured(
        BY_NAME["expressiveness"], float(expression.expressiveness.mean()), start, end,
        confidence=float((p.quality * expression.certainty).mean()), person=who,
    )  # fmt: skip
    yield measured(BY_NAME["rest_doubt"], float(np.median(p.doubt)), start, end, person=who)


def _episodes(p: Portrait, who: int, settings: FaceSettings) -> Iterator[Cue]:
    start, end = _span(p)
    slow = _rate(p) < settings.min_frames_per_s
    if slow:
        yield absent(BY_NAME["micro_expression"], "too_few_frames", start, end)
    for kind in KINDS:
        curve = strength(p.actions, kind)
        of_kind = [ACTION_COLUMN[slug] for slug in kind.actions]
        noise = float(p.noise[of_kind].max())
        for a, b in p.stretches:
            for e in find_episodes(p.times_s[a:b], curve[a:b], noise):
                if _is_speech(p, kind, e) or _is_blink(p, kind, e):
                    continue
                doubt = float((p.doubt if e.rise_seen else p.doubt_shown)[of_kind].max())
                if not e.rise_seen and e.height < _SURELY_NOT_REST * doubt:
                    continue
                during = (p.times_s >= e.start_s) & (p.times_s <= e.end_s)
                steady = float(p.steady[during][:, of_kind].min(1).mean())
                if steady < MIN_STEADINESS:
                    continue
                sure = float(p.quality[during].mean()) * steady * e.height / (e.height + doubt)
                yield measured(
                    BY_NAME[kind.slug], e.height, e.start_s, e.end_s,
                    confidence=sure, apex_s=e.apex_s, person=who,
                )  # fmt: skip
                if not slow and is_micro(e) and kind.slug in _MICRO_KINDS and _steady(p, during):
                    yield measured(
                        BY_NAME["micro_expression"], kind.slug, e.start_s, e.end_s,
                        confidence=0.7 * sure, apex_s=e.apex_s, person=who,
                    )  # fmt: skip


def _is_speech(p: Portrait, kind: Kind, e: Episode) -> bool:
    """Whether the movement is a talking mouth's: most of it is, or comes right before or after a word.

    The lips take a quarter of a second to get ready and to come to rest (own choice of the margin).
    """
    during = (p.times_s >= e.start_s - _LIPS_SETTLE_S) & (p.times_s <= e.end_s + _LIPS_SETTLE_S)
    short = e.end_s - e.start_s < kind.speech_shorter_s
    return short and float(p.talking[during].mean()) > 0.3


def _is_blink(p: Portrait, kind: Kind, e: Episode) -> bool:
    """Whether a short movement round the eyes goes with a blink, which pulls brows and nose along."""
    during = (p.times_s >= e.start_s) & (p.times_s <= e.end_s)
    blinks = float(p.eye_opening[during].min()) < 0.55 * p.open_eye
    return kind.near_eyes and e.end_s - e.start_s <= _LONGEST_BLINK_S and blinks


def _steady(p: Portrait, during: NDArray[np.bool_]) -> bool:
    """The head hardly turns meanwhile (own choice: 6 degrees): a turn bends what the mesh sees for an
    instant, like an expression."""
    return float(np.ptp(p.angles_deg[during], axis=0).max()) < 6.0


def _rate(p: Portrait) -> float:
    return 1 / p.step_s if p.step_s > 0 else 0.0


def _long_stretches(p: Portrait, least_s: float) -> list[tuple[int, int]]:
    return [(a, b) for a, b in p.stretches if (b - a) * p.step_s >= least_s]


def _readable_stretches(p: Portrait, readable: NDArray[np.bool_]) -> list[tuple[int, int]]:
    return [(a + first, a + last) for a, b in p.stretches for first, last in runs(readable[a:b])]


def _span(p: Portrait) -> tuple[float, float]:
    return float(p.times_s[0]), float(p.times_s[-1]) + p.step_s
