"""Do exported rows say what the ledger says, and does a Hub loader read the same out of them?"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from export.hub import datasets, load
from export.made import (
    AGAIN,
    CLIPS,
    DROPPED_BY_CLEAN,
    DROPPED_BY_VERIFY,
    FAILED,
    clip_text,
    kept,
    make_workspace,
)
from saber.export import SPLITS, ExportSettings, FromWorkspace, export_dataset
from saber.export.columns import features
from saber.export.row import Row

FORMS = ("parquet", "jsonl", "released")


@pytest.fixture(scope="module")
def exported(workspace: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    pytest.importorskip("pyarrow")
    out = tmp_path_factory.mktemp("out") / "made"
    export_dataset(FromWorkspace(workspace), out, ExportSettings(forms=FORMS))
    return out


@pytest.fixture(scope="module")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("cache")


def lines(path: Path) -> list[dict[str, Any]]:
    # Not splitlines: texts hold U+2028, which ends no line of a file.
    return [json.loads(line) for line in path.read_text(encoding="utf-8").split("\n") if line]


def test_every_clip_that_was_split_is_there_once_in_its_split(exported: Path, workspace: Path) -> None:
    assigned = kept(workspace)
    assert len(assigned) == CLIPS - 3
    assert not {DROPPED_BY_CLEAN, DROPPED_BY_VERIFY, FAILED} & set(assigned)
    found = {split: lines(exported / "data" / f"{split}.jsonl") for split in SPLITS}
    assert {split: [row["id"] for row in rows] for split, rows in found.items()} == {
        split: [name for name, one in assigned.items() if one.split == split] for split in SPLITS
    }
    for rows in found.values():
        for row in rows:
            one = assigned[row["id"]]
            assert (row["split"], row["half"], row["saber_test"]) == (one.split, one.half, one.saber_test)
    assert sum(row["saber_test"] for row in found["test"]) == 4


def test_a_row_holds_what_the_stages_found(exported: Path, workspace: Path) -> None:
    rows = {r["id"]: r for split in SPLITS for r in lines(exported / "data" / f"{split}.jsonl")}
    row = rows["b/clip08"]
    text = clip_text("b/clip08", "en").model_dump(by_alias=True)
    assert {key: row[key] for key in text} == text
    assert json.loads(row["extra"]) == {"label.voice": "sadness", "intensity": 0.5, "室": "客厅"}
    assert json.loads(row["provenance"])["annotate"]["written"]["attempts"] == [1, None]
    assert (row["speaker"], row["label"], row["label_said"]) == ("b:8", "happiness", "HAPPINESS")
    assert row["duration_s"] == 4.25
    assert row["media"] == str((workspace.parent / "raw/b/clip08.MP4").absolute())
    assert (row["terms"]["key"], row["terms"]["texts"]) == ("unknown", False)
    sharpness, speech, claims = row["checks"]
    assert (sharpness["stage"], sharpness["score"], sharpness["limit"]) == ("clean", 9.0, 4.5)
    assert sharpness["required"] is None
    assert (speech["required"], speech["passed"], speech["judge"]) == (True, True, "tiny.en")
    assert (claims["required"], claims["passed"], claims["score"]) == (False, None, None)
    assert [writer["dimension"] for writer in row["writers"]] == [
        "scene", "face", "body", "acoustic", "speech", "reasoning"
    ]  # fmt: skip
    assert row["emotion"]["label"] == "sadness"
    assert row["emotion"]["probs"] is None
    happy = next(one for one in row["modalities"] if one["modality"] == "face")
    assert happy["probs"]["happiness"] == 0.7
    assert sum(happy["probs"].values()) == pytest.approx(1)


def test_what_was_written_again_stands_for_the_first_text(exported: Path) -> None:
    rows = {r["id"]: r for split in SPLITS for r in lines(exported / "data" / f"{split}.jsonl")}
    assert rows[AGAIN]["facial_exp_desc"] == clip_text(AGAIN, "en").face
    assert {w["dimension"]: w["attempt"] for w in rows[AGAIN]["writers"]}["face"] == 2


@pytest.mark.parametrize("form", ["parquet", "jsonl"])
def test_the_hubs_loader_reads_the_rows(
    exported: Path, workspace: Path, cache: Path, tmp_path: Path, form: str
) -> None:
    out = tmp_path / form
    export_dataset(FromWorkspace(workspace), out, ExportSettings(forms=(form,)))
    loaded = load(out, cache)
    assert list(loaded) == list(SPLITS)
    for split in SPLITS:
        assert list(loaded[split]) == lines(exported / "data" / f"{split}.jsonl")
        assert loaded[split].features == datasets().Features._from_yaml_list(features(Row))
    # Nobody transcribed these clips, and none is a stretch of a file: null in every row, and typed.
    columns = loaded["train"].features
    assert (columns["transcript"].dtype, columns["start_s"].dtype) == ("string", "float64")


def test_parquet_alone_says_its_types(exported: Path, cache: Path) -> None:
    path = str(exported / "data" / "train.parquet")
    loaded = datasets().load_dataset("parquet", data_files=path, cache_dir=str(cache), split="train")
    assert loaded.features == datasets().Features._from_yaml_list(features(Row))
    assert list(loaded) == lines(exported / "data" / "train.jsonl")


def test_rows_stream(exported: Path, cache: Path) -> None:
    first = next(iter(load(exported, cache, streaming=True)["test"]))
    assert first == lines(exported / "data" / "test.jsonl")[0]


def test_released_records_have_exactly_the_released_keys_and_say_whose_they_are(
    exported: Path, cache: Path
) -> None:
    files = {split: str(exported / "released" / f"{split}.jsonl") for split in SPLITS}
    loaded = datasets().load_dataset("json", data_files=files, cache_dir=str(cache))
    for split in SPLITS:
        rows = lines(exported / "data" / f"{split}.jsonl")
        released = lines(exported / "released" / f"{split}.jsonl")
        assert list(loaded[split]) == released
        ids = (exported / "released" / f"{split}.ids.jsonl").read_text(encoding="utf-8").split("\n")[:-1]
        assert [json.loads(name) for name in ids] == [row["id"] for row in rows]
        for row, record in zip(rows, released, strict=True):
            assert set(record) == {
                "video_desc", "facial_exp_desc", "body_lang_desc", "audio_desc", "sentiment_analysis"
            }  # fmt: skip
            assert set(record["audio_desc"]) == {"acoustic_feat", "speech_content"}
            assert record == {key: row[key] for key in record}


def test_rows_of_an_earlier_release_can_be_named_to_the_split(exported: Path, workspace: Path) -> None:
    from saber.split.earlier import read_earlier

    whole = exported.parent / "rows.jsonl"
    whole.write_text("".join((exported / "data" / f"{split}.jsonl").read_text() for split in SPLITS))
    earlier = read_earlier(whole)
    assert len(earlier.own) == len(kept(workspace))
    assert earlier.saber_test.sum() == 4


def test_saber_test_can_be_exported_alone(workspace: Path, tmp_path: Path) -> None:
    settings = ExportSettings(forms=("jsonl",), splits=("saber_test",))
    done = export_dataset(FromWorkspace(workspace), tmp_path / "test", settings)
    rows = lines(tmp_path / "test" / "data" / "test.jsonl")
    assert [row["id"] for row in rows] == [n for n, one in kept(workspace).items() if one.saber_test]
    (form,) = done.forms
    assert (form.inputs, form.written, form.left_out) == (CLIPS - 3, 4, {"other_split": CLIPS - 7})


def test_stretches_of_a_file_are_clips_of_their_own(tmp_path: Path) -> None:
    made = make_workspace(tmp_path, clips=8, cut=True)
    settings = ExportSettings(forms=("jsonl", "ms-swift"))
    done = export_dataset(FromWorkspace(made), tmp_path / "out", settings)
    rows = [row for file in (tmp_path / "out" / "data").iterdir() for row in lines(file)]
    assert sorted(row["id"] for row in rows) == sorted(kept(made))
    assert len(rows) == 16
    for row in rows:
        assert row["id"].endswith(f"#t={row['start_s']:g}-{row['end_s']:g}")
    counts = {form.form: form for form in done.forms}
    assert counts["ms-swift"].written == sum(one.split == "train" for one in kept(made).values()) > 0
