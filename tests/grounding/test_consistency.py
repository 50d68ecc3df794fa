"""Does an annotation that contradicts itself get found out, and is one that tells of a change left alone?"""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from saber.core.records import Annotation, AudioDescription
from saber.core.taxonomy import Dimension
from saber.grounding import inner_consistency
from saber.grounding.exclusions import MANNERS, ROWS, excludes
from saber.grounding.families import FAMILIES

DESCRIPTIONS = Path(__file__).parents[2] / "bench" / "grounding_descriptions.jsonl"


def annotation(face: str = "", acoustic: str = "", reasoning: str = "", body: str = "") -> Annotation:
    audio = AudioDescription(acoustic=acoustic, speech="")
    return Annotation(scene="", face=face, body=body, audio=audio, reasoning=reasoning)


@pytest.mark.parametrize(
    ("face", "acoustic", "reasoning", "why"),
    [
        ("", "A trembling voice.", "He speaks with confidence.", "exclusive"),
        ("She smiles.", "", "Her frown shows anger.", "exclusive"),
        ("She smiles.", "", "She does not smile.", "denied"),
        ("She smiles at 2 s.", "", "She never smiles.", "denied"),
        ("", "Her voice is low.", "The high-pitched voice shows fear.", "exclusive"),
        ("", "Her voice is steady.", "Her voice trembles.", "denied"),
        ("", "The voice is low. She is calm. The voice is high.", "", "exclusive"),
        ("At the end he smiles.", "", "Finally, he does not smile.", "denied"),
        ("", "声音颤抖。", "他语气坚定。", "exclusive"),
        ("她面带微笑。", "", "她没有笑。", "denied"),
        ("", "语速很慢。", "他说话很快。", "exclusive"),
    ],
)
def test_a_contradiction_is_found(face: str, acoustic: str, reasoning: str, why: str) -> None:
    (clash,) = inner_consistency(annotation(face, acoustic, reasoning))
    assert clash.why == why


@pytest.mark.parametrize(
    ("face", "acoustic", "reasoning"),
    [
        # a change, told by one of the texts, or by both in their times
        ("First she smiles, then she frowns.", "", "The frown shows anger."),
        ("She smiles.", "", "First she smiles, then she frowns."),
        ("At the beginning she smiles.", "", "At the end she frowns."),
        ("She smiles. At the end the smile fades.", "", "She is no longer smiling."),
        ("", "He shouts the first words but drops to a whisper.", "The whisper shows fear."),
        ("起初她微笑，随后皱眉。", "", "皱眉说明她生气。"),
        # hedged, supposed, weakened
        ("She smiles.", "", "She may not smile."),
        ("", "Her voice is low.", "A high voice would have shown fear."),
        ("", "Her voice is loud.", "Her voice is not very loud."),
        ("", "声音颤抖。", "如果他语气坚定，就是自信。"),
        # different things, or both at once
        ("She smiles.", "Her voice is flat and low.", "Face and voice disagree."),
        ("She smiles and her brows are drawn together.", "", "The smile and the furrowed brows are mixed."),
        ("", "“I never smile”, he says in a low voice.", "He smiles."),
        ("", "", ""),
    ],
)
def test_none_is_made_up(face: str, acoustic: str, reasoning: str) -> None:
    assert inner_consistency(annotation(face, acoustic, reasoning)) == ()


def test_hands_that_are_not_seen_can_not_be_described() -> None:
    (clash,) = inner_consistency(
        annotation(
            body="Her hands are not visible.", reasoning="She wrings her hands; her hands are clasped."
        )
    )
    assert (clash.a.family, clash.b.family) == ("hands", "hands_together")


def test_a_clash_says_which_words_of_which_text() -> None:
    texts = annotation(acoustic="Slowly: her voice is low.", reasoning="Sad, in spite of the high voice.")
    (clash,) = inner_consistency(texts)
    assert (clash.a.dimension, clash.b.dimension) == (Dimension.ACOUSTIC, Dimension.REASONING)
    for claim in (clash.a, clash.b):
        assert texts.text_of(claim.dimension)[claim.start : claim.end] == claim.text
    assert (clash.a.text, clash.b.text) == ("voice is low", "high voice")


def test_descriptions_of_real_clips_do_not_contradict_themselves() -> None:
    rows = [json.loads(line) for line in DESCRIPTIONS.read_text(encoding="utf-8").splitlines()]
    assert [r["clip"] for r in rows if inner_consistency(Annotation.model_validate(r["annotation"]))] == []


def test_the_table_names_claims_that_there_are_and_is_symmetric() -> None:
    families = {**{f: tuple(d) for f, d in FAMILIES.items()}, **MANNERS}
    for kinds in map(str.split, ROWS):
        for a in kinds:
            family, direction = a.split(".")
            assert direction in families[family]
            assert all(excludes(a, b) == excludes(b, a) == (a != b) for b in kinds)
