"""Does `saber corpora` say what can be read and what a folder holds?"""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any

import pytest

from corpus_trees import TREES, write
from saber.cli import corpora
from saber.core.errors import UsageError
from saber.corpora import CORPORA


def run(*argv: str) -> int:
    parser = argparse.ArgumentParser()
    corpora.arguments(parser)
    return corpora.run(parser.parse_args(argv))


def told(capsys: pytest.CaptureFixture[str], *argv: str) -> dict[str, Any]:
    assert run(*argv, "--json") == 0
    (line,) = capsys.readouterr().out.splitlines()
    found: dict[str, Any] = json.loads(line)
    return found


def test_all_corpora_are_listed_with_what_their_terms_allow(capsys: pytest.CaptureFixture[str]) -> None:
    assert run() == 0
    lines = {line.split()[0]: line.split() for line in capsys.readouterr().out.splitlines() if line.strip()}
    assert set(CORPORA) <= set(lines)
    assert lines["ravdess"][:5] == ["ravdess", "en", "yes", "yes", "no"]
    assert lines["memor"][:5] == ["memor", "en", "?", "?", "?"]
    assert lines["mc-eiu"][1:6] == ["en", "zh", "no", "?", "no"]


def test_the_list_as_json(capsys: pytest.CaptureFixture[str]) -> None:
    rows = {row["key"]: row for row in told(capsys)["corpora"]}
    assert list(rows) == list(CORPORA)
    assert rows["meld"]["terms"]["media"] is False
    assert rows["mead"]["terms"]["media"] is None
    assert rows["folder"]["terms"] is None
    assert rows["msp-improv"]["labels"] == ["annotators", "intended"]


def test_one_corpus_says_what_is_expected_and_unchecked(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("mead") == 0
    out = capsys.readouterr().out
    assert "  M003/video/front/angry/level_1/001.mp4\n" in out
    assert "Known from code. Not checked against real data: Everything" in out
    assert "clips passed on: not found, texts: not found, commercial use: not found" in out


def test_a_folder_is_counted(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    TREES["meld"](tmp_path, lambda path: path.write_bytes(b"media"))
    assert run("meld", str(tmp_path), "--missing") == 0
    assert capsys.readouterr().out.splitlines() == [
        "MELD: 3 clips",
        "  speakers    3",
        "  groups      2",
        "  transcripts 3",
        "  languages   en 3",
        "  labels      sadness 1, neutral 1, happiness 1",
        "  as it says  sadness 1, neutral 1, joy 1",
        "  missing     1",
        "  left out    known_fault 1, not_in_table 1",
        "missing: dev/dev_splits_complete/dia110_utt7.mp4, named in dev/dev_sent_emo.csv",
        "left out: train_splits/dia125_utt3.mp4: known_fault, can't be opened (issues 39 and 52)",
        "left out: dev/dev_splits_complete/dia66_utt9.mp4: not_in_table, dev/dev_sent_emo.csv",
    ]


def test_a_folder_as_json(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    TREES["mer2025"](tmp_path, lambda path: path.write_bytes(b"media"))
    assert told(capsys, "mer2025", str(tmp_path), "--missing") == {
        "corpus": "mer2025",
        "clips": 4,
        "speakers": 0,
        "without_speaker": 4,
        "groups": 0,
        "without_group": 4,
        "with_transcript": 1,
        "languages": [{"name": "zh", "clips": 4}],
        "labels": [{"name": None, "clips": 3}, {"name": "anger", "clips": 1}],
        "labels_said": [
            {"name": None, "clips": 2},
            {"name": "angry", "clips": 1},
            {"name": "worried", "clips": 1},
        ],
        "unimodal": {},
        "missing": {
            "clips": 1,
            "each": [{"corpus": "mer2025", "named_in": "subtitle_chieng.csv", "path": "video/sample_9.mp4"}],
        },
        "left_out": {},
        "left_out_each": [],
    }


def test_whose_labels_can_be_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    TREES["crema-d"](tmp_path, lambda path: path.write_bytes(b"media"))
    said = told(capsys, "crema-d", str(tmp_path), "--labels", "annotators")["labels_said"]
    assert {row["name"] for row in said} == {"S", "A:D", "H"}


@pytest.mark.parametrize(
    ("argv", "message"),
    [
        (["no-such"], "There is no corpus 'no-such'"),
        (["meld", "--missing"], "--labels and --missing are about a folder"),
        (["meld", "gone"], "There is nothing at gone"),
    ],
)
def test_wrong_usage_is_one_sentence(argv: list[str], message: str) -> None:
    with pytest.raises(UsageError, match=message):
        run(*argv)


def test_a_manifest_is_counted_too(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write(tmp_path / "a.mp4", "media")
    write(tmp_path / "b.mp4", "other media")
    write(
        tmp_path / "clips.csv",
        "path,label,label.voice,label.face\na.mp4,joy,anger,joy\nb.mp4,,sad,surely\ngone.mp4,,,\n",
    )
    found = told(capsys, "manifest", str(tmp_path / "clips.csv"))
    assert (found["clips"], found["missing"]) == (2, {"clips": 1})
    # "surely" is no emotion.
    assert found["unimodal"] == {"face": 1, "voice": 2}
    assert run("manifest", str(tmp_path / "clips.csv")) == 0
    assert "  unimodal    face 1, voice 2\n" in capsys.readouterr().out
