"""Is a raw clip fit to be annotated? The stage that says so, and makes a `Clip` of it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import ClassVar, Literal

from saber.clean.findings import Findings
from saber.clean.settings import CleanSettings
from saber.core.dataset import Clip, Fingerprints, Source
from saber.core.errors import ClipError
from saber.core.records import ClipInfo, Record
from saber.core.settings import resolved
from saber.flow import Answer, Drop, Item, Keep, Tools
from saber.media import MediaSettings, open_clip

__all__ = ["CleanStage"]


class CleanStage:
    """Cheap checks first, and none after the first that fails, unless `all_checks`."""

    name = "clean"
    version = 1
    makes: type[Record] = Clip
    work: ClassVar[Literal["process"]] = "process"

    def __init__(
        self,
        settings: CleanSettings | None = None,
        *,
        after: Literal["source", "cut"] = "source",
        timeout_s: float = 300.0,
    ) -> None:
        """`after`: the stage whose `Source` is cleaned."""
        self._settings = settings or CleanSettings()
        self._after = after
        self.needs: tuple[str, ...] = (after,)
        self.timeout_s = timeout_s
        self._workspace = Path()

    @property
    def settings(self) -> Mapping[str, object]:
        return resolved(self._settings)

    def open(self, tools: Tools) -> None:
        self._workspace = tools.workspace

    def __call__(self, item: Item) -> Answer:
        source = item.of(self._after, Source)
        findings = Findings(self._settings)
        try:
            with open_clip(source.path, MediaSettings(fps=4.0, max_side_px=320)) as clip:
                _header(findings, clip.info)
                info = clip.info if findings.over else clip.finished_info()
        except ClipError as error:
            return Drop(error.reason, str(error))
        made = Clip(
            media_path=source.path, info=info, checks=tuple(findings.checks), fingerprints=Fingerprints()
        )
        failed = findings.failed
        if failed is not None:
            return Drop(failed.reason, findings.sentence(failed), made)
        return Keep(made)

    def close(self) -> None: ...


def _header(findings: Findings, info: ClipInfo) -> None:
    findings.need("picture", info.video is not None)
    findings.need("sound", info.audio is not None)
    findings.ask("shortest", info.duration_s)
    findings.ask("longest", info.duration_s)
    if info.video is not None:
        findings.ask("resolution", min(info.video.width, info.video.height))
