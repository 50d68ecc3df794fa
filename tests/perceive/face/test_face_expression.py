"""Does the face's reading follow from its actions, and is the resting face found in hard clips?"""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from perceive.face.face_figures import IRIS, Actor, bump, move, open_eyes, play, smile
from saber.core.catalogue import CATALOGUE, level_of
from saber.core.records import Perception
from saber.core.taxonomy import AFFECT, EMOTIONS, Emotion
from saber.perceive.face.actions import ACTION_COLUMN, ACTIONS
from saber.perceive.face.emotion import affect, emotion_probs, expressiveness, leading_actions
from saber.perceive.face.landmarks import MIRROR, ROW
from saber.perceive.face.measures import COLUMN, REST_MEAN, REST_SD
from saber.perceive.face.mesh import SeenFace
from saber.perceive.face.rest import estimate_rest


def showing(**levels: float) -> np.ndarray:
    intensity = np.zeros((1, len(ACTIONS)))
    for slug, level in levels.items():
        intensity[0, ACTION_COLUMN[slug]] = level
    return intensity


def likeliest(intensity: np.ndarray) -> Emotion:
    return EMOTIONS[int(emotion_probs(intensity)[0].argmax())]


@pytest.mark.parametrize("strength", [2.0, 4.0])
@pytest.mark.parametrize(
    ("emotion", "actions"),
    [
        (Emotion.HAPPINESS, ("au06", "au12")),
        (Emotion.SADNESS, ("au01", "au04", "au15")),
        (Emotion.ANGER, ("au04", "au05", "au07", "au24")),
        (Emotion.FEAR, ("au01", "au02", "au04", "au05", "au20", "au25")),
        (Emotion.DISGUST, ("au09", "au10", "au17")),
        (Emotion.SURPRISE, ("au01", "au02", "au05", "au26", "au25")),
        (Emotion.NEUTRAL, ()),
    ],
)
def test_prototypes_of_the_investigators_guide(
    emotion: Emotion, actions: tuple[str, ...], strength: float
) -> None:
    assert likeliest(showing(**dict.fromkeys(actions, strength))) is emotion


@settings(max_examples=60, deadline=None)
@given(
    arrays(float, (3, len(ACTIONS)), elements=st.floats(0, 5)),
    arrays(float, (3, len(ACTIONS)), elements=st.floats(0, 1)),
)
def test_probs_are_distributions_and_affect_is_their_mean(intensity: np.ndarray, weight: np.ndarray) -> None:
    probs = emotion_probs(intensity, weight)
    np.testing.assert_allclose(probs.sum(1), 1)
    assert probs.min() > 0
    by_hand = [
        [sum(p * AFFECT[e][k] for p, e in zip(row, EMOTIONS, strict=True)) for k in (0, 1)] for row in probs
    ]
    np.testing.assert_allclose(affect(probs), by_hand, atol=1e-12)


def test_what_may_say_nothing_changes_nothing() -> None:
    brows = showing(au01=4.0, au02=4.0)
    mouth = showing(au01=4.0, au02=4.0, au12=5.0)
    weight = np.ones_like(mouth)
    weight[:, ACTION_COLUMN["au12"]] = 0
    np.testing.assert_allclose(emotion_probs(mouth, weight), emotion_probs(brows, weight))


def test_one_action_must_be_stronger_than_two() -> None:
    assert expressiveness(showing(au12=3.5))[0] == 1
    assert expressiveness(showing(au12=1.0))[0] == 0  # mean of 1 and 0 is half a trace
    assert expressiveness(showing(au12=5.0, au06=5.0))[0] == 1
    assert expressiveness(showing(au12=2.0, au06=1.0))[0] == pytest.approx(0.5)


def test_leading_actions_name_the_cause() -> None:
    intensity = showing(au12=4.0, au06=2.0, au04=0.5)
    assert leading_actions(intensity[0], emotion_probs(intensity)[0])[0] == "au12"
    assert leading_actions(showing()[0], emotion_probs(showing())[0]) == ()


CHEEK = (101, 118, 119, 50)

# --- the resting face -------------------------------------------------------------------------


def moods(perception: Perception) -> list[Emotion]:
    return [max(m.probs, key=m.probs.__getitem__) for m in perception.moments]


def test_a_smile_that_never_ends_is_still_a_smile() -> None:
    def laugh(face: np.ndarray, t: float) -> None:
        smile(face, 1.2)
        move(face, CHEEK, up=0.07)

    grin = Actor(laugh)
    perception = play(lambda t: [grin(t)], 4.0)
    cue = perception.cue("face.au12")
    assert cue is not None
    assert cue.value > 2
    assert perception.overall is not None
    assert perception.overall.probs[Emotion.HAPPINESS] == max(perception.overall.probs.values())


def test_rest_then_smile_shows_in_the_moments() -> None:
    def act(face: np.ndarray, t: float) -> None:
        much = bump(t, 3.0, 3.3, 9.0, hold=5.0)
        smile(face, much)
        move(face, CHEEK, up=0.05 * much)

    actor = Actor(act)
    perception = play(lambda t: [actor(t)], 6.0)
    assert moods(perception)[:3] == [Emotion.NEUTRAL] * 3
    assert moods(perception)[4:] == [Emotion.HAPPINESS] * 2
    assert perception.moments[5].rests_on[0] == "face.au12"
    assert perception.moments[5].valence > 0.4 > perception.moments[0].valence


def test_unusual_features_are_no_expression() -> None:
    """A person whose brows, mouth and lids are two spreads off the average, and who does nothing."""

    def features(face: np.ndarray, t: float) -> None:
        move(face, (55, 107, 65, 66, 46, 53, 63, 70, 105, 52), up=0.06)
        smile(face, 0.25)

    actor = Actor(features)
    perception = play(lambda t: [actor(t)], 12.0)
    assert set(moods(perception)) == {Emotion.NEUTRAL}
    assert perception.overall is not None
    assert perception.overall.confidence > 0.5


def test_a_shorter_look_leaves_more_doubt() -> None:
    actor = Actor()
    doubts = []
    for duration in (0.4, 3.0, 20.0):
        cue = play(lambda t: [actor(t)], duration).cue("face.rest_doubt")
        assert cue is not None
        doubts.append(cue.value)
    assert doubts[0] > doubts[1] > doubts[2]


def test_rest_estimate_by_hand() -> None:
    nobody = estimate_rest(np.empty((0, len(REST_MEAN))), np.empty(0, bool), 0.0)
    np.testing.assert_array_equal(nobody.measures, REST_MEAN)
    np.testing.assert_array_equal(nobody.sd, REST_SD)
    off = REST_MEAN + REST_SD
    watched = estimate_rest(np.repeat(off[None], 50, axis=0), np.ones(50, bool), 4 * np.log(2))
    # doubt is half a spread, so the clip's trust is 1 / (1 + 1/4)
    np.testing.assert_allclose(watched.measures, REST_MEAN + 0.8 * REST_SD)
    np.testing.assert_allclose(watched.sd, REST_SD * np.sqrt(0.2))
    grin = REST_MEAN.copy()
    grin[COLUMN["mouth_width"]] += 0.3
    capped = estimate_rest(np.repeat(grin[None], 50, axis=0), np.ones(50, bool), 60.0)
    assert capped.measures[COLUMN["mouth_width"]] == pytest.approx(
        REST_MEAN[COLUMN["mouth_width"]] + 2 * REST_SD[COLUMN["mouth_width"]]
    )


# --- head and eyes in a clip ------------------------------------------------------------------


def test_nod_shake_blinks_and_glances() -> None:
    def act(face: np.ndarray, t: float) -> None:
        shut = max(bump(t, at, at + 0.08, at + 0.2, hold=0.04) for at in (1.0, 5.0, 9.0, 11.0))
        open_eyes(face, 1 - 0.9 * shut)
        if 6.0 <= t < 7.0:
            for iris in (IRIS, MIRROR[IRIS]):
                face[ROW[iris], 0] += 0.095  # 30 degrees to the subject's left

    actor = Actor(act, noise=0.001)

    def scene(t: float) -> list[SeenFace]:
        pitch = 6 * np.sin(2 * np.pi * 2.5 * (t - 2.0)) if 2.0 <= t < 3.0 else 0.0
        yaw = 8 * np.sin(2 * np.pi * 2.0 * (t - 7.5)) if 7.5 <= t < 8.5 else 0.0
        return [actor(t, pitch=float(pitch), yaw=float(yaw))]

    perception = play(scene, 12.0)

    def times(name: str) -> list[tuple[float, float]]:
        return [
            (c.start_s, c.end_s)
            for c in perception.cues
            if c.name == f"face.{name}" and c.status == "measured"
        ]

    (nod,) = times("nod")
    assert nod[0] == pytest.approx(2.0, abs=0.2)
    assert nod[1] == pytest.approx(3.0, abs=0.3)
    (shake,) = times("shake")
    assert shake[0] == pytest.approx(7.5, abs=0.2)
    blinks = times("blink")
    assert [b[0] for b in blinks] == [pytest.approx(at, abs=0.06) for at in (1.0, 5.0, 9.0, 11.0)]
    rate = perception.cue("face.blink_rate")
    assert rate is not None
    assert rate.value == pytest.approx(20, abs=0.5)
    glances = [c for c in perception.cues if c.name == "face.look_away" and c.status == "measured"]
    assert [(c.value, round(c.start_s), round(c.end_s)) for c in glances] == [("left", 6, 7)]
    averted = perception.cue("face.gaze_averted")
    assert averted is not None
    assert averted.value == pytest.approx(1 / 12, abs=0.02)


def test_a_short_clip_has_no_blink_rate() -> None:
    actor = Actor()
    perception = play(lambda t: [actor(t)], 4.0)
    reasons = {c.name: c.reason for c in perception.cues if c.status == "absent"}
    assert reasons["face.blink_rate"] == "too_short"


# --- the catalogue ----------------------------------------------------------------------------


def test_all_that_comes_out_is_in_the_catalogue() -> None:
    actor = Actor(lambda face, t: smile(face, bump(t, 1, 1.4, 3, hold=1)))
    perception = play(lambda t: [actor(t)], 4.0)
    for cue in perception.cues:
        spec = CATALOGUE[cue.name]
        assert cue.unit == spec.unit
        assert spec.kind != "track"
        if cue.status == "measured" and spec.range is not None:
            assert spec.range[0] <= float(cue.value) <= spec.range[1], cue
        if isinstance(cue.value, str):
            assert level_of(spec, cue) is not None, cue
    for track in perception.tracks:
        assert track.unit == CATALOGUE[track.name].unit
        assert len(track.times_s) == 100
    summaries = {n for n, s in CATALOGUE.items() if n.startswith("face.") and s.kind == "summary"}
    assert summaries <= {c.name for c in perception.cues}  # measured, or absent with a reason
    expected = {n for n, s in CATALOGUE.items() if n.startswith("face.") and s.kind == "track"}
    assert expected <= {t.name for t in perception.tracks}


def test_clauses_are_in_both_languages_and_cover_their_range() -> None:
    for spec in CATALOGUE.values():
        if not spec.name.startswith("face."):
            continue
        for level in spec.levels:
            assert level.en[0].islower()
            assert level.en[-1] not in "."
            assert any("\u4e00" <= c <= "\u9fff" for c in level.zh)
        bounds = [(v.at_least, v.below) for v in spec.levels if v.at_least is not None or v.below is not None]
        for (_, below), (at_least, _) in pairwise(bounds):
            assert below == at_least, spec.name
