"""Are the cues worth telling the ones that are told, once and in order?"""

from __future__ import annotations

import pytest

from saber.annotate.facts import Fact, facts_of, measured_cues, told_as
from saber.core.catalogue import CATALOGUE as SHIPPED
from saber.core.catalogue import measured
from saber.core.records import Cue
from saber.core.taxonomy import Dimension
from sample_cues import sample_cues
from small_catalogue import CATALOGUE, cue


def told(*cues: Cue, most: int = 8, asked_for: tuple[str, ...] = ()) -> list[Fact]:
    return list(facts_of(cues, tuple(Dimension), CATALOGUE, most=most, asked_for=asked_for))


def names(facts: list[Fact]) -> list[str]:
    return [f.spec.name for f in facts]


def test_a_cue_below_its_least_confidence_is_not_told() -> None:
    least = CATALOGUE["face.gaze"].min_confidence
    assert names(told(cue("face.gaze", "away", 0, 6, confidence=least))) == ["face.gaze"]
    assert told(cue("face.gaze", "away", 0, 6, confidence=least - 0.01)) == []


def test_a_value_that_no_level_covers_is_not_told() -> None:
    assert told(cue("voice.range", 7.9, 0, 6)) == []
    assert told(cue("speech.words", 3.0, 0, 6)) == []


def test_unremarkable_levels_only_fill_up() -> None:
    usual = (cue("scene.light", 0.5, 0, 6), cue("scene.shots", 1.0, 0, 6))
    assert names(told(*usual)) == ["scene.shots", "scene.light"]
    notable = (cue("face.gaze", "away", 0, 6), cue("voice.range", 9.0, 0, 6))
    assert names(told(*usual, *notable)) == ["voice.range", "face.gaze"]


def test_what_a_reading_rests_on_is_told_though_unremarkable() -> None:
    notable = (cue("face.gaze", "away", 0, 6), cue("voice.range", 9.0, 0, 6))
    usual = cue("scene.light", 0.5, 0, 6)
    assert "scene.light" not in names(told(*notable, usual))
    assert "scene.light" in names(told(*notable, usual, asked_for=("scene.light",)))


def test_the_most_salient_are_kept_and_told_in_order_of_time() -> None:
    late_smile = cue("face.smile", 3.0, 4, 5, apex_s=4.5)
    early_frown = cue("face.brow_lowering", 3.0, 1, 2, apex_s=1.5)
    pause = cue("voice.pause", 0.5, 0, 0.5)
    assert names(told(late_smile, early_frown, pause)) == ["voice.pause", "face.brow_lowering", "face.smile"]
    assert names(told(late_smile, early_frown, pause, most=2)) == ["face.brow_lowering", "face.smile"]


def test_events_of_a_kind_and_strength_are_one_fact_that_rests_on_the_strongest() -> None:
    smiles = [cue("face.smile", v, t, t + 1, apex_s=t + 0.5) for t, v in ((4.0, 2.5), (0.0, 3.9), (2.0, 3.0))]
    (fact,) = told(*smiles)
    assert [c.start_s for c in fact.occasions] == [0.0, 2.0, 4.0]
    assert (fact.cue.value, fact.start_s, fact.end_s) == (3.9, 0.0, 5.0)
    weak = cue("face.smile", 1.0, 5.2, 5.6, apex_s=5.4)
    assert [f.level.slug for f in told(*smiles, weak)] == ["clear", "slight"]


def test_of_several_things_at_once_only_the_first_is_told() -> None:
    both = (cue("face.gaze", "away", 0, 6, confidence=0.9), cue("face.gaze", "camera", 0, 6, confidence=0.6))
    assert [f.level.slug for f in told(*both)] == ["away"]
    in_turn = (cue("face.gaze", "away", 0, 3), cue("face.gaze", "camera", 3, 6))
    assert len(told(*in_turn)) == 2


def shipped(name: str, value: float | str, start_s: float, end_s: float) -> Cue:
    return measured(SHIPPED[name], value, start_s, end_s, apex_s=(start_s + end_s) / 2)


def test_one_matter_is_told_by_the_cue_that_says_most() -> None:
    smile, lips = shipped("face.smile", 3.0, 1, 2), shipped("face.au12", 3.0, 0, 6)
    both = facts_of((lips, smile), (Dimension.FACE,), SHIPPED, most=8, asked_for=("face.au12",))
    assert names(list(both)) == ["face.smile"]
    alone = facts_of((lips,), (Dimension.FACE,), SHIPPED, most=8)
    assert names(list(alone)) == ["face.au12"]
    assert told_as("face.au12", {"face.smile", "face.au12"}) == "face.smile"
    assert told_as("face.au12", {"face.au12"}) == "face.au12"
    assert told_as("voice.effort", ()) == "voice.effort"


def test_only_the_main_person_is_described() -> None:
    def of(person: int, name: str, value: float | str) -> Cue:
        return measured(SHIPPED[name], value, 0.0, 6.0, person=person)

    cues = sample_cues()
    main = (of(1, "face.presence", 1.0), of(1, "face.head_motion", 2.0))
    others = (of(0, "face.presence", 0.2), of(0, "face.speaker", "other_person"))
    face = cues.face.model_copy(update={"cues": (*others, *main)})
    there = measured_cues(cues.model_copy(update={"face": face}))
    assert [c for c in there if c.name.startswith("face.")] == [others[1], *main]


def test_a_micro_expression_is_not_told_twice() -> None:
    flicker = shipped("face.micro_expression", "smile", 1.0, 1.4)
    same, other = shipped("face.smile", 3.0, 1.0, 1.4), shipped("face.smile", 3.0, 4.0, 5.0)
    facts = facts_of((same, other, flicker), (Dimension.FACE,), SHIPPED, most=8)
    assert [(f.spec.name, f.start_s) for f in facts] == [("face.micro_expression", 1.0), ("face.smile", 4.0)]


@pytest.mark.parametrize("most", [0, 1, 3])
def test_no_more_than_asked_for_are_told(most: int) -> None:
    cues = [cue("face.smile", v, 0, 1, apex_s=0.5) for v in (1.0, 3.0)]
    cues += [cue("face.gaze", "away", 0, 6), cue("voice.range", 9.0, 0, 6)]
    assert len(told(*cues, most=most)) == most
