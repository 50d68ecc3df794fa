"""Does the example of a settings file name every key with its real default, and do its other lines work?"""

from __future__ import annotations

import dataclasses
import re
import tomllib
from pathlib import Path

import pytest

from saber.corpora import SourceSettings
from saber.factory import DatasetSettings, load_dataset

EXAMPLE = Path(__file__).parents[2] / "docs" / "dataset.example.toml"
NOT_A_TABLE = {"workspace", "engine", "sources", "models", "analysis"}
ELSEWHERE = {"clean.voice", "model.local"}
"""Tables inside tables, which are those of `saber analyze`."""


@pytest.fixture
def text() -> str:
    return EXAMPLE.read_text(encoding="utf-8")


def test_what_it_sets_are_the_defaults(text: str, tmp_path: Path) -> None:
    path = tmp_path / "dataset.toml"
    path.write_text(text, encoding="utf-8")
    found = load_dataset(path)
    assert found.sources == (SourceSettings(tmp_path / "clips"),)
    assert found.workspace == tmp_path / "work"
    assert dataclasses.replace(found, sources=(), workspace=None) == DatasetSettings()


def test_every_key_is_there_set_or_to_be_set(text: str) -> None:
    whole = tomllib.loads(text.replace("#: ", ""))
    defaults = DatasetSettings()
    tables: dict[str, object] = {
        field.name: getattr(defaults, field.name)
        for field in dataclasses.fields(defaults)
        if field.name not in NOT_A_TABLE
    }
    tables |= {"model": defaults.analysis.model, "infer": defaults.analysis.infer}
    for name, table in tables.items():
        assert dataclasses.is_dataclass(table)
        keys = {f.name for f in dataclasses.fields(table)} - {
            key.removeprefix(f"{name}.") for key in ELSEWHERE if key.startswith(f"{name}.")
        }
        assert set(whole[name]) == keys, name
    assert set(whole["source"][0]) == {f.name for f in dataclasses.fields(SourceSettings)}


def test_the_lines_that_are_not_set_work_when_they_are(text: str, tmp_path: Path) -> None:
    path = tmp_path / "dataset.toml"
    path.write_text(text.replace("#: ", ""), encoding="utf-8")
    found = load_dataset(path)
    assert found.verify.captioner == "openai:eyes"
    assert found.verify.required == ("speech", "acoustic_claims")
    assert found.model("openai:judge").base_url == "http://127.0.0.1:8001/v1"
    assert found.model("openai:other").base_url == "http://127.0.0.1:8000/v1"
    assert found.sources[0].language == "en"


def test_each_limit_of_cleaning_names_the_reason_that_it_drops_with(text: str) -> None:
    from saber.clean.thresholds import NEEDS, THRESHOLDS

    said = dict(re.findall(r"^(\w+) = \S+ +# (\w+)", text, re.MULTILINE))
    assert {row.setting: said[row.setting] for row in THRESHOLDS} == {
        row.setting: row.reason for row in THRESHOLDS
    }
    assert {said[setting] for _, setting, _ in NEEDS.values()} == {reason for reason, _, _ in NEEDS.values()}
