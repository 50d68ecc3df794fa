"""Is an export there as a whole or not at all, and does the command say what became of each clip?"""

from __future__ import annotations

import builtins
import json
import os
from pathlib import Path
from typing import Any

import pytest

from export.made import Give, clean, make_workspace, source
from export.test_rows import lines
from saber.cli import export as command
from saber.cli.main import main
from saber.core.dataset import Clip
from saber.core.errors import MissingPieceError, SaberError, UsageError, WorkspaceError
from saber.export import FORMS, SABER_TEST, SPLITS, ExportSettings, FromWorkspace, export_dataset
from saber.flow import run


def test_the_command_counts_every_clip(
    workspace: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "out"
    flags = ["--form", "jsonl", "--form", "llama-factory", "--split", "train"]
    assert main(["export", "--workspace", str(workspace), "--out", str(out), *flags]) == 0
    said = capsys.readouterr()
    train = len(lines(out / "data" / "train.jsonl"))
    assert (
        f"jsonl: 37 clips = {train} written + {37 - train} left out (other_split: {37 - train})" in said.out
    )
    assert f"Written: {out}" in said.out
    assert "keep this export to yourself" in said.err
    noted = json.loads((out / "export.json").read_text())
    assert [form["written"] for form in noted["forms"]] == [train, train]
    assert noted["settings"]["splits"] == ["train"]


def test_the_commands_choices_are_the_rooms() -> None:
    assert command._FORMS == FORMS
    assert (*SPLITS, SABER_TEST) == command._SPLITS


@pytest.mark.parametrize(
    ("flags", "says"),
    [
        (["--drop-forbidden"], "goes with the audience public"),
        (["--audience", "public", "--form", "ms-swift"], "with_media goes with it"),
        (["--audience", "public"], "--drop-forbidden"),
        (["--terms", "own"], "--terms goes with --released"),
    ],
)
def test_wrong_usage_is_one_sentence(
    workspace: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], flags: list[str], says: str
) -> None:
    assert main(["export", "--workspace", str(workspace), "--out", str(tmp_path / "out"), *flags]) == 2
    said = capsys.readouterr().err
    assert says in said
    assert len(said.splitlines()) == 1
    assert not (tmp_path / "out").exists()


def test_nothing_that_is_there_is_touched(workspace: Path, tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "mine").write_text("mine")
    with pytest.raises(UsageError, match="is there already"):
        export_dataset(FromWorkspace(workspace), tmp_path / "out", ExportSettings(forms=("jsonl",)))
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["mine"]
    (tmp_path / "empty").mkdir()
    export_dataset(FromWorkspace(workspace), tmp_path / "empty", ExportSettings(forms=("jsonl",)))
    assert (tmp_path / "empty" / "README.md").is_file()


def test_a_folder_that_can_not_be_written_is_one_sentence_and_leaves_nothing(
    workspace: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(WorkspaceError, match="can't be written"):
        export_dataset(FromWorkspace(workspace), tmp_path / "file" / "out", ExportSettings(forms=("jsonl",)))
    real = os.replace

    def full(source: Any, target: Any) -> None:
        if Path(target).name == "out":
            raise OSError(28, "No space left on device")
        real(source, target)

    monkeypatch.setattr(os, "replace", full)
    with pytest.raises(WorkspaceError, match="No space left"):
        export_dataset(FromWorkspace(workspace), tmp_path / "out", ExportSettings(forms=("jsonl",)))
    assert [path.name for path in tmp_path.iterdir()] == ["file"]


def test_a_dataset_that_was_not_split_yet_is_told_apart_from_none(tmp_path: Path) -> None:
    with pytest.raises(SaberError, match="no ledger"):
        export_dataset(FromWorkspace(tmp_path), tmp_path / "out")
    (tmp_path / "raw" / "a").mkdir(parents=True)
    one = source(tmp_path / "raw", 0)
    Path(one.path).write_bytes(b"x")
    run([Give("clean", ("source",), Clip, clean)], [one], tmp_path / "workspace")
    with pytest.raises(UsageError, match=r"not come to the stage 'split'.*saber split"):
        export_dataset(FromWorkspace(tmp_path / "workspace"), tmp_path / "out")


def test_media_that_are_gone_or_not_what_was_measured_stay_out(tmp_path: Path) -> None:
    made = make_workspace(tmp_path, clips=12)
    (tmp_path / "raw" / "a" / "clip00.MP4").unlink()
    (tmp_path / "raw" / "a" / "clip02.MP4").write_bytes(b"another clip")
    settings = ExportSettings(forms=("jsonl", "ms-swift", "label-studio"), with_media=True)
    done = export_dataset(FromWorkspace(made), tmp_path / "out", settings)
    for form in done.forms:
        assert form.inputs == 9
        assert (form.left_out["media_missing"], form.left_out["media_changed"]) == (1, 1)
    rows = [row for file in (tmp_path / "out" / "data").iterdir() for row in lines(file)]
    assert {row["id"] for row in rows}.isdisjoint({"a/clip00", "a/clip02"})
    assert sorted(row["media"] for row in rows) == sorted(
        f"media/{path.name}" for path in (tmp_path / "out" / "media").iterdir()
    )


def test_when_nothing_is_left_there_is_no_export(tmp_path: Path) -> None:
    made = make_workspace(tmp_path, clips=8)
    for path in (tmp_path / "raw").rglob("*.MP4"):
        path.unlink()
    with pytest.raises(UsageError, match=r"no clip to export \(media_missing: 5\)"):
        export_dataset(
            FromWorkspace(made), tmp_path / "out", ExportSettings(forms=("jsonl",), with_media=True)
        )
    assert not (tmp_path / "out").exists()


def test_without_pyarrow_parquet_says_what_to_install(
    workspace: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = builtins.__import__

    def without(name: str, *args: Any, **more: Any) -> Any:
        if name.partition(".")[0] == "pyarrow":
            raise ImportError(name)
        return real(name, *args, **more)

    monkeypatch.setattr(builtins, "__import__", without)
    with pytest.raises(MissingPieceError, match=r"saber-llm\[data\]"):
        export_dataset(FromWorkspace(workspace), tmp_path / "out", ExportSettings(forms=("parquet",)))
    assert not (tmp_path / "out").exists()
