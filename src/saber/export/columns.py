"""Which columns do rows have, and of which types?

Taken from the record itself, in the form in which a dataset card states them (`dataset_info: features:`), so
that a loader need not guess the type of a column from its first rows, which may all be null.
"""

from __future__ import annotations

import types
import typing
from typing import Any, Literal

from saber.core.records import Record

__all__ = ["Feature", "features", "meanings"]

Feature = dict[str, Any]
"""`name`, and one of `dtype` (a word), `struct` (features) or `list` (a word, or features)."""

_WORDS = {bool: "bool", int: "int64", float: "float64", str: "string"}


def features(record: type[Record]) -> list[Feature]:
    """Of each field, in order, under its public name. TypeError for a field that has no column type."""
    return [
        {"name": field.alias or name, **_feature(field.annotation)}
        for name, field in record.model_fields.items()
    ]


def meanings(record: type[Record]) -> list[tuple[str, str]]:
    """Public name and docstring of each field."""
    return [(field.alias or name, field.description or "") for name, field in record.model_fields.items()]


def _feature(hint: Any) -> Feature:
    origin, arguments = typing.get_origin(hint), typing.get_args(hint)
    if origin is typing.Annotated:
        return _feature(arguments[0])
    if origin in (typing.Union, types.UnionType):
        # Every column may be null.
        (some,) = (option for option in arguments if option is not type(None))
        return _feature(some)
    if origin is Literal:
        return {"dtype": "string"}
    if origin is tuple:
        inner = _feature(arguments[0])
        return {"list": inner["dtype"] if "dtype" in inner else inner["struct"]}
    if isinstance(hint, type):
        if issubclass(hint, Record):
            return {"struct": features(hint)}
        for kind, word in _WORDS.items():
            if issubclass(hint, kind):
                return {"dtype": word}
    raise TypeError(f"no column type for {hint}")
