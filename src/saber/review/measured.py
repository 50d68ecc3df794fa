"""What would a report draw of an item: its annotation as it stands, beside all that was measured?"""

from __future__ import annotations

from pathlib import Path

from saber.core.errors import UsageError
from saber.core.records import Analysis, Provenance
from saber.core.taxonomy import Dimension
from saber.grounding import checked_evidence
from saber.review.known import Known
from saber.storage import inside, read_cues
from saber.version import __version__

__all__ = ["analysis_of"]


def analysis_of(workspace: Path, known: Known) -> Analysis:
    """With its cues. The evidence is the claims of the texts, `e1`, `e2`, ... in the order of
    `ItemView.claims`. `clip.path` is the media file, which need not be there any more.

    Raises UsageError `not_measured` where there are no cues, ClipError where they can't be read.
    """
    if known.perceived is None:
        raise UsageError(f"Nothing was measured of {known.id!r}.", reason="not_measured")
    cues = read_cues(workspace, known.perceived)
    stands = known.stands
    info = known.clip.info
    return Analysis(
        clip=info.model_copy(update={"path": str(inside(workspace, known.clip.media_path))}),
        annotation=stands.annotation,
        emotion=stands.emotion,
        modalities=stands.modalities,
        consistency=stands.consistency,
        evidence=checked_evidence(stands.annotation, cues),
        provenance=Provenance(
            version=__version__,
            model=stands.written_by[Dimension.REASONING].model,
            language=stands.language,
            models=(),
            settings={},
            seconds={},
        ),
        cues=cues,
    )
