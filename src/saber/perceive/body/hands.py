"""What do the hands do: seen or not, open, at the face, together, arms crossed?"""

from __future__ import annotations

from collections import Counter

import numpy as np
from numpy.typing import NDArray

from saber.core.catalogue import absent, measured, spec_of
from saber.core.records import Cue
from saber.perceive.body.course import MAX_STEP_S, Course
from saber.perceive.body.sighting import ELBOWS, SHOULDERS, WRISTS, Face, Hand
from saber.perceive.body.spans import Stretch, held

__all__ = ["at_face", "hand_cues", "hands_seen"]

_TIPS = (4, 8, 12, 16, 20)
# Index, middle and ring finger from the middle joint on: what points at a place or, curled, covers it.
_LONG_FINGERS = (6, 7, 8, 10, 11, 12, 14, 15, 16)
_MIDDLE_JOINTS = (6, 10, 14, 18)
# A palm (wrist to middle knuckle) is about 0.6 of the detector's face height in life (10 cm to 15-17); in
# the picture's plane it can only look shorter at the same distance. Twice as long: far in front.
_MAX_PALM_RATIO = 1.2
# At the face: this share of the hand's 21 points inside the oval, or two finger tips. Own choice.
_MIN_INSIDE = 0.2


def hand_cues(course: Course, step_s: float) -> list[Cue]:
    span = float(course.times_s[0]), float(course.times_s[-1])
    looked = np.array([s.hands is not None for s in course.sightings])
    quality = min(1.0, looked.sum() / 4)
    seen = hands_seen(course)
    cues = []
    if looked.any():
        ratio = float((seen > 0).mean())
        cues.append(measured(spec_of("body.hands_visible_ratio"), ratio, *span, confidence=quality))
    else:
        cues.append(absent(spec_of("body.hands_visible_ratio"), "too_short", *span))
    touches = _hand_at_face(course, step_s)
    cues += touches
    with_body_s = len(course) * step_s
    at_face_s = sum(c.end_s - c.start_s for c in touches)
    cues.append(
        measured(
            spec_of("body.hand_at_face_ratio"), min(1.0, at_face_s / with_body_s), *span, confidence=quality
        )
        if looked.any()
        else absent(spec_of("body.hand_at_face_ratio"), "too_short", *span)
    )
    cues += _hands_together(course, step_s)
    cues += _arms_crossed(course, step_s)
    cues.append(_open_hands(course))
    return cues


def hands_seen(course: Course) -> NDArray[np.float64]:
    """(n,): hands in the picture, 0-2, by the hand model or as visible wrists.

    A picture in which no hand was looked for counts as one without: looks are only left out while none
    has been seen for a while.
    """
    wrists = np.isfinite(course.points[:, list(WRISTS), 0]).sum(axis=1)
    counts = np.zeros(len(course))
    for i, sighting in enumerate(course.sightings):
        counts[i] = max(len(sighting.hands or ()), int(wrists[i]))
    return counts


def at_face(hand: Hand, face: Face) -> float:
    """Share of the hand's points inside the face's oval (0-1); 0 when the hand is not at the face."""
    points = hand.points_px
    if np.linalg.norm(points[9] - points[0]) > _MAX_PALM_RATIO * face.height_px:
        return 0.0
    across, up = _axes(face)
    # The box reaches from brow to chin; the whole face, forehead included, is about a third higher.
    centre = face.centre_px + 0.1 * face.height_px * up
    offset = points - centre
    inside = ((offset @ across) / (0.5 * face.height_px)) ** 2 + (
        (offset @ up) / (0.68 * face.height_px)
    ) ** 2 <= 1
    share = float(inside.mean())
    return share if share >= _MIN_INSIDE or inside[list(_TIPS)].sum() >= 2 else 0.0


def _axes(face: Face) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Unit vectors along the face: from the person's right eye to the left, and from mouth to brow."""
    eyes = face.points_px[:2].mean(axis=0)
    up = eyes - face.points_px[3]
    up = up / max(float(np.linalg.norm(up)), 1e-9)
    return np.array([-up[1], up[0]]), up


def _place(hand: Hand, face: Face) -> str:
    right_eye, left_eye, nose, mouth, _, _ = face.points_px
    across, up = _axes(face)
    eyes = (right_eye + left_eye) / 2
    down = float(np.linalg.norm(eyes - mouth))
    spots = {
        "eyes": [right_eye, left_eye],
        "mouth": [mouth, nose, *(mouth + side * 0.35 * down * across for side in (-1.0, 1.0))],
        "chin": [mouth - 0.6 * down * up],
        "forehead": [eyes + 0.7 * down * up],
        "cheek": [side * 0.85 * down * across + (nose + mouth) / 2 for side in (-1.0, 1.0)],
    }
    votes: Counter[str] = Counter()
    for tip in hand.points_px[list(_LONG_FINGERS)]:
        near = {name: min(float(np.linalg.norm(tip - p)) for p in places) for name, places in spots.items()}
        votes[min(near, key=lambda n: near[n])] += 1
    return votes.most_common(1)[0][0]


def _hand_at_face(course: Course, step_s: float) -> list[Cue]:
    """One cue for each span in which a hand stays at one place of the face."""
    shares, places = np.zeros(len(course)), [""] * len(course)
    sides: list[list[Hand]] = [[] for _ in range(len(course))]
    face: Face | None = None
    for i, sighting in enumerate(course.sightings):
        if i and course.stretch[i] != course.stretch[i - 1]:
            face = None
        face = sighting.face or face
        if face is None:
            continue
        touching = [(share, hand) for hand in course.hands_at(i) if (share := at_face(hand, face)) > 0]
        if touching:
            share, hand = max(touching, key=lambda pair: pair[0])
            shares[i], places[i] = share, _place(hand, face)
            sides[i] = [h for _, h in touching]
    spans = held(shares > 0, course.times_s, min_s=1.5 * step_s, bridge_s=2 * MAX_STEP_S, step_s=step_s)
    cues = []
    for span in spans:
        for part, place in _by_place(span, places, course.times_s):
            apex = part.first + int(np.argmax(shares[part.rows]))
            hands = [sides[i] for i in range(part.first, part.last + 1) if sides[i]]
            cues.append(
                measured(
                    spec_of("body.hand_at_face"),
                    f"{_side(hands)}_{place}",
                    part.start_s,
                    part.end_s,
                    apex_s=float(course.times_s[apex]),
                    confidence=float(np.mean([h.side_prob for hs in hands for h in hs]))
                    * min(1.0, 0.5 + len(hands) / 6),
                )
            )
    return cues


def _by_place(
    span: Stretch, places: list[str], times_s: NDArray[np.float64], min_s: float = 0.5
) -> list[tuple[Stretch, str]]:
    """Split a span where the place changes for good; wanderings under `min_s` stay with what was before."""
    rows = [i for i in range(span.first, span.last + 1) if places[i]]
    names = [
        Counter(places[k] for k in rows[max(0, j - 2) : j + 3]).most_common(1)[0][0] for j in range(len(rows))
    ]
    starts = [j for j in range(len(rows)) if j == 0 or names[j] != names[j - 1]]
    parts: list[tuple[int, str]] = []
    for position, j in enumerate(starts):
        until = rows[starts[position + 1]] if position + 1 < len(starts) else rows[-1]
        lasts_s = times_s[until] - times_s[rows[j]]
        if parts and (lasts_s < min_s or names[j] == parts[-1][1]):
            continue
        parts.append((j, names[j]))
    result: list[tuple[Stretch, str]] = []
    for position, (j, name) in enumerate(parts):
        last_part = position + 1 == len(parts)
        last = rows[-1] if last_part else rows[parts[position + 1][0] - 1]
        start_s = span.start_s if position == 0 else result[-1][0].end_s
        end_s = span.end_s if last_part else float(times_s[last] + times_s[rows[parts[position + 1][0]]]) / 2
        result.append((Stretch(rows[j], last, start_s, end_s), name))
    return result


def _side(hands: list[list[Hand]]) -> str:
    """`both`, `left`, `right`, or `one` when the model is not sure which (under four in five agree)."""
    if sum(len(hs) > 1 for hs in hands) * 2 >= len(hands):
        return "both"
    votes: Counter[str] = Counter(h.side for hs in hands for h in hs)
    side, count = votes.most_common(1)[0]
    return side if count >= 0.8 * votes.total() else "one"


def _hands_together(course: Course, step_s: float) -> list[Cue]:
    nearness = np.zeros(len(course))
    for i in range(len(course)):
        hands = course.hands_at(i)
        if len(hands) == 2:
            a, b = (h.points_px for h in hands)
            length = max(2 * float(np.linalg.norm(p[9] - p[0])) for p in (a, b))
            apart = float(np.linalg.norm(a.mean(axis=0) - b.mean(axis=0)))
            nearness[i] = max(0.0, 1 - apart / max(length, 1e-9))
    cues = []
    for span in held(nearness > 0, course.times_s, min_s=0.4, bridge_s=2 * MAX_STEP_S, step_s=step_s):
        apex = span.first + int(np.argmax(nearness[span.rows]))
        cues.append(
            measured(
                spec_of("body.hands_together"),
                float(nearness[apex]),
                span.start_s,
                span.end_s,
                apex_s=float(course.times_s[apex]),
                confidence=float((nearness[span.rows] > 0).mean()) * 0.8,
            )
        )
    return cues


def _arms_crossed(course: Course, step_s: float) -> list[Cue]:
    spec = spec_of("body.arms_crossed")
    points = course.points
    known = np.isfinite(points[:, [*SHOULDERS, *ELBOWS, *WRISTS], 0]).all(axis=1)
    if known.sum() < 3:
        return [absent(spec, "arms_not_visible", float(course.times_s[0]), float(course.times_s[-1]))]
    left, right = points[:, SHOULDERS[0]], points[:, SHOULDERS[1]]
    middle, across = (left + right) / 2, left[:, 0] - right[:, 0]
    wrists = points[:, list(WRISTS)]
    elbows = points[:, list(ELBOWS)]
    with np.errstate(invalid="ignore"):
        beyond = (np.sign(across) * (wrists[:, 0, 0] - middle[:, 0]) < 0) & (
            np.sign(across) * (wrists[:, 1, 0] - middle[:, 0]) > 0
        )
        reach = 0.6 * np.abs(across)
        near = (np.linalg.norm(wrists[:, 0] - elbows[:, 1], axis=1) < reach) & (
            np.linalg.norm(wrists[:, 1] - elbows[:, 0], axis=1) < reach
        )
        rise = np.abs(wrists[..., 1] - elbows[..., 1])
        run = np.abs(wrists[..., 0] - elbows[..., 0])
        level = (rise < run).all(axis=1)
    crossed = known & beyond & near & level
    return [
        measured(
            spec,
            float(crossed[span.rows].mean()),
            span.start_s,
            span.end_s,
            confidence=0.8 * float(course.visibility[span.rows].mean()),
        )
        for span in held(crossed, course.times_s, min_s=0.5, bridge_s=MAX_STEP_S, step_s=step_s)
    ]


def _open_hands(course: Course) -> Cue:
    spec = spec_of("body.open_hand_ratio")
    span = float(course.times_s[0]), float(course.times_s[-1])
    states = []
    for i in range(len(course)):
        for hand in course.hands_at(i):
            wrist = hand.points_px[0]
            tips = np.linalg.norm(hand.points_px[list(_TIPS[1:])] - wrist, axis=1)
            joints = np.linalg.norm(hand.points_px[list(_MIDDLE_JOINTS)] - wrist, axis=1)
            states.append(bool((tips >= 1.2 * joints).all()))
    if len(states) < 3:
        return absent(spec, "hands_not_visible" if not states else "too_short", *span)
    return measured(spec, float(np.mean(states)), *span, confidence=0.7 * min(1.0, len(states) / 12))
