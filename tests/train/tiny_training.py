"""What do the tests of training make their rows and models with?"""

from __future__ import annotations

import json
from pathlib import Path

import torch
from torch import Tensor

from saber.omni import InputSettings
from saber.train.adapters import LoraSettings
from saber.train.student import ModelSettings, Student, open_student

SMALL = InputSettings(fps=4.0, min_frames=4, max_frames=6, min_pixels=784, max_pixels=4704)
"""A few tokens a frame."""

IDS = [(7 * n) % 500 + 20 for n in range(1, 65)]
"""Of no words in particular; none of them stands for media."""


def answer(number: int) -> str:
    """SED text that only who has seen and heard the clip can tell."""
    return f"<face>face {number}</face><voice>voice {number}</voice><reasoning>{number}</reasoning>"


def rows_of(clips: list[Path]) -> list[dict[str, object]]:
    """A preference row for each clip; the rejected answer is the next clip's."""
    return [
        {
            "messages": [
                {"role": "system", "content": "You describe."},
                {"role": "user", "content": "<video><audio>What is felt?"},
                {"role": "assistant", "content": answer(number)},
            ],
            "rejected_response": answer((number + 1) % len(clips)),
            "videos": [str(clip)],
            "audios": [str(clip)],
        }
        for number, clip in enumerate(clips)
    ]


def write_rows(file: Path, rows: list[dict[str, object]]) -> Path:
    file.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return file


def fresh(tiny: Path, *, moved: bool = False, rank: int = 4, checkpointing: bool = False) -> Student:
    """The tiny model with an adapter; `moved`: one that changes something already."""
    settings = ModelSettings(str(tiny), device="cpu", checkpointing=checkpointing)
    student = open_student(settings, LoraSettings(rank, 2.0 * rank), SMALL)
    if moved:
        draw = torch.Generator().manual_seed(1)
        for name, parameter in student.lm.named_parameters():
            if "lora_B" in name:
                parameter.data.normal_(std=0.1, generator=draw)
    return student


def log_probs_of_ids(student: Student) -> Tensor:
    """Log-probability of each of IDS but the first, given those before."""
    ids = torch.tensor([IDS])
    with torch.no_grad():
        out = student.lm.eval().model(input_ids=ids, attention_mask=torch.ones_like(ids), use_cache=False)
        told = student.lm.lm_head(out.last_hidden_state).float().log_softmax(-1)
    return told[0, :-1].gather(-1, ids[0, 1:, None])[:, 0]
