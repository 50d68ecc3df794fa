"""Are head pose, measures and gaze those of a face built by hand?"""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from perceive.face.face_figures import IRIS, LIPS_CORNER, move, open_eyes, seen, smile
from saber.perceive.face.actions import ACTION_COLUMN, intensities
from saber.perceive.face.gaze import eye_aspect_ratio, eye_turn, shut_eyes
from saber.perceive.face.geometry import square_up
from saber.perceive.face.landmarks import MIRROR, RIGID, ROW, USED, average_face
from saber.perceive.face.measures import COLUMN, MEASURES, REST_MEAN, measure

angle = st.floats(-40, 40)


@settings(max_examples=40, deadline=None)
@given(angle, angle, angle, st.floats(12, 250))
def test_square_up_undoes_any_turn_and_size(yaw: float, pitch: float, roll: float, size: float) -> None:
    face = average_face()
    posed = square_up(seen(face, yaw=yaw, pitch=pitch, roll=roll, px_per_iod=size).points[None])
    assert posed.yaw_deg[0] == pytest.approx(yaw, abs=0.05)
    assert posed.pitch_deg[0] == pytest.approx(pitch, abs=0.05)
    assert posed.roll_deg[0] == pytest.approx(roll, abs=0.05)
    assert posed.misfit[0] == pytest.approx(0, abs=1e-3)
    assert posed.iod_px[0] == pytest.approx(size, rel=2e-3)
    np.testing.assert_allclose(posed.points[0], face, atol=3e-3)


def test_signs_are_those_of_the_docstring() -> None:
    turned = seen(average_face(), yaw=30).points
    nose, bridge = turned[ROW[4]], turned[ROW[168]]
    assert nose[0] > bridge[0]  # to the subject's left is to the right in the picture
    raised = seen(average_face(), pitch=30).points
    assert raised[ROW[4]][1] - raised[ROW[168]][1] < turned[ROW[4]][1] - turned[ROW[168]][1]  # nose goes up
    leaning = seen(average_face(), roll=30).points
    assert leaning[ROW[10]][0] < leaning[ROW[152]][0]  # the forehead goes to the picture's left


def test_the_table_is_a_symmetrical_face() -> None:
    face = average_face()
    for right, left in MIRROR.items():
        np.testing.assert_allclose(face[ROW[right]] * (-1, 1, 1), face[ROW[left]])
    assert len(USED) == len(face) == len(ROW)
    assert np.linalg.norm(face[ROW[468], :2] - face[ROW[473], :2]) == pytest.approx(1, abs=0.001)
    np.testing.assert_allclose(face[[ROW[i] for i in (33, 133, 362, 263)]].mean(0), 0, atol=0.001)
    assert len(set(RIGID.tolist())) == 28


def test_measures_follow_what_is_moved() -> None:
    still = average_face()
    wide = still.copy()
    move(wide, (LIPS_CORNER,), out=0.1, up=0.05)
    posed = square_up(np.stack([seen(still).points, seen(wide, yaw=15, pitch=-10).points]))
    change = np.diff(measure(posed.points), axis=0)[0]
    expected = {"mouth_width": 0.2, "corner": 0.05, "corner_curve": 0.05}
    for m in MEASURES:
        assert change[COLUMN[m.name]] == pytest.approx(expected.get(m.name, 0.0), abs=0.003), m.name


def test_rest_is_a_closed_mouth_and_open_eyes() -> None:
    assert REST_MEAN[COLUMN["mouth_gap"]] == pytest.approx(0, abs=0.005)
    assert eye_aspect_ratio(average_face()[None])[0] == pytest.approx(0.3, abs=0.05)


@pytest.mark.parametrize(("much", "au12"), [(0.0, 0.0), (0.2, 1.0), (0.6, 3.0), (1.0, 5.0), (1.5, 5.0)])
def test_smile_intensity_by_hand(much: float, au12: float) -> None:
    face = average_face()
    smile(face, much)
    rest, now = measure(square_up(np.stack([seen(average_face()).points, seen(face).points])).points)
    level = intensities(now[None], rest)[0]
    assert level[ACTION_COLUMN["au12"]] == pytest.approx(au12, abs=0.1)
    assert level[ACTION_COLUMN["au20"]] == 0
    assert level[ACTION_COLUMN["au15"]] == 0


def test_a_stretched_mouth_is_no_smile() -> None:
    rest = REST_MEAN
    stretched = rest.copy()
    stretched[COLUMN["mouth_width"]] += 0.2
    level = intensities(stretched[None], rest)[0]
    assert level[ACTION_COLUMN["au12"]] == 0
    assert level[ACTION_COLUMN["au20"]] == pytest.approx(5)


@pytest.mark.parametrize("degrees", [-25, 0, 20])
def test_gaze_is_the_arcsine_of_the_iris_shift(degrees: float) -> None:
    face = average_face()
    for iris in (IRIS, MIRROR[IRIS]):
        face[ROW[iris], 0] += 12 / 63 * math.sin(math.radians(degrees))
    turn = eye_turn(square_up(seen(face).points[None]).points)[0]
    assert turn[0] == pytest.approx(degrees, abs=0.8)
    assert turn[1] == pytest.approx(0, abs=0.8)


def test_eye_aspect_ratio_and_blink_times() -> None:
    faces = []
    shares = [1.0] * 10 + [0.5, 0.1, 0.1, 0.5] + [1.0] * 10
    for share in shares:
        face = average_face()
        open_eyes(face, share)
        faces.append(seen(face).points)
    ratio = eye_aspect_ratio(square_up(np.stack(faces)).points)
    assert ratio[0] == pytest.approx(0.27, abs=0.01)
    assert ratio[11] == pytest.approx(0.03, abs=0.02)
    times = np.arange(len(shares)) / 25
    (shut,) = shut_eyes(times, ratio, float(ratio[0]), 0.04)
    assert shut.start_s == pytest.approx(0.38)
    assert shut.end_s == pytest.approx(0.54)
    assert shut.depth == pytest.approx(0.9, abs=0.02)
