"""Are the claims of free text found, and what denies, hedges, grades or dates them?"""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grounding.claims_and_cues import said, written
from saber.core.taxonomy import Dimension, Language
from saber.grounding import When, find_claims
from saber.grounding.find import language_of

FACE, BODY, VOICE, SCENE = Dimension.FACE, Dimension.BODY, Dimension.ACOUSTIC, Dimension.SCENE


@pytest.mark.parametrize(
    ("text", "claims"),
    [
        # one thing, several properties; several things, one sentence
        ("Her voice trembles and she speaks quickly, with a raised pitch.",
         ["tremor.trembling", "rate.fast", "pitch_level.high"]),
        ("A low, soft and trembling voice.", ["pitch_level.low", "effort.low", "tremor.trembling"]),
        ("She smiles but her voice is flat.", ["smile.shown", "pitch_range.narrow"]),
        ("His eyes are wide open and his mouth is agape; his eyebrows shoot up.",
         ["eyes_widened.shown", "mouth_open.shown", "brows_raised.shown"]),
        ("Eyebrows raised, lips pressed together.", ["brows_raised.shown", "lips_pressed.shown"]),
        ("He sits with his arms crossed and leans back, his shoulders slumped.",
         ["arms.crossed", "lean.back", "shoulders.slumped"]),
        ("他皱着眉头，嘴角下垂，语速较慢，声音低沉。",
         ["brows_lowered.shown", "corners_down.shown", "rate.slow", "pitch_level.low"]),
        ("低沉而颤抖的声音", ["pitch_level.low", "tremor.trembling"]),
        ("她睁大了双眼，抿着嘴唇。", ["eyes_widened.shown", "lips_pressed.shown"]),
        ("他嘴角微微上扬，但眼神躲闪。", ["smile.shown", "gaze.averted"]),
        # whose property it is
        ("His hair is dark and his voice is deep.", ["pitch_level.low"]),
        ("The words are slow to come, but her pitch is high.", ["pitch_level.high"]),
        ("Her lower lip trembles.", []),
        ("Her eyes light up.", []),
        ("The voice leans towards sadness (49%, low confidence).", []),
        ("他看着镜头，低声说话。", ["gaze.at_camera", "effort.low"]),
        # denied
        ("He does not smile.", ["!smile.shown"]),
        ("No smile, frown or gesture.", ["!smile.shown", "!brows_lowered.shown", "!gestures.some"]),
        ("Her brows are not furrowed and her head is lowered.", ["!brows_lowered.shown", "head.down"]),
        ("A smile is never seen.", ["!smile.shown"]),
        ("She speaks without pausing.", ["!pauses.some"]),
        ("He avoids eye contact.", ["!gaze.at_camera"]),
        ("The voice is steady.", ["!tremor.trembling"]),
        ("There are a few pauses.", ["pauses.some"]),
        ("There are few pauses.", ["!pauses.many"]),
        ("没有微笑，也没有皱眉，但目光低垂。", ["!smile.shown", "!brows_lowered.shown", "gaze.down"]),
        ("语速不快也不慢。", ["!rate.fast", "!rate.slow"]),
        ("没有笑容、皱眉或点头。", ["!smile.shown", "!brows_lowered.shown", "!nod.shown"]),
        # what looks like a denial
        ("She not only smiles, she nods.", ["smile.shown", "nod.shown"]),
        ("She can't help smiling.", ["smile.shown"]),
        ("She never stops smiling.", ["smile.shown"]),
        ("她忍不住微笑。", ["smile.shown"]),
        ("他不停地点头。", ["nod.shown"]),
        ("There is no sign of a raised voice or a clenched jaw.", ["!effort.high", "!lips_pressed.shown"]),
        # a denial that reaches no further
        ("Without expression she speaks in a low voice.", ["expression.blank", "pitch_level.low"]),
        ("She looks up, yet no anger is visible in her smiling face.", ["gaze.up", "smile.shown"]),
        ("毫无表情的脸与平淡的语调相互一致。", ["expression.blank", "pitch_range.narrow"]),
        ("A barely perceptible smile.", ["smile.shown"]),
        ("The few words are spoken softly.", ["effort.low"]),
        # where another thing begins, nothing more is said of the one before
        ("The relaxed shoulders and the even delivery.", ["!shoulders.raised"]),
        # supposed, not claimed
        ("Had her voice been trembling, one would think of fear.", []),
        ("要是他皱眉，才会显得生气。", []),
        ("She looks as if she would smile.", []),
        ("她仿佛要皱眉。", []),
        # quoted, not described
        ("She says “no smile today, I frown a lot” and nods.", ["quote.said", "nod.shown"]),
        ("他说“我微笑着慢慢说话”。", ["quote.said"]),
    ],
)  # fmt: skip
def test_claims_of_a_sentence(text: str, claims: list[str]) -> None:
    assert said(text) == claims


@pytest.mark.parametrize(
    ("text", "dimension", "claims"),
    [
        ("Low-pitched and trembling.", VOICE, ["pitch_level.low", "tremor.trembling"]),
        ("Low-pitched and trembling.", SCENE, []),
        ("Warm tones.", SCENE, ["colours.warm"]),
        ("A warm tone.", VOICE, []),
        ("The camera is still.", SCENE, ["camera.static"]),
        ("He looks at the camera.", FACE, ["gaze.at_camera"]),
        ("Motionless.", BODY, ["movement.still"]),
        ("Her head is motionless.", BODY, ["head.still"]),
        ("She laughs.", FACE, ["smile.shown"]),
        ("She laughs.", VOICE, ["laughter.heard"]),
        ("画面昏暗，镜头固定。", SCENE, ["light.dark", "camera.static"]),
    ],
)
def test_the_dimension_says_what_is_meant(text: str, dimension: Dimension, claims: list[str]) -> None:
    assert said(text, dimension) == claims


@pytest.mark.parametrize(
    ("text", "degree", "hedged"),
    [
        ("The pitch is very high.", "strong", False),
        ("The pitch is slightly raised.", "slight", False),
        ("The pitch seems raised.", "plain", True),
        ("音调非常高。", "strong", False),
        ("语速似乎很快。", "plain", True),
    ],
)
def test_degree_and_doubt(text: str, degree: str, hedged: bool) -> None:
    (claim,) = find_claims(text, VOICE)
    assert (claim.degree, claim.hedged) == (degree, hedged)


@pytest.mark.parametrize(
    ("text", "when"),
    [
        ("At the end she smiles.", (2 / 3, None, "ratio")),
        ("She smiles at the end.", (2 / 3, None, "ratio")),
        ("At first he speaks and at the end she smiles.", (2 / 3, None, "ratio")),
        ("After about 3 s she smiles.", (3.0, None, "s")),
        ("From 1.5 to 2 seconds she smiles.", (1.5, 2.0, "s")),
        ("She smiles at 4 s.", (3.5, 4.5, "s")),
        ("Then she smiles.", (0.0, None, "ratio")),
        ("At first he speaks, then she smiles.", (0.0, None, "ratio")),
        ("Around the 3-second mark she smiles.", (2.5, 3.5, "s")),
        ("第3秒，她微笑。", (2.5, 3.5, "s")),
        ("She smiles and sighs only briefly.", None),
        ("She smiles at 9999999999999999999999 s.", None),
        ("She smiles.", None),
        ("起初她微笑。", (0.0, 1 / 3, "ratio")),
        ("1.0 至 2.5 秒，露出微笑。", (1.0, 2.5, "s")),
        ("她在3秒后微笑。", (3.0, None, "s")),
    ],
)
def test_when(text: str, when: tuple[float, float | None, str] | None) -> None:
    (claim,) = find_claims(text, FACE)
    assert claim.when == (when and When(start=when[0], end=when[1], unit=when[2]))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "text", ["The smile fades.", "She is no longer smiling.", "笑意很快消失了。", "他不再微笑。"]
)
def test_what_is_so_no_more_is_denied_of_some_time(text: str) -> None:
    (claim,) = find_claims(text, FACE)
    assert (written(claim), claim.ended, claim.when) == (
        "!smile.shown",
        True,
        When(start=0, end=None, unit="ratio"),
    )


def test_what_ended_is_shown_with_the_words_that_say_so() -> None:
    (claim,) = find_claims("At last the smile fades away.", FACE)
    assert claim.text == "smile fades"


def test_a_claim_shows_where_it_stands() -> None:
    text = "The room is quiet. Her voice, at first, trembles."
    (claim,) = find_claims(text, VOICE)
    assert claim.text == "voice, at first, trembles"
    assert text[claim.start : claim.end] == claim.text


def test_the_speech_dimension_is_one_quote() -> None:
    (claim,) = find_claims("  I smile slowly. \n", Dimension.SPEECH)
    assert written(claim) == "quote.said"
    assert claim.text == "I smile slowly."
    assert find_claims(" ", Dimension.SPEECH) == ()


def test_language_is_told_by_the_characters() -> None:
    assert language_of("他说 hi") is Language.CHINESE
    assert language_of("A man says 你") is Language.ENGLISH
    assert language_of("12.5") is Language.ENGLISH


WORDS = st.lists(
    st.sampled_from(
        ["she", "her", "voice", "brows", "no", "not", "smiles", "trembling", "low,", "high.", "“", "”", "but",
         "at", "3", "s", "the", "end", "没有", "微笑", "声音", "低沉", "，", "。", "不"]
    ),
    max_size=25,
)  # fmt: skip


@given(st.one_of(st.text(max_size=200), WORDS.map(" ".join), WORDS.map("".join)), st.sampled_from(Dimension))
def test_any_text_can_be_read_and_claims_lie_in_it(text: str, dimension: Dimension) -> None:
    for claim in find_claims(text, dimension):
        assert text[claim.start : claim.end] == claim.text
        assert claim.dimension is dimension
