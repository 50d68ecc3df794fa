"""Are hands at the face, together, open or crossed found where they are put, and only there?"""

from __future__ import annotations

import numpy as np
import pytest

from perceive.body.body_figures import FPS, face, hand, pose, sightings
from saber.core.records import Cue
from saber.perceive.body.course import course_of
from saber.perceive.body.hands import at_face, hand_cues, hands_seen
from saber.perceive.body.sighting import Hand

NO_WRISTS = pose(hidden=(15, 16))


def cues_of(hands: list[tuple[Hand, ...] | None]) -> list[Cue]:
    return hand_cues(course_of(sightings([NO_WRISTS] * len(hands), hands=hands)), 1 / FPS)


def of(cues: list[Cue], name: str) -> list[Cue]:
    return [c for c in cues if c.name == name and c.status == "measured"]


# The mouth is at y = 172, the eyes at y = 125, the face's middle at x = 320; finger tips of these hands end
# 1.8 lengths above the wrist.
AT_MOUTH = hand(320, 172 + 72)
AT_EYES = hand(320, 125 + 72)
BESIDE = hand(100, 300)


def test_a_hand_in_front_of_the_face_counts_and_one_beside_it_does_not() -> None:
    assert at_face(AT_EYES, face()) > 0.3
    assert at_face(BESIDE, face()) == 0.0


def test_a_hand_too_large_to_be_at_the_faces_distance_is_in_front_of_the_camera() -> None:
    assert at_face(hand(320, 300, length=150), face()) == 0.0


def test_the_span_side_and_place_of_a_hand_at_the_mouth() -> None:
    cues = cues_of([()] * 12 + [(AT_MOUTH,)] * 9 + [()] * 12)
    (touch,) = of(cues, "body.hand_at_face")
    assert touch.value == "right_mouth"
    assert touch.start_s == pytest.approx(12 / FPS, abs=0.1)
    assert touch.end_s == pytest.approx(21 / FPS, abs=0.1)
    assert touch.apex_s is not None
    (ratio,) = of(cues, "body.hand_at_face_ratio")
    assert ratio.value == pytest.approx(9 / 33, abs=0.01)


def test_a_hand_that_wanders_over_the_face_gives_one_cue_per_place() -> None:
    cues = cues_of([()] * 6 + [(AT_MOUTH,)] * 9 + [(AT_EYES,)] * 9 + [()] * 6)
    first, second = of(cues, "body.hand_at_face")
    assert (first.value, second.value) == ("right_mouth", "right_eyes")
    assert first.end_s == second.start_s == pytest.approx(15 / FPS, abs=0.2)


def test_a_blink_of_the_hand_model_does_not_end_the_touch() -> None:
    hands: list[tuple[Hand, ...] | None] = [(AT_MOUTH,)] * 6 + [(), None] + [(AT_MOUTH,)] * 6
    assert len(of(cues_of(hands), "body.hand_at_face")) == 1


def test_a_single_picture_is_not_a_touch() -> None:
    assert not of(cues_of([()] * 6 + [(AT_MOUTH,)] + [()] * 6), "body.hand_at_face")


@pytest.mark.parametrize(
    ("hands", "side"),
    [
        ([(hand(320, 244, side="left"),)] * 8, "left"),
        ([(hand(300, 244, side="left"), hand(340, 244, side="right"))] * 8, "both"),
        ([(hand(320, 244, side="left"),), (hand(320, 244, side="right"),)] * 4, "one"),
    ],
)
def test_the_side_is_named_only_when_the_model_is_of_one_mind(
    hands: list[tuple[Hand, ...]], side: str
) -> None:
    (touch,) = of(cues_of(list(hands)), "body.hand_at_face")
    assert str(touch.value).split("_")[0] == side


def test_hands_in_view_are_counted_by_either_model() -> None:
    seen = hands_seen(
        course_of(sightings([pose(hidden=(16,)), NO_WRISTS, NO_WRISTS], hands=[(), (BESIDE,), None]))
    )
    assert seen.tolist() == [1.0, 1.0, 0.0]


def test_open_and_closed_hands() -> None:
    opened = of(cues_of([(BESIDE,)] * 6 + [(hand(100, 300, open_hand=False),)] * 6), "body.open_hand_ratio")
    assert opened[0].value == pytest.approx(0.5)
    absent = next(c for c in cues_of([()] * 6) if c.name == "body.open_hand_ratio")
    assert absent.reason == "hands_not_visible"


def test_hands_held_together() -> None:
    together = (hand(310, 460, side="right"), hand(330, 460, side="left"))
    apart = (hand(100, 460, side="right"), hand(500, 460, side="left"))
    (cue,) = of(cues_of([apart] * 6 + [together] * 6 + [apart] * 6), "body.hands_together")
    # Centres 20 px apart, hands 100 px long.
    assert cue.value == pytest.approx(0.8)
    assert cue.start_s == pytest.approx(1.0, abs=0.1)


def test_crossed_arms_and_arms_at_the_side() -> None:
    crossed = pose({13: (420, 380), 14: (220, 380), 15: (240, 360), 16: (400, 360)})
    seen = sightings([pose()] * 6 + [crossed] * 6 + [pose()] * 6)
    (cue,) = of(hand_cues(course_of(seen), 1 / FPS), "body.arms_crossed")
    assert (cue.start_s, cue.end_s) == (pytest.approx(1.0, abs=0.1), pytest.approx(2.0, abs=0.1))
    hanging = hand_cues(course_of(sightings([pose()] * 12)), 1 / FPS)
    assert not [c for c in hanging if c.name == "body.arms_crossed"]
    unseen = [c for c in cues_of([()] * 6) if c.name == "body.arms_crossed"]
    assert [c.reason for c in unseen] == ["arms_not_visible"]


def test_a_tilted_head_takes_its_places_along() -> None:
    turn = np.radians(30)
    rotation = np.array([[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]])
    level = face()
    middle = level.centre_px
    tilted = type(level)(level.box_px, (level.points_px - middle) @ rotation.T + middle, 0.9)
    touching = Hand((AT_EYES.points_px - middle) @ rotation.T + middle, "right", 0.9)
    seen = sightings([NO_WRISTS] * 6, [tilted] * 6, [(touching,)] * 6)
    (cue,) = of(hand_cues(course_of(seen), 1 / FPS), "body.hand_at_face")
    assert cue.value == "right_eyes"
