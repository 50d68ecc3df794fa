"""Does the perceiver spend its looks wisely and say honestly what it did not see? With a scripted reader."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from perceive.body.body_figures import face, hand, pose, shifted
from saber.core.catalogue.body import SPECS
from saber.core.records import Frame, Perception
from saber.perceive.body import BodyPerceiver, BodySettings
from saber.perceive.body.sighting import Face, Hand


class Scripted:
    """A reader that sees what it is told; counts its looks."""

    def __init__(self, *, person: bool = True, cartoon: bool = False, hands: tuple[Hand, ...] = ()) -> None:
        self.person, self.cartoon, self.shown = person, cartoon, hands
        self.looks = {"faces": 0, "pose": 0, "hands": 0}
        self.sizes: set[tuple[int, ...]] = set()
        self.closed = False

    def faces(self, rgb: NDArray[np.uint8]) -> tuple[Face, ...]:
        self.looks["faces"] += 1
        self.sizes.add(rgb.shape)
        return (face(),) if self.person or self.cartoon else ()

    def pose(self, rgb: NDArray[np.uint8]) -> NDArray[np.float64] | None:
        self.looks["pose"] += 1
        seen = pose(hidden=(15, 16))
        return shifted(seen, 80, 0) if self.cartoon else seen

    def hands(self, rgb: NDArray[np.uint8]) -> tuple[Hand, ...]:
        self.looks["hands"] += 1
        return self.shown

    def close(self) -> None:
        self.closed = True


def perceive(
    reader: Scripted, seconds: float = 4.0, fps: float = 25.0, size: tuple[int, int] = (480, 640)
) -> Perception:
    perceiver = BodyPerceiver(BodySettings(), reader=reader)
    picture = np.zeros((*size, 3), dtype=np.uint8)
    for i in range(int(seconds * fps)):
        perceiver.see(Frame(i, i / fps, picture))
    perception = perceiver.conclude(duration_s=seconds)
    perceiver.close()
    assert reader.closed
    return perception


@pytest.mark.parametrize("fps", [12.0, 25.0, 29.97, 60.0])
def test_the_pose_is_looked_for_about_six_times_a_second_at_any_frame_rate(fps: float) -> None:
    reader = Scripted()
    perceive(reader, fps=fps)
    assert 22 <= reader.looks["pose"] <= 25


def test_hands_are_looked_for_half_as_often_until_one_is_seen() -> None:
    without, with_hands = Scripted(), Scripted(hands=(hand(100, 300),))
    perceive(without)
    perceive(with_hands)
    assert without.looks["hands"] * 2 == pytest.approx(without.looks["pose"], abs=1)
    assert with_hands.looks["hands"] == pytest.approx(with_hands.looks["pose"], abs=1)


def test_without_a_face_neither_pose_nor_hands_are_paid_for() -> None:
    reader = Scripted(person=False)
    perception = perceive(reader)
    assert reader.looks["pose"] == reader.looks["hands"] == 0
    assert not perception.present
    assert perception.absent_reason == "no_body"


def test_a_pose_that_no_face_confirms_leaves_every_cue_absent() -> None:
    perception = perceive(Scripted(cartoon=True))
    assert (perception.present, perception.absent_reason) == (False, "no_body")
    measured = [c.name for c in perception.cues if c.status == "measured"]
    assert measured == ["body.presence_ratio"]
    assert {c.reason for c in perception.cues if c.status == "absent"} == {"no_body"}
    assert {c.name for c in perception.cues} == {s.name for s in SPECS if s.kind != "track"}
    assert perception.overall is None
    assert perception.moments == ()


def test_no_picture_is_another_reason_than_no_body() -> None:
    perceiver = BodyPerceiver(BodySettings(), reader=Scripted())
    perception = perceiver.conclude(duration_s=3.0)
    assert perception.absent_reason == "no_video"
    assert {c.status for c in perception.cues} == {"absent"}


def test_a_still_sitter_without_hands_is_seen_but_not_read() -> None:
    perception = perceive(Scripted())
    assert perception.present
    presence = perception.cue("body.presence_ratio")
    assert presence is not None
    assert presence.value == 1.0
    assert perception.overall is None


def test_a_hand_at_the_face_reaches_cue_track_and_reading() -> None:
    perception = perceive(Scripted(hands=(hand(320, 244),)))
    touch = perception.cue("body.hand_at_face")
    assert touch is not None
    assert touch.value == "right_mouth"
    assert touch.end_s <= 4.0
    track = perception.track("body.hands_visible")
    assert track is not None
    assert set(track.values[1:]) == {1.0}
    assert perception.overall is not None
    assert perception.overall.confidence <= 0.25
    assert [m.start_s for m in perception.moments] == [0.0, 2.0]


def test_every_track_and_cue_is_in_the_catalogue_with_its_unit() -> None:
    perception = perceive(Scripted(hands=(hand(320, 244),)))
    units = {s.name: s.unit for s in SPECS}
    for item in (*perception.cues, *perception.tracks):
        assert units[item.name] == item.unit


def test_large_pictures_are_thinned_before_the_models_see_them() -> None:
    reader = Scripted()
    perceive(reader, seconds=0.5, size=(1080, 1920))
    assert reader.sizes == {(360, 640, 3)}
