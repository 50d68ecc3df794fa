"""Where was each clip in an earlier release, so that a dataset can grow and its test stay the same?"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from saber.core.errors import UsageError
from saber.split.roster import name_hash
from saber.split.settings import SPLITS

__all__ = ["Earlier", "read_earlier"]

NONE = -1


@dataclass(frozen=True)
class Earlier:
    """The clips of an earlier release, sorted by the hash of their ids."""

    own: NDArray[np.uint64]
    split: NDArray[np.int8]
    saber_test: NDArray[np.bool_]
    sha256: str
    """Of the file."""

    def of(self, own: NDArray[np.uint64]) -> tuple[NDArray[np.int8], NDArray[np.bool_]]:
        """For clips of today: the split of then, -1 for a new clip; and whether it was of SABER-Test."""
        if not len(self.own):
            return np.full(len(own), NONE, np.int8), np.zeros(len(own), np.bool_)
        at = np.minimum(np.searchsorted(self.own, own), len(self.own) - 1)
        known = self.own[at] == own
        return np.where(known, self.split[at], NONE).astype(np.int8), known & self.saber_test[at]


def read_earlier(path: Path) -> Earlier:
    """A file of JSON lines with `id`, `split` and, of the clips of SABER-Test, `"saber_test": true`; other
    fields are passed over. Raises UsageError in one sentence that names the line."""
    found: dict[int, tuple[int, bool]] = {}
    digest = hashlib.sha256()
    number = 0
    try:
        with path.open("rb") as file:
            for number, line in enumerate(file, 1):
                digest.update(line)
                if line.strip():
                    row = json.loads(line)
                    place = SPLITS.index(row["split"]), row.get("saber_test", False) is True
                    if found.setdefault(name_hash("id", str(row["id"])), place) != place:
                        raise UsageError(f"{path}, line {number}: {row['id']} is there in two places.")
    except OSError as error:
        raise UsageError(f"Can't read the earlier release {path}: {error.strerror}.") from error
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise UsageError(
            f"{path}, line {number} does not say where a clip was.",
            remedy='Each line is like {"id": "...", "split": "train"}; splits are train, validation, test.',
        ) from error
    hashes = np.array(sorted(found), np.uint64)
    places = [found[h] for h in hashes.tolist()]
    return Earlier(
        hashes,
        np.array([split for split, _ in places], np.int8),
        np.array([test for _, test in places], np.bool_),
        digest.hexdigest(),
    )
