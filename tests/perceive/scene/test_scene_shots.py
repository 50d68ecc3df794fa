"""Are cuts, dissolves, fades, black and frozen stretches found where they were put, and nowhere else?"""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from perceive.scene.scene_films import FPS, blend, cues_of, film, pan, picture, watch
from saber.core.records import Cue, Perception

BLACK = np.zeros((90, 160, 3), dtype=np.uint8)


def transitions(perception: Perception) -> list[tuple[str, float, float]]:
    return [(str(c.value), c.start_s, c.end_s) for c in cues_of(perception, "scene.transition")]


def only(perception: Perception, name: str) -> Cue:
    (cue,) = cues_of(perception, name)
    return cue


def test_cuts_at_known_times() -> None:
    perception = watch(film((picture(1), 2.0), (picture(2), 1.2), (picture(3), 2.0)))
    assert transitions(perception) == [
        ("cut", pytest.approx(2.0), pytest.approx(2.0)),
        ("cut", pytest.approx(3.2), pytest.approx(3.2)),
    ]
    assert only(perception, "scene.shots").value == 3
    assert only(perception, "scene.shot_length").value == pytest.approx(5.2 / 3, abs=0.02)


def test_one_shot_has_no_transition_and_no_shot_length() -> None:
    perception = watch(film((picture(1), 2.0)))
    assert transitions(perception) == []
    assert only(perception, "scene.shots").value == 1
    assert next(c for c in perception.cues if c.name == "scene.shot_length").reason == "single_shot"


def test_a_flash_is_not_two_cuts() -> None:
    white = np.full_like(BLACK, 255)
    assert transitions(watch(film((picture(1), 1.0), (white, 0.08), (picture(1), 1.0)))) == []


def test_a_mixed_picture_at_a_cut_is_one_cut() -> None:
    mixed = blend(picture(1), picture(2), 0.5)
    perception = watch([*film((picture(1), 1.0)), mixed, *film((picture(2), 1.0))])
    assert [kind for kind, _, _ in transitions(perception)] == ["cut"]


@pytest.mark.parametrize("seconds", [0.5, 1.0, 2.0])
def test_a_dissolve_of_known_length(seconds: float) -> None:
    n = round(seconds * FPS)
    frames = [
        *film((picture(1), 2.0)),
        *(blend(picture(1), picture(2), i / n) for i in range(n)),
        *film((picture(2), 2.0)),
    ]
    ((kind, start_s, end_s),) = transitions(watch(frames))
    assert kind == "dissolve"
    assert start_s == pytest.approx(2.0, abs=0.3)
    assert end_s == pytest.approx(2.0 + seconds, abs=0.3)


def test_fades_from_and_to_black() -> None:
    n = round(FPS)
    frames = [
        *film((BLACK, 0.6)),
        *(blend(BLACK, picture(1), i / n) for i in range(n)),
        *film((picture(1), 2.0)),
        *(blend(picture(1), BLACK, i / n) for i in range(n)),
        *film((BLACK, 0.6)),
    ]
    perception = watch(frames)
    assert [kind for kind, _, _ in transitions(perception)] == ["fade_in", "fade_out"]
    assert only(perception, "scene.shots").value == 1
    first, last = cues_of(perception, "scene.black")
    assert (first.start_s, last.end_s) == (0.0, pytest.approx(5.2))
    assert first.end_s == pytest.approx(0.7, abs=0.15)


def test_a_pan_is_neither_cut_nor_dissolve() -> None:
    assert transitions(watch(pan(seconds=3.0, right_px=4, down_px=0))) == []


def test_light_that_comes_up_is_not_a_dissolve() -> None:
    frames = [(picture(1) * (0.5 + 0.5 * min(1.0, i / 50))).astype(np.uint8) for i in range(100)]
    assert transitions(watch(frames)) == []


def test_wild_movement_is_not_a_row_of_cuts() -> None:
    frames = [np.roll(picture(1), (37 * i, 53 * i), axis=(0, 1)) for i in range(75)]
    assert transitions(watch(frames)) == []


def test_an_all_black_clip_has_no_shot() -> None:
    perception = watch(film((BLACK, 2.0)))
    assert only(perception, "scene.shots").value == 0
    black = only(perception, "scene.black")
    assert (black.start_s, black.end_s, black.value) == (0.0, pytest.approx(2.0), pytest.approx(2.0))
    assert not cues_of(perception, "scene.frozen")


def test_a_frozen_stretch_is_found_and_lips_that_move_are_not_frozen() -> None:
    def talking(i: int) -> NDArray[np.uint8]:
        frame = picture(1)
        frame[60:64, 76:84] = 100 + 40 * (i % 3)
        return frame

    frames = [*(talking(i) for i in range(50)), *film((talking(0), 2.0)), *(talking(i) for i in range(50))]
    frozen = only(watch(frames), "scene.frozen")
    assert frozen.start_s == pytest.approx(2.0, abs=0.1)
    assert frozen.end_s == pytest.approx(4.0, abs=0.1)


def test_a_single_picture_is_one_shot_with_little_confidence() -> None:
    perception = watch([picture(1)])
    shots = only(perception, "scene.shots")
    assert (shots.value, shots.confidence) == (1, 0.3)
    assert next(c for c in perception.cues if c.name == "scene.camera").reason == "too_short"
