"""How are SABER's data written in the form in which they were released, and read back without loss?

    {"video_desc": ..., "facial_exp_desc": ..., "body_lang_desc": ...,
     "audio_desc": {"acoustic_feat": ..., "speech_content": ...}, "sentiment_analysis": ...}

Exactly these keys, in no fixed order, with nothing beside them. Files in the wild may hold more, or something
else where a text should be: whatever is no text of the six dimensions is kept as it is, in `rest`.
Source: the example records of github.com/zxzhao0/SABER-LLM.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any

from saber.core.errors import UsageError
from saber.core.records import Annotation
from saber.core.taxonomy import DIMENSIONS, Dimension

__all__ = ["ReleasedRecord", "read_released_files", "released_line"]

_AUDIO = "audio_desc"
_PLACES: dict[Dimension, tuple[str, ...]] = {
    Dimension.SCENE: ("video_desc",),
    Dimension.FACE: ("facial_exp_desc",),
    Dimension.BODY: ("body_lang_desc",),
    Dimension.ACOUSTIC: (_AUDIO, "acoustic_feat"),
    Dimension.SPEECH: (_AUDIO, "speech_content"),
    Dimension.REASONING: ("sentiment_analysis",),
}
_TOP = {place[0] for place in _PLACES.values()}
_SUFFIXES = (".json", ".jsonl")


@dataclass(frozen=True)
class ReleasedRecord:
    """One record: the texts that are there, and everything else.

    A dimension that is missing has no text; one that holds something else than text (null, a list, a number)
    has none either, and `rest` holds it under its key.
    """

    texts: Mapping[Dimension, str]
    rest: Mapping[str, Any] = field(default_factory=dict)

    @classmethod
    def of(cls, value: Mapping[str, Any]) -> ReleasedRecord:
        """Of a JSON object."""
        texts: dict[Dimension, str] = {}
        rest = dict(value)
        for dimension, (key, *_) in _PLACES.items():
            if key != _AUDIO and _is_text(rest.get(key)):
                texts[dimension] = rest.pop(key)
        audio = value.get(_AUDIO)
        if isinstance(audio, dict):
            heard = {
                dimension: audio[_PLACES[dimension][1]]
                for dimension in (Dimension.ACOUSTIC, Dimension.SPEECH)
                if _is_text(audio.get(_PLACES[dimension][1]))
            }
            left = {key: held for key, held in audio.items() if key not in {_PLACES[d][1] for d in heard}}
            texts |= heard
            # An empty object is something too, unless the texts bring it back.
            if left or not heard:
                rest[_AUDIO] = left
            else:
                del rest[_AUDIO]
        return cls(texts, rest)

    @classmethod
    def of_annotation(cls, annotation: Annotation) -> ReleasedRecord:
        return cls({dimension: annotation.text_of(dimension) for dimension in DIMENSIONS})

    @property
    def annotation(self) -> Annotation | None:
        """The six texts; None when one of them is missing or is no text."""
        if len(self.texts) < len(DIMENSIONS):
            return None
        return Annotation.model_validate(ReleasedRecord(self.texts).as_json())

    def as_json(self) -> dict[str, Any]:
        """The object that it was made of, its keys in SED order and then those of `rest`."""
        made: dict[str, Any] = {}
        for dimension, (key, *inner) in _PLACES.items():
            if dimension not in self.texts:
                continue
            if inner:
                made.setdefault(key, {})[inner[0]] = self.texts[dimension]
            else:
                made[key] = self.texts[dimension]
        for key, held in self.rest.items():
            if key == _AUDIO and isinstance(held, dict) and key in made:
                made[key] = {**made[key], **held}
            else:
                made[key] = held
        return made


def released_line(record: ReleasedRecord) -> str:
    """One line of JSON, without its end. Half a character pair (`\\ud83d`) stays the escape that it was."""
    value = record.as_json()
    line = json.dumps(value, ensure_ascii=False, allow_nan=False)
    return line if _is_text(line) else json.dumps(value, allow_nan=False)


def read_released_files(path: Path) -> Iterator[tuple[str, ReleasedRecord]]:
    """Name and content of each record of a file (one object, a list, or JSON lines), or of a folder's files.

    A file of one record gives it its name without the ending; of several, each is `file#1`, `file#2`, ...
    Lines are read one by one, a list as a whole. Raises UsageError that names the file, and the line, where
    something can't be read, or could not be written again as it was: a key that is there twice, a number
    beyond what a double holds, an object with none of the released keys.
    """
    if not path.exists():
        raise UsageError(f"There is nothing at {path}.", remedy="Name a file or folder of SABER JSON.")
    files = [path]
    if path.is_dir():
        files = sorted(file for file in path.rglob("*") if file.suffix in _SUFFIXES and file.is_file())
        if not files:
            raise UsageError(f"{path} holds no .json or .jsonl file.")
    for file in files:
        name = file.name if file == path else file.relative_to(path).as_posix()
        if file.suffix == ".jsonl":
            yield from _lines(file, name)
        else:
            yield from _whole(file, name)


def _lines(file: Path, name: str) -> Iterator[tuple[str, ReleasedRecord]]:
    try:
        with file.open(encoding="utf-8") as lines:
            for number, line in enumerate(lines, 1):
                if line.strip():
                    yield f"{name}#{number}", _record(_parsed(line, f"{file}, line {number}"), file, number)
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"Can't read {file}: {error}.") from error


def _whole(file: Path, name: str) -> Iterator[tuple[str, ReleasedRecord]]:
    try:
        value = _parsed(file.read_text(encoding="utf-8-sig"), str(file))
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"Can't read {file}: {error}.") from error
    if isinstance(value, list):
        for number, one in enumerate(value, 1):
            yield f"{name}#{number}", _record(one, file, number)
    else:
        yield name.removesuffix(file.suffix), _record(value, file, 1)


def _record(value: Any, file: Path, number: int) -> ReleasedRecord:
    if not isinstance(value, dict) or not _TOP & set(value):
        raise UsageError(
            f"Record {number} of {file} is no SABER record.",
            remedy=f"One is an object with some of the keys {', '.join(sorted(_TOP))}.",
        )
    return ReleasedRecord.of(value)


def _parsed(text: str, where: str) -> Any:
    try:
        return json.loads(
            text, object_pairs_hook=_pairs, parse_float=_number, parse_constant=_number, parse_int=int
        )
    except RecursionError as error:
        raise UsageError(f"{where}: the JSON is nested too deep.") from error
    except ValueError as error:
        raise UsageError(f"{where}: the JSON can't be read and kept ({error}).") from error


def _pairs(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    made = dict(pairs)
    if len(made) < len(pairs):
        twice = next(key for n, (key, _) in enumerate(pairs) if key in {k for k, _ in pairs[:n]})
        raise ValueError(f"the key {twice!r} is there twice")
    return made


def _number(text: str) -> float:
    value = float(text)
    if not math.isfinite(value) or Decimal(text) != Decimal(repr(value)):
        raise ValueError(f"{text} is no number that can be kept")
    return value


def _is_text(value: object) -> bool:
    """A string that UTF-8 can hold."""
    if not isinstance(value, str):
        return False
    try:
        value.encode()
    except UnicodeEncodeError:
        return False
    return True
