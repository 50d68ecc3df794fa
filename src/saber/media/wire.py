"""How do the reading process and its parent talk?

One message is a 4-byte big-endian length, a JSON object of that length, and as many raw bytes as the
object's `bytes` says. Nothing is pickled: the parent must be able to read what a decoder that was
taken over by a hostile file wrote. Standard library only, because the worker's start-up is paid per clip.
"""

from __future__ import annotations

import json
import os
import struct
from collections.abc import Callable
from typing import Any

__all__ = ["MAX_HEADER_BYTES", "SOUND_RATE_HZ", "BadMessageError", "encode", "read_header", "send"]

MAX_HEADER_BYTES = 64 * 1024
SOUND_RATE_HZ = 16_000
_LENGTH = struct.Struct(">I")


class BadMessageError(Exception):
    """What arrived is no message of this protocol."""


def encode(header: dict[str, Any]) -> bytes:
    text = json.dumps(header, allow_nan=False).encode()
    return _LENGTH.pack(len(text)) + text


def send(fd: int, header: dict[str, Any], payload: memoryview | None = None) -> None:
    """Write one message whole; blocks while the pipe is full, which is the back-pressure."""
    head = encode({**header, "bytes": 0 if payload is None else payload.nbytes})
    parts = [memoryview(head)] if payload is None else [memoryview(head), payload.cast("B")]
    while parts:
        written = os.writev(fd, parts)
        while parts and written >= parts[0].nbytes:
            written -= parts.pop(0).nbytes
        if parts:
            parts[0] = parts[0][written:]


def read_header(read_exactly: Callable[[int], bytes | bytearray]) -> dict[str, Any]:
    """The next message's JSON object, of bounded size and with a sane `type` and `bytes`."""
    (length,) = _LENGTH.unpack(read_exactly(_LENGTH.size))
    if not 2 <= length <= MAX_HEADER_BYTES:
        raise BadMessageError(f"header of {length} bytes")
    try:
        header = json.loads(read_exactly(length), parse_constant=_refuse)
    except (ValueError, RecursionError) as error:
        raise BadMessageError(f"header is not JSON: {error}") from error
    if not isinstance(header, dict) or not isinstance(header.get("type"), str):
        raise BadMessageError("header has no type")
    size = header.get("bytes")
    if not isinstance(size, int) or isinstance(size, bool) or size < 0:
        raise BadMessageError(f"payload of {size!r} bytes")
    return header


def _refuse(constant: str) -> float:
    raise ValueError(f"{constant} is not a number")
