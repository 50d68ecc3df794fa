"""Are onsets, apexes and offsets found where they were put?"""

from __future__ import annotations

import numpy as np
import pytest

from perceive.face.face_figures import INNER_BROW, Actor, bump, move, part_lips, play, smile
from saber.core.records import Perception, Span
from saber.perceive.face.episodes import find_episodes, is_micro
from saber.perceive.face.smoothing import noise_of, runs, smooth

FRAME_S = 0.04


def events(perception: Perception, name: str) -> list[tuple[float, float, float, float]]:
    return [
        (c.start_s, c.apex_s or 0.0, c.end_s, float(c.value or 0))
        for c in perception.cues
        if c.name == f"face.{name}" and c.status == "measured"
    ]


def test_smile_of_known_times_is_recovered_within_two_frames() -> None:
    actor = Actor(lambda face, t: smile(face, 0.8 * bump(t, 1.0, 1.4, 3.0, hold=1.2)))
    found = events(play(lambda t: [actor(t)], 5.0), "smile")
    assert len(found) == 1
    onset, apex, offset, height = found[0]
    assert onset == pytest.approx(1.0, abs=2 * FRAME_S)
    assert offset == pytest.approx(3.0, abs=2 * FRAME_S)
    assert 1.4 - FRAME_S <= apex <= 2.6 + FRAME_S
    assert height == pytest.approx(4.0, abs=0.5)


def test_short_frown_is_a_micro_expression_and_a_long_one_is_not() -> None:
    def act(face: np.ndarray, t: float) -> None:
        much = bump(t, 2.0, 2.16, 2.4) + bump(t, 4.0, 4.4, 5.6, hold=0.6)
        move(face, INNER_BROW, up=-0.08 * much)

    actor = Actor(act, noise=0.001)
    perception = play(lambda t: [actor(t)], 7.0)
    frowns = events(perception, "frown")
    assert [pytest.approx(2.0, abs=2 * FRAME_S), pytest.approx(4.0, abs=2 * FRAME_S)] == [
        f[0] for f in frowns
    ]
    micro = [c for c in perception.cues if c.name == "face.micro_expression" and c.status == "measured"]
    assert [(c.value, round(c.start_s)) for c in micro] == [("frown", 2)]


def test_a_still_face_has_no_episodes() -> None:
    actor = Actor(noise=0.004)
    perception = play(lambda t: [actor(t)], 6.0)
    strong = [c for c in perception.cues if c.status == "measured" and c.unit == "intensity" and c.apex_s]
    assert [c.name for c in strong if not c.name.startswith("face.au")] == []


def test_talking_lips_are_no_expression() -> None:
    def act(face: np.ndarray, t: float) -> None:
        if 1.0 <= t < 4.0:
            opening = 0.06 * (1 + np.sin(2 * np.pi * 4 * t))
            part_lips(face, opening)
            smile(face, opening * 3)  # the corners go along

    actor = Actor(act)
    voice = (Span(start_s=1.0, end_s=4.0),)
    perception = play(lambda t: [actor(t)], 6.0, voice)
    names = {c.name for c in perception.cues if c.status == "measured" and c.apex_s is not None}
    assert not names & {"face.smile", "face.mouth_open", "face.lip_stretch", "face.micro_expression"}
    assert perception.overall is not None
    assert max(perception.overall.probs, key=perception.overall.probs.__getitem__) == "neutral"


def test_too_few_pictures_say_so() -> None:
    actor = Actor()
    perception = play(lambda t: [actor(t)], 12.0, fps=5)
    reasons = {c.name: c.reason for c in perception.cues if c.status == "absent"}
    assert reasons["face.micro_expression"] == "too_few_frames"
    assert reasons["face.blink_rate"] == "too_few_frames"


def test_find_episodes_by_hand() -> None:
    times = np.arange(12) * 0.1
    curve = np.array([0, 0, 0, 2.0, 4.0, 2.0, 0, 0, 0.5, 0, 0, 0])
    (episode,) = find_episodes(times, curve, noise=0.0)
    assert episode.start_s == pytest.approx(0.22)  # 10 % of 4 is 0.4: a fifth of the way from 0.2 to 0.3
    assert episode.apex_s == pytest.approx(0.4)
    assert episode.end_s == pytest.approx(0.58)
    assert (episode.height, episode.whole) == (4.0, True)
    assert is_micro(episode)
    assert find_episodes(times, curve, noise=1.1) == []  # 4 x 1.1 is more than 4
    assert not is_micro(episode._replace(end_s=0.8))


def test_two_peaks_are_two_unless_the_valley_is_shallow() -> None:
    times = np.arange(9) * 0.1
    deep = np.array([0, 2, 4, 2, 1, 2, 4, 2, 0.0])
    shallow = np.array([0, 2, 4, 3, 2.5, 3, 4.5, 2, 0.0])
    assert len(find_episodes(times, deep, 0.0)) == 2
    assert len(find_episodes(times, shallow, 0.0)) == 1


def test_smoothing_is_savitzky_golay() -> None:
    from scipy.signal import savgol_filter

    curve = np.random.default_rng(1).normal(size=40)
    np.testing.assert_allclose(smooth(curve, 0.04), savgol_filter(curve, 7, 2), atol=1e-9)
    ramp = np.linspace(0, 5, 30) ** 2
    np.testing.assert_allclose(smooth(ramp, 0.04), ramp, atol=1e-9)


def test_noise_ignores_a_spike_and_finds_white_noise() -> None:
    random = np.random.default_rng(2)
    curve = random.normal(0, 0.3, 2000)
    curve[500:503] += 20
    # The filter keeps part of the noise: the residual of a 7-point quadratic has sqrt(1 - 1/3) of it.
    assert noise_of(curve, 0.04) == pytest.approx(0.3 * np.sqrt(2 / 3), rel=0.08)


def test_runs() -> None:
    assert runs(np.array([True, False, True, True])) == [(0, 1), (2, 4)]
    assert runs(np.zeros(3, bool)) == []
