"""How are a clip's cues kept beside the ledger, and how does one know that they are still the same?"""

from __future__ import annotations

import gzip
import hashlib
import zlib
from pathlib import Path

from saber.core.dataset import Perceived
from saber.core.errors import ClipError
from saber.core.records import Cues
from saber.storage.files import inside, name_of, write_whole

__all__ = ["cues_file", "read_cues", "write_cues"]

_AGAIN = "`saber retry --redo perceive` has the next run measure it anew."


def cues_file(item: str) -> str:
    """Where the cues of this item lie, relative to the workspace."""
    return f"perceive/{name_of(item)}.json.gz"


def write_cues(workspace: Path, item: str, cues: Cues, seconds: float) -> Perceived:
    """Keeps the cues; equal cues give equal bytes. `seconds`: what measuring them took."""
    text = cues.model_dump_json().encode()
    write_whole(workspace / cues_file(item), gzip.compress(text, compresslevel=5, mtime=0))
    return Perceived(
        cues_path=cues_file(item), sha256=hashlib.sha256(text).hexdigest(), seconds=round(seconds, 3)
    )


def read_cues(workspace: Path, perceived: Perceived) -> Cues:
    """The cues as they were measured. Raises ClipError when the file is gone, broken or another one."""
    path = inside(workspace, perceived.cues_path)
    try:
        text = gzip.decompress(path.read_bytes())
    except (OSError, EOFError, zlib.error) as error:
        raise ClipError(
            f"The cues in {path} can't be read: {error}.", remedy=_AGAIN, reason="cues_unreadable"
        ) from error
    if hashlib.sha256(text).hexdigest() != perceived.sha256:
        raise ClipError(
            f"The cues in {path} are not those that were measured.", remedy=_AGAIN, reason="cues_changed"
        )
    return Cues.model_validate_json(text)
