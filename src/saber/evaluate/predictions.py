"""What does a file of predictions say of each sample?

Read are JSON Lines, a JSON list (also under `examples` or `predictions`), a JSON object of id -> answer,
and CSV, with the field names that the benchmarks' own files use, and the log of samples of lmms-eval. An
answer that a file leaves out is `missing`.
"""

from __future__ import annotations

import csv
import hashlib
import io
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any

from saber.core.errors import UsageError
from saber.evaluate.records import Response, Sample

__all__ = ["Predictions", "read_predictions"]

IDS = ("id", "sample", "video_id", "video", "modal_path", "names", "name", "clip")
ANSWERS = (
    "response", "prediction", "predicted_value", "model_response", "answer", "chi_reasons", "reasons",
    "reason", "openset", "output", "text",
)  # fmt: skip
EMOTION, INTENT = "predicted_emotion", "predicted_intent"


@dataclass(frozen=True)
class Predictions:
    """What a file says of the samples."""

    responses: tuple[Response, ...]
    """One for each sample, in the samples' order."""
    sha256: str
    strangers: tuple[str, ...]
    """Names of rows that name none of the samples."""


def read_predictions(path: Path, samples: Iterable[Sample]) -> Predictions:
    """A row names its sample by id, or by the clip's file name where that is unique. Raises UsageError when
    the file can't be read, has a row without a name or an answer, names a sample twice, or none of them.
    """
    try:
        raw = path.read_bytes()
        rows = list(_rows(path, raw.decode("utf-8-sig")))
    except OSError as error:
        raise UsageError(
            f"Can't read the predictions in {path}: {error.strerror}.",
            remedy="Name a JSON, JSON Lines or CSV file with --predictions.",
        ) from error
    except (ValueError, csv.Error) as error:
        raise UsageError(
            f"{path} is no file of predictions: {error}.",
            remedy='Write a line of JSON for each answer: {"id": ..., "response": ...}.',
        ) from error
    if not rows:
        raise UsageError(f"{path} holds no answer.", remedy="Have the model answer first.")
    asked = list(samples)
    names = _names(asked)
    found: dict[str, str | None] = {}
    strangers: list[str] = []
    for number, row in enumerate(rows, 1):
        key = next((str(row[field]) for field in IDS if row.get(field) not in (None, "")), None)
        if key is None:
            raise UsageError(
                f"Row {number} of {path} names no sample.", remedy=f"Give it one of: {', '.join(IDS)}."
            )
        sample = names.get(key) or names.get(_stem(key))
        if not any(field in row for field in (*ANSWERS, EMOTION, INTENT)):
            raise UsageError(
                f"Row {number} of {path} holds no answer, not even an empty one.",
                remedy=f"Give it one of: {', '.join(ANSWERS)}.",
            )
        if sample is None:
            strangers.append(key)
            continue
        if sample in found:
            raise UsageError(f"{path} answers the sample {sample} twice.", remedy="Leave one answer to each.")
        found[sample] = _answer(row)
    if not found and asked:
        raise UsageError(
            f"{path} answers none of the {len(asked)} samples.",
            remedy=f"Its rows must carry the samples' ids, such as {asked[0].id!r}.",
        )
    responses = tuple(
        Response(sample=s.id, text=found.get(s.id), error="" if found.get(s.id) is not None else "missing")
        for s in asked
    )
    return Predictions(responses, hashlib.sha256(raw).hexdigest(), tuple(strangers))


def _rows(path: Path, text: str) -> Iterable[Mapping[str, Any]]:
    if path.suffix.lower() == ".csv":
        return list(csv.DictReader(io.StringIO(text, newline="")))
    if path.suffix.lower() in (".jsonl", ".ndjson"):
        return _lines(text)
    try:
        value = json.loads(text)
    except ValueError:
        return _lines(text)
    if isinstance(value, dict):
        for field in ("predictions", "examples"):
            if isinstance(value.get(field), list):
                return [_row(row) for row in value[field]]
        return [{"id": key, "response": told} for key, told in value.items()]
    if not isinstance(value, list):
        raise ValueError("it holds neither a list nor an object")
    return [_row(row) for row in value]


def _lines(text: str) -> list[Mapping[str, Any]]:
    rows = []
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip():
            continue
        try:
            rows.append(_row(json.loads(line)))
        except ValueError as error:
            raise ValueError(f"line {number} can't be read ({error})") from error
    return rows


def _row(value: Any) -> Mapping[str, Any]:
    if not isinstance(value, dict):
        raise ValueError(f"{value!r} is no row")
    if "filtered_resps" not in value:
        return value
    # The log of lmms-eval: older ones hold the sample, newer ones what our task counts of it, with its id.
    document, answers = value.get("doc"), value["filtered_resps"]
    while isinstance(answers, list) and answers:
        answers = answers[0]
    name = document.get("id") if isinstance(document, dict) else value.get("id")
    return {"id": name, "response": answers if isinstance(answers, str) else ""}


def _answer(row: Mapping[str, Any]) -> str | None:
    if EMOTION in row or INTENT in row:
        return json.dumps({"emotion label": row.get(EMOTION) or "", "intent label": row.get(INTENT) or ""})
    told = next((row[field] for field in ANSWERS if row.get(field) is not None), None)
    if told is None or isinstance(told, str):
        return told
    return json.dumps(told, ensure_ascii=False)


def _names(samples: list[Sample]) -> dict[str, str]:
    """What may name a sample -> its id; a file name that two samples share names neither."""
    names: dict[str, str] = {}
    shared: set[str] = set()
    for sample in samples:
        if sample.media:
            name = _stem(sample.media)
            if names.setdefault(name, sample.id) != sample.id:
                shared.add(name)
    for name in shared:
        del names[name]
    return names | {sample.id: sample.id for sample in samples}


def _stem(name: str) -> str:
    return PurePosixPath(name.replace("\\", "/")).stem
