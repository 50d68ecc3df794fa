"""Do known postures give the known angles, widths and events?"""

from __future__ import annotations

import math

import numpy as np
import pytest

from perceive.body.body_figures import FPS, face, pose, shifted, sightings
from saber.core.records import Cue
from saber.perceive.body.course import course_of
from saber.perceive.body.posture import leaning, posture_cues
from saber.perceive.body.sighting import Sighting

STEP_S = 1 / FPS


def cues_of(seen: tuple[Sighting, ...]) -> list[Cue]:
    return posture_cues(course_of(seen), STEP_S)


def one(cues: list[Cue], name: str) -> Cue:
    found = [c for c in cues if c.name == name]
    assert len(found) == 1, name
    return found[0]


def value(cues: list[Cue], name: str) -> float:
    cue = one(cues, name)
    assert isinstance(cue.value, float), cue
    return cue.value


def test_an_upright_figure_is_level_and_its_parts_are_counted() -> None:
    cues = cues_of(sightings([pose()] * 12))
    assert value(cues, "body.shoulders_visible_ratio") == 1.0
    assert value(cues, "body.torso_visible_ratio") == 1.0
    assert value(cues, "body.shoulder_slope") == pytest.approx(0.0)
    assert value(cues, "body.torso_tilt") == pytest.approx(0.0)
    # Elbows and wrists span 210..430 px, the shoulders 200 px.
    assert value(cues, "body.openness") == pytest.approx(220 / 200)
    assert value(cues, "body.sway") == pytest.approx(0.0)
    assert not [c for c in cues if c.name in ("body.lean", "body.shoulder_raise")]


def test_arms_stretched_out_are_open() -> None:
    cues = cues_of(sightings([pose({13: (530, 270), 15: (630, 270), 14: (110, 270), 16: (10, 270)})] * 6))
    assert value(cues, "body.openness") == pytest.approx(620 / 200)


@pytest.mark.parametrize("degrees", [-20.0, 12.0])
def test_the_slope_of_the_shoulders_is_positive_when_the_left_one_is_higher(degrees: float) -> None:
    rise = 100 * math.tan(math.radians(degrees))
    cues = cues_of(sightings([pose({11: (420, 270 - rise), 12: (220, 270 + rise)})] * 6))
    assert value(cues, "body.shoulder_slope") == pytest.approx(degrees)


def test_the_trunk_tilts_towards_the_persons_own_left() -> None:
    # Hips stay; shoulders 50 px towards the picture's right, which is the person's left.
    cues = cues_of(sightings([pose({11: (470, 270), 12: (270, 270)})] * 6))
    assert value(cues, "body.torso_tilt") == pytest.approx(math.degrees(math.atan2(50, 200)))


def test_what_is_out_of_the_picture_is_absent_with_its_reason() -> None:
    low = {11: (420, 490), 12: (220, 490), 13: (430, 600), 14: (210, 600), 23: (390, 800), 24: (250, 800)}
    cues = cues_of(sightings([pose(low, hidden=(15, 16))] * 12))
    reasons = {c.name: c.reason for c in cues if c.status == "absent"}
    assert reasons == {
        "body.openness": "arms_not_visible",
        "body.shoulder_slope": "shoulders_not_visible",
        "body.torso_tilt": "hips_not_visible",
        "body.shoulder_raise": "shoulders_not_visible",
        "body.slump": "shoulders_not_visible",
        "body.sway": "shoulders_not_visible",
    }
    assert value(cues, "body.shoulders_visible_ratio") == 0.0


def test_leaning_towards_the_camera_is_an_event_with_its_time_and_size() -> None:
    scales = [1.0] * 18 + [1.1, 1.2, 1.3, 1.3, 1.3, 1.2, 1.1] + [1.0] * 18
    seen = sightings([shifted(pose(), 0, 0, s) for s in scales], [face(scale=s) for s in scales])
    lean = one(cues_of(seen), "body.lean")
    assert lean.value == pytest.approx(0.3, abs=0.02)
    assert lean.apex_s is not None
    assert 20 / 6 <= lean.apex_s <= 22 / 6
    assert lean.start_s == pytest.approx(19 / 6, abs=0.2)
    assert lean.end_s == pytest.approx(23 / 6, abs=0.2)


def test_drawing_back_is_negative() -> None:
    scales = [1.0] * 20 + [0.8] * 8
    seen = sightings([shifted(pose(), 0, 0, s) for s in scales], [face(scale=s) for s in scales])
    assert one(cues_of(seen), "body.lean").value == pytest.approx(-0.2, abs=0.01)


def test_a_face_that_grows_while_the_shoulders_narrow_is_not_leaning() -> None:
    scales = [1.0] * 20 + [1.25] * 8
    poses = [pose() if s == 1.0 else pose({11: (380, 270), 12: (260, 270)}) for s in scales]
    seen = sightings(poses, [face(scale=s) for s in scales])
    assert np.isnan(leaning(course_of(seen))[22:]).all()
    assert not [c for c in cues_of(seen) if c.name == "body.lean"]


def test_a_new_shot_has_its_own_baseline() -> None:
    scales = [1.0] * 15 + [1.6] * 15
    seen = sightings(
        [shifted(pose(), 0, 0, s) for s in scales],
        [face(scale=s) for s in scales],
        stretches=[0] * 15 + [1] * 15,
    )
    assert not [c for c in cues_of(seen) if c.name == "body.lean"]


def test_a_shrug_is_found_and_a_lowered_head_is_not() -> None:
    up = pose({11: (420, 240), 12: (220, 240)})
    shrug = one(cues_of(sightings([pose()] * 12 + [up] * 4 + [pose()] * 12)), "body.shoulder_raise")
    assert shrug.value == pytest.approx(0.3)
    assert shrug.apex_s == pytest.approx(12 / 6, abs=0.4)
    assert shrug.end_s - shrug.start_s == pytest.approx(4 / 6, abs=0.2)
    head = {row: tuple(pose()[row, :2] + (0, 30)) for row in range(11)}
    nod = sightings(
        [pose()] * 12 + [pose(head)] * 4 + [pose()] * 12, [face()] * 12 + [face(down=30)] * 4 + [face()] * 12
    )
    assert not [c for c in cues_of(nod) if c.name == "body.shoulder_raise"]


def test_sinking_head_and_shoulders_are_a_slump_but_a_nod_is_not() -> None:
    n = 30
    sunk = [shifted(pose(), 0, 60 * i / n) for i in range(n)]
    cues = cues_of(sightings(sunk, [face(down=60 * i / n) for i in range(n)]))
    assert value(cues, "body.slump") == pytest.approx(60 * (24.5 - 4.5) / n / 100, abs=0.01)
    nods = [pose(dict.fromkeys(range(11), (320, 140 + 60 * i / n))) for i in range(n)]
    assert value(cues_of(sightings(nods)), "body.slump") == 0.0


def test_sway_is_the_rms_of_the_shoulders_whatever_the_head_does() -> None:
    # A sine of amplitude 30 px (0.3 faces) has an RMS of 0.3 / sqrt 2; its period of 1 s is an exact third of
    # the running mean's length.
    times = np.arange(60) / FPS
    poses = []
    for t in times:
        offset = 30 * math.sin(2 * math.pi * t)
        poses.append(pose({11: (420 + offset, 270), 12: (220 + offset, 270)}))
    assert value(cues_of(sightings(poses)), "body.sway") == pytest.approx(0.3 / math.sqrt(2), rel=0.05)


def test_too_little_to_go_by_is_absent_not_zero() -> None:
    cues = cues_of(sightings([pose()] * 2))
    assert {c.name for c in cues if c.status == "measured"} == {
        "body.shoulders_visible_ratio",
        "body.torso_visible_ratio",
    }
    assert {c.reason for c in cues if c.status == "absent"} == {"too_short"}
