"""Is a known camera movement measured, and told from a person who moves?"""

from __future__ import annotations

import numpy as np
import pytest

from perceive.scene.scene_films import FPS, cues_of, film, pan, picture, watch
from saber.perceive.scene.camera import shift_of
from saber.perceive.scene.thumbnail import luma_of


@pytest.mark.parametrize("shift", [(0, 0), (3, 0), (-5, 2), (0, -4), (7, 7)])
def test_the_shift_of_a_picture_in_pixels(shift: tuple[int, int]) -> None:
    right, down = shift
    before = luma_of(picture(5, grain_px=1.5))
    found = shift_of(np.roll(before, (down, right), axis=(0, 1)), before)
    assert found is not None
    assert found == pytest.approx((right, down), abs=0.35)


def test_no_shift_without_texture_or_when_nothing_is_shared() -> None:
    flat = np.full((90, 160), 0.5, dtype=np.float32)
    assert shift_of(flat, flat) is None
    a, b = (luma_of(picture(seed, grain_px=1.0)) for seed in (1, 2))
    assert shift_of(a, b) is None
    assert shift_of(flat[:10, :10], flat[:10, :10]) is None


@pytest.mark.parametrize(
    ("right_px", "down_px", "move"),
    [(1, 0, "pan_left"), (-1, 0, "pan_right"), (0, 1, "tilt_up"), (0, -1, "tilt_down")],
)
def test_a_pan_of_known_speed_and_direction(right_px: int, down_px: int, move: str) -> None:
    perception = watch(pan(3.0, right_px, down_px))
    (speed,) = cues_of(perception, "scene.camera_speed")
    assert speed.value == pytest.approx(1 * FPS / 160, rel=0.15)
    (cue,) = cues_of(perception, "scene.camera_move")
    assert cue.value == move
    assert cue.end_s - cue.start_s == pytest.approx(3.0, abs=0.3)
    (camera,) = cues_of(perception, "scene.camera")
    assert camera.value == "moving"
    assert next(c for c in perception.cues if c.name == "scene.background_motion").reason == "camera_moves"


def test_a_person_who_moves_before_a_still_background_moves_no_camera() -> None:
    frames = []
    for i in range(75):
        frame = picture(7)
        x = 50 + round(10 * np.sin(i / 4))
        frame[20:90, x : x + 50] = picture(8)[:70, :50]
        frames.append(frame)
    perception = watch(frames)
    assert [c.value for c in cues_of(perception, "scene.camera")] == ["static"]
    (behind,) = cues_of(perception, "scene.background_motion")
    assert behind.value == 0.0
    track = perception.track("scene.motion")
    assert track is not None
    assert max(v for v in track.values if v is not None) > 0.1


def test_what_moves_on_both_sides_is_background() -> None:
    frames = []
    for i in range(75):
        frame = picture(7)
        for x in (2, 142):
            frame[(4 * i) % 60 : (4 * i) % 60 + 30, x : x + 16] = 255
        frames.append(frame)
    perception = watch(frames)
    assert [c.value for c in cues_of(perception, "scene.camera")] == ["static"]
    (behind,) = cues_of(perception, "scene.background_motion")
    assert isinstance(behind.value, float)
    assert behind.value > 0.1


def test_a_cut_is_no_camera_movement() -> None:
    perception = watch(film((picture(1), 1.5), (picture(2), 1.5)))
    (speed,) = cues_of(perception, "scene.camera_speed")
    assert speed.value == pytest.approx(0.0, abs=1e-3)
    assert not cues_of(perception, "scene.camera_move")
