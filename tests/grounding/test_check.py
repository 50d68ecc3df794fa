"""Is each claim judged by what was measured, and left open where nothing was?"""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grounding.claims_and_cues import clip, cue, missing, verdict
from saber.core.catalogue import CATALOGUE
from saber.core.records import Annotation, AudioDescription, Cue, Transcript, Word
from saber.core.taxonomy import Dimension
from saber.grounding import Claim, Summary, check_claim, check_claims, find_claims
from saber.grounding.families import FAMILIES
from saber.grounding.quotes import share_said

FACE, BODY, VOICE, SCENE = Dimension.FACE, Dimension.BODY, Dimension.ACOUSTIC, Dimension.SCENE
LOW_PITCH = cue("voice.pitch_level", -4.0)  # z = -1.33: level `less`
USUAL_PITCH = cue("voice.pitch_level", 1.0)
AT_REST = cue("face.au12", 0.4)
SMILE = cue("face.smile", 2.5, 1.0, 2.0, apex_s=1.5)


@pytest.mark.parametrize(
    ("text", "cues", "expected"),
    [
        # a level on the claim's side, on the other side, and in between
        ("Her voice is low.", [LOW_PITCH], "supported"),
        ("Her voice is high.", [LOW_PITCH], "contradicted"),
        ("Her voice is high.", [USUAL_PITCH], "not_measurable"),
        ("Her voice is very high.", [USUAL_PITCH], "contradicted"),
        ("Her voice is not high.", [USUAL_PITCH], "supported"),
        ("Her voice is not low.", [LOW_PITCH], "contradicted"),
        # absence, doubt, and what nothing measures
        ("Her voice is high.", [], "not_measurable"),
        ("Her voice is high.", [missing("voice.pitch_level", "no_voice")], "not_measurable"),
        ("Her voice is high.", [cue("voice.pitch_level", -4.0, confidence=0.1)], "not_measurable"),
        ("The volume is high.", [cue("voice.level", -10.0), cue("voice.effort", -3.0)], "not_measurable"),
        # an event found supports; the peak below the lowest level denies; no event says nothing
        ("She smiles.", [AT_REST, SMILE], "supported"),
        ("She smiles.", [AT_REST], "contradicted"),
        ("She does not smile.", [AT_REST], "supported"),
        ("She does not smile.", [AT_REST, SMILE], "contradicted"),
        ("She does not smile.", [cue("face.au12", 1.5)], "not_measurable"),
        ("She smiles.", [cue("face.au12", 1.5)], "supported"),
        # what is so no more was so before
        ("The smile fades.", [AT_REST, SMILE], "supported"),
        ("The smile fades.", [AT_REST], "contradicted"),
        ("She nods.", [], "not_measurable"),
        ("She nods.", [cue("face.head_motion", 2.0)], "contradicted"),
        ("Her hand covers her mouth.", [cue("body.hands_visible_ratio", 0.0)], "contradicted"),
        ("Her arms are crossed.", [missing("body.arms_crossed", "arms_not_visible")], "not_measurable"),
        # the time that is named
        ("At the start she smiles.", [AT_REST, SMILE], "supported"),
        ("At the end she smiles.", [AT_REST, SMILE], "not_measurable"),
        ("At the end she smiles.", [cue("face.au12", 3.0), SMILE], "not_measurable"),
        ("At the end she does not smile.", [cue("face.au12", 3.0), SMILE], "not_measurable"),
        ("At the start she does not smile.", [AT_REST, SMILE], "contradicted"),
        ("At the end she smiles.", [cue("face.au12", 3.0)], "supported"),
        ("At the end she smiles.", [AT_REST], "contradicted"),
        ("At the end her face is blank.", [cue("face.expressiveness", 0.8)], "not_measurable"),
        ("Her face is blank.", [cue("face.expressiveness", 0.8)], "contradicted"),
        # an irregular trembling is not measured as such
        ("Her voice trembles.", [cue("voice.tremor_depth", 0.0)], "contradicted"),
        ("Her voice trembles.", [cue("voice.tremor_depth", 0.0), cue("voice.quality", "rough")],
         "not_measurable"),
        # several people: it is enough that it fits one
        ("He smiles.", [AT_REST, cue("face.au12", 3.0).model_copy(update={"person": 1})], "supported"),
    ],
)  # fmt: skip
def test_verdict(text: str, cues: list[Cue], expected: str) -> None:
    checked = verdict(text, Dimension.REASONING, *cues)
    assert checked.verdict == expected
    assert (checked.reason is None) == (expected != "not_measurable")
    assert (checked.confidence > 0) == (expected != "not_measurable")


def test_a_verdict_names_what_it_rests_on() -> None:
    checked = verdict("Her voice is low.", VOICE, LOW_PITCH)
    assert (checked.cue, checked.value, checked.unit, checked.level) == (
        "voice.pitch_level", -4.0, "st", "less",
    )  # fmt: skip
    assert checked.confidence == 0.8
    assert checked.score == 0.8
    assert verdict("Her voice is perhaps high.", VOICE, LOW_PITCH).score == -0.4


@pytest.mark.parametrize(
    ("text", "cues", "reason"),
    [
        ("Her voice is high.", [missing("voice.pitch_level", "too_noisy")], "too_noisy"),
        ("Her voice is high.", [cue("voice.pitch_level", -4.0, confidence=0.1)], "low_confidence"),
        ("Her voice is high.", [USUAL_PITCH], "in_between"),
        ("The volume is high.", [], "no_measure"),
        ("She nods.", [], "not_seen"),
        ("At the end she smiles.", [AT_REST, SMILE], "other_time"),
    ],
)
def test_why_a_claim_stays_open(text: str, cues: list[Cue], reason: str) -> None:
    assert verdict(text, Dimension.REASONING, *cues).reason == reason


def test_a_sense_that_perceived_nothing_gives_its_reason() -> None:
    cues = clip()
    blind = cues.face.model_copy(update={"present": False, "absent_reason": "no_face"})
    (claim,) = find_claims("She nods.", FACE)
    assert check_claim(claim, cues.model_copy(update={"face": blind})).reason == "no_face"


CLAIMS = [(family, d) for family, rows in FAMILIES.items() for d, grounds in rows.items() if grounds]


@given(st.sampled_from(CLAIMS), st.data())
def test_a_claim_and_its_denial_never_share_a_verdict(named: tuple[str, str], data: st.DataObject) -> None:
    family, direction = named
    ground = data.draw(st.sampled_from(FAMILIES[family][direction]))
    spec = CATALOGUE[ground.cue]
    slugs = [level.slug for level in spec.levels if level.at_least is None and level.below is None]
    value = data.draw(st.sampled_from(slugs) if slugs else st.floats(-100, 300))
    claim = Claim(dimension=FACE, text="x", start=0, end=1, family=family, direction=direction,
                  degree=data.draw(st.sampled_from(("slight", "plain", "strong"))))  # fmt: skip
    cues = clip(cue(ground.cue, value))
    verdicts = [check_claim(c, cues).verdict for c in (claim, claim.model_copy(update={"negated": True}))]
    assert verdicts == ["not_measurable"] * 2 or verdicts[0] != verdicts[1]


# --- what was said ---


def heard(text: str, language: str = "en", confidence: float = 0.9) -> Transcript:
    words = tuple(Word(text=w, start_s=1 + i, end_s=2 + i, prob=0.9) for i, w in enumerate(text.split()))
    return Transcript(text=text, language=language, language_prob=0.9, words=words, confidence=confidence)


@pytest.mark.parametrize(
    ("quoted", "transcript", "expected", "reason"),
    [
        ("Kids are talking by the door!", heard("kids are talking by the door"), "supported", None),
        ("Kids are walking by a door", heard("kids are talking by the door"), "not_measurable", "in_between"),
        ("I never want to see you again", heard("kids are talking by the door"), "contradicted", None),
        ("I never want to see you again", None, "not_measurable", "no_words"),
        ("I never want to see you", heard("by the door", confidence=0.2), "not_measurable", "low_confidence"),
        ("I am fine today", heard("今天 天气 很好", "zh"), "not_measurable", "other_language"),
        ("今天天气很好<laughter>", heard("今天 天气 很 好", "zh"), "supported", None),
    ],
)
def test_what_was_said(quoted: str, transcript: Transcript | None, expected: str, reason: str | None) -> None:
    (claim,) = find_claims(quoted, Dimension.SPEECH)
    checked = check_claim(claim, clip(transcript=transcript))
    assert (checked.verdict, checked.reason) == (expected, reason)


def test_share_said_is_the_longest_common_subsequence_over_the_quote() -> None:
    assert share_said(["a", "b", "c", "d"], ["x", "a", "c", "y", "d"]) == 3 / 4
    assert share_said(["a"], []) == 0.0


# --- a whole annotation ---


def test_every_text_is_checked_and_counted() -> None:
    annotation = Annotation(
        scene="A dark room.",
        face="She smiles.",
        body="She nods.",
        audio=AudioDescription(acoustic="Her voice is high.", speech="by the door"),
        reasoning="The smile and the low voice disagree.",
    )
    cues = clip(cue("scene.luma", 0.2), AT_REST, LOW_PITCH, transcript=heard("by the door"))
    checked = check_claims(annotation, cues)
    assert [(c.claim.dimension.value, c.verdict) for c in checked] == [
        ("scene", "supported"),
        ("face", "contradicted"),
        ("body", "not_measurable"),
        ("acoustic", "contradicted"),
        ("speech", "supported"),
        ("reasoning", "contradicted"),
        ("reasoning", "supported"),
    ]
    summary = Summary.of(checked)
    assert summary == Summary(supported=3, contradicted=3, not_measurable=1)
    assert summary.supported_share == 0.5
    assert Summary.of([]).supported_share is None
