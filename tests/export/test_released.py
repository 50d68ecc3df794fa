"""Does SABER JSON in the released form come in and go out again without loss, whatever else it holds?"""

from __future__ import annotations

import json
import tempfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from export.hub import load
from saber.core.errors import UsageError
from saber.export import ExportSettings, FromReleased, export_dataset
from saber.export.row import Row, row_of_released
from saber.sed import ReleasedRecord, read_released_files, released_line

# In the layout of the released examples: the audio first, four spaces.
EXAMPLE: dict[str, Any] = {
    "audio_desc": {"speech_content": "我...我替你<laughter>谢谢。", "acoustic_feat": "声音洪亮。"},
    "video_desc": "A kitchen.\u2028Well lit.",
    "facial_exp_desc": "",
    "sentiment_analysis": "Neutral.",
    "body_lang_desc": "He holds a mug.",
}
KEYS = ("video_desc", "facial_exp_desc", "body_lang_desc", "audio_desc", "sentiment_analysis")

text = st.text(st.characters(codec="utf-8"), max_size=12)
any_text = st.text(max_size=4)  # half of a character pair too
odd = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | any_text,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(any_text, inner, max_size=3),
    max_leaves=6,
)
audio = st.dictionaries(st.sampled_from(["acoustic_feat", "speech_content", "noise"]), text | odd)
records = st.builds(
    lambda one, sound, more: {**more, **one, **sound},
    st.dictionaries(st.sampled_from([k for k in KEYS if k != "audio_desc"]), text | odd),
    st.fixed_dictionaries({"audio_desc": audio | odd | st.just(EXAMPLE["audio_desc"])}),
    st.dictionaries(any_text, odd, max_size=3),
)


def same(one: Any, other: Any) -> bool:
    """Equal as JSON: 1, 1.0 and true are three things; the order of keys is none."""
    return json.dumps(one, sort_keys=True) == json.dumps(other, sort_keys=True)


@given(records)
def test_nothing_is_lost_on_the_way_through_a_record(value: dict[str, Any]) -> None:
    record = ReleasedRecord.of(value)
    assert same(record.as_json(), value)
    assert same(json.loads(released_line(record)), value)
    assert released_line(record).encode()


@given(records)
def test_nothing_is_lost_on_the_way_through_a_row(value: dict[str, Any]) -> None:
    row = row_of_released("name", ReleasedRecord.of(value), "unknown")
    back = Row.model_validate_json(json.dumps(row.model_dump(mode="json"), ensure_ascii=False))
    assert same(back.released().as_json(), value)


@settings(max_examples=15, deadline=None)
@given(st.lists(records, min_size=1, max_size=4))
def test_files_come_in_and_go_out_the_same(values: list[dict[str, Any]]) -> None:
    pytest.importorskip("pyarrow")
    with tempfile.TemporaryDirectory() as folder:
        path, out = Path(folder) / "given.json", Path(folder) / "out"
        path.write_text(json.dumps(values))
        export_dataset(FromReleased(path), out, ExportSettings(forms=("released", "jsonl", "parquet")))
        made = list(read_released_files(out / "released" / "all.jsonl"))
        assert same([record.as_json() for _, record in made], values)
        # Once more, of what was exported: nothing changes any further.
        export_dataset(
            FromReleased(out / "released" / "all.jsonl"), out / "again", ExportSettings(forms=("released",))
        )
        first, second = (f / "released" / "all.jsonl" for f in (out, out / "again"))
        assert first.read_bytes() == second.read_bytes()


def test_a_full_record_is_an_annotation_and_one_that_lacks_a_text_is_none() -> None:
    record = ReleasedRecord.of(EXAMPLE)
    assert record.rest == {}
    annotation = record.annotation
    assert annotation is not None
    assert annotation.model_dump(by_alias=True) == EXAMPLE
    assert ReleasedRecord.of_annotation(annotation) == record
    for key in KEYS:
        assert ReleasedRecord.of({k: v for k, v in EXAMPLE.items() if k != key}).annotation is None
    assert ReleasedRecord.of({**EXAMPLE, "video_desc": None}).annotation is None


def test_folders_lists_and_lines_are_read_under_their_names(tmp_path: Path) -> None:
    (tmp_path / "sub").mkdir()
    (tmp_path / "sub" / "dia0_utt0.json").write_text(json.dumps(EXAMPLE, indent=4), encoding="utf-8")
    (tmp_path / "list.json").write_text(json.dumps([EXAMPLE, EXAMPLE]), encoding="utf-8")
    (tmp_path / "lines.jsonl").write_text(f"{json.dumps(EXAMPLE)}\n\n{json.dumps(EXAMPLE)}\n")
    found = dict(read_released_files(tmp_path))
    assert list(found) == ["lines.jsonl#1", "lines.jsonl#3", "list.json#1", "list.json#2", "sub/dia0_utt0"]
    assert all(record.as_json() == EXAMPLE for record in found.values())


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ('{"video_desc": "a", "video_desc": "b"}', "'video_desc' is there twice"),
        ('{"video_desc": "a", "n": 0.1000000000000000055}', "no number that can be kept"),
        ('{"video_desc": "a", "n": 1e400}', "no number that can be kept"),
        ('{"video_desc": NaN}', "no number that can be kept"),
        ('{"video_desc": "a",}', "can't be read"),
        ('{"caption": "a"}', "is no SABER record"),
        ('["video_desc"]', "Record 1 of .* is no SABER record"),
        ("[" * 100_000, "nested too deep"),
    ],
)
def test_what_could_not_be_kept_is_refused_by_name(tmp_path: Path, content: str, says: str) -> None:
    path = tmp_path / "given.json"
    path.write_text(content)
    with pytest.raises(UsageError, match=says):
        export_dataset(FromReleased(path), tmp_path / "out", ExportSettings(forms=("jsonl",)))
    assert not (tmp_path / "out").exists()


def test_an_imported_row_says_that_nothing_else_is_known(tmp_path: Path) -> None:
    row = row_of_released("name", ReleasedRecord.of(EXAMPLE), "own")
    known = {
        name: value
        for name, value in row.model_dump(mode="json").items()
        if value is not None and value != [] and value != "{}"
    }
    assert set(known) == {"id", "saber_test", "terms", *KEYS}
    assert known["terms"]["key"] == "own"


def test_the_hubs_loader_reads_imported_records(tmp_path: Path) -> None:
    path, out = tmp_path / "given.jsonl", tmp_path / "out"
    values = [EXAMPLE, {**EXAMPLE, "more": [1, None]}, {"video_desc": 7}]
    path.write_text("".join(json.dumps(value) + "\n" for value in values))
    export_dataset(FromReleased(path), out, ExportSettings(forms=("jsonl",)))
    rows = list(load(out, tmp_path / "cache")["train"])
    assert [json.loads(row["rest"]) for row in rows] == [{}, {"more": [1, None]}, {"video_desc": 7}]
    assert [row["audio_desc"] for row in rows] == [EXAMPLE["audio_desc"], EXAMPLE["audio_desc"], None]
