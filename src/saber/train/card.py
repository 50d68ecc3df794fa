"""What does the card of a trained model say? What its run knows; what nobody measured it calls unknown."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from saber.core.errors import UsageError

__all__ = ["model_card"]

_UNMEASURED = (
    "Not measured: no evaluation was given to this card. Losses on training rows say nothing of quality."
)

_ANSWERS = (
    "Each question holds frames and sound of one clip, in the amounts of `saber_inputs.json`, which lies "
    "beside the weights; the model was trained on no other. Ask it with `saber analyze CLIP --model {spec}`, "
    "which reads that file, or in the words of the rows. Answers set down what is seen, then what is heard, "
    "then reason."
)

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

{quality}

## Data and terms

{terms}

## Input and answers

{answers}

## Limits

The model describes what a person seems to express in a short clip, and can be wrong about it. It is not for
deciding about people, for work, education, law or health, and not for inferring emotions of people who did
not agree to it.
"""


def model_card(about: Mapping[str, Any], *, merged: bool, evaluations: Sequence[Path] = ()) -> str:
    """Markdown.

    Args:
        about: content of `run.json` of a run that has ended.
        merged: whole weights lie beside it.
        evaluations: folders of `saber evaluate` on this model.

    Raises UsageError for a folder that holds no evaluation.
    """
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
    if left_out := about["ended"].get("bad"):
        rows["left out"] = ", ".join(f"{count} {reason}" for reason, count in sorted(left_out.items()))
    if about["inputs"]:
        rows["input"] = ", ".join(f"{name} {value}" for name, value in about["inputs"].items())
    return _CARD.format(
        base=about["model"]["base"],
        library="transformers" if merged else "peft",
        stage=_STAGES[about["stage"]],
        table="\n".join(f"| {name} | {value} |" for name, value in rows.items()),
        quality="\n\n".join(_evaluation(folder) for folder in evaluations) or _UNMEASURED,
        terms=_terms(about),
        answers=_ANSWERS.format(spec="hf:" + ("FOLDER" if merged else f"{about['model']['base']}+FOLDER"))
        if about["inputs"]
        else "Text only: questions are put in the words of the rows.",
        last=", ".join(f"{name} {value:.4g}" for name, value in last.items() if isinstance(value, float)),
    )


def _trained(about: Mapping[str, Any]) -> str:
    if about["model"]["tune"] == "full":
        return "all weights of the language model"
    return f"LoRA, rank {about['lora']['rank']}, alpha {about['lora']['alpha']}, both towers frozen"


def _terms(about: Mapping[str, Any]) -> str:
    told = about["data"].get("terms", "")
    if not told:
        return (
            "**Unknown.** The terms of the rows and of the base model apply, and the recipe names none "
            "(`terms` in [data]). Name them here before you share the model."
        )
    return f"Of the rows, as the recipe states: {told}\n\nThe terms of the base model apply besides."


def _evaluation(folder: Path) -> str:
    """A table of the figures of one evaluation, with their intervals."""
    try:
        run = json.loads((folder / "run.json").read_text(encoding="utf-8"))
        lines = [_figure(figure) for figure in run["figures"]]
        sent = run["sent"] or "unknown"
        head = f"{run['title']} ({run['samples']} samples; asked: `{run['model']}`; {sent} sent)"
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise UsageError(
            f"{folder} holds no evaluation.", remedy="Name the `--out` folder of `saber evaluate`."
        ) from error
    table = ["| | value | 95 % interval | of |", "|---|---|---|---|", *lines]
    return f"{head}:\n\n" + "\n".join(table)


def _figure(figure: Mapping[str, Any]) -> str:
    name = ", ".join(str(figure[part]) for part in ("table", "row", "column") if figure[part])
    unit = "" if figure["unit"] in ("count", "ratio", "score") else f" {figure['unit']}"
    value = "none" if figure["value"] is None else f"{figure['value']:.4g}{unit}"
    low, high = figure.get("low"), figure.get("high")
    span = "not computed" if low is None or high is None else f"{low:.4g} to {high:.4g}"
    return f"| {name} | {value} | {span} | {figure['n']} |"
