"""Does a model file hold exactly the bytes that the table says?

Hashing all models at every start would cost about half a second, so a verdict is remembered for as long
as the file's path, size and time of change stay the same.
"""

from __future__ import annotations

import hashlib
import json
import os
import tempfile
import threading
from pathlib import Path

from saber.core.errors import SaberError

__all__ = ["WrongWeightsError", "cache_folder", "sha256_of", "verify"]

_lock = threading.Lock()


class WrongWeightsError(SaberError):
    """A model file is not the one that was tested: damaged, changed, or another release."""

    reason = "wrong_weights"


def cache_folder() -> Path:
    """Where derived files go: `$XDG_CACHE_HOME/saber`, by default `~/.cache/saber`. May not exist yet."""
    base = os.environ.get("XDG_CACHE_HOME", "")
    # The standard says that a relative path there is to be ignored.
    root = Path(base) if base and Path(base).is_absolute() else Path.home() / ".cache"
    return root / "saber"


def sha256_of(path: Path) -> str:
    """The file's SHA-256 in hex, from memory while path, size and time of change are the same."""
    stat = path.stat()
    key = f"{path.resolve()}|{stat.st_size}|{stat.st_mtime_ns}"
    with _lock:
        known = _read()
        if key in known:
            return known[key]
        with path.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
        known[key] = digest
        _write(known)
    return digest


def verify(path: Path, sha256: str, *, remedy: str) -> None:
    """Raises WrongWeightsError, in one sentence with `remedy`, when the file holds something else."""
    found = sha256_of(path)
    if found != sha256:
        raise WrongWeightsError(
            f"The model file {path} is not the tested one (SHA-256 {found[:12]}, expected {sha256[:12]}).",
            remedy=remedy,
        )


_remembered: dict[str, str] = {}


def _read() -> dict[str, str]:
    if not _remembered:
        try:
            stored = json.loads((cache_folder() / "verified.json").read_text(encoding="utf-8"))
        except (OSError, ValueError):
            stored = {}
        if isinstance(stored, dict):
            _remembered.update({str(k): str(v) for k, v in stored.items()})
    return _remembered


def _write(known: dict[str, str]) -> None:
    """Best effort: with a read-only home the files are simply hashed again in the next process."""
    folder = cache_folder()
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(
            "w", dir=folder, suffix=".json", delete=False, encoding="utf-8"
        ) as file:
            json.dump(known, file, indent=0)
        os.replace(file.name, folder / "verified.json")
    except OSError:
        return
