"""How does the real `datasets` library load an export, offline?"""

from __future__ import annotations

import os
import warnings
from pathlib import Path
from typing import Any

import pytest

OFFLINE = {
    "HF_HUB_OFFLINE": "1",
    "HF_DATASETS_OFFLINE": "1",
    "HF_HUB_DISABLE_TELEMETRY": "1",
    "HF_UPDATE_DOWNLOAD_COUNTS": "0",
    "HF_DATASETS_DISABLE_PROGRESS_BARS": "1",
}


def datasets() -> Any:
    """The library. Its settings are read when it is imported."""
    os.environ.update(OFFLINE)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of its own imports, which are not ours to mend
        return pytest.importorskip("datasets")


def load(folder: Path, cache: Path, **options: Any) -> Any:
    """All splits of an exported folder."""
    library = datasets()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return library.load_dataset(str(folder), cache_dir=str(cache), **options)
