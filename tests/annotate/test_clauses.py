"""Does every clause of the shipped catalogue fit the sentences it is put into, in each language?"""

from __future__ import annotations

import re

import pytest

from saber.annotate.facts import MICRO_EXPRESSION, SAME_MATTER, Fact
from saber.annotate.passages import CONTENT_OF_WORDS, clause_of, time_of
from saber.annotate.wording import WORDINGS
from saber.core.catalogue import CATALOGUE, CueSpec, Level
from saber.core.records import Cue
from saber.core.taxonomy import Language

LEVELS = [(spec, level) for spec in CATALOGUE.values() for level in spec.levels]
IDS = [f"{spec.name}-{level.slug}" for spec, level in LEVELS]
CJK = re.compile(r"[\u4e00-\u9fff]")


def fact(spec: CueSpec, level: Level) -> Fact:
    """A cue in the middle of the level."""
    if spec.kind == "category":
        value: float | str = level.slug
    else:
        low, high = level.at_least, level.below
        value = 3.4 if low is None and high is None else high - 0.4 if low is None else low + 0.1  # type: ignore[operator]
    apex_s = 1.5 if spec.kind == "event" else None
    cue = Cue(name=spec.name, value=value, unit=spec.unit, start_s=1.0, end_s=2.0, apex_s=apex_s)
    return Fact(spec, level, (cue,))


@pytest.mark.parametrize(("spec", "level"), LEVELS, ids=IDS)
@pytest.mark.parametrize("language", list(Language))
def test_a_clause_fits_into_a_sentence(spec: CueSpec, level: Level, language: Language) -> None:
    wording = WORDINGS[language]
    told = fact(spec, level)
    clause = clause_of(told, wording)
    assert clause == clause.strip()
    assert clause
    assert not set("{}") & set(clause)
    assert not clause.endswith((".", "。", ",", "，"))
    assert "nan" not in clause
    assert "  " not in clause
    time = time_of(told, clip_s=6.0)
    for hedged in (False, True):
        for sentence in (
            wording.sentence(wording.state([clause], time, hedged=hedged, again=False)),
            wording.sentence([wording.event(clause, time, hedged=hedged, turn=1, follows="later")]),
        ):
            assert clause.lower() in sentence.lower()
            assert "1.0" in sentence
            assert "2.0" in sentence
    if language is Language.ENGLISH:
        assert not clause[0].isupper(), "starts in lower case"
        assert not CJK.search(clause)
        assert " " in clause, "has a subject and a verb"
    else:
        assert CJK.search(clause)


def test_content_of_words_names_cues_of_the_catalogue() -> None:
    assert set(CATALOGUE) >= CONTENT_OF_WORDS


def test_matters_name_cues_of_the_catalogue_once() -> None:
    names = [name for matter in SAME_MATTER for name in matter]
    assert set(names) <= set(CATALOGUE)
    assert len(names) == len(set(names))


def test_micro_expressions_name_events_of_the_face() -> None:
    for level in CATALOGUE[MICRO_EXPRESSION].levels:
        assert CATALOGUE[f"face.{level.slug}"].kind == "event"
