"""Do a clip's edges, a covered mouth and very short clips give only what was seen?"""

from __future__ import annotations

import numpy as np
import pytest

from perceive.face.face_figures import INNER_BROW, Actor, bump, move, play, smile
from saber.core.records import Perception
from saber.core.taxonomy import Emotion
from saber.perceive.face.landmarks import MIRROR, ROW
from saber.perceive.face.mesh import SeenFace
from saber.perceive.face.smoothing import rolling_rms
from saber.perceive.face.steadiness import steadiness

MOUTH = (0, 13, 14, 17, 37, 61, 82, 84, 87, *(MIRROR[i] for i in (37, 61, 82, 84, 87)))
BROWS = (55, 107, 65, 66, 46, 53, 63, 70, 105, 52)


def measured(perception: Perception, name: str) -> list[tuple[float, float]]:
    return [
        (c.start_s, c.end_s) for c in perception.cues if c.name == f"face.{name}" and c.status == "measured"
    ]


def likeliest(perception: Perception) -> Emotion:
    assert perception.overall is not None
    return max(perception.overall.probs, key=perception.overall.probs.__getitem__)


def covered(from_s: float, to_s: float) -> Actor:
    """Frowns at 1.5 s, smiles at 4 s; between the two times the mesh guesses at the mouth."""
    guess = np.random.default_rng(5)

    def act(face: np.ndarray, t: float) -> None:
        move(face, INNER_BROW, up=-0.08 * bump(t, 1.5, 1.8, 2.6, hold=0.5))
        smile(face, bump(t, 4.0, 4.3, 5.5, hold=0.8))
        if from_s <= t < to_s:
            face[[ROW[i] for i in MOUTH], 1] -= 0.03  # it looks drawn down, and jumps about
            face[[ROW[i] for i in MOUTH]] += guess.normal(0, 0.03, (len(MOUTH), 3))

    return Actor(act, noise=0.001)


def test_what_is_guessed_of_a_covered_mouth_is_left_out_and_the_rest_is_not() -> None:
    actor = covered(1.0, 3.0)
    perception = play(lambda t: [actor(t)], 7.0)
    assert [round(start, 1) for start, _ in measured(perception, "frown")] == [1.5]
    assert [round(start, 1) for start, _ in measured(perception, "smile")] == [4.0]
    names = {c.name for c in perception.cues if c.apex_s and 0.9 < c.start_s < 3.2 and c.end_s < 5}
    assert names == {"face.frown"}
    track = perception.track("face.au15")
    assert track is not None
    assert set(track.values[30:70]) == {None}
    assert None not in track.values[90:]


def test_a_mouth_that_is_covered_throughout_is_absent() -> None:
    actor = covered(0.0, 9.0)
    perception = play(lambda t: [actor(t)], 3.0)
    reasons = {c.name: c.reason for c in perception.cues if c.status == "absent"}
    assert reasons["face.au12"] == reasons["face.au26"] == "face_unsteady"
    assert "face.au04" not in reasons


def test_steadiness_by_hand() -> None:
    still = np.zeros((50, len(ROW), 3))
    rows = [ROW[61], ROW[291]]
    jumping = still.copy()
    jumping[:, rows, 1] = 0.05 * (-1.0) ** np.arange(50)[:, None]
    smooth_move = still.copy()
    smooth_move[:, rows, 1] = np.linspace(0, 0.2, 50)[:, None]
    whole = [(0, 50)]
    np.testing.assert_allclose(steadiness(smooth_move, whole, 0.04)["mouth"], 1)
    # A 7-point quadratic keeps (7 - 12 + 6 + 4) / 21 of an alternation (Savitzky & Golay's weights -2 3 6 7
    # 6 3 -2); 2 of 10 points move, in one of two coordinates.
    jump = 0.05 * (1 - 5 / 21) * np.sqrt(2 / 10 / 2)
    found = steadiness(jumping, whole, 0.04)
    assert found["mouth"][25] == pytest.approx(1 / (1 + (jump / 0.01) ** 4), rel=0.02)
    np.testing.assert_allclose(found["brows"], 1)
    np.testing.assert_allclose(steadiness(jumping[:4], [(0, 4)], 0.04)["mouth"], 1)


def test_rolling_rms_by_hand() -> None:
    curve = np.array([0, 0, 3.0, 0, 0])
    expected = [0, np.sqrt(3), np.sqrt(3), np.sqrt(3), 0]
    np.testing.assert_allclose(rolling_rms(curve, 0.1, 0.2), expected)
    np.testing.assert_allclose(rolling_rms(np.stack([curve, curve]), 0.1, 0.2), expected)


# --- the clip's edges -------------------------------------------------------------------------


def test_what_was_not_seen_to_begin_must_stand_out_from_what_rest_may_be() -> None:
    def actor(begins_s: float, much: float) -> Actor:
        return Actor(lambda face, t: move(face, BROWS, up=much * bump(t, begins_s, begins_s + 0.3, 1.6, 0.6)))

    from_before, within, strong = actor(-1.0, 0.05), actor(0.3, 0.05), actor(-1.0, 0.14)
    assert measured(play(lambda t: [from_before(t)], 2.5), "brow_raise") == []
    assert len(measured(play(lambda t: [within(t)], 2.5), "brow_raise")) == 1
    assert len(measured(play(lambda t: [strong(t)], 8.0), "brow_raise")) == 1


def test_cues_end_with_the_last_picture_not_with_the_sound() -> None:
    actor = Actor()
    perception = play(lambda t: [actor(t)], 3.0, clip_s=9.0)
    assert {round(c.end_s, 2) for c in perception.cues} == {3.0}
    assert perception.overall is not None
    assert perception.overall.end_s == pytest.approx(3.0)
    assert perception.moments[-1].end_s == pytest.approx(3.0)
    whole = play(lambda t: [actor(t)], 3.0).overall
    assert whole is not None
    assert perception.overall.confidence == pytest.approx(whole.confidence / 3, rel=0.05)


def test_cues_begin_with_the_first_picture() -> None:
    actor = Actor()
    perception = play(lambda t: [actor(t)], 3.0, from_s=2.0)
    assert min(c.start_s for c in perception.cues) == 2.0
    assert perception.overall is not None
    assert (perception.overall.start_s, perception.moments[0].start_s) == (2.0, 2.0)


def test_a_face_that_comes_late() -> None:
    actor = Actor(lambda face, t: smile(face, bump(t, 4.0, 4.4, 9.0, hold=4.0)))

    def scene(t: float) -> list[SeenFace]:
        return [actor(t)] if t >= 3.0 else []

    perception = play(scene, 6.0)
    assert [round(s, 1) for s, _ in measured(perception, "expression")] == [3.0]
    assert [(round(s, 2), round(e, 2)) for s, e in measured(perception, "presence")] == [(0, 6)]
    (smiling,) = measured(perception, "smile")
    assert smiling[0] == pytest.approx(4.0, abs=0.1)
    assert perception.moments[0].start_s >= 3.0


# --- very short clips -------------------------------------------------------------------------


@pytest.mark.parametrize("pictures", [1, 3, 10])
def test_a_very_short_clip(pictures: int) -> None:
    def high_brows(face: np.ndarray, t: float) -> None:
        move(face, BROWS, up=0.08)  # two spreads above the average

    def laugh(face: np.ndarray, t: float) -> None:
        smile(face, 1.2)
        move(face, (101, 118, 119, 50), up=0.07)

    plain, laughing = Actor(high_brows), Actor(laugh)
    seen = play(lambda t: [plain(t)], pictures / 25)
    assert likeliest(seen) is Emotion.NEUTRAL
    assert seen.overall is not None
    assert seen.overall.confidence < 0.45
    assert likeliest(play(lambda t: [laughing(t)], pictures / 25)) is Emotion.HAPPINESS
    reasons = {c.name: c.reason for c in seen.cues if c.status == "absent"}
    assert reasons["face.head_motion"] == reasons["face.blink_rate"] == "too_short"
    assert not [c for c in seen.cues if c.apex_s is not None and not c.name.startswith("face.au")]
