"""Do the tables speak only of what exists, and does each row find what it says?"""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

from grounding.claims_and_cues import clip, cue, written
from saber.core.catalogue import CATALOGUE, CueSpec, Level, spec_of
from saber.core.taxonomy import Dimension, Language
from saber.grounding import check_claim, find_claims
from saber.grounding.families import FAMILIES, NONE, QUOTE, STANCES, Ground
from saber.grounding.find import VOCABULARIES
from saber.grounding.vocabulary import Vocabulary

GROUNDS = [
    pytest.param(family, direction, ground, id=f"{family}.{direction}-{ground.cue}")
    for family, directions in FAMILIES.items()
    for direction, grounds in directions.items()
    for ground in grounds
]
LANGUAGES = tuple(VOCABULARIES)


@pytest.mark.parametrize(("family", "direction", "ground"), GROUNDS)
def test_a_ground_names_levels_of_the_catalogue_and_each_once(
    family: str, direction: str, ground: Ground
) -> None:
    spec = CATALOGUE[ground.cue]
    named = [slug for stance in STANCES for slug in getattr(ground, stance).split()]
    assert named
    assert len(named) == len(set(named))
    open_below = bool(spec.levels) and spec.levels[0].at_least is not None
    assert set(named) <= {level.slug for level in spec.levels} | ({NONE} if open_below else set())


def rows(vocabulary: Vocabulary) -> Iterator[tuple[str, str]]:
    for thing in vocabulary.things:
        yield from thing.properties.items()
    yield from ((phrase.pattern, phrase.claim) for phrase in vocabulary.phrases)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_row_claims_something_that_can_be_checked(language: Language) -> None:
    for pattern, claim in rows(VOCABULARIES[language]):
        family, _, direction = claim.removeprefix("!").partition(".")
        assert not claim or direction in FAMILIES[family], pattern


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_family_can_be_spoken_of(language: Language) -> None:
    spoken_of = {claim.removeprefix("!").split(".")[0] for _, claim in rows(VOCABULARIES[language]) if claim}
    assert set(FAMILIES) - spoken_of == {QUOTE}


def examples() -> Iterator[tuple[Language, str, Dimension, str]]:
    """A text for every alternative of every row, with the claim that the row promises."""
    for language, vocabulary in VOCABULARIES.items():
        gap, joint = (" the ", " ") if vocabulary.writing.spaced else ("", "")
        for phrase in vocabulary.phrases:
            for text in spelled(phrase.pattern, gap):
                yield language, text, min(phrase.only), phrase.claim
        for thing in vocabulary.things:
            name = spelled(thing.names, gap)[0]
            for pattern, claim in thing.properties.items():
                for text in spelled(pattern, gap):
                    yield language, f"{name}{joint}{text}", min(thing.only), claim


def spelled(pattern: str, gap: str) -> list[str]:
    return [
        re.sub(r"\s*~\s*", gap, alternative)
        .replace("* ", " ")
        .replace("*", "")
        .replace("  ", " some ")
        .strip()
        for alternative in pattern.split(" | ")
    ]


@pytest.mark.parametrize(
    ("language", "text", "dimension", "claim"), [pytest.param(*e, id=f"{e[1]}->{e[3]}") for e in examples()]
)
def test_a_row_finds_what_it_says(language: Language, text: str, dimension: Dimension, claim: str) -> None:
    found = [written(c) for c in find_claims(text, dimension, language)]
    if claim:
        assert claim in found
    else:
        assert found == []


def told() -> Iterator[tuple[str, str, CueSpec, Level, str]]:
    """Every level that speaks for a claim, in the words in which the house tells it."""
    for family, directions in FAMILIES.items():
        for direction, grounds in directions.items():
            for ground in grounds:
                spec = spec_of(ground.cue)
                for level in spec.levels:
                    if ground.stance(level.slug) == "yes" and ground is grounds[0]:
                        for text in (level.en, level.zh):
                            yield family, direction, spec, level, text


@pytest.mark.parametrize(
    ("family", "direction", "spec", "level", "text"),
    [pytest.param(*t, id=f"{t[2].name}.{t[3].slug}-{t[4]}") for t in told()],
)
def test_what_the_embedded_analyst_says_of_a_level_is_supported_by_it(
    family: str, direction: str, spec: CueSpec, level: Level, text: str
) -> None:
    value = value_in(spec, level)
    cues = clip(cue(spec.name, value))
    number = value if isinstance(value, str) else f"{value:.{spec.digits}f}"
    sentence = f"{text.format(value=number, unit=spec.unit)}."
    # What is heard between the words is told with the voice: the speech dimension is a transcript.
    dimension = Dimension.ACOUSTIC if spec.dimension is Dimension.SPEECH else spec.dimension
    checked = [check_claim(claim, cues) for claim in find_claims(sentence, dimension)]
    about = [c for c in checked if c.cue == spec.name and c.claim.family == family]
    assert about, sentence
    assert {c.verdict for c in about} <= {"supported"}


def value_in(spec: CueSpec, level: Level) -> float | str:
    """A value that the level covers."""
    if level.at_least is None and level.below is None:
        return level.slug
    low, high = level.at_least, level.below
    middle = (low if low is not None else (high or 0.0) - 0.2) + 0.1
    if low is not None and high is not None:
        middle = (low + high) / 2
    if spec.levels_on == "z":
        assert spec.norm is not None
        return spec.norm.mean + middle * spec.norm.sd
    return middle
