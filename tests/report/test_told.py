"""Is what a sense has found told in words as soon as it has concluded?"""

from __future__ import annotations

import json

import pytest

from saber.core.records import Perception
from saber.core.taxonomy import EMOTIONS, Language
from saber.report import told
from sample_cues import sample_cues

SENSES = ("scene", "face", "body", "voice", "speech")


@pytest.mark.parametrize("language", list(Language))
@pytest.mark.parametrize("sense", SENSES)
def test_every_measured_cue_has_a_line(sense: str, language: Language) -> None:
    perception = sample_cues().of(sense)
    found = json.loads(json.dumps(told(perception, language)))
    assert found["sense"] == sense
    assert found["present"] == perception.present
    measured = [cue for cue in perception.cues if cue.status == "measured"]
    assert len(found["cues"]) == len(measured)
    for line in found["cues"]:
        assert line["text"]
        assert not set("{}") & set(line["text"])
    notable = [line["notable"] for line in found["cues"]]
    assert notable == sorted(notable, reverse=True)
    if perception.overall is not None:
        assert set(found["overall"]["probs"]) == {emotion.value for emotion in EMOTIONS}
        assert found["overall"]["probs"][found["overall"]["label"]] == max(found["overall"]["probs"].values())


def test_an_absent_sense_says_why() -> None:
    found = told(Perception(sense="face", present=False, absent_reason="no_face"), Language.ENGLISH)
    assert (found["present"], found["cues"], found["overall"]) == (False, [], None)
    assert found["absent_reason"]
    assert "_" not in str(found["absent_reason"])
