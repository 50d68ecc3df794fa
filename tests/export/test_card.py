"""Does the card say what is in the export, in a form that the Hub reads?"""

from __future__ import annotations

import json
import re
from collections import Counter
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest

from export.hub import datasets
from export.made import EMOTIONS, kept
from saber.core.dataset import Annotated
from saber.export import ExportSettings, FromWorkspace, export_dataset
from saber.export.columns import features
from saber.export.markdown import front_matter, table
from saber.export.plots import bars
from saber.export.row import Row
from saber.export.statistics import CheckTally
from saber.flow import outputs, status

yaml = pytest.importorskip("yaml")


@pytest.fixture(scope="module")
def folder(workspace: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    (workspace / "settings.json").write_text(
        json.dumps({"verify": {"max_word_error_rate": 0.3}, "flow": {"workers": 1}})
    )
    out = tmp_path_factory.mktemp("out") / "no"
    export_dataset(FromWorkspace(workspace), out, ExportSettings(forms=("jsonl", "ms-swift")))
    return out


@pytest.fixture(scope="module")
def text(folder: Path) -> str:
    return (folder / "README.md").read_text(encoding="utf-8")


def tables(text: str, heading: str) -> list[list[list[str]]]:
    """The tables of a section, as rows of cells, the head first."""
    part = re.split(r"^## ", text, flags=re.MULTILINE)
    section = next(one for one in part if one.startswith(heading + "\n"))
    found: list[list[list[str]]] = []
    for block in section.split("\n\n"):
        if block.startswith("|"):
            rows = [[c.strip() for c in re.split(r"(?<!\\)\|", line)[1:-1]] for line in block.splitlines()]
            assert len({len(row) for row in rows}) == 1, block
            found.append([rows[0], *rows[2:]])
    return found


def test_the_front_matter_is_yaml_that_the_hub_knows(folder: Path, text: str) -> None:
    front: dict[str, Any] = yaml.safe_load(text.split("---\n")[1])
    assert front["pretty_name"] == "no"
    assert front["language"] == ["en", "zh"]
    assert (front["license"], front["license_link"]) == ("other", "LICENSE.md")
    assert (folder / "LICENSE.md").is_file()
    assert front["size_categories"] == ["n<1K"]
    (config,) = front["configs"]
    assert [file["path"] for file in config["data_files"]] == [
        "data/train.jsonl", "data/validation.jsonl", "data/test.jsonl"
    ]  # fmt: skip
    assert front["dataset_info"]["features"] == features(Row)
    datasets()
    from huggingface_hub import DatasetCard

    assert DatasetCard(text).data.to_dict()["license_name"] == "by-row"


def test_its_counts_are_those_of_the_ledger(workspace: Path, text: str) -> None:
    cells, corpora, _ = tables(text, "What is in it")
    assigned = kept(workspace)
    for column, name in enumerate(cells[0]):
        if ", " in name:
            split, half = name.split(", ")
            assert sum(int(row[column]) for row in cells[1:]) == sum(
                (one.split, one.half) == (split, half) for one in assigned.values()
            )
    assert sum(int(row[-1]) for row in cells[1:]) == len(assigned) == 37
    emotions: Counter[str] = Counter()
    for name, one in outputs(workspace, "annotate", Annotated):
        if name in assigned:
            # The corpus labels all but every fourth clip; of those the writer names happiness or, where the
            # id ends in 7, nothing; then sadness was measured.
            label = EMOTIONS[int(name[-2:]) % 4] or one.emotion_said or one.emotion.label
            assert label is not None
            emotions[label] += 1
    assert emotions == {"happiness": 17, "anger": 9, "sadness": 11}
    found: Counter[str] = Counter()
    for row in cells[1:]:
        found[row[1]] += int(row[-1])
    assert found == emotions
    assert {row[0]: int(row[-1]) for row in corpora[1:]} == {"a": 21, "b": 16}
    assert "SABER-Test: 2 consistent, 2 inconsistent." in text
    (stages,) = tables(text, "Yield")
    for row, stage in zip(stages[1:], status(workspace).stages, strict=True):
        assert [row[0], *map(int, row[1:6])] == [
            stage.name, stage.inputs, stage.kept, stage.dropped, stage.quarantined, stage.pending
        ]  # fmt: skip
        assert all(f"{reason}: {count}" in row[6] for reason, count in stage.reasons.items())


def test_it_names_writers_prompts_checks_thresholds_and_terms(text: str) -> None:
    writers, judges = tables(text, "Writers")
    face = next(row for row in writers if row[0] == "face")
    assert face[1:] == ["hf:/home/somebody/models/omni", f"`{'ab' * 32}`", "37", "1"]
    assert judges[1] == ["measured", "37"]
    (checks,) = tables(text, "Checks and thresholds")
    by_name = {row[1]: row for row in checks[1:]}
    assert by_name["speech"] == [
        "verify", "speech", "speech", "tiny.en", "yes", "0.3 WER", "37", "0", "0", "0.125", "0.125", "0.125"
    ]  # fmt: skip
    assert by_name["claims"][6:9] == ["0", "0", "37"]
    (settings,) = tables(text, "Settings of the run")
    assert settings[1:] == [["verify", "max_word_error_rate", "`0.3`"]]
    (terms,) = tables(text, "Terms")
    assert {row[0]: row[1:4] for row in terms[1:]} == {
        "GPL 3.0, of the tables (`meld`)": ["1", "no", "yes"],
        "the user's own recordings (`own`)": ["20", "yes", "yes"],
        "not stated (`unknown`)": ["16", "no", "no"],
    }
    (columns,) = tables(text, "Columns")
    assert [row[0] for row in columns[1:]] == [f"`{name}`" for name in Row.model_fields]
    assert all(row[1] for row in columns[1:])


def test_its_plots_are_there_and_draw_what_was_counted(folder: Path, text: str) -> None:
    shown = re.findall(r"!\[.*?\]\((.*?)\)", text)
    assert shown == ["plots/emotions.svg", "plots/stages.svg", "plots/durations.svg"]
    for path in shown:
        assert ET.parse(folder / path).getroot().tag.endswith("svg")


def test_bars_are_as_long_as_their_counts() -> None:
    svg = ET.fromstring(bars("A <title> & more", [("one", {"a": 30, "b": 10}), ("two", {"b": 20})]))
    space = "{http://www.w3.org/2000/svg}"
    assert svg.findtext(f"{space}title") == "A <title> & more"
    # After the paper and two of the legend.
    widths = [float(rect.get("width") or 0) for rect in svg.findall(f"{space}rect")][3:]
    assert widths == pytest.approx([3 * widths[1], widths[1], 2 * widths[1]], abs=0.2)
    words = [found.text for found in svg.findall(f"{space}text")]
    assert words == ["A <title> & more", "a", "b", "one", "40", "two", "20"]


@pytest.mark.parametrize(
    "said",
    [
        {
            "name": "no",
            "more": ["yes", "null", "1K<n<10K", "a: b", "# x", "- y", "", " z ", "0x1f", "1e5", "ä"],
        },
        {"list": [{"a": 1, "b": [{"c": "d"}, {"e": ["f", 2.5, True]}]}], "last": {"x": {"y": "2024-01-31"}}},
    ],
)
def test_the_front_matter_means_what_it_was_made_of(said: dict[str, Any]) -> None:
    assert yaml.safe_load(front_matter(said).split("---\n")[1]) == said


def test_nothing_breaks_out_of_a_cell() -> None:
    lines = table(("a",), [("x | y\n<script>",)]).splitlines()
    assert lines[2] == "| x \\| y &lt;script> |"


def test_quantiles_are_those_of_the_scores() -> None:
    tally = CheckTally()
    tally.scores.update(range(1, 101))
    assert [tally.quantile(q) for q in (0.05, 0.5, 0.95)] == [5, 50, 95]
    assert CheckTally().quantile(0.5) is None
