"""Does the card of a trained model say what its run knows, and call the rest unknown?"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from saber.core.errors import UsageError
from saber.train.card import model_card

ABOUT: dict[str, Any] = {
    "stage": "ca-dpo",
    "model": {"base": "org/base", "tune": "lora"},
    "lora": {"rank": 8, "alpha": 16.0},
    "inputs": {"fps": 2.0, "max_frames": 40},
    "data": {"terms": ""},
    "settings": {
        "steps": {"batch": 64, "epochs": 1, "learning_rate": 1e-5, "schedule": "cosine", "warmup": 0.03},
        "loss": {"beta": 0.1},
    },
    "weights": "0123456789ab",
    "rows": 900,
    "rows_sha256": "abc",
    "ended": {"model": "adapter", "last": {"step": 14, "loss": 0.41}, "bad": {"no_sound": 3, "too_long": 1}},
}


def evaluation(folder: Path) -> Path:
    """As `saber evaluate` writes it."""
    from saber.evaluate.records import Figure, Run

    told = Run.model_construct(
        bench="saber-test",
        title="SABER-Test",
        model="hf:org/base+adapter",
        sent="video, audio",
        samples=40,
        figures=(
            Figure(table="emotion", row="all", column="strict", value=51.25, n=40, low=40.0, high=62.5),
            Figure(table="emotion", row="inconsistent", column="strict", value=None, n=0),
        ),
    )
    folder.mkdir()
    (folder / "run.json").write_text(told.model_dump_json(warnings=False))
    return folder


def test_what_is_known_is_said_and_what_is_not_is_called_unknown(tmp_path: Path) -> None:
    card = model_card(ABOUT, merged=False)
    assert "base_model: org/base" in card
    assert "library_name: peft" in card
    assert "| left out | 3 no_sound, 1 too_long |" in card
    assert "Not measured" in card
    assert "**Unknown.**" in card
    assert "hf:org/base+FOLDER" in card
    assert "## Limits" in card
    assert "not for\ninferring emotions" in card or "not for inferring emotions" in card
    told = model_card({**ABOUT, "data": {"terms": "MELD, research only."}}, merged=True)
    assert "as the recipe states: MELD, research only." in told
    assert "Unknown" not in told


def test_figures_come_with_their_intervals(tmp_path: Path) -> None:
    card = model_card(ABOUT, merged=False, evaluations=[evaluation(tmp_path / "run")])
    assert "SABER-Test (40 samples; asked: `hf:org/base+adapter`; video, audio sent)" in card
    assert "| emotion, all, strict | 51.25 % | 40 to 62.5 | 40 |" in card
    assert "| emotion, inconsistent, strict | none | not computed | 0 |" in card
    assert "Not measured" not in card
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "run.json").write_text(json.dumps({"stage": "sed"}))
    for folder in (tmp_path / "other", tmp_path / "gone"):
        with pytest.raises(UsageError, match="holds no evaluation"):
            model_card(ABOUT, merged=False, evaluations=[folder])
