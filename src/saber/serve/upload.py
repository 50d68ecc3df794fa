"""How does a clip come in, when it may be too large, too slow, one too many, or cut off?"""

from __future__ import annotations

import asyncio
import errno
import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from starlette.requests import Request

from saber.serve.desk import Desk
from saber.serve.refusals import RefusedError

__all__ = ["Arrived", "Door"]

_BLOCK_BYTES = 1 << 20
_SECONDS_PER_CLIP = 10.0
"""Guessed before any clip has been analysed."""


@dataclass(frozen=True)
class Arrived:
    """A clip on the disk."""

    path: Path
    size_bytes: int
    sha256: str


class Door:
    """Lets clips in as long as there is room for them."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._settings = desk.settings
        self.coming = 0
        """Uploads under way."""
        self.received_bytes = 0

    @contextmanager
    def place(self, waiting: int, usual_s: float | None) -> Iterator[None]:
        """A place in the queue, for as long as the clip comes in. `waiting`: clips that are in it now."""
        if waiting + self.coming >= self._settings.max_queue:
            each_s = (usual_s or _SECONDS_PER_CLIP) / self._settings.workers
            raise RefusedError(
                429, "queue_full", f"{waiting} clips are waiting already.",
                "Try again later.", retry_after_s=min(600.0, each_s),
            )  # fmt: skip
        self.coming += 1
        try:
            yield
        finally:
            self.coming -= 1

    async def receive(self, request: Request, job: str) -> Arrived:
        """The body, on the disk. Nothing is left of it when this raises."""
        if self.coming > self._settings.max_uploads:
            raise RefusedError(
                429, "too_many_uploads", f"{self._settings.max_uploads} clips are coming in already.",
                "Send one after the other.", retry_after_s=2,
            )  # fmt: skip
        declared = request.headers.get("content-length")
        declared_bytes = int(declared) if declared is not None and declared.isdecimal() else 0
        if declared_bytes > self._settings.max_upload_bytes:
            raise self._too_large()
        if self._desk.places.free_mb() - declared_bytes / 1e6 < self._settings.min_free_mb:
            raise _no_room()
        path = self._desk.places.upload(job)
        try:
            async with asyncio.timeout(self._settings.upload_total_s):
                return await self._write(request, path)
        except TimeoutError:
            path.unlink(missing_ok=True)
            raise RefusedError(
                408, "upload_too_slow", "The upload took too long, and was given up.",
                "Send a smaller clip, or use a faster line.",
            ) from None  # fmt: skip
        except OSError as error:
            path.unlink(missing_ok=True)
            if error.errno in (errno.ENOSPC, errno.EDQUOT):
                raise _no_room() from error
            raise
        except BaseException:
            path.unlink(missing_ok=True)
            raise

    async def _write(self, request: Request, path: Path) -> Arrived:
        digest = hashlib.sha256()
        size = 0
        block = bytearray()
        with path.open("xb") as file:
            pieces = aiter(request.stream())
            while True:
                async with asyncio.timeout(self._settings.upload_idle_s):
                    piece = await anext(pieces, None)
                if piece is not None:
                    size += len(piece)
                    self.received_bytes += len(piece)
                    block += piece
                if size > self._settings.max_upload_bytes:
                    raise self._too_large()
                if len(block) >= _BLOCK_BYTES or piece is None:
                    if self._desk.places.free_mb() < self._settings.min_free_mb:
                        raise _no_room()
                    await asyncio.to_thread(_keep, file, digest, bytes(block))
                    block.clear()
                if piece is None:
                    break
        if not size:
            raise RefusedError(422, "clip_empty", "No clip was sent.", "Send the file's bytes as the body.")
        return Arrived(path, size, digest.hexdigest())

    def _too_large(self) -> RefusedError:
        return RefusedError(
            413, "clip_too_large", f"The clip is larger than {self._settings.max_upload_mb:g} MB.",
            "Cut it, or encode it smaller.",
        )  # fmt: skip


def _keep(file: BinaryIO, digest: hashlib._Hash, block: bytes) -> None:
    file.write(block)
    digest.update(block)


def _no_room() -> RefusedError:
    return RefusedError(
        503, "disk_full", "There is too little room left on the server's disk.",
        "Delete analyses, or make room.", retry_after_s=60,
    )  # fmt: skip
