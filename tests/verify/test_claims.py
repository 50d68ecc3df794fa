"""Is a description held against the measurements of its own clip, sentence by sentence?"""

from __future__ import annotations

import pytest

from saber.core.dataset import Check
from saber.core.taxonomy import Dimension, Emotion, Language, Modality
from saber.verify.claims import claims_checks
from saber.verify.figures import Figure, figures_check, figures_in
from saber.verify.reasoning import emotion_check, evidence_check
from saber.verify.verdict import decide
from sample_cues import sample_cues
from verify.clips import annotated

CLAIMS = ("visual_claims", "acoustic_claims")
H, A, F = Emotion.HAPPINESS, Emotion.ANGER, Emotion.FEAR


def claims(**texts: str) -> dict[Dimension, Check]:
    found = claims_checks(annotated(model="openai:omni", **texts), sample_cues(), 0.2, 0.3)
    return {check.dimension: check for check in found if check.dimension is not None}


@pytest.mark.parametrize("language", Language)
def test_what_was_written_from_the_cues_passes(language: Language) -> None:
    found = claims_checks(annotated(language=language), sample_cues(), 0.0, 0.0)
    assert [c.passed for c in found] == [True] * 6
    assert [c.score for c in found] == [0.0] * 6
    assert {c.judge for c in found} == {"measured"}


@pytest.mark.parametrize(
    ("dimension", "text", "cue"),
    [
        ("acoustic", "The voice is low-pitched.", "voice.pitch_level"),
        ("acoustic", "声音低沉。", "voice.pitch_level"),
        ("acoustic", "The voice is soft, without any effort.", "voice.effort"),
        ("scene", "Several people are in the picture.", "scene.people"),
    ],
)
def test_a_claim_that_the_measurement_denies_fails_and_is_quoted(dimension: str, text: str, cue: str) -> None:
    check = claims(**{dimension: text})[Dimension(dimension)]
    assert (check.passed, check.reason) == (False, "claims_contradicted")
    assert check.score is not None
    assert check.score > 0.2
    assert cue in check.detail
    assert check.detail.startswith("“")


def test_one_wrong_claim_beside_right_ones_is_a_share() -> None:
    right = annotated().annotation.audio.acoustic
    mixed = claims(acoustic=f"{right} The voice is low-pitched.")[Dimension.ACOUSTIC]
    alone = claims(acoustic="The voice is low-pitched.")[Dimension.ACOUSTIC]
    assert mixed.score is not None
    assert alone.score == 1.0
    assert 0 < mixed.score < 1


@pytest.mark.parametrize("text", ["", "The mood is that of a late afternoon.", "气氛像是午后。"])
def test_a_text_without_anything_measurable_is_unknown(text: str) -> None:
    check = claims(acoustic=text)[Dimension.ACOUSTIC]
    assert (check.passed, check.reason, check.score) == (None, "nothing_measurable", None)
    found = claims_checks(annotated(acoustic=text), sample_cues(), 0.2, 0.3)
    assert decide(found, CLAIMS).reason == "acoustic_claims_unknown"


def test_one_seen_text_that_can_be_measured_is_enough_for_the_three() -> None:
    found = claims_checks(annotated(scene="It is late.", body="It is late."), sample_cues(), 0.2, 0.3)
    assert decide(found, CLAIMS).stands


def test_what_the_analyst_says_must_be_supported_and_a_model_may_say_more() -> None:
    """Nothing was measured of how the pitch ends: that neither supports the claim nor rules it out."""
    said = "The pitch moves widely. The pitch rises at the end. The voice is strained with great effort."
    theirs, own = (
        claims_checks(annotated(model=model, acoustic=said), sample_cues(), 0.2, 0.3)
        for model in ("openai:omni", "embedded")
    )
    assert [c.passed for c in theirs if c.name == "acoustic_claims"] == [True]
    contradicted, unsupported = [c for c in own if c.name == "acoustic_claims"]
    assert contradicted.passed is True
    assert (unsupported.passed, unsupported.reason) == (False, "claims_unsupported")
    assert unsupported.score == pytest.approx(1 / 3, abs=1e-3)
    assert "rises at the end" in unsupported.detail


# --- the reasoning -----------------------------------------------------------------------------


def evidence(reasoning: str, **texts: str) -> Check:
    return evidence_check(annotated(reasoning=reasoning, **texts), sample_cues(), 0.0)


@pytest.mark.parametrize("language", Language)
def test_the_analysts_own_reasoning_rests_on_its_evidence(language: Language) -> None:
    clip = annotated(language=language)
    assert evidence_check(clip, sample_cues(), 0.0).passed is True
    assert emotion_check(clip, 0.5).passed is True


@pytest.mark.parametrize(
    ("reasoning", "passed", "reason"),
    [
        ("She smiles, and her voice is high.", True, ""),
        ("她露出微笑，声音偏高。", True, ""),
        ("She smiles, but her voice is low.", False, "reasoning_contradicted"),
        # Nobody wrote it down, and nothing measures it.
        ("She smiles while her jaw trembles and she nods.", False, "reasoning_invented"),
        ("The words “thank you so much” are friendly, and she smiles.", True, ""),
        ("The words “get out of my house” are hostile.", False, "reasoning_contradicted"),
        ("It was probably a good day.", None, "no_claims"),
        ("", None, "no_claims"),
    ],
)
def test_a_reasoning_may_tell_what_was_perceived_and_only_that(
    reasoning: str, passed: bool | None, reason: str
) -> None:
    check = evidence(reasoning)
    assert (check.passed, check.reason) == (passed, reason), check.detail


def test_what_another_text_says_may_be_used_though_nothing_measures_it() -> None:
    reasoning = "She smiles and nods."
    assert evidence(reasoning).passed is False
    assert evidence(reasoning, body="She nods twice.").passed is True
    # The other way round is not the same.
    assert evidence(reasoning, body="She does not nod.").passed is False


def emotion(said: Emotion | None, reasoning: str) -> Check:
    return emotion_check(annotated(emotion=said, reasoning=reasoning), 0.5)


@pytest.mark.parametrize(
    ("said", "reasoning", "passed"),
    [
        (H, "The face suggests happiness.", True),
        # The likeliest of the voice alone, and named as such.
        (A, "The voice suggests anger.", True),
        (H, "The face suggests anger.", False),
        (H, "声音像是高兴的。", False),
        (H, "面部指向高兴，声音则指向愤怒。", True),
        (F, "She smiles.", False),
        (H, "She is happy and afraid.", False),
        (H, "She is happy, not afraid.", True),
    ],
)
def test_an_emotion_must_be_near_the_likeliest_where_it_is_said_to_be(
    said: Emotion, reasoning: str, passed: bool
) -> None:
    check = emotion(said, reasoning)
    assert check.passed is passed, check.detail
    assert check.reason == ("" if passed else "emotion_unmeasured")


def test_no_emotion_where_one_was_measured_is_unknown() -> None:
    assert (emotion(None, "She smiles.").passed, emotion(None, "").reason) == (None, "no_emotion_said")


def test_an_emotion_where_none_was_measured_is_unknown() -> None:
    clip = annotated()
    silent = clip.model_copy(
        update={
            "emotion": clip.emotion.model_copy(update={"label": None, "probs": None}),
            "modalities": {
                m: e.model_copy(update={"present": False, "probs": None}) for m, e in clip.modalities.items()
            },
        }
    )
    assert emotion_check(silent, 0.5).reason == "nothing_measured"
    nothing = silent.model_copy(
        update={
            "emotion_said": None,
            "annotation": clip.annotation.model_copy(update={"reasoning": "It can't be told."}),
        }
    )
    assert emotion_check(nothing, 0.5).passed is True


def test_figures_that_a_text_states() -> None:
    english = (
        "The face suggests anger (62%, good confidence). Valence is low (-0.40) and arousal raised (+.35)."
    )
    assert [*figures_in(english)] == [
        Figure(A, 0.62, Modality.FACE),
        Figure("valence", -0.40, None),
        Figure("arousal", 0.35, None),
    ]
    assert [*figures_in("声音则指向恐惧（33%，把握较大）。效价略偏积极（+0.40），唤醒度偏高（+0.35）。")] == [
        Figure(F, 0.33, Modality.VOICE),
        Figure("valence", 0.40, None),
        Figure("arousal", 0.35, None),
    ]
    assert [*figures_in("She is happy in 3 of 4 pictures (for 2.5 s).")] == []


@pytest.mark.parametrize(
    ("reasoning", "passed"),
    [
        ("The face suggests happiness (78%).", True),
        ("The face suggests happiness (30%).", False),
        # The voice's share, ascribed to the face.
        ("The face suggests anger (62%).", False),
        ("The voice suggests anger (62%).", True),
        ("Valence is negative (-0.90).", False),
        ("She smiles.", None),
    ],
)
def test_a_figure_must_be_one_that_was_measured(reasoning: str, passed: bool | None) -> None:
    check = figures_check(annotated(reasoning=reasoning), 0.1)
    assert (check and check.passed) is passed
    if passed is False:
        assert check is not None
        assert check.reason == "figures_differ"


@pytest.mark.parametrize("language", Language)
def test_the_analysts_own_figures_are_the_measured_ones(language: Language) -> None:
    check = figures_check(annotated(language=language), 0.1)
    assert check is not None
    assert check.score is not None
    assert check.score <= 0.005  # rounded to whole per cent
