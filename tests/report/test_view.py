"""Does an app get all that the page shows, in the same words, and as JSON?"""

from __future__ import annotations

import json
import re
from typing import Any

import pytest

from report.parsed import seen
from saber.core.catalogue import CATALOGUE
from saber.core.records import Analysis, ModalityEstimate
from saber.core.taxonomy import DIMENSIONS, EMOTIONS, Dimension, Language, Modality
from saber.report.embed import Embedded, Waveform
from saber.report.page import page
from saber.report.view import view
from sample_cues import sample_analysis

WAVE = Waveform(0.0, 6.0, [-50, -20], [40, 30])


def seen_by(analysis: Analysis, language: Language = Language.ENGLISH) -> Any:
    """The view, once through JSON as it reaches an app."""
    return json.loads(json.dumps(view(analysis, WAVE, language), allow_nan=False))


def claims_of(shown: Any) -> list[Any]:
    return [claim for dimension in shown["dimensions"] for claim in dimension["claims"]]


@pytest.mark.parametrize("language", list(Language))
def test_everything_that_is_said_stands_on_the_page_too(language: Language) -> None:
    analysis = sample_analysis(language)
    text = " ".join(seen(page(analysis, Embedded(None, b"", False, None))).text.split())
    shown = seen_by(analysis, language)
    said = [shown["verdict"]["headline"], *shown["limits"], *shown["facts"]]
    said += [dimension["text"] for dimension in shown["dimensions"]]
    said += list(shown["emotions"]["names"])
    said += [side["says"] for conflict in shown["verdict"]["conflicts"] for side in conflict["sides"]]
    said += [gap["reason"] for gap in shown["not_measured"]]
    said += [claim["value"] for claim in claims_of(shown)]
    assert [s for s in said if " ".join(s.split()) not in text] == []


def test_the_pieces_of_a_text_are_the_text_and_lead_to_its_claims() -> None:
    analysis = sample_analysis()
    for dimension in seen_by(analysis)["dimensions"]:
        assert "".join(piece["text"] for piece in dimension["pieces"]) == dimension["text"]
        linked = {piece["claim"] for piece in dimension["pieces"]} - {None}
        assert linked == {claim["id"] for claim in dimension["claims"] if claim["told"]}


def test_every_claim_is_there_once_with_its_times() -> None:
    analysis = sample_analysis()
    claims = claims_of(seen_by(analysis))
    assert sorted(claim["id"] for claim in claims) == sorted(e.id for e in analysis.evidence)
    for claim in claims:
        (evidence,) = (e for e in analysis.evidence if e.id == claim["id"])
        assert (claim["start_s"], claim["end_s"]) == (evidence.start_s, evidence.end_s)
        assert claim["meaning"] == CATALOGUE[evidence.cue].meaning


def test_a_claim_says_whether_it_stands_and_why() -> None:
    analysis = sample_analysis()
    first, second, third, *rest = analysis.evidence
    doubted = (
        first,
        second.model_copy(update={"verdict": "contradicted"}),
        third.model_copy(update={"verdict": "not_measurable", "cue": "", "value": None, "unit": ""}),
        *rest,
    )
    claims = {c["id"]: c for c in claims_of(seen_by(analysis.model_copy(update={"evidence": doubted})))}
    assert [claims[e.id]["status"] for e in doubted[:3]] == ["supported", "contradicted", "not_measurable"]
    assert len({claims[e.id]["status_name"] for e in doubted[:3]}) == 3
    assert claims[second.id]["value"] in claims[second.id]["why"]
    assert claims[second.id]["quantity"] in claims[second.id]["why"]
    assert claims[third.id]["why"] == "Nothing that is measured here could decide this."
    assert claims[third.id]["quantity"] == ""


def test_emotions_are_the_records_own_and_missing_ones_say_why() -> None:
    analysis = sample_analysis()
    gone = analysis.model_copy(
        update={
            "modalities": analysis.modalities
            | {Modality.BODY: ModalityEstimate(present=False, reason="no_body")}
        }
    )
    shown = seen_by(gone)["emotions"]
    assert shown["keys"] == [e.value for e in EMOTIONS]
    columns = {column["key"]: column for column in shown["columns"]}
    assert list(columns) == ["face", "body", "voice", "speech", "fused"]
    face = analysis.modalities[Modality.FACE]
    assert face.probs is not None
    assert columns["face"]["probs"] == pytest.approx([face.probs[e] for e in EMOTIONS])
    assert columns["body"]["probs"] is None
    assert columns["body"]["absent"]
    assert columns["body"]["why_empty"]
    assert columns["fused"]["confidence"] is None


def test_conflicts_come_strongest_first_and_keep_their_number() -> None:
    analysis = sample_analysis()
    conflict = analysis.consistency.conflicts[0]
    weak = conflict.model_copy(update={"strength": 0.01})
    consistency = analysis.consistency.model_copy(update={"conflicts": (weak, conflict)})
    shown = seen_by(analysis.model_copy(update={"consistency": consistency}))["verdict"]
    assert [c["index"] for c in shown["conflicts"]] == [1, 0]
    assert shown["conflicts"][0]["start_s"] == conflict.start_s
    assert shown["lead"] is None
    calm = analysis.consistency.model_copy(update={"conflicts": (), "verdict": "consistent"})
    assert seen_by(analysis.model_copy(update={"consistency": calm}))["verdict"]["lead"]


def test_names_follow_the_reader_and_the_text_stays_the_writers() -> None:
    analysis = sample_analysis(Language.ENGLISH)
    shown = seen_by(analysis, Language.CHINESE)
    assert (shown["language"], shown["text_language"]) == ("zh", "en")
    assert shown["dimensions"][0]["text"] == analysis.annotation.text_of(DIMENSIONS[0])
    assert shown["dimensions"][0]["name"] == "场景"
    assert not re.search("[a-z]", shown["verdict"]["headline"])


def test_without_cues_there_is_still_a_view() -> None:
    shown = seen_by(sample_analysis().model_copy(update={"cues": None}))
    assert shown["not_measured"] == []
    assert shown["timeline"]["curves"] == []
    assert shown["timeline"]["evidence"]


def test_the_folder_of_the_clip_stays_out() -> None:
    analysis = sample_analysis()
    secret = analysis.clip.model_copy(update={"path": "/home/someone/secret/clip.mp4"})
    assert "secret" not in json.dumps(view(analysis.model_copy(update={"clip": secret}), None, "en"))


def test_dimensions_are_all_six() -> None:
    assert [d["key"] for d in seen_by(sample_analysis())["dimensions"]] == [d.value for d in Dimension]
