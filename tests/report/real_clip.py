"""What would the hand-made analysis be, had it been made of this file?"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from saber.core.records import Analysis
from saber.core.taxonomy import Language
from saber.media import open_clip
from sample_cues import sample_analysis


def analysis_of(path: Path, language: Language = Language.ENGLISH, **changes: Any) -> Analysis:
    """The hand-made analysis, moved onto a real file."""
    analysis = sample_analysis(language, body_visible=changes.pop("body_visible", True))
    with open_clip(path) as reader:
        info = reader.finished_info()
    assert analysis.cues is not None
    cues = analysis.cues.model_copy(update={"clip": info} | changes.pop("cues", {}))
    return analysis.model_copy(update={"clip": info, "cues": cues} | changes)
