"""Does a local model write a clip's annotation from end to end, and is its garbage called what it is?"""

from __future__ import annotations

import json
from pathlib import Path

import jsonschema
import pytest

from media_maker import make_clip
from saber.cli.main import main
from saber.core.records import Cues
from saber.infer import ClipMedia, InferSettings, Outcome, answer_schema, write_annotation
from saber.models import Kind, LocalSettings, ModelSettings, make_caller
from saber.pipeline import perceive
from saber.sed import LABEL, SECTIONS
from sample_cues import sample_cues

CPU = ModelSettings(local=LocalSettings(device="cpu", inputs="stated"))


@pytest.fixture(scope="module")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_clip(tmp_path_factory.mktemp("clips") / "clip.mp4", seconds=1.0, sound="speech")


@pytest.fixture(scope="module")
def cues(clip: Path) -> Cues:
    return perceive(clip)


def test_garbage_is_refused_after_the_attempts_and_counted(
    endless: Path, clip: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    settings = tmp_path / "saber.toml"
    settings.write_text(
        '[infer]\nmax_tokens = 30\nretries = 1\nform = "tags"\n[model.local]\ndevice = "cpu"\n'
    )
    code = main(["analyze", str(clip), "--model", f"hf:{endless}", "--config", str(settings), "--json"])
    out, err = capsys.readouterr()
    assert code == 1
    failure = json.loads(out)
    assert failure["reason"] == "invalid"
    assert "gave no usable answer in 2 attempts" in failure["message"]
    assert "Sending to" not in err


def test_media_go_by_default_and_every_attempt_counts_its_tokens(
    endless: Path, clip: Path, cues: Cues
) -> None:
    caller = make_caller(f"hf:{endless}", CPU)
    assert caller is not None
    with caller:
        settings = InferSettings(max_tokens=12, retries=1, form="tags")
        written = write_annotation(cues, ClipMedia(clip), caller, settings)
    assert written.outcome is Outcome.INVALID
    assert set(written.sent.media) == {Kind.VIDEO, Kind.AUDIO}
    assert written.sent.to is None
    assert len(written.attempts) == 2
    for attempt in written.attempts:
        assert (attempt.usage.video_tokens or 0) > 0
        assert (attempt.usage.audio_tokens or 0) > 0
        assert attempt.usage.answer_tokens == 12


def test_nothing_but_cues_goes_when_that_is_asked_for(endless: Path) -> None:
    caller = make_caller(f"hf:{endless}", CPU)
    assert caller is not None
    with caller:
        settings = InferSettings(max_tokens=6, retries=0, send="cues", form="tags")
        written = write_annotation(sample_cues(), None, caller, settings)
    assert written.sent.media == {}
    assert [a.usage.video_tokens for a in written.attempts] == [0]


def test_under_a_schema_even_random_weights_write_the_record(tiny: Path, clip: Path, cues: Cues) -> None:
    """Its form, that is: what stands in it is noise, and is judged as such (blank, or in no language)."""
    pytest.importorskip("llguidance")
    caller = make_caller(f"hf:{tiny}", CPU)
    assert caller is not None
    with caller:
        settings = InferSettings(temperature=1.2, longest_section_chars=40, max_tokens=900, retries=0)
        written = write_annotation(cues, ClipMedia(clip), caller, settings)
    [attempt] = written.attempts
    record = json.loads(attempt.raw or "")
    jsonschema.validate(record, answer_schema((*SECTIONS, LABEL), 40))
    # In SED order: what is seen, what is heard, what follows from it.
    assert [k for k in record if k != LABEL] == [
        "video_desc",
        "facial_exp_desc",
        "body_lang_desc",
        "audio_desc",
        "sentiment_analysis",
    ]
    assert written.outcome in (Outcome.OK, Outcome.INVALID)
    assert "not_structured" not in written.problems
    assert "cut_off" not in written.problems
    assert written.provenance()["answered_by"].startswith("tiny (")  # type: ignore[attr-defined]
