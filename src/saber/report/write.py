"""Where does a clip's report go, and how does it get there whole?"""

from __future__ import annotations

import os
import re
import tempfile
from pathlib import Path

from saber.core.errors import UsageError
from saber.core.records import Analysis
from saber.report.embed import embed
from saber.report.page import clip_name, page

__all__ = ["report_name", "write_report"]

_UNSAFE = re.compile(r"[^\w.-]+")
MAX_STEM_BYTES = 120
"""File systems allow 255 bytes; Chinese letters take three each."""


def write_report(analysis: Analysis, folder: Path) -> Path:
    """One self-contained page for one clip; made again, it replaces the clip's earlier page only.

    Args:
        analysis: of the clip; without `cues` the page has no curves and no words.
        folder: made if it does not exist.

    Returns:
        The page's path.

    Raises:
        UsageError: the folder can't be written to.
    """
    text = page(analysis, embed(analysis.clip))
    target = folder / report_name(analysis)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        # Whole or not at all: a page half written would look like a finding.
        handle, name = tempfile.mkstemp(dir=folder, prefix=".report-", suffix=".html")
        try:
            with os.fdopen(handle, "w", encoding="utf-8", errors="replace", newline="\n") as file:
                file.write(text)
            Path(name).chmod(0o644)
            Path(name).replace(target)
        except BaseException:
            Path(name).unlink(missing_ok=True)
            raise
    except OSError as error:
        raise UsageError(
            f"Can't write the report to {folder}: {error.strerror}.", remedy="Choose another folder."
        ) from error
    return target


def report_name(analysis: Analysis) -> str:
    """`<clip's stem>-<first 12 digits of its hash>.html`, safe as a file name on any system."""
    stem = _UNSAFE.sub("-", Path(clip_name(analysis)).stem).strip("-._") or "clip"
    short = stem.encode("utf-8", errors="ignore")[:MAX_STEM_BYTES].decode("utf-8", errors="ignore")
    return f"{short}-{analysis.clip.sha256[:12]}.html"
