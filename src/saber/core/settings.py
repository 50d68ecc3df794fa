"""How does a table of a TOML file become a stage's settings?

Each stage owns one frozen dataclass of settings with a default for every field. An unknown key or a
value of the wrong type is an error that names it; nothing is guessed.
"""

from __future__ import annotations

import dataclasses
import tomllib
import types
import typing
from pathlib import Path
from typing import Any, TypeVar, cast

from saber.core.errors import UsageError

__all__ = ["build", "read_toml", "resolved"]

T = TypeVar("T")


def read_toml(path: Path) -> dict[str, Any]:
    """The file's tables. Raises UsageError in one sentence when it can't be read."""
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise UsageError(f"Can't read the settings file {path}: {error.strerror}.") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise UsageError(f"{path} is not a valid TOML file: {error}.") from error


def build(cls: type[T], table: dict[str, Any], where: str) -> T:
    """An instance of the settings dataclass `cls` from a table; `where` names it in errors.

    Nested dataclasses are nested tables. Raises UsageError for an unknown key or a wrong type.
    """
    assert dataclasses.is_dataclass(cls)
    hints = typing.get_type_hints(cls)
    known = {f.name for f in dataclasses.fields(cls)}
    values: dict[str, Any] = {}
    for key, value in table.items():
        if key not in known:
            raise UsageError(
                f"Unknown setting {where}.{key}.", remedy=f"Known ones: {', '.join(sorted(known))}."
            )
        values[key] = _fit(hints[key], value, f"{where}.{key}")
    try:
        return cast("T", cls(**values))
    except ValueError as error:
        raise UsageError(f"Bad setting in {where}: {error}.") from error


def resolved(settings: object) -> dict[str, object]:
    """The settings as plain values, for provenance."""
    assert dataclasses.is_dataclass(settings)
    assert not isinstance(settings, type)
    return {k: _plain(v) for k, v in dataclasses.asdict(settings).items()}


def _plain(value: object) -> object:
    if isinstance(value, dict):
        return {k: _plain(v) for k, v in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(v) for v in value]
    return str(value) if isinstance(value, Path) else value


def _fit(hint: Any, value: Any, where: str) -> Any:
    if dataclasses.is_dataclass(hint) and isinstance(hint, type):
        if not isinstance(value, dict):
            raise UsageError(f"Setting {where} must be a table.")
        return build(hint, value, where)
    # `Literal[...] | None` is a typing.Union, `str | None` a types.UnionType.
    union = typing.get_origin(hint) in (types.UnionType, typing.Union)
    options = typing.get_args(hint) if union else (hint,)
    for option in options:
        if option is float and isinstance(value, int | float) and not isinstance(value, bool):
            return float(value)
        if option is Path and isinstance(value, str):
            return Path(value)
        if option is int and isinstance(value, bool):
            continue
        if typing.get_origin(option) is tuple and isinstance(value, list):
            (item, _) = typing.get_args(option)  # tuple[item, ...]: a settings' list has one type
            return tuple(_fit(item, one, f"{where}[{place}]") for place, one in enumerate(value))
        if typing.get_origin(option) is typing.Literal:
            if value in typing.get_args(option):
                return value
        elif isinstance(option, type) and isinstance(value, option):
            return value
    wanted = " or ".join("a list" if typing.get_origin(o) is tuple else _name(o) for o in options)
    raise UsageError(f"Setting {where} must be {wanted}, not {value!r}.")


def _name(option: Any) -> str:
    if typing.get_origin(option) is typing.Literal:
        return " or ".join(map(repr, typing.get_args(option)))
    return "left out" if option is types.NoneType else getattr(option, "__name__", str(option))
