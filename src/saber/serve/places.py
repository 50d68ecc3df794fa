"""Where do the files of a clip lie, and is there room for more?

    DATA/serve.sqlite      who and what: `ledger.py`
    DATA/uploads/ID.part   a clip that is still coming in; whatever is left of one is deleted at the start
    DATA/clips/ID/         a clip and all that came of it

ID is made here, of random bytes. No name from outside becomes part of a path.
"""

from __future__ import annotations

import fcntl
import os
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from saber.core.errors import WorkspaceError

__all__ = ["ID_PATTERN", "Places", "new_id"]

ID_PATTERN = "^[0-9a-f]{24}$"


def new_id() -> str:
    """96 random bits: not to be guessed, and safe in a path and in a URL."""
    return secrets.token_hex(12)


class Places:
    """The folder that holds everything the server keeps."""

    def __init__(self, data: Path) -> None:
        """Makes the folder, readable by this user only. Raises WorkspaceError when it can't be used."""
        self.data = data
        self._clips = data / "clips"
        self._uploads = data / "uploads"
        try:
            for folder in (data, self._clips, self._uploads):
                folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        except OSError as error:
            raise WorkspaceError(
                f"The server's folder {data} can't be made: {error.strerror}.",
                remedy="Name a folder in which you may write, with --data.",
            ) from error

    @contextmanager
    def held(self) -> Iterator[None]:
        """No other server may use the folder meanwhile. Raises WorkspaceError when one does.

        The system lets go of the lock when its process ends, however it ends.
        """
        descriptor = os.open(self.data / "serve.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError as error:
                raise WorkspaceError(
                    f"Another server is using {self.data}.",
                    remedy="Stop it, or name another folder with --data.",
                    reason="data_busy",
                ) from error
            yield
        finally:
            os.close(descriptor)

    @property
    def ledger(self) -> Path:
        return self.data / "serve.sqlite"

    def clip(self, job: str) -> Path:
        return self._clips / job

    def upload(self, job: str) -> Path:
        return self._uploads / f"{job}.part"

    def free_mb(self) -> float:
        return shutil.disk_usage(self.data).free / 1e6

    def kept(self) -> list[str]:
        """Ids of the clips that have a folder."""
        return [folder.name for folder in self._clips.iterdir()]

    def forget(self, job: str) -> None:
        """Delete all files of a clip; none is left over when this returns."""
        with suppress(FileNotFoundError):
            self.upload(job).unlink()
        with suppress(FileNotFoundError):
            shutil.rmtree(self.clip(job))

    def clear_uploads(self) -> None:
        """What a killed server left of uploads."""
        for rest in self._uploads.iterdir():
            rest.unlink()
