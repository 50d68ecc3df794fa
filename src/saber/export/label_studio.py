"""How does a person correct the annotations in Label Studio?

Each clip is a task with its video and, as a prediction to start from, the six texts, the emotion and whether
what is seen fits what is heard. Label Studio plays local files through `/data/local-files/?d=PATH`, with PATH
relative to its LOCAL_FILES_DOCUMENT_ROOT: the export's folder where media were copied, `/` otherwise.
Source: Label Studio's documentation of tasks, predictions and local storage.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, get_args
from urllib.parse import quote
from xml.etree import ElementTree as ET

from saber.core.dataset import Half
from saber.core.taxonomy import EMOTIONS, Dimension
from saber.export.pick import Picked
from saber.export.row import Row

__all__ = ["LabelStudio", "labelling_config", "task_of"]

FOLDER = "label-studio"
_TITLES = {
    Dimension.SCENE: "Scene",
    Dimension.FACE: "Facial expression",
    Dimension.BODY: "Body language",
    Dimension.ACOUSTIC: "Acoustic features",
    Dimension.SPEECH: "Speech content",
    Dimension.REASONING: "Reasoning about the emotion",
}
_CHOICES: dict[str, tuple[str, tuple[str, ...]]] = {
    "emotion": ("Emotion", tuple(emotion.value for emotion in EMOTIONS)),
    "half": ("Does what is seen fit what is heard?", get_args(Half)),
}


class LabelStudio:
    """One JSON list of tasks for each split, and `config.xml`."""

    def __init__(self, export: Path) -> None:
        self._export = export
        self._files: dict[str, Any] = {}

    def write(self, picked: Picked) -> str:
        """ "" or the reason why the clip was left out."""
        row = picked.row
        if row.media is None:
            return "no_media"
        name = row.split or "all"
        if name not in self._files:
            (self._export / FOLDER).mkdir(exist_ok=True)
            self._files[name] = (self._export / FOLDER / f"{name}.json").open("w", encoding="utf-8")
            self._files[name].write("[\n")
        else:
            self._files[name].write(",\n")
        self._files[name].write(json.dumps(task_of(row), ensure_ascii=False))
        return ""

    def close(self) -> dict[str, str]:
        for file in self._files.values():
            file.write("\n]\n")
            file.close()
        if self._files:
            (self._export / FOLDER / "config.xml").write_text(labelling_config(), encoding="utf-8")
        return {name: f"{FOLDER}/{name}.json" for name in self._files}


def task_of(row: Row) -> dict[str, Any]:
    """The task of a clip whose media are there; a text or a label that is unknown is left for the person."""
    said = row.texts()
    emotion = row.emotion_said or row.label
    results = [_result(dimension.value, "textarea", "text", said[dimension]) for dimension in said]
    if emotion is not None:
        results.append(_result("emotion", "choices", "choices", emotion.value))
    if row.half is not None:
        results.append(_result("half", "choices", "choices", row.half))
    return {
        "data": {
            "video": f"/data/local-files/?d={quote((row.media or '').lstrip('/'))}",
            "id": row.id,
            "split": row.split,
            "corpus": row.corpus,
            "language": row.language,
            "terms": row.terms.name,
        },
        "predictions": [
            {
                "model_version": ", ".join(sorted({w.model for w in row.writers})) or "unknown",
                "result": results,
            }
        ],
    }


def labelling_config() -> str:
    """The labelling interface, as Label Studio's XML."""
    view = ET.Element("View")
    ET.SubElement(view, "Header", value="$id")
    ET.SubElement(view, "Video", name="video", value="$video")
    for dimension, title in _TITLES.items():
        ET.SubElement(view, "Header", value=title, size="4")
        ET.SubElement(
            view,
            "TextArea",
            name=dimension.value,
            toName="video",
            rows="3",
            maxSubmissions="1",
            editable="true",
        )
    for name, (title, options) in _CHOICES.items():
        ET.SubElement(view, "Header", value=title, size="4")
        choices = ET.SubElement(
            view, "Choices", name=name, toName="video", choice="single", showInline="true"
        )
        for option in options:
            ET.SubElement(choices, "Choice", value=option)
    ET.indent(view)
    return ET.tostring(view, encoding="unicode") + "\n"


def _result(name: str, kind: str, key: str, value: str) -> dict[str, Any]:
    return {"from_name": name, "to_name": "video", "type": kind, "value": {key: [value]}}
