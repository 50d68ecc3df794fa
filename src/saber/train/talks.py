"""How does a row become the tokens, frames and sound that the model gets?

In the very form in which `saber.models` asks the same model later: frames are chosen and sound is rounded by
the same code, so that nothing is learned from an input that never comes again.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import numpy as np

from saber.core.errors import SaberError
from saber.infer import ClipMedia, wav
from saber.models import Kind, Media, Request, talk_of
from saber.omni import Encoded, Heard, InputSettings, Message, Seen, Words
from saber.train.kept import load_question, save_question
from saber.train.rows import BadRow, Medium, Row
from saber.train.student import Encodes

__all__ = ["encode_prompt", "prompt_talk"]


def prompt_talk(row: Row, inputs: InputSettings | None) -> list[Message] | BadRow:
    """The question's turns with frames and sound read. BadRow when a medium can't be used."""
    shown: dict[Medium, Seen | Heard] = {}
    try:
        for medium in dict.fromkeys(p for turn in row.turns for p in turn.parts if isinstance(p, Medium)):
            read = _seen if medium.kind == "video" else _heard
            found = read(medium.file, inputs or InputSettings())
            if found is None:
                return BadRow(row.name, "no_sound", f"{medium.file} has no sound, or only zeros.")
            shown[medium] = found
    except SaberError as error:
        return BadRow(row.name, error.reason, error.message)
    return [
        Message(turn.role, tuple(shown[p] if isinstance(p, Medium) else Words(p) for p in turn.parts))
        for turn in row.turns
    ]


def encode_prompt(row: Row, encoder: Encodes, cache: Path | None = None) -> Encoded | BadRow:
    """The question as tensors, from the cache where it is there.

    Returns a BadRow when a medium can't be used, or when no token of a video or sound that the row names
    would reach the model.
    """
    key = None if cache is None else _key(row, encoder)
    if cache is not None and key is not None and (found := _cached(cache / f"{key}.safetensors")) is not None:
        return found
    talk = prompt_talk(row, encoder.settings)
    if isinstance(talk, BadRow):
        return talk
    try:
        prompt = encoder.encode(talk)
    except SaberError as error:
        return BadRow(row.name, "too_long" if "lasts" in error.message else error.reason, error.message)
    if row.videos and not prompt.counts.video:
        return BadRow(row.name, "no_picture", f"Nothing of the video of {row.clip} reaches the model.")
    if row.audios and not prompt.counts.audio:
        return BadRow(row.name, "no_sound", f"Nothing of the sound of {row.clip} reaches the model.")
    if cache is not None and key is not None and (row.videos or row.audios):
        media = {f"pixels.{n}": tensor for n, tensor in enumerate(prompt.pixels)}
        media |= {f"mels.{n}": tensor for n, tensor in enumerate(prompt.mels)}
        save_question(prompt, media, cache / f"{key}.safetensors")
    return prompt


def _seen(file: Path, inputs: InputSettings) -> Seen:
    found = _read(Media(Kind.VIDEO, "video/mp4", file.read_bytes()), inputs)
    assert isinstance(found, Seen)
    return found


def _heard(file: Path, inputs: InputSettings) -> Heard | None:
    sound = ClipMedia(file).sound()
    if sound is None or not np.any(sound.samples):
        return None
    found = _read(wav(sound), inputs)
    assert isinstance(found, Heard)
    return found


def _read(media: Media, inputs: InputSettings) -> Words | Seen | Heard:
    return talk_of(Request("", media=(media,)), inputs)[-1].parts[0]


# --- the cache ---------------------------------------------------------------------------------------


def _key(row: Row, encoder: Encodes) -> str:
    """Changes with the words, the files and the form of the input."""
    stats = [(str(f), f.stat().st_size, f.stat().st_mtime_ns) for f in (*row.videos, *row.audios)]
    form = None if encoder.settings is None else asdict(encoder.settings)
    layout = None if encoder.layout is None else asdict(encoder.layout)
    turns = [(turn.role, [str(part) for part in turn.parts]) for turn in row.turns]
    said = json.dumps([turns, stats, form, layout, len(encoder.tokenizer)], default=str)
    return hashlib.sha256(said.encode()).hexdigest()[:32]


def _cached(file: Path) -> Encoded | None:
    if (found := load_question(file)) is None:
        return None
    prompt, media = found

    def all_of(kind: str) -> tuple[Any, ...]:
        return tuple(media[f"{kind}.{n}"] for n in range(sum(k.startswith(f"{kind}.") for k in media)))

    return replace(prompt, pixels=all_of("pixels"), mels=all_of("mels"))
