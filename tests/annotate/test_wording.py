"""Does each language say times, lists, emotions and absences as its readers write them?"""

from __future__ import annotations

import pytest

from saber.annotate.wording import WORDINGS, Ground, Opinion, Time, Wording
from saber.core.catalogue import Level
from saber.core.records import Conflict
from saber.core.taxonomy import Emotion, Language, Modality

EN, ZH = WORDINGS[Language.ENGLISH], WORDINGS[Language.CHINESE]
BOTH = [pytest.param(EN, id="en"), pytest.param(ZH, id="zh")]
SPAN = Time("span", 2.1, 3.4, 2.8)


def test_every_language_has_its_words() -> None:
    assert set(WORDINGS) == set(Language)
    for language, wording in WORDINGS.items():
        assert wording.language is language


TIMES = [
    (
        SPAN,
        "A smile appears from 2.1 s to 3.4 s, strongest at 2.8 s.",
        "2.1 至 3.4 秒，露出微笑，2.8 秒时最强。",
    ),
    (Time("moment", 2.84, 2.9), "A smile appears at 2.8 s.", "2.8 秒时，露出微笑。"),
    (
        Time("times", 1.0, 4.0, 3.9, (1.2, 3.9)),
        "A smile appears twice, at 1.2 and 3.9 s, strongest at 3.9 s.",
        "露出微笑，共 2 次（1.2、3.9 秒），3.9 秒时最强。",
    ),
    (
        Time("times", 0.0, 9.0, None, (1, 2, 3, 4, 5, 6)),
        "A smile appears 6 times between 0.0 s and 9.0 s.",
        "露出微笑，0.0 至 9.0 秒之间共 6 次。",
    ),
]


@pytest.mark.parametrize(("time", "english", "chinese"), TIMES)
def test_times_of_events(time: Time, english: str, chinese: str) -> None:
    for wording, clause, expected in ((EN, "a smile appears", english), (ZH, "露出微笑", chinese)):
        assert (
            wording.sentence([wording.event(clause, time, hedged=False, turn=0, follows="first")]) == expected
        )


def test_connectives_follow_the_order_of_time_and_vary() -> None:
    later = [EN.event("a smile appears", SPAN, hedged=False, turn=t, follows="later") for t in range(3)]
    assert later == [
        "then, a smile appears from 2.1 s to 3.4 s, strongest at 2.8 s",
        "later, from 2.1 s to 3.4 s, a smile appears, strongest at 2.8 s",
        "after that, a smile appears from 2.1 s to 3.4 s, strongest at 2.8 s",
    ]
    meanwhile = EN.event("a smile appears", SPAN, hedged=True, turn=0, follows="meanwhile")
    assert meanwhile == "meanwhile, it appears that a smile appears from 2.1 s to 3.4 s, strongest at 2.8 s"


def test_states_share_a_sentence() -> None:
    whole = Time("whole", 0.0, 6.0)
    assert (
        EN.sentence(EN.state(["a is b"], whole, hedged=False, again=False)) == "Over the whole clip, a is b."
    )
    pieces = EN.state(["a is b", "c is d", "e is f"], Time("span", 0.9, 3.7), hedged=True, again=False)
    assert EN.sentence(pieces) == "From 0.9 s to 3.7 s, it appears that a is b, c is d and e is f."
    assert (
        ZH.sentence(ZH.state(["画面偏暗", "镜头固定"], whole, hedged=True, again=False))
        == "整个片段中，似乎画面偏暗，镜头固定。"
    )


def test_values_and_units_are_filled_in() -> None:
    level = Level("x", "the head is at {value} {unit}", "头部位于 {value} {unit}")
    assert EN.clause(level, 12.34, "deg", 1, most=False) == "the head is at 12.3 degrees"
    assert ZH.clause(level, 12.34, "deg", 0, most=False) == "头部位于 12 度"
    assert EN.clause(level, 12.34, "deg", 0, most=True) == "the head is at up to 12 degrees"
    assert EN.clause(level, 2.0, "count", 0, most=False) == "the head is at 2"


def opinion(**more: object) -> Opinion:
    return Opinion(Modality.FACE, ((Emotion.ANGER, 0.62),), 0.5, -0.3, 0.5, **more)  # type: ignore[arg-type]


def test_opinions_say_how_sure_they_are_and_what_they_rest_on() -> None:
    grounds = (
        Ground(("the brows rise", "the eyes widen"), SPAN),
        Ground(("the head nods",), Time("moment", 4, 4)),
    )
    assert EN.opinion(opinion(because=grounds)) == (
        "The face suggests anger (62%, moderate confidence), chiefly because from 2.1 s to 3.4 s the "
        "brows rise and the eyes widen and at 4.0 s the head nods."
    )
    assert EN.opinion(opinion(contrasts=1)).startswith("The face, by contrast, suggests anger")
    assert EN.opinion(opinion(like=Modality.VOICE)).startswith("The face, like the voice, suggests anger")
    assert ZH.opinion(opinion(like=Modality.VOICE)) == "面部与声音一样，指向愤怒（62%，把握一般）。"


def test_opinions_without_one_emotion() -> None:
    none = Opinion(Modality.SPEECH, (), 0.2, -0.5, 0.0, quote="hm")
    assert EN.opinion(none) == (
        "The words (“hm”) do not point to any one emotion (low confidence); their valence is clearly "
        "negative and their arousal moderate."
    )
    assert ZH.opinion(none) == "话语（“hm”）没有指向某一种特定情绪（把握较小），效价明显消极，唤醒度中等。"
    two = Opinion(Modality.VOICE, ((Emotion.FEAR, 0.3), (Emotion.SADNESS, 0.28)), 0.7, -0.4, 0.1)
    assert EN.opinion(two) == (
        "The voice leaves it open between fear (30%) and sadness (28%), with good confidence."
    )
    assert ZH.opinion(two) == "声音介于恐惧（30%）与悲伤（28%）之间，把握较大。"


def test_opinions_are_no_stronger_than_their_share() -> None:
    def said(emotion: Emotion, share: float) -> str:
        return EN.opinion(Opinion(Modality.FACE, ((emotion, share),), 0.1, 0.0, 0.0))

    assert said(Emotion.NEUTRAL, 0.8) == "The face stays close to neutral (80%, low confidence)."
    assert said(Emotion.NEUTRAL, 0.4) == "The face leans towards neutral (40%, low confidence)."
    assert said(Emotion.ANGER, 0.4) == "The face leans towards anger (40%, low confidence)."
    assert said(Emotion.ANGER, 0.25) == "The face leans slightly towards anger (25%, low confidence)."


def test_a_conflict_with_a_neutral_side() -> None:
    calm = [conflict("emotion", "neutral", "anger")]
    assert EN.conflict(calm, 0).endswith(": the face stays neutral, the words suggest anger.")
    assert ZH.conflict(calm, 0).endswith("：面部呈中性，话语却偏向愤怒。")


def test_clauses_with_commas_are_kept_apart() -> None:
    pieces = EN.state(["the voice is raised, with force", "it is fast"], SPAN, hedged=False, again=True)
    assert EN.sentence(pieces) == "Over the same stretch, the voice is raised, with force; it is fast."


def test_a_peak_is_not_told_as_lasting() -> None:
    peak = Time("peak", 0.0, 6.0, 4.0)
    assert EN.event("the lips part", peak, hedged=False, turn=1, follows="first") == (
        "at times the lips part, most of all at 4.0 s"
    )
    assert ZH.event("双唇张开", peak, hedged=False, turn=1, follows="first") == "有时双唇张开，4.0 秒时最明显"


def conflict(about: str, *says: str) -> Conflict:
    return Conflict(
        between=(Modality.FACE, Modality.SPEECH), about=about, says=says, start_s=1.0, end_s=2.0, strength=0.9
    )  # type: ignore[arg-type]


def test_conflicts_name_both_sides_the_matter_and_the_time() -> None:
    both = [conflict("emotion", "happiness", "sadness"), conflict("valence", "positive", "negative")]
    assert EN.conflict(both, 0) == (
        "The face and the words disagree from 1.0 s to 2.0 s: the face suggests happiness, the words "
        "sadness; in valence, positive against negative."
    )
    assert EN.conflict(both[1:], 1) == (
        "From 1.0 s to 2.0 s, the face and the words disagree too: the face is positive in valence, the "
        "words negative."
    )
    assert (
        ZH.conflict(both, 0)
        == "1.0 至 2.0 秒，面部和话语相互矛盾：面部偏向高兴，话语却偏向悲伤；效价一积极一消极。"
    )


def test_weights_and_outcome() -> None:
    weights = {Modality.VOICE: 0.6, Modality.FACE: 0.4}
    assert EN.weights(weights).startswith(
        "In the joint reading the voice counts for 60% and the face for 40%;"
    )
    assert ZH.weights(weights).startswith("综合判断中，声音的分量最重，占 60%，面部占 40%；")
    assert EN.outcome(Emotion.FEAR, 0.5, (Emotion.ANGER, 0.2)) == (
        "Taken together, the likeliest reading is fear (50%), ahead of anger (20%)."
    )
    assert ZH.outcome(Emotion.FEAR, 0.5, None) == "综合来看，最可能的情绪是恐惧（50%）。"
    assert EN.cannot_tell(()) == "What the person feels can't be told from this clip."
    assert EN.sureness("little", ("conflict", "narrow", "missing")) == (
        "This reading is uncertain: the channels disagree, the lead over the next emotion is small and part "
        "of the evidence is missing."
    )


@pytest.mark.parametrize("wording", BOTH)
@pytest.mark.parametrize("valence", [-1.0, -0.3, 0.0, 0.3, 1.0])
def test_valence_and_arousal_have_words_over_their_whole_range(wording: Wording, valence: float) -> None:
    assert f"{valence:+.2f}" in wording.affect(valence, -valence)


@pytest.mark.parametrize("wording", BOTH)
def test_an_unknown_reason_is_left_unsaid(wording: Wording) -> None:
    assert wording.why("gremlins") is None
    for sense in ("scene", "face", "body", "voice", "speech"):
        said = wording.absence(sense, "gremlins")
        assert "gremlins" not in said
        assert said.endswith((".", "。"))


@pytest.mark.parametrize("wording", BOTH)
def test_of_missing_parts_the_one_that_says_most_is_told(wording: Wording) -> None:
    gone = {"arms_not_visible", "too_short", "shoulders_not_visible"}
    part = wording.part_absence(gone)
    assert part is not None
    assert part[0] == "shoulders_not_visible"
    below = wording.part_absence({"arms_not_visible", "hips_not_visible"})
    assert below is not None
    assert below[1] in ("No body is visible below the shoulders.", "画面中看不到肩部以下的身体。")
    assert wording.part_absence({"too_short"}) is None
