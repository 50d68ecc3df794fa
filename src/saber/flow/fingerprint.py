"""What does a row's answer depend on, so that it is worked out again when that changes and only then?"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from typing import Any

from saber.core.errors import UsageError
from saber.flow.stage import Stage

__all__ = ["of_record", "of_row", "of_set", "of_stage"]

_BYTES = 16
"""Of a fingerprint: two of 10^12 rows share one with a probability of about 10^-15."""


def of_record(text: str) -> bytes:
    """SHA-256 of a record's JSON."""
    return hashlib.sha256(text.encode()).digest()


def of_stage(stage: Stage) -> bytes:
    """Of the stage's name, version and settings. Raises UsageError when these are no plain values."""
    try:
        settings = json.dumps(dict(stage.settings), sort_keys=True, ensure_ascii=False, allow_nan=False)
    except (TypeError, ValueError) as error:
        raise UsageError(f"The settings of stage {stage.name!r} are not plain values ({error}).") from error
    return hashlib.sha256(json.dumps([stage.name, stage.version, settings]).encode()).digest()


def of_row(stage: bytes, needs: Iterable[bytes], reviewed: Mapping[str, Any]) -> bytes:
    """Of the stage, the records that it reads for this row, and what a person decided about it."""
    whole = hashlib.sha256(stage)
    for sha256 in needs:
        whole.update(sha256)
    if reviewed:
        whole.update(json.dumps(dict(reviewed), sort_keys=True).encode())
    return whole.digest()[:_BYTES]


def of_set(rows: Iterable[tuple[str, bytes]]) -> bytes:
    """Of a decision about all rows together: it depends on every one of them."""
    whole = hashlib.sha256()
    for item, fingerprint in rows:
        whole.update(f"{len(item)}:{item}".encode())
        whole.update(fingerprint)
    return whole.digest()[:_BYTES]
