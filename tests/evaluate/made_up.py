"""Tiny made-up samples in each benchmark's published layout: no line of them is from a corpus."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from saber.evaluate.scenarios import SCENARIOS

QUESTION = (
    "<video>\nThe person in video says: It is raining again. Choose one of: {labels}. "
    "Respond in the format: {{'emotion': 'label'}}."
)


def emobench_m(folder: Path, per_scenario: int = 4) -> dict[str, list[dict[str, Any]]]:
    """Files of all thirteen scenarios; golds go round the labels. Returns file -> rows."""
    files = {}
    for scenario in SCENARIOS:
        rows = []
        for number in range(per_scenario):
            if scenario.intents:
                gold = str(
                    {
                        "emotion label": scenario.labels[number % len(scenario.labels)],
                        "intent label": scenario.intents[number % len(scenario.intents)],
                    }
                )
            elif scenario.labels:
                gold = scenario.labels[number % len(scenario.labels)]
            else:
                gold = "The audience laughed because the cat in the hat sat on his own hat again."
            video = f"{scenario.key}_{number}.mp4"
            if scenario.key.startswith("RAVDSS"):
                video = f"01-01-03-01-01-01-{number % 2 + 1:02}_{number}.mp4"
            question = QUESTION.format(labels=", ".join(scenario.labels))
            turns = [{"from": "human", "value": question}, {"from": "gpt", "value": gold}]
            rows.append({"id": number, "video": video, "conversations": turns})
        name = f"{scenario.key}_test_500.json"
        files[name] = rows
        write_json(folder / name, rows)
    return files


def write_json(path: Path, value: object) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(value, ensure_ascii=False), encoding="utf-8")
    return path


def write_lines(path: Path, rows: list[dict[str, Any]]) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(json.dumps(r, ensure_ascii=False) + "\n" for r in rows), encoding="utf-8")
    return path
