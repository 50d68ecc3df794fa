"""How does a model that is spread over two packages become one folder that a library can open?"""

from __future__ import annotations

import hashlib
import os
import shutil
import tempfile
from pathlib import Path

from saber.core.errors import MissingPieceError
from saber.weights.table import PackagedModel
from saber.weights.verify import WrongWeightsError, cache_folder, verify

__all__ = ["joined_folder"]


def joined_folder(model: PackagedModel, sources: dict[str, Path]) -> Path:
    """The folder with the joined file and its companions; made once, then found again.

    It is written beside its final place and renamed, so that a second process, or one that was killed
    halfway, never meets a half-written model. Where the cache folder can't be written to, the system's
    folder for temporary files serves.

    Args:
        model: a model with `joined_sha256`.
        sources: path in the table -> path on disk, of every file of the model.

    Raises:
        MissingPieceError: there is no place to write it to.
        WrongWeightsError: the parts don't make the tested whole.
    """
    assert model.joined_sha256 is not None
    name = f"{model.name}-{model.joined_sha256[:12]}"
    refused: list[str] = []
    for root in (cache_folder() / "models", Path(tempfile.gettempdir()) / f"saber-{os.getuid()}"):
        target = root / name
        try:
            if not (target / "model.bin").is_file():
                root.mkdir(parents=True, exist_ok=True, mode=0o700)
                _make(model, sources, target)
            if root.stat().st_uid != os.getuid():
                # In a folder of somebody else's, files could be changed after they were checked.
                refused.append(f"{root} (belongs to another user)")
                continue
        except OSError as error:
            refused.append(f"{root} ({error.strerror})")
            continue
        verify(target / "model.bin", model.joined_sha256, remedy=f"Delete {target} and try again.")
        for file in model.files:
            if ".part" not in file.path:
                verify(target / Path(file.path).name, file.sha256, remedy=f"Delete {target} and try again.")
        return target
    raise MissingPieceError(
        f"{model.name} has to be joined from its parts once; no place for it: {', '.join(refused)}.",
        remedy="Set XDG_CACHE_HOME to a folder that can be, with 150 MB free.",
    )


def _make(model: PackagedModel, sources: dict[str, Path], target: Path) -> None:
    with tempfile.TemporaryDirectory(prefix=".joining-", dir=target.parent) as scratch:
        folder = Path(scratch) / "model"
        folder.mkdir()
        digest = hashlib.sha256()
        with (folder / "model.bin").open("wb") as whole:
            for path in sorted(p for p in sources if ".part" in p):
                with sources[path].open("rb") as part:
                    while block := part.read(1 << 22):
                        digest.update(block)
                        whole.write(block)
        if digest.hexdigest() != model.joined_sha256:
            raise WrongWeightsError(
                f"The parts of {model.name} don't make the tested model.",
                remedy=f"Reinstall them: {model.install} --force-reinstall",
            )
        for path, source in sources.items():
            if ".part" not in path:
                shutil.copyfile(source, folder / source.name)
        try:
            folder.rename(target)
        except OSError:
            # Another process was faster: its folder is as good as ours.
            if not (target / "model.bin").is_file():
                raise
