"""What does a row's answer depend on, so that it is worked out again when that changes and only then?"""

from __future__ import annotations

import hashlib
import json
import typing
from collections.abc import Iterable, Mapping
from functools import cache
from typing import Any

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from saber.core.errors import UsageError
from saber.core.records import Aside, Record
from saber.flow.stage import Stage

__all__ = ["of_record", "of_row", "of_set", "of_stage"]

_BYTES = 16
"""Of a fingerprint: two of 10^12 rows share one with a probability of about 10^-15."""


def of_record(record: Record) -> bytes:
    """SHA-256 of what a record says; of its JSON without the fields that are marked `Aside`."""
    if not _has_asides(type(record)):
        return hashlib.sha256(record.model_dump_json(by_alias=True).encode()).digest()
    text = json.dumps(_content(record), sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(text.encode()).digest()


def _content(value: object) -> object:
    if isinstance(value, BaseModel):
        fields = type(value).model_fields
        return {n: _content(getattr(value, n)) for n, field in fields.items() if not _is_aside(field)}
    if isinstance(value, Mapping):
        return {str(key): _content(one) for key, one in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [_content(one) for one in value]
    return value if value is None or isinstance(value, str | int | float) else str(value)


def _is_aside(field: FieldInfo) -> bool:
    return any(isinstance(mark, Aside) for mark in field.metadata)


@cache
def _has_asides(kind: Any) -> bool:
    """Whether this type, or any that its fields hold, has a field that is an aside."""
    if isinstance(kind, type) and issubclass(kind, BaseModel):
        fields = kind.model_fields.values()
        inner: list[Any] = [field.annotation for field in fields if field.annotation is not kind]
        return any(_is_aside(field) for field in fields) or any(_has_asides(one) for one in inner)
    return any(_has_asides(part) for part in typing.get_args(kind))


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
