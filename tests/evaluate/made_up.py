"""Tiny made-up samples in each benchmark's published layout: no line of them is from a corpus."""

from __future__ import annotations

import csv
import json
import zipfile
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

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


def write_table(path: Path, rows: list[dict[str, Any]]) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    return path


def emer(folder: Path, count: int = 4) -> list[str]:
    """`gt-chi.csv` and `gt-eng.csv`; returns the names."""
    names = [f"sample_{n:08}" for n in range(count)]
    for file, reason in (
        ("gt-chi.csv", "他嘴角上扬，声音轻快，因此推测他的情感状态为高兴。"),
        ("gt-eng.csv", "The corners of his mouth rise and his voice is light. He seems happy."),
    ):
        write_table(
            folder / file,
            [
                {"names": n, "emotions": "高兴", "subtitles": "下雨了", "reasons": f"{n}：{reason}"}
                for n in names
            ],
        )
    return names


def ov_merd(folder: Path, truths: list[list[str]]) -> None:
    write_table(
        folder / "track2_train_ovmerd.csv",
        [{"name": f"clip_{n}", "openset": str(labels)} for n, labels in enumerate(truths)],
    )


def workbook(path: Path, rows: list[list[str]]) -> Path:
    """A workbook of one sheet, as small as can be: half of the cells are shared strings, half inline."""
    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    shared: list[str] = []
    lines = []
    for number, row in enumerate(rows, 1):
        cells = []
        for column, told in enumerate(row):
            if not told:
                continue
            at = f"{chr(65 + column)}{number}"
            if column % 2:
                cells.append(f'<c r="{at}" t="inlineStr"><is><t>{escape(told)}</t></is></c>')
            else:
                cells.append(f'<c r="{at}" t="s"><v>{len(shared)}</v></c>')
                shared.append(told)
        lines.append(f'<row r="{number}">{"".join(cells)}</row>')
    with zipfile.ZipFile(path, "w") as book:
        book.writestr(
            "xl/worksheets/sheet1.xml",
            f'<worksheet xmlns="{main}"><sheetData>{"".join(lines)}</sheetData></worksheet>',
        )
        strings = "".join(f"<si><t>{escape(s)}</t></si>" for s in shared)
        book.writestr("xl/sharedStrings.xml", f'<sst xmlns="{main}">{strings}</sst>')
    return path


def emotion_wheels(folder: Path) -> None:
    """Two tiny wheels, made up, in the published layout."""
    folder.mkdir(parents=True)
    write_table(
        folder / "format.csv",
        [
            {"name": "joyful", "format": "joyfully,more joyful"},
            {"name": "glad", "format": "gladly"},
            {"name": "weary", "format": ""},
            {"name": "gloomy", "format": "gloomily"},
        ],
    )
    synonyms = [["word_run1", "synonym_run1", "word_run2", "synonym_run2"]]
    synonyms += [
        ["joyful", "['glad', 'merry']", "joyful", "glad"],
        ["gloomy", "['weary']", "gloomy", "weary, dull"],
    ]
    workbook(folder / "synonym.xlsx", synonyms)
    header = ["level1", "level2", "level3"]
    workbook(folder / "wheel1.xlsx", [header, ["Happy", "content", "joyful"], ["Sad", "low", "gloomy"]])
    workbook(folder / "wheel2.xlsx", [header, ["Mood", "up", "joyful"], ["", "down", "gloomy"]])


def mme_emotion(folder: Path) -> None:
    for task, labels in (("ER-Lab", ["angry", "happy"]), ("IR", ["neutral", "wishing"])):
        name = task.replace("-", "_")
        rows = [
            {"video_id": f"{task}/{n}.mp4", "label": labels[n % 2], "label_set": labels} for n in range(4)
        ]
        write_json(folder / task / "question" / f"{name}.json", rows)
        clues = [{"video_id": row["video_id"], "audio_clue": "A loud voice."} for row in rows]
        write_json(folder / task / "audio_clue" / f"{name}_qwen2_audio_clues.json", clues)


def crema_d(folder: Path, clips: dict[str, tuple[str, str, str]]) -> None:
    """Clip -> what six of ten people answered who heard it, saw it, and both, as letters of `NHSAFD`; the
    others answer neutral, and with `=` half answer sad and half angry."""
    rows = []
    for number, (name, panels) in enumerate(clips.items()):
        for kind, letter in zip("123", panels, strict=True):
            counts = dict.fromkeys("ADFHNS", 0)
            if letter == "=":
                counts |= {"A": 5, "S": 5}
            else:
                counts["N"] += 4
                counts[letter] += 6
            rows.append({"": f"{kind}{number:05}", **counts, "fileName": name, "numResponses": 10})
    write_table(folder / "processedResults" / "tabulatedVotes.csv", rows)
