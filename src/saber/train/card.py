"""What does the card of a trained model say? What its run knows; what nobody measured it calls unknown."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

__all__ = ["model_card"]

_STAGES = {
    "sed": (
        "Structured Evidence Decomposition (SED): supervised fine-tuning on answers that set down visual, "
        "then acoustic evidence, then reason."
    ),
    "ca-dpo": (
        "Consistency-Aware DPO (CA-DPO): direct preference optimisation of answers whose reasoning follows "
        "from their evidence over answers where it does not."
    ),
}

_CARD = """---
base_model: {base}
library_name: {library}
tags: [emotion-recognition, multimodal, saber]
---

# A model trained with SABER

{stage}

## Training

| | |
|---|---|
{table}

Last line of the log, on training rows: {last}.

## Quality

Not measured by the run that wrote this card. Losses on training rows say nothing of it.

## Data and terms

The terms of the rows and of the base model apply; the run does not know them. Name them here before you
share the model.

## Limits

The model describes what a person seems to express in a short clip, and can be wrong about it. It is not for
deciding about people, for work, education, law or health, and not for inferring emotions of people who did
not agree to it.
"""


def model_card(about: Mapping[str, Any], *, merged: bool) -> str:
    """Markdown. about: content of `run.json` of a run that has ended."""
    last, settings = about["ended"]["last"], about["settings"]
    steps = settings["steps"]
    rows = {
        "base": f"`{about['model']['base']}` (fingerprint {about['weights']})",
        "rows": f"{about['rows']} (SHA-256 of their content begins {about['rows_sha256']})",
        "trained": _trained(about),
        "steps": f"{last.get('step', 'unknown')} of {steps['batch']} rows, {steps['epochs']} epochs",
        "learning rate": f"{steps['learning_rate']}, {steps['schedule']}, warmup {steps['warmup']}",
    }
    if about["stage"] == "ca-dpo":
        rows["loss"] = ", ".join(f"{name} {value}" for name, value in settings["loss"].items())
    if about["inputs"]:
        rows["input"] = ", ".join(f"{name} {value}" for name, value in about["inputs"].items())
    return _CARD.format(
        base=about["model"]["base"],
        library="transformers" if merged else "peft",
        stage=_STAGES[about["stage"]],
        table="\n".join(f"| {name} | {value} |" for name, value in rows.items()),
        last=", ".join(f"{name} {value:.4g}" for name, value in last.items() if isinstance(value, float)),
    )


def _trained(about: Mapping[str, Any]) -> str:
    if about["model"]["tune"] == "full":
        return "all weights of the language model"
    return f"LoRA, rank {about['lora']['rank']}, alpha {about['lora']['alpha']}, both towers frozen"
