"""Does the doctor tell what is there, and what each missing piece would add?"""

from __future__ import annotations

import importlib
import json
from collections.abc import Mapping
from pathlib import Path

import pytest

from saber.cli.main import main
from saber.weights import PackagedModel

inventory = importlib.import_module("saber.weights.inventory")  # the package's front door hides the module


def test_everything_is_ready_after_the_readmes_install(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["doctor", "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["ready"] is True
    assert {row["state"] for row in found["models"]} == {"ready"}
    assert {"speech_recognition", "voice_activity", "face_mesh"} <= {row["role"] for row in found["models"]}
    assert all(found["packages"].values())


def test_a_missing_model_is_told_with_its_cost_and_its_command(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    whole = inventory.packaged_files

    def without_words(model: PackagedModel) -> Mapping[str, Path]:
        return {} if model.role == "text_embedding" else whole(model)

    monkeypatch.setattr(inventory, "packaged_files", without_words)
    assert main(["doctor"]) == 1
    out = " ".join(capsys.readouterr().out.split())
    row = next(model for model in inventory.PACKAGED if model.role == "text_embedding")
    assert "missing" in out
    assert row.install in out
    assert f"Without {row.name} {row.adds}." in out


def test_the_users_own_speech_model_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "saber.toml"
    file.write_text('[speech]\nmodel = "/models/whisper-large"\n')
    main(["doctor", "--config", str(file)])
    assert "/models/whisper-large" in capsys.readouterr().out
