"""Does the scene take framing and people from the face sense, and say what it can't know?"""

from __future__ import annotations

import numpy as np
import pytest

from perceive.scene.scene_films import cues_of, film, picture, watch
from saber.core.catalogue.scene import SPECS
from saber.core.records import Frame, Perception, Track
from saber.perceive.scene import ScenePerceiver, SceneSettings


def face_of(heights: tuple[float | None, ...] = (), counts: tuple[float | None, ...] = ()) -> Perception:
    tracks = []
    for name, unit, values in (("face.height_ratio", "ratio", heights), ("face.count", "count", counts)):
        if values:
            times_s = tuple(i / 10 for i in range(len(values)))
            tracks.append(Track(name=name, unit=unit, times_s=times_s, values=values))
    return Perception(sense="face", present=True, tracks=tuple(tracks))


FILM = film((picture(1), 1.0))


@pytest.mark.parametrize(
    ("height", "size"),
    [
        (0.9, "extreme_close_up"), (0.7, "close_up"), (0.45, "close_up"), (0.27, "medium_close_up"),
        (0.18, "medium"),
        (0.12, "medium_long"), (0.05, "long"),
    ],
)  # fmt: skip
def test_shot_size_from_the_height_of_the_face(height: float, size: str) -> None:
    (framing,) = cues_of(watch(FILM, face=face_of((None, height, height, None))), "scene.framing")
    assert framing.value == size


def test_a_height_near_a_border_is_less_sure() -> None:
    near, safe = (
        cues_of(watch(FILM, face=face_of((h,))), "scene.framing")[0].confidence for h in (0.335, 0.45)
    )
    assert near < 0.7 < safe


def test_the_commonest_number_of_people() -> None:
    (people,) = cues_of(watch(FILM, face=face_of(counts=(0, 1, 2, 2, 2, None, 0, 0, 0))), "scene.people")
    assert (people.value, people.confidence) == (2, 0.75)


def test_without_a_face_framing_and_people_are_absent_not_none() -> None:
    reasons = {c.name: c.reason for c in watch(FILM).cues if c.status == "absent"}
    assert reasons["scene.framing"] == reasons["scene.people"] == "no_face"
    unknown = {c.name: c.reason for c in watch(FILM, face=face_of()).cues if c.status == "absent"}
    assert unknown["scene.framing"] == "face_height_unknown"
    assert unknown["scene.people"] == "people_unknown"


def test_no_picture_at_all() -> None:
    perception = ScenePerceiver().conclude(face=face_of(), duration_s=2.0)
    assert (perception.present, perception.absent_reason) == (False, "no_video")
    assert {c.name for c in perception.cues} == {s.name for s in SPECS if s.kind != "track"}
    assert {c.status for c in perception.cues} == {"absent"}


def test_the_scene_never_carries_an_emotion_and_speaks_the_catalogues_names() -> None:
    perception = watch(FILM, face=face_of((0.3,), (1,)))
    assert perception.overall is None
    assert perception.moments == ()
    units = {s.name: s.unit for s in SPECS}
    for item in (*perception.cues, *perception.tracks):
        assert units[item.name] == item.unit


@pytest.mark.parametrize("shape", [(1, 1, 3), (18, 32, 3), (7, 900, 3), (900, 7, 3)])
def test_odd_sizes_are_survived(shape: tuple[int, int, int]) -> None:
    frames = [np.random.default_rng(i).integers(0, 256, shape, dtype=np.uint8) for i in range(30)]
    assert watch(frames).present


def test_a_picture_size_that_changes_in_mid_stream_is_survived() -> None:
    perception = watch([*film((picture(1), 1.0)), *film((picture(2, 120, 160), 1.0))])
    assert perception.present


def test_variable_frame_rate_keeps_the_times() -> None:
    perceiver = ScenePerceiver(SceneSettings())
    times = [i / 25 for i in range(50)] + [2.0 + i / 10 for i in range(20)]
    for i, time_s in enumerate(times):
        perceiver.see(Frame(i, time_s, picture(1 if time_s < 3.0 else 2)))
    perception = perceiver.conclude(face=face_of(), duration_s=4.0)
    (cut,) = cues_of(perception, "scene.transition")
    assert cut.start_s == pytest.approx(3.0)
