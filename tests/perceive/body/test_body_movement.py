"""Do movements of known speed, time and smoothness come out as such?"""

from __future__ import annotations

import numpy as np
import pytest

from perceive.body.body_figures import FPS, face, hand, pose, shifted, sightings
from saber.perceive.body.course import course_of
from saber.perceive.body.hands import hands_seen
from saber.perceive.body.motion import MotionSample, QuantityOfMotion, body_box
from saber.perceive.body.movement import (
    gesture_cues,
    joint_speed,
    motion_cues,
    motion_track,
    sparc,
    speed_cue,
)
from saber.perceive.body.sighting import Sighting

BODY = (0.25, 0.0, 0.75, 1.0)


def still_picture(width: int = 320, height: int = 180) -> np.ndarray:
    return np.random.default_rng(1).integers(0, 256, (height, width, 3), dtype=np.uint8)


def watch(pictures: list[np.ndarray], fps: float = 25.0) -> list[MotionSample]:
    motion = QuantityOfMotion()
    seen = (motion.see(i / fps, p, BODY, None) for i, p in enumerate(pictures))
    return [s for s in seen if s is not None]


def test_a_still_picture_has_no_motion() -> None:
    assert [s.net for s in watch([still_picture()] * 10)] == [0.0] * 7


def test_a_block_that_changes_counts_by_its_share_of_the_body() -> None:
    # The body's box is the middle half: 160 x 180 px. A block of 80 x 90 px in it, a quarter of it, turns
    # from black to white.
    before = np.zeros((180, 320, 3), dtype=np.uint8)
    after = before.copy()
    after[40:130, 100:180] = 255
    samples = watch([before] * 5 + [after] * 5)
    assert max(s.inside for s in samples) == pytest.approx(0.25, abs=0.01)
    assert samples[-1].inside == 0.0
    assert {s.beside for s in samples} == {0.0}


def test_motion_does_not_depend_on_the_frame_rate() -> None:
    def moving(fps: float) -> float:
        pictures = []
        for i in range(int(fps)):
            picture = np.zeros((180, 320, 3), dtype=np.uint8)
            x = 100 + int(100 * i / fps)
            picture[40:130, x : x + 20] = 255
            pictures.append(picture)
        return float(np.mean([s.inside for s in watch(pictures, fps)]))

    assert moving(25.0) == pytest.approx(moving(50.0), rel=0.1)


def test_what_the_camera_moves_beside_the_body_is_taken_off() -> None:
    # Stripes of 20 px that jump by 5 px: a quarter of the picture changes.
    stripes = np.zeros((180, 320, 3), dtype=np.uint8)
    stripes[:, (np.arange(320) // 20) % 2 == 0] = 200
    shaken = watch([np.roll(stripes, 5 * (i % 2), axis=1) for i in range(20)], fps=5.0)
    assert np.mean([s.inside for s in shaken]) == pytest.approx(0.25, abs=0.05)
    assert np.mean([s.net for s in shaken]) < 0.05


def test_a_cut_is_not_a_burst_of_movement() -> None:
    one, other = (np.random.default_rng(i).integers(0, 256, (180, 320, 3), dtype=np.uint8) for i in (1, 2))
    samples_seen = watch([one] * 10 + [other] * 10)
    assert [s.inside for s in samples_seen] == [0.0] * len(samples_seen)
    assert len(samples_seen) == 17 - 3


def test_light_that_changes_everywhere_is_not_motion() -> None:
    picture = (still_picture() // 4 + 60).astype(np.uint8)
    assert max(s.inside for s in watch([picture + np.uint8(5 * i) for i in range(15)])) == 0.0


def test_no_motion_without_a_body_or_across_a_gap() -> None:
    motion = QuantityOfMotion()
    picture = still_picture()
    assert motion.see(0.0, picture, BODY, None) is None
    assert motion.see(0.2, picture, None, None) is None
    assert motion.see(5.0, picture, BODY, None) is None
    assert motion.see(5.2, picture, BODY, None) is not None


def test_the_box_leaves_the_head_out_and_a_lone_head_has_no_body() -> None:
    box, head = body_box(Sighting(0.0, (640, 480), face(), pose(), (), 0))
    assert box is not None
    assert head is not None
    assert box[3] == pytest.approx(470 / 480)
    assert head[3] == pytest.approx((200 + 10) / 480)
    assert box[0] <= head[0] < head[2] <= box[2]
    low = shifted(pose(), 0, 280)
    assert body_box(Sighting(0.0, (640, 480), face(down=280), low, (), 0)) == (None, None)


def test_speed_of_a_body_that_moves_evenly() -> None:
    # 5 px a picture at 6 a second are 30 px/s: 0.3 face heights a second.
    seen = sightings(
        [shifted(pose(), 5.0 * i, 0) for i in range(20)], [face(right=5.0 * i) for i in range(20)]
    )
    speed = joint_speed(course_of(seen))
    assert np.isnan(speed[0])
    assert speed[1:] == pytest.approx(0.3)


def test_the_pose_models_tremble_is_taken_off_the_speed() -> None:
    random = np.random.default_rng(2)
    trembling = [pose() + random.normal(0, 0.5, (33, 3)) * (1, 1, 0) for _ in range(30)]
    cue = speed_cue(course_of(sightings(trembling)))
    assert isinstance(cue.value, float)
    assert cue.value < 0.03


def test_a_gesture_has_onset_apex_and_offset() -> None:
    # The wrist rests, then covers 1 + 2 + 1 faces in 3 steps, then rests: 6, 12 and 6 faces a second.
    ys = [900.0] * 6 + [900.0, 800.0, 600.0, 500.0] + [500.0] * 8
    size = (640, 1200)
    hands = [(hand(150, y),) for y in ys]
    seen = tuple(Sighting(i / FPS, size, face(), pose(hidden=(15, 16)), hands[i], 0) for i in range(len(ys)))
    course = course_of(seen)
    stroke, rate = gesture_cues(course, hands_seen(course), 1 / FPS)
    assert stroke.name == "body.gesture"
    assert stroke.value == pytest.approx(12.0)
    assert stroke.start_s == pytest.approx(6 / FPS)
    assert stroke.apex_s == pytest.approx(7.5 / FPS)
    assert stroke.end_s == pytest.approx(9 / FPS)
    assert rate.value == pytest.approx(1 / (len(ys) / FPS))


def test_a_body_that_walks_or_a_head_that_nods_makes_no_gesture() -> None:
    n = 18
    walk = [shifted(pose(hidden=(15, 16)), 60.0 * i, 0) for i in range(n)]
    nod = [pose(dict.fromkeys(range(11), (320, 140 + 60 * (i % 2))), hidden=(15, 16)) for i in range(n)]
    for poses, hands in (
        (walk, [(hand(100 + 60.0 * i, 300),) for i in range(n)]),
        (nod, [(hand(100, 300),)] * n),
    ):
        seen = tuple(Sighting(i / FPS, (4000, 900), face(), poses[i], hands[i], 0) for i in range(n))
        course = course_of(seen)
        (rate,) = gesture_cues(course, hands_seen(course), 1 / FPS)
        assert rate.value == 0.0


def test_no_gesture_rate_where_no_hand_is_seen() -> None:
    course = course_of(sightings([pose(hidden=(15, 16))] * 12))
    (rate,) = gesture_cues(course, hands_seen(course), 1 / FPS)
    assert (rate.status, rate.reason) == ("absent", "hands_not_visible")


def bell(seconds: float, fps: float = 25.0) -> np.ndarray:
    """Speed of a minimum-jerk movement (Flash & Hogan 1985)."""
    t = np.linspace(0, 1, int(seconds * fps))
    return 30 * t**2 * (1 - t) ** 2


def test_sparc_of_known_movements() -> None:
    # Values as computed with the published definition: one bell -1.4; the more submovements, the lower.
    assert sparc(bell(1.0), 25.0) == pytest.approx(-1.40, abs=0.03)
    assert sparc(np.tile(bell(1.0), 2), 25.0) == pytest.approx(-2.25, abs=0.05)
    assert sparc(np.tile(bell(1.0), 4), 25.0) < -3.0
    assert sparc(5 * bell(1.0), 25.0) == pytest.approx(sparc(bell(1.0), 25.0))
    assert sparc(np.zeros(20), 25.0) == 0.0


def samples(net: np.ndarray, fps: float = 25.0, beside: float = 0.0) -> tuple[MotionSample, ...]:
    return tuple(MotionSample(i / fps, float(v) + beside, beside) for i, v in enumerate(net))


def test_bursts_stillness_and_energy_of_a_known_course() -> None:
    net = np.concatenate([np.zeros(50), 0.3 * bell(1.0) / bell(1.0).max(), np.zeros(25)])
    cues = {c.name: c for c in motion_cues(samples(net))}
    burst = cues["body.motion_burst"]
    assert burst.value == pytest.approx(0.3, abs=0.01)
    assert burst.apex_s == pytest.approx(2.5, abs=0.05)
    assert 2.0 < burst.start_s < burst.end_s < 3.0
    assert cues["body.motion_mean"].value == pytest.approx(net.mean())
    assert cues["body.stillness_ratio"].value == pytest.approx((net < 0.02).mean())
    assert cues["body.smoothness"].value == pytest.approx(-1.5, abs=0.2)


def test_jerky_movement_is_less_smooth() -> None:
    def smoothness(net: np.ndarray) -> float:
        value = next(c.value for c in motion_cues(samples(net)) if c.name == "body.smoothness")
        assert isinstance(value, float)
        return value

    even = 0.4 * bell(2.0) / bell(2.0).max()
    jerky = even * (1 + 0.6 * np.sin(2 * np.pi * 4 * np.arange(len(even)) / 25))
    assert smoothness(jerky) < smoothness(even) - 0.3


def test_a_shaking_camera_lowers_the_confidence() -> None:
    net = np.full(75, 0.05)
    calm, shaken = (motion_cues(samples(net, beside=b))[0].confidence for b in (0.0, 0.3))
    assert shaken < 0.5 < calm


def test_motion_that_was_never_seen_is_absent() -> None:
    assert {c.reason for c in motion_cues(())} == {"only_head_visible"}
    assert {c.reason for c in motion_cues(samples(np.zeros(3)))} == {"too_short"}
    assert motion_track(()).values == ()


def test_the_track_has_holes_where_no_body_was_seen() -> None:
    moves = samples(np.full(10, 0.1)) + tuple(MotionSample(2.0 + i / 25, 0.2, None) for i in range(10))
    track = motion_track(moves)
    assert track.values[0] == pytest.approx(0.1)
    assert track.values[10] is None
    assert track.values[-1] == pytest.approx(0.2)
