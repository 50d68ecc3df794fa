"""Is every sample's answer found in a file of predictions, or said to be missing?"""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from saber.core.errors import UsageError
from saber.evaluate import Sample
from saber.evaluate.predictions import read_predictions

SAMPLES = [Sample(id=f"task/{n}", part="task", media=f"clips/clip_{n}.mp4") for n in range(3)]


def read(tmp_path: Path, name: str, text: str) -> list[str | None]:
    file = tmp_path / name
    file.write_text(text, encoding="utf-8")
    read = read_predictions(file, SAMPLES)
    responses = read.responses
    assert len(read.sha256) == 64
    assert [r.sample for r in responses] == [s.id for s in SAMPLES]
    assert all((r.text is None) == (r.error == "missing") for r in responses)
    return [r.text for r in responses]


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("a.jsonl", '{"id": "task/0", "response": "happy"}\n\n{"id": "task/2", "response": ""}\n'),
        (
            "a.json",
            '[{"video": "clip_0.mp4", "prediction": "happy"}, {"video": "x/clip_2.mp4", "prediction": ""}]',
        ),
        ("b.json", '{"task/0": "happy", "task/2": "", "another/9": "sad"}'),
        ("a.csv", 'names,chi_reasons\nclip_0,happy\nclip_2,""\n'),
        ("lines.json", '{"name": "clip_0", "openset": "happy"}\n{"name": "clip_2", "openset": ""}\n'),
    ],
)
def test_layouts(tmp_path: Path, name: str, text: str) -> None:
    assert read(tmp_path, name, text) == ["happy", None, ""]


def test_rows_of_no_sample_are_named(tmp_path: Path) -> None:
    file = tmp_path / "a.json"
    file.write_text('{"task/0": "happy", "another/9": "sad", "another/10": ""}')
    assert read_predictions(file, SAMPLES).strangers == ("another/9", "another/10")


def test_a_quoted_line_break_and_a_byte_order_mark_are_no_obstacle(tmp_path: Path) -> None:
    assert (
        read(tmp_path, "a.csv", '\ufeffname,reason\nclip_1,"first\nsecond, third"\n')[1]
        == "first\nsecond, third"
    )


def test_what_is_no_text_is_kept_as_json(tmp_path: Path) -> None:
    told = read(tmp_path, "a.jsonl", '{"id": "task/1", "response": {"emotion": "高兴"}}')[1]
    assert told is not None
    assert json.loads(told) == {"emotion": "高兴"}


@pytest.mark.parametrize(
    ("text", "why"),
    [
        (
            '{"id": "task/0", "response": "a"}\n{"video": "clip_0.mp4", "response": "b"}',
            "answers the sample task/0 twice",
        ),
        ('{"id": "other/0", "response": "a"}', "answers none of the 3 samples"),
        ('{"response": "a"}', "Row 1 .* names no sample"),
        ("[1, 2]", "is no file of predictions"),
        ("happy", "is no file of predictions"),
        ('{"id": "task/0", "response": "a"}\nhappy', "line 2 can't be read"),
        ('{"id": "task/0", "said": "a"}', "Row 1 .* holds no answer"),
        ("", "holds no answer"),
    ],
)
def test_a_file_that_can_not_be_meant_is_refused(tmp_path: Path, text: str, why: str) -> None:
    with pytest.raises(UsageError, match=why):
        read(tmp_path, "a.jsonl", text)
    with pytest.raises(UsageError, match="Can't read the predictions"):
        read_predictions(tmp_path / "nothing.jsonl", SAMPLES)
