"""Are people kept apart, counted, and matched with the voice?"""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.metrics import roc_auc_score

from perceive.face.face_figures import Actor, part_lips, play, smile
from saber.core.records import Perception, Span
from saber.perceive.face.mesh import SeenFace, overlap
from saber.perceive.face.speaking import Match, match_voice, syllable_motion, who_speaks

VOICE = (Span(start_s=1.0, end_s=3.0),)


def talk(face: np.ndarray, t: float) -> None:
    if 1.0 <= t < 3.0:
        part_lips(face, 0.05 * (1 + np.sin(2 * np.pi * 4 * t)))


def value(perception: Perception, name: str) -> object:
    cue = perception.cue(f"face.{name}")
    return None if cue is None else cue.value


def test_two_people_and_the_one_who_talks() -> None:
    listener, speaker = Actor(), Actor(talk)

    def scene(t: float) -> list[SeenFace]:
        faces = [
            listener(t, centre=(180, 180), px_per_iod=70.0),
            speaker(t, centre=(480, 180), px_per_iod=57.0),
        ]
        return faces if round(t * 25) % 2 else faces[::-1]  # the mesh gives no fixed order

    perception = play(scene, 4.0, VOICE)
    assert value(perception, "people") == 2
    cue = perception.cue("face.speaker")
    assert cue is not None
    assert (cue.value, cue.person) == ("main_person", 1)  # person 0, the larger, only listens
    aucs = {c.person: c.value for c in perception.cues if c.name == "face.speech_match"}
    assert aucs[1] > 0.9
    smiles = perception.cue("face.au12")
    assert smiles is not None
    assert smiles.person == 1
    x = perception.track("face.centre_x")
    assert x is not None
    assert x.values[10] == pytest.approx(0.75, abs=0.02)


def test_a_listener_alone_makes_the_voice_come_from_elsewhere() -> None:
    still = Actor(noise=0.001)
    perception = play(lambda t: [still(t)], 4.0, VOICE)
    assert value(perception, "speaker") == "off_screen"


def test_no_voice_no_speaker() -> None:
    speaker = Actor(talk)
    perception = play(lambda t: [speaker(t)], 4.0)
    reasons = {c.name: c.reason for c in perception.cues if c.status == "absent"}
    assert reasons["face.speaker"] == "no_voice"
    assert reasons["face.speech_match"] == "no_voice"


def test_who_comes_and_goes() -> None:
    one, other = Actor(), Actor()

    def scene(t: float) -> list[SeenFace]:
        faces = [one(t, centre=(150, 180))] if not 1.0 <= t < 1.5 else []  # away for half a second
        if t >= 2.0:
            faces.append(other(t, centre=(450, 180)))
        if 0.48 <= t < 0.6:
            faces.append(other(t, centre=(500, 60)))  # three pictures: a false detection
        return faces

    perception = play(scene, 4.0)
    assert value(perception, "people") == 2
    presence = {c.person: c.value for c in perception.cues if c.name == "face.presence"}
    assert presence == {0: pytest.approx(0.875, abs=0.02), 1: pytest.approx(0.5, abs=0.02)}
    stretches = [c for c in perception.cues if c.name == "face.visible"]
    assert [(round(c.start_s, 1), round(c.end_s, 1)) for c in stretches] == [(0.0, 1.0), (1.5, 4.0)]
    count = perception.track("face.count")
    assert count is not None
    assert (count.values[13], count.values[30], count.values[60]) == (1, 0, 2)


def test_a_face_whose_skull_wobbles_is_not_human() -> None:
    drawing = Actor(noise=0.06)
    perception = play(lambda t: [drawing(t)], 3.0)
    assert (perception.present, perception.absent_reason) == (False, "no_face")
    assert value(perception, "people") == 0
    assert perception.overall is None
    assert perception.moments == ()
    assert all(c.reason == "no_face" for c in perception.cues if c.status == "absent")


def test_no_picture_at_all() -> None:
    perception = play(lambda t: [], 0.0)
    assert perception.absent_reason == "no_picture"
    assert value(perception, "people") is None


def test_face_turned_away_is_seen_but_not_read() -> None:
    grin = Actor(lambda face, t: smile(face, 1.0))
    perception = play(lambda t: [grin(t, yaw=65)], 2.0)
    assert perception.present
    assert perception.overall is None
    reasons = {c.name: c.reason for c in perception.cues if c.status == "absent"}
    assert reasons["face.expression"] == "face_turned_away"
    assert reasons["face.au12"] == "face_turned_away"
    track = perception.track("face.au12")
    assert track is not None
    assert set(track.values) == {None}
    assert value(perception, "head_yaw") == pytest.approx(65, abs=1)


def test_auc_is_that_of_scikit_learn() -> None:
    random = np.random.default_rng(3)
    times = np.arange(200) / 25
    voiced = (times >= 1) & (times < 3)
    motion = np.round(random.gamma(2, 0.01, 200) + 0.01 * voiced, 3)  # rounded: ties
    match = match_voice(times, motion, VOICE, 0.04)
    assert match.auc == pytest.approx(roc_auc_score(voiced, motion))
    assert match_voice(times, motion, (), 0.04).reason == "no_voice"
    assert match_voice(times, motion, (Span(start_s=0, end_s=9),), 0.04).reason == "no_silence"


def test_who_speaks_by_hand() -> None:
    assert who_speaks([]) == (None, "no_face")
    assert who_speaks([Match(0.9, 0.8, None), Match(0.5, 0.8, None)]) == (0, None)
    assert who_speaks([Match(0.9, 0.8, None), Match(0.85, 0.8, None)]) == (None, "ambiguous")
    assert who_speaks([Match(0.9, 0.1, None)]) == (None, "lips_still")
    assert who_speaks([Match(None, 0.9, "no_silence"), Match(None, 0.2, "no_silence")]) == (0, None)


def test_only_the_rate_of_syllables_counts() -> None:
    t = np.arange(100) / 25
    quick = syllable_motion(0.05 * np.sin(2 * np.pi * 4 * t), 0.04)
    slow = syllable_motion(0.05 * np.sin(2 * np.pi * 0.4 * t), 0.04)
    assert quick[30:70].mean() == pytest.approx(0.05 / np.sqrt(2), rel=0.15)
    assert slow[30:70].mean() < 0.005
    assert syllable_motion(np.ones(3), 0.04).tolist() == [0, 0, 0]


def test_overlap_by_hand() -> None:
    assert overlap((0, 0, 2, 2), (1, 0, 3, 2)) == pytest.approx(1 / 3)
    assert overlap((0, 0, 1, 1), (2, 2, 3, 3)) == 0
