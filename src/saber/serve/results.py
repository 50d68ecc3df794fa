"""Which files hold what came of a clip?

media            the upload, until it is deleted
record.json      the analysis
told.json        what the pages need beside it: where the cues are, how the clip is played
perceive/        the cues
overlay.json.gz  what is drawn over the picture
preview.webm     what a browser plays when it can't play the upload
"""

from __future__ import annotations

import gzip
import json
from dataclasses import dataclass
from pathlib import Path

from saber.core.dataset import Perceived
from saber.core.records import Analysis
from saber.core.taxonomy import Language
from saber.report import Embedded, Waveform, page, report_name, view
from saber.storage import read_cues, write_cues, write_whole

__all__ = ["MEDIA", "Playable", "Results"]

MEDIA = "media"


@dataclass(frozen=True)
class Playable:
    """The file that a browser plays."""

    path: Path
    mime: str
    is_preview: bool


class Results:
    """The folder of one clip."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.media = folder / MEDIA

    def write(self, analysis: Analysis, embedded: Embedded, overlay: dict[str, object]) -> None:
        """Keep everything; the record comes last, so that what has a record is whole."""
        assert analysis.cues is not None
        perceived = write_cues(self.folder, MEDIA, analysis.cues, analysis.provenance.seconds["total"])
        if embedded.is_preview:
            write_whole(self._preview, embedded.data)
        told = {
            "perceived": perceived.model_dump(mode="json"),
            "mime": embedded.mime,
            "is_preview": embedded.is_preview,
            "waveform": None if embedded.waveform is None else embedded.waveform.as_json(),
        }
        write_whole(self._overlay, gzip.compress(json.dumps(overlay, separators=(",", ":")).encode(), 5))
        write_whole(self._told, json.dumps(told).encode())
        write_whole(self.record, analysis.model_dump_json(by_alias=True).encode())

    @property
    def record(self) -> Path:
        return self.folder / "record.json"

    @property
    def _told(self) -> Path:
        return self.folder / "told.json"

    @property
    def _overlay(self) -> Path:
        return self.folder / "overlay.json.gz"

    @property
    def _preview(self) -> Path:
        return self.folder / "preview.webm"

    def overlay(self) -> bytes:
        """JSON, gzipped."""
        return self._overlay.read_bytes()

    def analysis(self) -> Analysis:
        """With its cues. Raises ClipError when they are broken."""
        analysis = Analysis.model_validate_json(self.record.read_bytes())
        perceived = Perceived.model_validate(self._about()["perceived"])
        return analysis.model_copy(update={"cues": read_cues(self.folder, perceived)})

    def playable(self) -> Playable | None:
        """None when nothing of the clip can be played, or the upload is not kept."""
        about = self._about()
        path = self._preview if about["is_preview"] else self.media
        if about["mime"] is None or not path.exists():
            return None
        return Playable(path, str(about["mime"]), bool(about["is_preview"]))

    def waveform(self) -> Waveform | None:
        found = self._about()["waveform"]
        if not isinstance(found, dict):
            return None
        return Waveform(found["start"], found["end"], found["low"], found["high"])

    def view(self, language: Language) -> dict[str, object]:
        """What the pages draw."""
        return view(self.analysis(), self.waveform(), language)

    def report(self) -> tuple[str, str]:
        """The page that can be passed on, with the clip if there is one to play; and a file name for it."""
        playable = self.playable()
        embedded = (
            Embedded(None, b"", False, self.waveform())
            if playable is None
            else Embedded(playable.mime, playable.path.read_bytes(), playable.is_preview, self.waveform())
        )
        analysis = self.analysis()
        return page(analysis, embedded), report_name(analysis)

    def _about(self) -> dict[str, object]:
        found: dict[str, object] = json.loads(self._told.read_bytes())
        return found
