"""Is every sentence grounded, in order, and written as a person would write it?"""

from __future__ import annotations

import json
import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from saber.annotate import Embedded, annotate, wording_for
from saber.core.catalogue import CATALOGUE as REAL_CATALOGUE
from saber.core.records import Annotation, Cue, Cues, Perception
from saber.core.taxonomy import Dimension, Emotion, Language, Modality
from sample_cues import sample_cues
from small_catalogue import CATALOGUE, cue, small_cues, with_cues, without

LANGUAGES = tuple(Language)
ENGLISH, CHINESE = Language.ENGLISH, Language.CHINESE
PUBLIC_KEYS = {"video_desc", "facial_exp_desc", "body_lang_desc", "audio_desc", "sentiment_analysis"}


def written(cues: Cues, language: Language = ENGLISH) -> Embedded:
    return annotate(cues, language=language, catalogue=CATALOGUE)


def texts(annotation: Annotation) -> dict[Dimension, str]:
    return {
        Dimension.SCENE: annotation.scene,
        Dimension.FACE: annotation.face,
        Dimension.BODY: annotation.body,
        Dimension.ACOUSTIC: annotation.audio.acoustic,
        Dimension.REASONING: annotation.reasoning,
    }


def sentences(text: str, language: Language) -> list[str]:
    """Split at final stops; a stop inside a number or a quotation ends nothing."""
    stop = "。" if language is CHINESE else ". "
    return [s for s in text.removesuffix(stop.strip()).split(stop) if s]


# --- examples written out by hand ---


def test_english_is_written_as_expected() -> None:
    annotation = written(small_cues()).annotation
    assert annotation.scene == "Over the whole clip, the picture is dim and the clip is a single shot."
    assert annotation.face == (
        "Over the whole clip, the gaze stays on the camera. "
        "The corners of the lips rise slightly from 0.1 s to 0.4 s. "
        "The corners of the lips rise clearly twice, at 2.8 and 4.2 s, strongest at 4.2 s. "
        "It appears that the brows draw down from 4.2 s to 4.9 s, strongest at 4.5 s."
    )
    assert annotation.body == "Over the whole clip, the trunk leans forward by 9 degrees."
    assert annotation.audio.acoustic == (
        "From 0.9 s to 3.7 s, the voice is high-pitched (262 Hz) and the pitch moves widely. "
        "The voice pauses from 1.6 s to 2.0 s. Later, from 3.8 s to 4.2 s, laughter is heard."
    )
    assert annotation.reasoning.startswith(
        "The face suggests happiness (78%, good confidence), chiefly because the corners of the lips rise "
        "clearly twice (at 2.8 and 4.2 s). The body, by contrast, leans towards neutral (40%, low "
        "confidence). The voice, for its part, suggests anger (62%, good confidence), chiefly because from "
        "0.9 s to 3.7 s the pitch moves widely and the voice is high-pitched (262 Hz). The words (“Oh great, "
        "thank you so much for your help.”), like the face, suggest happiness (55%, moderate confidence). "
    )


def test_chinese_is_written_as_expected() -> None:
    annotation = written(small_cues(), CHINESE).annotation
    assert annotation.scene == "整个片段中，画面偏暗，全片为单一镜头。"
    assert annotation.face == (
        "整个片段中，目光看向镜头。0.1 至 0.4 秒，嘴角略微上扬。"
        "嘴角明显上扬，共 2 次（2.8、4.2 秒），4.2 秒时最强。"
        "4.2 至 4.9 秒，似乎眉头下压，4.5 秒时最强。"
    )
    assert annotation.body == "整个片段中，身体前倾 9 度。"
    assert annotation.audio.acoustic == (
        "0.9 至 3.7 秒，音调偏高（262 赫兹），音调起伏大。1.6 至 2.0 秒，说话停顿。"
        "接着（3.8 至 4.2 秒）传来笑声。"
    )
    assert annotation.reasoning.startswith(
        "面部指向高兴（78%，把握较大），主要依据：嘴角明显上扬，共 2 次（2.8、4.2 秒）。"
        "身体则偏向中性（40%，把握较小）。"
        "声音则指向愤怒（62%，把握较大），主要依据：0.9 至 3.7 秒音调起伏大、音调偏高（262 赫兹）。"
        "话语（“Oh great, thank you so much for your help.”）与面部一样，指向高兴（55%，把握一般）。"
    )


def test_a_conflict_is_told_with_who_what_and_when() -> None:
    result = written(small_cues())
    assert result.consistency.verdict == "inconsistent"
    conflict = result.consistency.conflicts[0]
    when = f"from {conflict.start_s:.1f} s to {conflict.end_s:.1f} s"
    assert f"The face and the voice disagree {when}: the face suggests happiness, the voice anger" in (
        result.annotation.reasoning
    )


def test_the_transcript_is_verbatim() -> None:
    cues = small_cues()
    assert cues.transcript is not None
    for language in LANGUAGES:
        assert written(cues, language).annotation.audio.speech == cues.transcript.text


def test_an_annotation_dumps_to_the_released_keys() -> None:
    dumped = json.loads(written(small_cues()).annotation.model_dump_json(by_alias=True))
    assert set(dumped) == PUBLIC_KEYS
    assert set(dumped["audio_desc"]) == {"acoustic_feat", "speech_content"}
    assert all(isinstance(v, str) for k, v in dumped.items() if k != "audio_desc")
    assert Annotation.model_validate(dumped).model_dump(by_alias=True) == dumped


# --- what is missing ---

ABSENT = [
    (
        "face",
        "no_face",
        "No face is visible, so no expression can be described.",
        "画面中看不到人脸，无法描述面部表情。",
    ),
    (
        "body",
        "no_body",
        "No body is visible, so posture and movement can't be described.",
        "画面中看不到身体，无法描述姿态与动作。",
    ),
    (
        "voice",
        "no_sound",
        "The clip has no sound, so the voice can't be described.",
        "片段没有声音，无法描述声音。",
    ),
]


@pytest.mark.parametrize(("sense", "reason", "english", "chinese"), ABSENT)
@pytest.mark.parametrize("language", LANGUAGES)
def test_an_absent_sense_is_said_to_be_absent_and_nothing_is_felt_of_it(
    sense: str, reason: str, english: str, chinese: str, language: Language
) -> None:
    result = written(without(small_cues(), sense, reason), language)
    modality = Modality(sense)
    dimension = Dimension.ACOUSTIC if sense == "voice" else Dimension(sense)
    said = english if language is ENGLISH else chinese
    assert texts(result.annotation)[dimension].startswith(said)
    claim = next(e for e in result.evidence if e.dimension is dimension)
    assert (claim.claim, claim.value) == (said, None)
    estimate = result.modalities[modality]
    assert (estimate.present, estimate.probs, estimate.valence, estimate.reason) == (
        False,
        None,
        None,
        reason,
    )
    wording = wording_for(language)
    about_it = [
        s for s in sentences(result.annotation.reasoning, language) if wording.modality(modality) in s.lower()
    ]
    assert len(about_it) == 1
    assert not any(wording.emotion(e) in about_it[0] for e in Emotion)


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_words_leave_the_transcript_empty_and_are_told_as_sound(language: Language) -> None:
    result = written(without(small_cues(), "speech", "no_words"), language)
    assert result.annotation.audio.speech == ""
    assert result.annotation.audio.acoustic.endswith(wording_for(language).no_words())


def test_a_missing_recogniser_is_not_taken_for_silence() -> None:
    result = written(without(small_cues(), "speech", "model_missing"))
    assert result.annotation.audio.acoustic.endswith(
        "The model for it is not installed, so no words can be written down."
    )
    assert result.modalities[Modality.SPEECH].reason == "model_missing"


def test_words_missing_from_a_heard_voice_are_not_called_silence() -> None:
    result = written(without(small_cues(), "speech", "no_voice"))
    assert result.modalities[Modality.SPEECH].reason == "no_words"
    assert "The words were left out (no words were recognised)." in result.annotation.reasoning


def test_a_clip_of_nothing_is_described_as_nothing() -> None:
    cues = small_cues()
    for sense in ("scene", "face", "body"):
        cues = without(cues, sense, "no_video")
    for sense in ("voice", "speech"):
        cues = without(cues, sense, "no_sound")
    result = written(cues)
    assert result.emotion.label is None
    assert result.consistency.verdict == "unclear"
    assert "can't be told" in result.annotation.reasoning
    assert not any(e.value in result.annotation.reasoning for e in Emotion)
    assert result.annotation.audio.acoustic == "The clip has no sound, so the voice can't be described."
    assert {e.value for e in result.evidence} == {None}


# --- laws ---


def measured_of(cues: Cues) -> list[Cue]:
    return [c for sense in cues.senses for c in sense.cues]


def check_laws(cues: Cues, result: Embedded, language: Language, catalogue: dict) -> None:  # type: ignore[type-arg]
    given = measured_of(cues)
    told = texts(result.annotation)
    assert [e.id for e in result.evidence] == [f"e{i + 1}" for i in range(len(result.evidence))]
    order = list(told)
    assert [order.index(e.dimension) for e in result.evidence] == sorted(
        order.index(e.dimension) for e in result.evidence
    )
    position = dict.fromkeys(Dimension, 0)
    for evidence in result.evidence:
        # Each rests on a cue that was measured (or is known to be absent), with that very value.
        same = [c for c in given if c.name == evidence.cue and c.value == evidence.value]
        assert same, evidence
        assert evidence.unit == catalogue[evidence.cue].unit
        if evidence.value is not None:
            assert evidence.confidence >= catalogue[evidence.cue].min_confidence
            assert evidence.start_s <= min(c.start_s for c in same) + 1e-9 or len(same) > 1
        # Its claim stands word for word in its text, after the one before it.
        at = told[evidence.dimension].index(evidence.claim, position[evidence.dimension])
        position[evidence.dimension] = at + len(evidence.claim)
    for dimension, text in told.items():
        assert text
        assert "{" not in text
        assert "nan" not in text.lower().split()
        if dimension is Dimension.REASONING:
            continue
        claims = [e.claim for e in result.evidence if e.dimension is dimension]
        for sentence in sentences(text, language):
            assert any(c.strip("。.") in sentence for c in claims), sentence


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_sentence_rests_on_a_measurement(language: Language) -> None:
    cues = small_cues()
    check_laws(cues, written(cues, language), language, CATALOGUE)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("body_visible", [True, False])
def test_the_laws_hold_with_the_shipped_catalogue(language: Language, body_visible: bool) -> None:
    cues = sample_cues(body_visible=body_visible)
    check_laws(cues, annotate(cues, language=language), language, REAL_CATALOGUE)


EVENTS = st.lists(
    st.builds(
        lambda name, value, start, length, confidence: cue(
            name, value, start, start + length, apex_s=start + length / 2, confidence=confidence
        ),
        st.sampled_from(["face.smile", "face.brow_lowering"]),
        st.floats(0.0, 5.0),
        st.floats(0.0, 5.0),
        st.floats(0.0, 1.0),
        st.floats(0.0, 1.0),
    ),
    max_size=12,
)


@settings(max_examples=60, deadline=None)
@given(events=EVENTS, language=st.sampled_from(LANGUAGES), seed=st.integers(0, 99))
def test_laws_hold_and_order_is_of_no_consequence(events: list[Cue], language: Language, seed: int) -> None:
    base = small_cues()
    gaze = cue("face.gaze", "away", 0.0, 6.0)
    cues = with_cues(base, face=(gaze, *events))
    result = written(cues, language)
    check_laws(cues, result, language, CATALOGUE)
    shuffled = [gaze, *events]
    random.Random(seed).shuffle(shuffled)
    assert written(with_cues(base, face=tuple(shuffled)), language) == result


def test_a_cue_that_is_not_in_the_catalogue_is_an_error() -> None:
    cues = small_cues()
    odd = Cue(name="face.aura", value=1.0)
    face = cues.face.model_copy(update={"cues": (*cues.face.cues, odd)})
    with pytest.raises(ValueError, match=r"face\.aura"):
        written(cues.model_copy(update={"face": face}))


def test_a_perceived_sense_without_an_emotion_says_so_without_inventing_one() -> None:
    cues = small_cues()
    body = cues.body.model_copy(update={"overall": None})
    result = written(cues.model_copy(update={"body": body}))
    assert "No emotion can be read from the body alone." in result.annotation.reasoning
    assert result.modalities[Modality.BODY].present
    assert result.modalities[Modality.BODY].probs is None


def test_the_same_cues_give_the_same_text() -> None:
    assert written(small_cues()) == written(small_cues())


def test_a_sense_that_measured_nothing_sure_enough_says_so() -> None:
    unsure = cue("body.lean", 9.0, 0.0, 6.0, confidence=0.1)
    result = written(with_cues(small_cues(), body=(unsure,)))
    assert "9" not in result.annotation.body
    assert not any(e.cue == "body.lean" and e.value is not None for e in result.evidence)


def test_perception_without_any_cue_does_not_break() -> None:
    nothing = Perception(sense="body", present=False, absent_reason="no_body")
    result = written(small_cues().model_copy(update={"body": nothing}))
    assert result.annotation.body.startswith("No body is visible")
