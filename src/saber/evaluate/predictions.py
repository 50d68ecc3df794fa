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
from pathlib import Path, PurePosixPath
from typing import Any

from saber.core.errors import UsageError
from saber.evaluate.records import Response, Sample

__all__ = ["read_predictions"]

IDS = ("id", "sample", "video_id", "video", "modal_path", "names", "name", "clip")
ANSWERS = (
    "response", "prediction", "predicted_value", "model_response", "answer", "chi_reasons", "reasons",
    "reason", "openset", "output", "text",
)  # fmt: skip
EMOTION, INTENT = "predicted_emotion", "predicted_intent"


def read_predictions(path: Path, samples: Iterable[Sample]) -> tuple[list[Response], str]:
    """One response per sample, in the samples' order, and the file's SHA-256.

    A row names its sample by id, or by the clip's file name where that is unique. Raises UsageError when the
    file can't be read, names a sample twice, or names none of the samples.
    """
    try:
        raw = path.read_bytes()
        rows = list(_rows(path, raw.decode("utf-8-sig")))
    except OSError as error:
        raise UsageError(f"Can't read the predictions in {path}: {error.strerror}.") from error
    except (ValueError, csv.Error) as error:
        raise UsageError(f"{path} is no file of predictions: {error}.") from error
    asked = list(samples)
    names = _names(asked)
    found: dict[str, str | None] = {}
    for number, row in enumerate(rows, 1):
        key = next((str(row[field]) for field in IDS if row.get(field) not in (None, "")), None)
        if key is None:
            raise UsageError(
                f"Row {number} of {path} names no sample.", remedy=f"Give it one of: {', '.join(IDS)}."
            )
        sample = names.get(key) or names.get(_stem(key))
        if sample is None:
            continue
        if sample in found:
            raise UsageError(f"{path} answers the sample {sample} twice.", remedy="Leave one answer to each.")
        found[sample] = _answer(row)
    if not found and asked:
        raise UsageError(
            f"{path} answers none of the {len(asked)} samples.",
            remedy=f"Its rows must carry the samples' ids, such as {asked[0].id!r}.",
        )
    responses = [
        Response(sample=s.id, text=found.get(s.id), error="" if found.get(s.id) is not None else "missing")
        for s in asked
    ]
    return responses, hashlib.sha256(raw).hexdigest()


def _rows(path: Path, text: str) -> Iterable[Mapping[str, Any]]:
    if path.suffix.lower() == ".csv":
        return list(csv.DictReader(io.StringIO(text, newline="")))
    if path.suffix.lower() in (".jsonl", ".ndjson"):
        return [_row(json.loads(line)) for line in text.splitlines() if line.strip()]
    try:
        value = json.loads(text)
    except ValueError:
        return [_row(json.loads(line)) for line in text.splitlines() if line.strip()]
    if isinstance(value, dict):
        for field in ("predictions", "examples"):
            if isinstance(value.get(field), list):
                return [_row(row) for row in value[field]]
        return [{"id": key, "response": told} for key, told in value.items()]
    if not isinstance(value, list):
        raise ValueError("it holds neither a list nor an object")
    return [_row(row) for row in value]


def _row(value: Any) -> Mapping[str, Any]:
    if not isinstance(value, dict):
        raise ValueError(f"{value!r} is no row")
    document, answers = value.get("doc"), value.get("filtered_resps") or value.get("resps")
    if isinstance(document, dict) and answers:  # the log of lmms-eval
        while isinstance(answers, list) and answers:
            answers = answers[0]
        return {"id": document.get("id"), "response": answers}
    return value


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
