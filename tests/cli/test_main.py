"""Do commands end with the right exit code and one sentence, never a traceback?"""

from __future__ import annotations

import json
from pathlib import Path

import jsonschema
import pytest

from saber.cli import schema
from saber.cli.main import main


@pytest.mark.parametrize("argv", [[], ["nonsense"], ["analyze"], ["analyze", "x.mp4", "--lang", "fr"]])
def test_wrong_usage_exits_with_2(argv: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as exit_:
        main(argv)
    assert exit_.value.code == 2
    assert "usage:" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "word"),
    [
        (["--model", "no-such-model"], "no-such-model"),
        (["--config", "no-such-file.toml"], "no-such-file.toml"),
    ],
)
def test_a_wrong_value_is_one_sentence_and_2(
    arguments: list[str], word: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["analyze", "x.mp4", *arguments]) == 2
    err = capsys.readouterr().err
    assert word in err
    assert err.count("\n") == 1


def test_an_unknown_setting_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "saber.toml"
    file.write_text("[face]\nno_such_setting = 1\n")
    assert main(["analyze", "x.mp4", "--config", str(file)]) == 2
    assert "saber.toml.face.no_such_setting" in capsys.readouterr().err


def test_a_report_folder_that_can_not_be_made_is_said_before_the_work(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "file").write_text("")
    assert main(["analyze", "x.mp4", "--report", str(tmp_path / "file" / "deeper")]) == 2
    assert "Can't write reports" in capsys.readouterr().err


def test_a_missing_clip_is_a_failure_record_on_its_line(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["analyze", "--json", "no-such-clip.mp4"]) == 1
    out, err = capsys.readouterr()
    (line,) = out.splitlines()
    record = json.loads(line)
    assert record["path"] == "no-such-clip.mp4"
    assert record["reason"]
    assert record["message"] in err
    assert err.count("no-such-clip.mp4") == 1
    jsonschema.validate(record, json.loads(schema.text()))


def test_the_schema_refuses_a_line_that_is_neither(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["schema"]) == 0
    printed = json.loads(capsys.readouterr().out)
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate({"path": "x.mp4"}, printed)
