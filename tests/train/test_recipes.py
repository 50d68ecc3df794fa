"""Do the recipes say what they are said to say, and do the commands run them?"""

from __future__ import annotations

import argparse
import json
import math
import shutil
from pathlib import Path
from typing import Any

import pytest

from saber.cli import pairs as pairs_command
from saber.cli import train as train_command
from saber.core.errors import UsageError
from saber.models.hf import HFModel
from saber.omni import RELEASED
from saber.sed import render_texts
from saber.train import load_recipe
from train.tiny_training import SMALL, rows_of, write_rows

RUNS = Path(__file__).resolve().parents[2] / "runs"


def called(command: Any, *words: str) -> int:
    parser = argparse.ArgumentParser()
    command.arguments(parser)
    code: int = command.run(parser.parse_args(list(words)))
    return code


@pytest.mark.parametrize("name", ["saber-7b.toml", "saber-7b-8gpu.toml"])
def test_the_papers_values_are_in_the_recipe(name: str) -> None:
    recipe = load_recipe(RUNS / name)
    assert recipe.sed is not None
    assert recipe.pairs is not None
    assert recipe.ca_dpo is not None
    sed, dpo = recipe.sed.steps, recipe.ca_dpo.steps
    assert (sed.epochs, sed.batch, sed.learning_rate) == (2, 128, 1e-4)
    assert (dpo.epochs, dpo.batch, dpo.learning_rate) == (1, 64, 1e-5)
    assert (recipe.pairs.candidates, recipe.pairs.temperature) == (10, 0.8)
    assert recipe.ca_dpo.loss.label_smoothing == recipe.ca_dpo.loss.sft == 0, "the standard loss"
    assert recipe.inputs == RELEASED


@pytest.mark.parametrize("file", sorted(RUNS.glob("*.toml")), ids=lambda file: file.name)
def test_every_recipe_can_be_read(file: Path) -> None:
    recipe = load_recipe(file)
    assert recipe.model.base
    assert recipe.sed is not None


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "no table .model."),
        ("[modell]", "unknown table"),
        ("[model]", "lacks base"),
        ('[model]\nbase = "x"\n[sed]\nrows = "r"', "lacks out"),
        ('[model]\nbase = "x"\n[sed]\nrows = "r"\nout = "o"\nepoch = 2', "Unknown setting"),
        ('[model]\nbase = "x"\n[lora]\nrank = 0', "rank must be"),
        ('[model]\nbase = "x"\ntune = "full"\nadapter = "a"', "merge it first"),
        ('[model]\nbase = "x"\n[ca_dpo]\nrows = "r"\nout = "o"\n[ca_dpo.loss]\nbeta = 0.0', "beta must be"),
        ('[model]\nbase = "x"\n[pairs]\nrows = "r"\nout = "o"\nlongest_ratio = 0.5', "longest_ratio"),
    ],
)
def test_what_is_wrong_with_a_recipe_is_said_in_one_sentence(text: str, said: str, tmp_path: Path) -> None:
    file = tmp_path / "recipe.toml"
    file.write_text(text)
    with pytest.raises(UsageError, match=said):
        load_recipe(file)


def test_a_stage_without_its_table_or_its_first_stage_is_refused(
    tiny: Path, rows: Path, tmp_path: Path
) -> None:
    file = tmp_path / "recipe.toml"
    file.write_text(f'[model]\nbase = "{tiny}"\ndevice = "cpu"\n')
    with pytest.raises(UsageError, match=r"no table \[sed\]"):
        called(train_command, "sed", str(file))
    stages = (
        f'[sed]\nrows = "{rows}"\nout = "{tmp_path}/sed"\n[ca_dpo]\nrows = "{rows}"\nout = "{tmp_path}/dpo"\n'
    )
    file.write_text(file.read_text() + stages)
    with pytest.raises(UsageError, match="has learned SED"):
        called(train_command, "ca-dpo", str(file))
    file.write_text(file.read_text().replace("[sed]", 'attention = "flash_attention_2"\n[sed]'))
    with pytest.raises(UsageError, match="block mask"):
        called(train_command, "ca-dpo", str(file))


def test_a_batch_that_can_not_be_made_is_refused(tiny: Path, rows: Path, tmp_path: Path) -> None:
    file = tmp_path / "recipe.toml"
    file.write_text(
        f'[model]\nbase = "{tiny}"\ndevice = "cpu"\n[data]\nworkers = 1\n[sed]\nrows = "{rows}"\n'
        f'out = "{tmp_path}/sed"\n[sed.steps]\nbatch = 3\nmicro_batch = 2\n'
    )
    with pytest.raises(UsageError, match="3 rows is not made of"):
        called(train_command, "sed", str(file))


def test_the_smoke_recipe_takes_its_few_steps_in_both_stages(
    tiny: Path, clips: list[Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    folder = tmp_path / "runs" / "smoke"
    folder.mkdir(parents=True)
    recipe = shutil.copy(RUNS / "smoke.toml", tmp_path / "runs")
    with pytest.raises(UsageError, match="no folder runs/smoke/model"):
        called(train_command, "sed", str(recipe))
    (folder / "model").symlink_to(tiny)
    with pytest.raises(UsageError, match=r"no rows in runs/smoke/rows\.jsonl"):
        called(train_command, "sed", str(recipe))
    write_rows(folder / "rows.jsonl", rows_of(clips))
    for stage in ("sed", "ca-dpo"):
        assert called(train_command, stage, str(recipe)) == 0
        log = [json.loads(line) for line in (folder / stage / "log.jsonl").read_text().splitlines()]
        # Four rows in batches of two: an epoch ends after two steps.
        assert [line["step"] for line in log] == [1, 2]
        assert all(line["video_tokens"] and line["audio_tokens"] for line in log)
        assert (folder / stage / "adapter" / "adapter_model.safetensors").is_file()
    assert log[0]["loss"] == pytest.approx(math.log(2), abs=1e-3), "nothing has moved before the first step"


GOOD = {
    "scene": "A room.",
    "face": "A smile appears.",
    "body": "The trunk is not visible.",
    "voice": "The pitch is high.",
    "speech": "we won",
    "reasoning": "The smile of the face and the high pitch of the voice agree.",
    "emotion": "happiness",
}


def test_the_commands_go_from_rows_to_a_folder_to_share(
    tiny: Path, clips: list[Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    questions: list[dict[str, Any]] = rows_of(clips)
    for row in questions:
        row["messages"][-1]["content"] = render_texts(GOOD)
    write_rows(tmp_path / "rows.jsonl", [*questions, {**questions[0], "videos": ["gone.mp4"]}])
    answers = [
        render_texts(GOOD),
        render_texts({**GOOD, "reasoning": "A smile of the face, and a smile again, then."}),
    ]
    (tmp_path / "answers.json").write_text(json.dumps([answers[n % 2] for n in range(200)]))
    recipe = tmp_path / "recipe.toml"
    recipe.write_text(
        f"""
[model]
base = "{tiny}"
device = "cpu"
[lora]
rank = 2
alpha = 4.0
[inputs]
fps = 4.0
min_frames = 4
max_frames = 6
min_pixels = 784
max_pixels = 4704
[data]
workers = 1
cache = "{tmp_path}/cache"
[sed]
rows = "{tmp_path}/rows.jsonl"
out = "{tmp_path}/sed"
[sed.steps]
batch = 4
most_steps = 2
learning_rate = 1e-2
warmup = 0.0
[pairs]
rows = "{tmp_path}/rows.jsonl"
out = "{tmp_path}/pairs"
model = "scripted:{tmp_path}/answers.json"
candidates = 2
counterfactuals = 0.0
[ca_dpo]
rows = "{tmp_path}/pairs/pairs.jsonl"
out = "{tmp_path}/ca-dpo"
[ca_dpo.steps]
batch = 4
learning_rate = 1e-2
warmup = 0.0
"""
    )
    assert called(train_command, "sed", str(recipe)) == 0
    said = capsys.readouterr().out
    assert "tokens: 32 video  100 audio" in said
    assert "Trained on 4 rows; left out: 1 missing_file." in said
    assert called(pairs_command, str(recipe), "--takes", "video,audio") == 0
    assert "What 4 pairs prefer" in capsys.readouterr().out
    assert called(train_command, "ca-dpo", str(recipe), "--json") == 0
    first = json.loads(capsys.readouterr().out.splitlines()[0])
    assert first["loss"] == pytest.approx(0.6931, abs=1e-3)
    assert called(train_command, "export", str(tmp_path / "ca-dpo"), "--out", str(tmp_path / "share")) == 0
    assert "merged: its output differs" in capsys.readouterr().out
    assert {p.name for p in (tmp_path / "share").iterdir()} == {
        "README.md",
        "adapter",
        "adapter-thinker",
        "merged",
    }
    _asked_on_its_own_budget(tiny, tmp_path / "share" / "adapter")


def _asked_on_its_own_budget(base: Path, adapter: Path) -> None:
    model = HFModel(f"{base}+{adapter}")
    assert model._opened().settings == SMALL
    assert HFModel(str(base))._opened().settings == RELEASED
