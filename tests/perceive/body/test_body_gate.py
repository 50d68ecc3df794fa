"""Is a body taken for a person's only when an independent face says so?"""

from __future__ import annotations

import numpy as np
import pytest

from perceive.body.body_figures import FACE_PX, face, pose, shifted
from saber.perceive.body.gate import PersonGate, head_error
from saber.perceive.body.settings import BodySettings


def test_head_error_is_the_mean_distance_in_face_heights() -> None:
    assert head_error(pose(), face()) == pytest.approx(0.0, abs=1e-9)
    # Everything 30 px to the right and 40 px down is 50 px away: half a face.
    assert head_error(shifted(pose(), 30, 40), face()) == pytest.approx(50 / FACE_PX)


def test_a_face_in_the_same_place_admits_the_pose() -> None:
    gate = PersonGate(BodySettings())
    stretch, vouching = gate.admit(0.0, shifted(pose(), 5, 5), (face(),))
    assert stretch == 0
    assert vouching is not None


@pytest.mark.parametrize("elsewhere", [(40.0, 0.0), (0.0, 60.0), (-200.0, 50.0)])
def test_a_face_elsewhere_does_not(elsewhere: tuple[float, float]) -> None:
    gate = PersonGate(BodySettings())
    assert gate.admit(0.0, shifted(pose(), *elsewhere), (face(),)) == (None, None)


def test_a_pose_without_any_face_is_nobody_however_visible() -> None:
    gate = PersonGate(BodySettings())
    assert not gate.worth_a_look(0.0, ())
    assert gate.admit(0.0, pose(), ()) == (None, None)


def test_the_face_that_fits_vouches_among_several() -> None:
    gate = PersonGate(BodySettings())
    other, own = face(right=150), face()
    assert gate.admit(0.0, pose(), (other, own)) == (0, own)


def test_a_person_who_turns_away_stays_one_for_a_while_only() -> None:
    gate = PersonGate(BodySettings(hold_s=1.0))
    assert gate.admit(0.0, pose(), (face(),))[0] == 0
    assert gate.admit(0.9, shifted(pose(), 10, 0), ()) == (0, None)
    assert not gate.worth_a_look(1.2, ())
    assert gate.admit(1.2, shifted(pose(), 15, 0), ()) == (None, None)


def test_without_a_face_a_jump_of_the_pose_ends_the_person() -> None:
    gate = PersonGate(BodySettings())
    gate.admit(0.0, pose(), (face(),))
    assert gate.admit(0.2, shifted(pose(), 1.5 * FACE_PX, 0), ()) == (None, None)
    assert gate.admit(0.2, shifted(pose(), 0, 0, scale=2.0), ()) == (None, None)


def test_a_cut_to_another_place_or_size_starts_a_new_stretch() -> None:
    gate = PersonGate(BodySettings())
    assert gate.admit(0.0, pose(), (face(),))[0] == 0
    assert gate.admit(0.2, shifted(pose(), 20, 0), (face(right=20),))[0] == 0
    assert gate.admit(0.4, shifted(pose(), 170, 0), (face(right=170),))[0] == 1
    assert gate.admit(0.6, shifted(pose(), 170, 0, scale=1.8), (face(right=170, scale=1.8),))[0] == 2


def test_a_face_too_small_to_tell_eyes_from_mouth_vouches_for_nobody() -> None:
    gate = PersonGate(BodySettings(min_face_px=20.0))
    tiny = shifted(pose(), 0, 0, scale=0.1)
    assert gate.admit(0.0, tiny, (face(scale=0.1),)) == (None, None)


@pytest.mark.parametrize(
    "wrong", [{"pose_fps": 0.0}, {"hold_s": -1.0}, {"max_width_px": 10}, {"motion_fps": np.nan}]
)
def test_settings_that_make_no_sense_are_refused(wrong: dict[str, float]) -> None:
    with pytest.raises(ValueError, match=next(iter(wrong))):
        BodySettings(**wrong)  # type: ignore[arg-type]
