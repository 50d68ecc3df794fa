"""Does the reasoning name only what was told, and is it as sure as the numbers are?"""

from __future__ import annotations

import pytest

from saber.annotate import annotate
from saber.annotate.reasoning import reason
from saber.annotate.wording import wording_for
from saber.core.catalogue import CATALOGUE as SHIPPED
from saber.core.catalogue import measured
from saber.core.records import Conflict, Consistency, Cues, EmotionEstimate, Reading, Transcript
from saber.core.taxonomy import Emotion, Language, Modality
from sample_cues import probs
from small_catalogue import CATALOGUE, cue, resting_on, small_cues, with_cues, without

WORDING = wording_for(Language.ENGLISH)
AGREED = Consistency(verdict="consistent", score=0.8)


def reading(modality: Modality, confidence: float = 0.7, **shares: float) -> Reading:
    return Reading(
        modality=modality,
        start_s=0.0,
        end_s=6.0,
        probs=probs(**shares),
        valence=0.1,
        arousal=0.1,
        confidence=confidence,
    )


def reasoned(
    *readings: Reading,
    emotion: dict[str, float] | None = None,
    consistency: Consistency = AGREED,
    cues: Cues | None = None,
) -> str:
    """The reasoning over these readings, which together suggest `emotion`."""
    joint = probs(**(emotion or {"happiness": 0.7}))
    estimate = EmotionEstimate(label=max(joint, key=joint.__getitem__), probs=joint, valence=0.1, arousal=0.1)
    by_modality = {r.modality: r for r in readings}
    weights = dict.fromkeys(by_modality, 1 / len(by_modality))
    return reason(cues or small_cues(), (), by_modality, estimate, weights, consistency, WORDING).text(
        WORDING
    )


ALL = [reading(m, happiness=0.7) for m in Modality]


def test_only_facts_that_were_told_are_grounds() -> None:
    cues = resting_on(small_cues(), "face", "face.brow_lowering", "face.smile")
    unsure = cue("face.brow_lowering", 4.0, 1.0, 2.0, apex_s=1.5, confidence=0.1)
    smile = cue("face.smile", 3.0, 2.0, 3.0, apex_s=2.5)
    text = annotate(
        with_cues(cues, face=(unsure, smile)), language=Language.ENGLISH, catalogue=CATALOGUE
    ).annotation.reasoning
    assert "brows" not in text
    assert "chiefly because from 2.0 s to 3.0 s the corners of the lips rise clearly." in text


def test_agreement_is_told_with_its_score() -> None:
    agreed = "The face, the body, the voice and the words fit together (consistency 0.80 of 1)."
    assert agreed in reasoned(*ALL)


def test_one_modality_can_not_agree_with_anything() -> None:
    text = reasoned(ALL[0], consistency=Consistency(verdict="unclear", score=None))
    assert "Whether the channels agree can't be judged: only the face could be read." in text


@pytest.mark.parametrize(
    ("readings", "emotion", "verdict", "expected"),
    [
        (ALL, {"happiness": 0.7}, AGREED, "This reading is fairly clear."),
        (ALL, {"happiness": 0.4}, AGREED,
         "This reading is tentative: no emotion has half of the probability."),
        (ALL, {"happiness": 0.45, "anger": 0.35}, AGREED,
         "This reading is tentative: the lead over the next emotion is small."),
        ([reading(m, 0.2, happiness=0.7) for m in Modality], {"happiness": 0.7}, AGREED,
         "This reading is tentative: each channel by itself says little."),
    ],
)  # fmt: skip
def test_sureness(
    readings: list[Reading], emotion: dict[str, float], verdict: Consistency, expected: str
) -> None:
    assert reasoned(*readings, emotion=emotion, consistency=verdict).endswith(expected)


def test_a_conflict_with_a_small_lead_is_uncertain() -> None:
    clash = Conflict(
        between=(Modality.FACE, Modality.VOICE), about="emotion", says=("happiness", "anger"),
        start_s=1.0, end_s=2.0, strength=0.9,
    )  # fmt: skip
    torn = Consistency(verdict="inconsistent", score=0.1, conflicts=(clash,))
    text = reasoned(*ALL, emotion={"happiness": 0.4, "anger": 0.35}, consistency=torn)
    assert (
        "The face and the voice disagree from 1.0 s to 2.0 s: the face suggests happiness, the voice anger."
        in text
    )
    assert text.endswith(
        "This reading is uncertain: the channels disagree and the lead over the next emotion is small."
    )


def test_what_is_missing_leaves_doubt() -> None:
    cues = without(small_cues(), "body", "no_body")
    text = reasoned(ALL[0], *ALL[2:], cues=cues)
    assert "The body was left out (no body is visible)." in text
    assert text.endswith("This reading is fairly clear, although part of the evidence is missing.")


@pytest.mark.parametrize("slug", ["main_person", "off_screen"])
def test_a_voice_that_may_be_somebody_elses_is_pointed_out(slug: str) -> None:
    spec = SHIPPED["face.speaker"]
    cues = with_cues(small_cues(), face=(measured(spec, slug, 0.0, 6.0),))
    result = annotate(cues, language=Language.ENGLISH, catalogue={**CATALOGUE, spec.name: spec})
    noted = "Face and voice may belong to different people: the lips stay still while a voice is heard."
    assert (noted in result.annotation.reasoning) == (slug == "off_screen")
    assert any(e.claim == noted and e.value == slug for e in result.evidence) == (slug == "off_screen")


def test_likeness_and_contrast_between_modalities() -> None:
    text = reasoned(
        reading(Modality.FACE, happiness=0.7),
        reading(Modality.BODY, anger=0.6),
        reading(Modality.VOICE, sadness=0.6),
        reading(Modality.SPEECH, happiness=0.6),
    )
    assert "The face suggests happiness" in text
    assert "The body, by contrast, suggests anger" in text
    assert "The voice, for its part, suggests sadness" in text
    assert ", like the face, suggest happiness" in text


def test_a_flat_reading_names_no_emotion() -> None:
    flat = {e.value: 1 / 7 for e in Emotion if e is not Emotion.NEUTRAL}
    assert "The face does not point to any one emotion (" in reasoned(
        reading(Modality.FACE, **flat), *ALL[1:]
    )


@pytest.mark.parametrize(
    ("said", "quoted"),
    [
        ("Fine. <laughter>", "Fine."),
        ("<sigh> I am   fine <laughter> really", "I am fine really"),
        ("one two three four five six seven eight nine ten eleven twelve thirteen",
         "one two three four five six seven eight nine ten eleven…"),
        ("我们明天再谈这件事好不好因为今天我真的已经太累了什么都不想再说了求你了",
         "我们明天再谈这件事好不好因为今天我真的已经太累了什么都不想再…"),
    ],
)  # fmt: skip
def test_words_are_quoted_without_tags_and_cut_between_words(said: str, quoted: str) -> None:
    transcript = Transcript(text=said, language="en", language_prob=1.0, words=(), confidence=1.0)
    assert f"The words (“{quoted}”)" in reasoned(
        reading(Modality.SPEECH, happiness=0.7),
        cues=small_cues().model_copy(update={"transcript": transcript}),
    )
