"""Does the pool do its arithmetic, keep its laws, and rest on the numbers that people's votes give?"""

from __future__ import annotations

import importlib
import math
from collections.abc import Mapping
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from saber.annotate.fuse import MIN_LEAD, as_votes, fuse
from saber.annotate.human_votes import WEIGHTS_FILE, ArousalGap, FittedVotes, HumanVotes, human_votes
from saber.core.records import Probs, Reading
from saber.core.taxonomy import EMOTIONS, MODALITIES, Emotion, Modality

FACE, VOICE, BODY, SPEECH = Modality.FACE, Modality.VOICE, Modality.BODY, Modality.SPEECH
HAPPY, ANGRY, NEUTRAL = Emotion.HAPPINESS, Emotion.ANGER, Emotion.NEUTRAL


def only(emotion: Emotion, share: float = 1.0) -> Probs:
    return {e: share if e is emotion else (1 - share) / 6 for e in EMOTIONS}


def reading(
    modality: Modality, probs: Probs, confidence: float = 1.0, valence: float = 0.0, arousal: float = 0.0
) -> Reading:
    return Reading(
        modality=modality,
        start_s=0,
        end_s=2,
        probs=probs,
        valence=valence,
        arousal=arousal,
        confidence=confidence,
    )


def entropy(probs: Mapping[Emotion, float] | None) -> float:
    assert probs is not None
    return -sum(p * math.log(p) for p in probs.values())


@st.composite
def distributions(draw: st.DrawFn) -> Probs:
    raw = draw(st.lists(st.floats(0, 1), min_size=7, max_size=7))
    total = sum(raw)
    return (
        only(NEUTRAL, 1 / 7) if total < 1e-3 else {e: x / total for e, x in zip(EMOTIONS, raw, strict=True)}
    )


@st.composite
def readings_of(draw: st.DrawFn, modality: Modality, min_confidence: float = 0.01) -> Reading:
    return reading(
        modality,
        draw(distributions()),
        draw(st.floats(min_confidence, 1)),
        draw(st.floats(-1, 1)),
        draw(st.floats(-1, 1)),
    )


@st.composite
def clips(draw: st.DrawFn) -> dict[Modality, Reading]:
    chosen = draw(st.lists(st.sampled_from(MODALITIES), min_size=1, max_size=4, unique=True))
    return {m: draw(readings_of(m)) for m in chosen}


# --- arithmetic by hand --------------------------------------------------------------------------

PRODUCT = HumanVotes(
    panel_votes=10,
    smoothing=1,
    witnesses=1,
    arousal_gap=ArousalGap(one_clip=0.2, unrelated=0.3, say=0),
    pull={m: dict.fromkeys(EMOTIONS, 1.0) for m in MODALITIES},
    valence_pull=dict.fromkeys(MODALITIES, 0.5),
    arousal_pull=dict.fromkeys(MODALITIES, 0.5),
    shown_as={},
)


def test_a_panel_of_ten_that_agrees_has_eleven_of_seventeen_smoothed_votes() -> None:
    votes = as_votes(only(HAPPY), 1.0, PRODUCT)
    assert votes[HAPPY] == pytest.approx(11 / 17)
    assert votes[ANGRY] == pytest.approx(1 / 17)


def test_half_the_confidence_is_half_the_panel() -> None:
    votes = as_votes(only(HAPPY), 0.5, PRODUCT)
    assert votes[HAPPY] == pytest.approx(6 / 12)
    assert votes[ANGRY] == pytest.approx(1 / 12)


def test_two_panels_multiply() -> None:
    # face: 11 happy, 1 each of six others; voice: 6 angry, 1 each of six others.
    # products: happy 11 * 1, angry 1 * 6, five others 1 * 1: 22 in all.
    clip = {FACE: reading(FACE, only(HAPPY)), VOICE: reading(VOICE, only(ANGRY), 0.5)}
    estimate, weights = fuse(clip, PRODUCT)
    assert estimate.probs is not None
    assert estimate.probs[HAPPY] == pytest.approx(11 / 22)
    assert estimate.probs[ANGRY] == pytest.approx(6 / 22)
    assert estimate.probs[NEUTRAL] == pytest.approx(1 / 22)
    assert estimate.label is HAPPY
    # Each pushes one emotion by log 11 or log 6 over the rest: the shares are in that ratio.
    assert weights[FACE] == pytest.approx(math.log(11) / (math.log(11) + math.log(6)))
    assert weights[VOICE] == pytest.approx(math.log(6) / (math.log(11) + math.log(6)))


def test_pull_is_an_exponent() -> None:
    double = HumanVotes(**{**PRODUCT.__dict__, "pull": {FACE: {**dict.fromkeys(EMOTIONS, 1.0), HAPPY: 2.0}}})
    estimate, _ = fuse({FACE: reading(FACE, only(HAPPY))}, double)
    # log q over flat: happy 2 log(7 * 11 / 17), the others log(7 / 17).
    happy, other = (77 / 17) ** 2, 7 / 17
    assert estimate.probs is not None
    assert estimate.probs[HAPPY] == pytest.approx(happy / (happy + 6 * other))


def test_valence_is_the_mean_by_confidence_and_pull() -> None:
    table = HumanVotes(**{**PRODUCT.__dict__, "valence_pull": {FACE: 0.8, VOICE: 0.2}})
    clip = {
        FACE: reading(FACE, only(HAPPY), 0.5, valence=0.6, arousal=0.2),
        VOICE: reading(VOICE, only(HAPPY), 1.0, valence=-0.3, arousal=0.8),
    }
    estimate, _ = fuse(clip, table)
    assert estimate.valence == pytest.approx((0.4 * 0.6 - 0.2 * 0.3) / 0.6)
    assert estimate.arousal == pytest.approx((0.25 * 0.2 + 0.5 * 0.8) / 0.75)


def test_a_label_needs_its_lead() -> None:
    # As one panel: (10 p + 1) / 17 each, so the lead is (10 p1 + 1) / (10 p2 + 1).
    near = {**only(NEUTRAL, 0.0), **dict.fromkeys(EMOTIONS, 0.0), HAPPY: 0.5, ANGRY: 0.5}
    assert fuse({FACE: reading(FACE, near)}, PRODUCT)[0].label is None
    lead = {**near, HAPPY: 0.57, ANGRY: 0.43}
    assert MIN_LEAD < (10 * 0.57 + 1) / (10 * 0.43 + 1)
    assert fuse({FACE: reading(FACE, lead)}, PRODUCT)[0].label is HAPPY


# --- missing is missing --------------------------------------------------------------------------


@pytest.mark.parametrize(
    "clip", [{}, dict.fromkeys(MODALITIES), {FACE: reading(FACE, only(HAPPY), 0.0), VOICE: None}]
)
def test_nothing_readable_is_no_emotion(clip: dict[Modality, Reading | None]) -> None:
    estimate, weights = fuse(clip)
    assert (estimate.label, estimate.probs, estimate.valence, estimate.arousal) == (None, None, None, None)
    assert weights == {}


@given(clips(), st.sampled_from(MODALITIES), distributions())
def test_no_confidence_no_say(clip: dict[Modality, Reading], extra: Modality, probs: Probs) -> None:
    clip.pop(extra, None)
    assert (
        fuse({**clip, extra: reading(extra, probs, 0.0, valence=1.0)})
        == fuse(clip)
        == fuse({**clip, extra: None})
    )


@pytest.mark.parametrize("missing", MODALITIES)
@pytest.mark.parametrize("emotion", EMOTIONS)
def test_what_is_missing_widens_and_is_not_neutral(missing: Modality, emotion: Emotion) -> None:
    clip = {m: reading(m, only(emotion, 0.6), 0.6) for m in MODALITIES}
    full, _ = fuse(clip)
    less, weights = fuse({**clip, missing: None})
    assert entropy(less.probs) > entropy(full.probs)
    assert less.label is emotion
    assert missing not in weights


# --- laws ----------------------------------------------------------------------------------------


@given(clips())
def test_probs_are_a_distribution_and_weights_are_shares(clip: dict[Modality, Reading]) -> None:
    estimate, weights = fuse(clip)
    assert estimate.probs is not None
    assert math.fsum(estimate.probs.values()) == pytest.approx(1)
    assert set(weights) == set(clip)
    assert math.fsum(weights.values()) == pytest.approx(1) or set(weights.values()) == {0.0}
    assert estimate.valence is not None
    assert (
        min(r.valence for r in clip.values()) - 1e-9
        <= estimate.valence
        <= max(r.valence for r in clip.values()) + 1e-9
    )


@given(clips(), st.randoms())
def test_order_does_not_matter(clip: dict[Modality, Reading], random: object) -> None:
    shuffled = list(clip.items())
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    assert fuse(dict(shuffled)) == fuse(clip)


@given(st.sets(st.sampled_from(MODALITIES), min_size=1), st.sampled_from(EMOTIONS), st.floats(0.3, 1))
def test_unanimous_readings_give_their_emotion(
    said: set[Modality], emotion: Emotion, confidence: float
) -> None:
    estimate, _ = fuse({m: reading(m, only(emotion), confidence) for m in said})
    assert estimate.label is emotion


@given(clips(), st.sampled_from(MODALITIES), st.sampled_from(EMOTIONS), st.floats(0.01, 0.9))
@settings(max_examples=60)
def test_more_confidence_pulls_more(
    clip: dict[Modality, Reading], mine: Modality, emotion: Emotion, low: float
) -> None:
    unsure, sure = (fuse({**clip, mine: reading(mine, only(emotion), c)}) for c in (low, low + 0.1))
    assert unsure[0].probs is not None
    assert sure[0].probs is not None
    assert sure[0].probs[emotion] >= unsure[0].probs[emotion]
    assert sure[1][mine] >= unsure[1][mine]


@given(st.sampled_from(MODALITIES))
def test_a_flat_reading_has_no_weight(flat: Modality) -> None:
    other = FACE if flat is not FACE else VOICE
    clip = {other: reading(other, only(HAPPY), 0.7)}
    estimate, weights = fuse({**clip, flat: reading(flat, only(HAPPY, 1 / 7))})
    alone, _ = fuse(clip)
    assert weights[flat] == pytest.approx(0, abs=1e-9)
    assert estimate.probs == pytest.approx(alone.probs)


# --- what the shipped numbers say ----------------------------------------------------------------


def test_a_smile_outweighs_a_hostile_tone_as_it_did_for_people() -> None:
    # 93 % of held-out clips whose face majority is happiness and whose voice's is not: people say happiness.
    clip = {FACE: reading(FACE, only(HAPPY), 0.8), VOICE: reading(VOICE, only(ANGRY), 0.8)}
    assert fuse(clip)[0].label is HAPPY


def test_a_calm_voice_does_not_outweigh_a_face() -> None:
    clip = {FACE: reading(FACE, only(Emotion.FEAR, 0.7), 0.6), VOICE: reading(VOICE, only(NEUTRAL, 0.7), 0.6)}
    assert fuse(clip)[0].label is Emotion.FEAR


def test_every_row_of_answers_is_a_distribution() -> None:
    table = human_votes()
    for modality in MODALITIES:
        assert set(table.shown_as[modality]) == set(EMOTIONS) == set(table.pull[modality])
        for row in table.shown_as[modality].values():
            assert math.fsum(row.values()) == pytest.approx(1, abs=1e-4)
            assert min(row.values()) > 0
    assert table.valence_pull[FACE] + table.valence_pull[VOICE] == pytest.approx(1)


def test_neutral_words_and_a_still_body_are_as_likely_in_every_state() -> None:
    for modality in (BODY, SPEECH):
        assert len({round(row[NEUTRAL], 9) for row in human_votes().shown_as[modality].values()}) == 1


def test_the_file_says_whose_votes_these_are() -> None:
    shipped = FittedVotes.model_validate_json(WEIGHTS_FILE.read_text(encoding="utf-8"))
    assert "CREMA-D" in shipped.attribution
    assert "Open Database License" in shipped.attribution


# --- against the data ----------------------------------------------------------------------------


@pytest.fixture(scope="module")
def bench() -> ModuleType:
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(str(Path(__file__).parents[2] / "bench"))
        return importlib.import_module("fit_fusion")


@pytest.mark.media
def test_the_shipped_numbers_are_those_of_the_votes(bench: ModuleType, media_dir: Path) -> None:
    refitted = bench.fit(bench.read_votes(media_dir))
    shipped = FittedVotes.model_validate_json(WEIGHTS_FILE.read_text(encoding="utf-8"))
    assert refitted.fitted_on == shipped.fitted_on
    assert refitted.witnesses == pytest.approx(shipped.witnesses, abs=0.005)
    assert refitted.arousal_gap.say == pytest.approx(shipped.arousal_gap.say, abs=0.005)
    for one, other in ((refitted.face, shipped.face), (refitted.voice, shipped.voice)):
        assert one.pull == pytest.approx(other.pull, abs=0.001)
        assert one.valence_pull == pytest.approx(other.valence_pull, abs=1e-4)
        for state, row in one.shown_as.items():
            assert row == pytest.approx(other.shown_as[state], abs=1e-6)


@pytest.mark.media
def test_the_loss_is_flat_at_the_shipped_numbers(bench: ModuleType, media_dir: Path) -> None:
    votes = bench.read_votes(media_dir)
    known = votes.take(~votes.held_out)
    shipped = FittedVotes.model_validate_json(WEIGHTS_FILE.read_text(encoding="utf-8"))
    pull = np.array([m.pull[e] for m in (shipped.face, shipped.voice) for e in bench.ANSWERS])
    inputs = bench.features("emotion", bench.log_shares(known.seen), bench.log_shares(known.heard))
    loss, gradient = bench.loss_and_gradient(pull, inputs, known.target)
    assert np.abs(gradient).max() < 1e-4
    assert loss < bench.loss_and_gradient(np.ones(12), inputs, known.target)[0] - 0.05


@pytest.mark.media
def test_the_votes_are_what_was_published(bench: ModuleType, media_dir: Path) -> None:
    votes = bench.read_votes(media_dir)
    assert votes.heard.shape == votes.seen.shape == votes.both.shape == (7442, 6)
    assert len(np.unique(votes.actor)) == 91
    assert len(np.unique(votes.actor[votes.held_out])) == 22
    assert not set(votes.actor[votes.held_out]) & set(votes.actor[~votes.held_out])
    apart = bench.disagreeing(votes)
    face, voice, both = (bench.majority(c)[apart] for c in (votes.seen, votes.heard, votes.both))
    assert (apart.sum(), (both == face).sum(), (both == voice).sum()) == (2794, 1887, 548)


def test_the_gradient_is_the_slope_of_the_loss(bench: ModuleType) -> None:
    rng = np.random.default_rng(0)
    inputs, target = rng.normal(size=(5, 6, 4)), rng.dirichlet(np.ones(6), 5)
    at = rng.normal(size=4)
    _, gradient = bench.loss_and_gradient(at, inputs, target)
    for j in range(4):
        step = np.eye(4)[j] * 1e-6
        slope = (
            bench.loss_and_gradient(at + step, inputs, target)[0]
            - bench.loss_and_gradient(at - step, inputs, target)[0]
        ) / 2e-6
        assert gradient[j] == pytest.approx(slope, abs=1e-6)
