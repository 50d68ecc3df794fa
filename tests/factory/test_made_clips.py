"""Do raw clips become a dataset by one command, each fate told, and does running it again repeat nothing?"""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from factory.made_clips import FAULTS, GOOD, LENIENT, make_raw_clips
from saber.core.dataset import Annotated, Assigned, Example, Perceived, Verified
from saber.core.records import Record
from saber.flow import outcomes, outputs

STAGES = ("clean", "duplicates", "perceive", "annotate", "hear", "verify", "compare", "split", "instruct")


def saber(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "saber.cli.main", *map(str, arguments)],
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with raw clips and the settings of a dataset."""
    folder = tmp_path_factory.mktemp("factory")
    make_raw_clips(folder / "clips")
    (folder / "dataset.toml").write_text(
        f'workspace = "made"\n[[source]]\npath = "clips"\nterms = "own"\n{LENIENT}'
    )
    return folder


@pytest.fixture(scope="module")
def first(home: Path) -> subprocess.CompletedProcess[str]:
    return saber("run", home / "dataset.toml")


@pytest.fixture
def made(home: Path, first: subprocess.CompletedProcess[str]) -> Path:
    assert first.returncode == 0, first.stderr
    return home / "made"


def told(workspace: Path) -> dict[str, Any]:
    answer = saber("status", "--workspace", workspace, "--json", "--dropped", "--failed")
    assert answer.returncode == 0, answer.stderr
    return json.loads(answer.stdout)


def counts(workspace: Path) -> list[tuple[Any, ...]]:
    of = ("name", "in", "kept", "dropped", "quarantined", "reasons")
    return [tuple(stage[key] for key in of) for stage in told(workspace)["stages"]]


def kept(workspace: Path, stage: str, kind: type[Record]) -> dict[str, Any]:
    return dict(outputs(workspace, stage, kind))


def test_every_clip_s_fate_is_told(made: Path, first: subprocess.CompletedProcess[str]) -> None:
    status = told(made)
    assert [stage["name"] for stage in status["stages"]] == list(STAGES)
    for stage in status["stages"]:
        assert stage["in"] == stage["kept"] + stage["dropped"] + stage["quarantined"]
        line = f"{stage['name']}: in {stage['in']} = kept {stage['kept']} + dropped {stage['dropped']}"
        assert line in first.stdout
    assert status["stages"][0]["in"] == len(GOOD) + len(FAULTS)
    ends = {row["item"]: row["stage"] for row in status["outcomes"] if row["stage"] in FAULTS.values()}
    assert ends == {f"folder/{name}": stage for name, stage in FAULTS.items()}
    assert all(row["detail"] for row in status["outcomes"])


def test_the_rest_is_annotated_and_checked(made: Path) -> None:
    annotations = kept(made, "annotate", Annotated)
    assert set(annotations) == {f"folder/{name}" for name in GOOD}
    for annotation in annotations.values():
        assert annotation.annotation.scene
        assert annotation.written_by
    failed = {one.item for one in outcomes(made, "verify") if one.status == "dropped"}
    assert set(kept(made, "verify", Verified)) | failed == set(annotations)
    # What is trained on is exactly what lies in the train split.
    train = {item for item, at in kept(made, "split", Assigned).items() if at.split == "train"}
    assert set(kept(made, "instruct", Example)) == train
    settings = json.loads((made / "settings.json").read_text())
    assert settings["clean"]["require_face"] is False
    assert (made / "split" / "leakage.md").read_text().startswith("# Leakage")


def test_run_again_it_repeats_nothing(home: Path, made: Path) -> None:
    written = {path: path.stat().st_mtime_ns for path in (made / "perceive").iterdir()}
    before = counts(made)
    assert saber("run", home / "dataset.toml").returncode == 0
    assert counts(made) == before
    assert sum(stage["done_now"] for stage in told(made)["stages"]) == 0
    assert {path: path.stat().st_mtime_ns for path in (made / "perceive").iterdir()} == written


def test_another_language_is_written_anew_from_what_was_measured(home: Path, made: Path) -> None:
    written = {path: path.stat().st_mtime_ns for path in (made / "perceive").iterdir()}
    answer = saber("annotate", home / "dataset.toml", "--lang", "zh")
    assert answer.returncode == 0, answer.stderr
    annotations = kept(made, "annotate", Annotated)
    assert {annotation.language for annotation in annotations.values()} == {"zh"}
    assert {path: path.stat().st_mtime_ns for path in (made / "perceive").iterdir()} == written


def test_files_that_are_gone_are_named_and_made_again_on_demand(home: Path, made: Path) -> None:
    for path in (made / "perceive").iterdir():
        path.unlink()
    # Both languages were written before; the consistency's limits decide what is written now.
    other = home / "other.toml"
    other.write_text((home / "dataset.toml").read_text() + "[consistency]\nmax_inconsistent_score = 0.4\n")
    answer = saber("annotate", other)
    assert answer.returncode == 1
    (failed, *_) = [row for row in told(made)["outcomes"] if row["status"] == "quarantined"]
    assert failed["stage"] == "annotate"
    assert "--redo perceive" in failed["detail"]
    assert saber("retry", "--workspace", made, "--redo", "perceive").returncode == 0
    assert saber("retry", "--workspace", made).returncode == 0
    answer = saber("annotate", other)
    assert answer.returncode == 0, answer.stderr + answer.stdout
    assert len(list((made / "perceive").iterdir())) == len(GOOD)


def test_a_limit_that_is_moved_and_still_passed_has_nothing_measured_again(
    home: Path, made: Path, tmp_path: Path
) -> None:
    copy = tmp_path / "copy"
    shutil.copytree(made, copy)
    # Other tests leave it as other settings have it.
    assert saber("run", home / "dataset.toml", "--workspace", copy).returncode == 0
    moved = LENIENT.replace("[clean]", "[clean]\nmin_sharpness = 0.01\nmin_level_db = -70")
    settings = home / "moved.toml"
    settings.write_text(f'[[source]]\npath = "clips"\nterms = "own"\n{moved}')
    answer = saber("run", settings, "--workspace", copy)
    assert answer.returncode == 0, answer.stderr
    again = {stage["name"]: stage["done_now"] for stage in told(copy)["stages"]}
    assert again["clean"] == len(GOOD) + len(FAULTS)
    assert [again[name] for name in ("perceive", "annotate", "hear", "verify", "instruct")] == [0] * 5


def test_killed_in_the_middle_it_goes_on_where_it_was(home: Path, made: Path, tmp_path: Path) -> None:
    torn = tmp_path / "torn"
    arguments = ["perceive", str(home / "dataset.toml"), "--workspace", str(torn), "--workers", "1"]
    process = subprocess.Popen(
        [sys.executable, "-m", "saber.cli.main", *arguments],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    deadline = time.monotonic() + 120
    while not any((torn / "perceive").glob("*.json.gz")):
        assert process.poll() is None
        assert time.monotonic() < deadline
        time.sleep(0.05)
    os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    # A file is written just before its row is committed: what the ledger has is not measured again.
    committed = {
        torn / record.cues_path: (torn / record.cues_path).stat().st_mtime_ns
        for record in kept(torn, "perceive", Perceived).values()
    }
    answer = saber(*arguments)
    assert answer.returncode == 0, answer.stderr
    assert {path: path.stat().st_mtime_ns for path in committed} == committed
    assert counts(torn) == counts(made)[:3]


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        ([], "--workspace"),
        (["--workspace", "w"], "nothing to make a dataset of"),
        (["--source", "no-such-folder", "--workspace", "w"], "no-such-folder"),
        (["--source", "."], "--workspace"),
        (["no-such.toml"], "no-such.toml"),
        (["--source", ".", "--workspace", "w", "--corpus", "klingon"], "klingon"),
        (["--source", ".", "--workspace", "w", "--terms", "mine"], "mine"),
        (["--source", ".", "--workspace", "w", "--until", "cleanse"], "cleanse"),
        (["--source", ".", "--workspace", "w", "--model", "gpt"], "gpt"),
        (["--corpus", "folder"], "--source"),
    ],
)
def test_a_mistake_is_one_sentence(arguments: list[str], told: str, tmp_path: Path) -> None:
    answer = subprocess.run(
        [sys.executable, "-m", "saber.cli.main", "run", *arguments],
        capture_output=True,
        text=True,
        cwd=tmp_path,
        timeout=60,
        check=False,
    )
    assert answer.returncode == 2
    assert told in answer.stderr
    assert answer.stderr.count("\n") == 1
