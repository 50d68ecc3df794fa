"""In which form is an answer asked for, and to which schema can a model be held?"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from pydantic import BaseModel

from saber.core.records import Annotation
from saber.core.taxonomy import EMOTIONS
from saber.sed import LABEL, SECTIONS, render_texts

__all__ = ["LABELS", "answer_schema", "filled", "keys_of", "skeleton"]

LABELS: tuple[str, ...] = (*(e.value for e in EMOTIONS), "unclear")
"""What a model may call the whole. `unclear`: the evidence is not enough to say."""

_FIELDS: dict[str, tuple[str, ...]] = {
    "scene": ("scene",),
    "face": ("face",),
    "body": ("body",),
    "voice": ("audio", "acoustic"),
    "speech": ("audio", "speech"),
    "reasoning": ("reasoning",),
}
"""Section -> the record's field that holds it."""


def answer_schema(sections: Sequence[str], longest_chars: int | None = None) -> dict[str, Any]:
    """JSON schema of an answer with these sections, in SED order: the record's own, cut down to them.

    Only what every server with constrained decoding knows is used: types, `enum`, `required`,
    `additionalProperties`; and `maxLength` where `longest_chars` is given.
    """
    text: dict[str, Any] = {"type": "string"}
    if longest_chars is not None:
        text["maxLength"] = longest_chars
    properties = _cut_down(Annotation, tuple(_FIELDS[s] for s in SECTIONS if s in sections), text)
    if LABEL in sections:
        properties[LABEL] = {"type": "string", "enum": list(LABELS)}
    return _object(properties)


def skeleton(sections: Sequence[str], *, json_form: bool) -> str:
    """The empty form that is shown to the model."""
    return filled(dict.fromkeys(sections, "..."), json_form=json_form)


def filled(texts: Mapping[str, str], *, json_form: bool) -> str:
    """The form with these sections' texts in it: an answer as it should be."""
    if not json_form:
        return render_texts(texts)
    by_key = {keys_of(name, json_form=True): text for name, text in texts.items()}
    return json.dumps(_fill(answer_schema(list(texts)), by_key), indent=1, ensure_ascii=False)


def keys_of(section: str, *, json_form: bool) -> str:
    """What the section is called in that form."""
    if not json_form or section == LABEL:
        return section
    model: type[BaseModel] = Annotation
    name = ""
    for field in _FIELDS[section]:
        info = model.model_fields[field]
        name = info.alias or field
        if isinstance(info.annotation, type) and issubclass(info.annotation, BaseModel):
            model = info.annotation
    return name


def _cut_down(
    model: type[BaseModel], paths: Sequence[tuple[str, ...]], text: dict[str, Any]
) -> dict[str, Any]:
    """The properties of the fields that `paths` lead to, under their public keys."""
    properties: dict[str, Any] = {}
    for name, info in model.model_fields.items():
        below = [path[1:] for path in paths if path[0] == name]
        if not below:
            continue
        kind = info.annotation
        inner = isinstance(kind, type) and issubclass(kind, BaseModel)
        properties[info.alias or name] = _object(_cut_down(kind, below, text)) if inner else dict(text)  # type: ignore[arg-type]
    return properties


def _object(properties: dict[str, Any]) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": properties,
        "required": list(properties),
        "additionalProperties": False,
    }


def _fill(schema: dict[str, Any], texts: Mapping[str, str]) -> dict[str, Any]:
    """The object that the schema describes; a text's key is unique over all its levels."""
    return {
        key: _fill(inner, texts) if inner["type"] == "object" else texts[key]
        for key, inner in schema["properties"].items()
    }
