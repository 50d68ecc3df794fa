"""What does the dataset that the questions come from know of their clips?"""

from __future__ import annotations

from pathlib import Path

from saber.core.dataset import Assigned, Example, Perceived, Source
from saber.core.errors import ClipError, UsageError
from saber.core.records import Record
from saber.core.taxonomy import Language
from saber.flow import items
from saber.storage import read_cues
from saber.train.pairs.records import Facts
from saber.train.rows import Row

__all__ = ["KnownClips"]

_KINDS: dict[str, type[Record]] = {
    "source": Source,
    "perceive": Perceived,
    "split": Assigned,
    "instruct": Example,
}


class KnownClips:
    """Facts by clip, of a workspace of `saber run`; cues are read when they are asked for.

    workspace: None knows nothing of any clip. Raises WorkspaceError and UsageError.
    """

    def __init__(self, workspace: Path | None) -> None:
        self._workspace = workspace
        self._found: dict[str, tuple[Source, Perceived, Assigned, str]] = {}
        if workspace is None:
            return
        for item in items(workspace, _KINDS):
            example = item.of("instruct", Example)
            known = (
                item.of("source", Source).holding_for(item.id),
                item.of("perceive", Perceived),
                item.of("split", Assigned),
                example.language,
            )
            for file in (*example.videos, *example.audios):
                self._found[str(Path(file).resolve())] = known
        if not self._found:
            raise UsageError(
                f"{workspace} holds no training rows.", remedy="Run `saber run` to its end first."
            )

    def of(self, row: Row) -> Facts:
        """Raises ClipError when the clip's cues are named and can't be read."""
        files = [str(file.resolve()) for file in (*row.videos, *row.audios)]
        known = next((self._found[file] for file in files if file in self._found), None)
        if known is None or self._workspace is None:
            return Facts(language=_language(row))
        source, perceived, assigned, language = known
        try:
            cues = read_cues(self._workspace, perceived)
        except ClipError as error:
            raise ClipError(
                f"{row.clip}: {error.message}", remedy=error.remedy, reason=error.reason
            ) from error
        return Facts(cues, source.label, source.unimodal, assigned.half, Language(language))


def _language(row: Row) -> Language:
    """That it is asked in: Chinese where the words hold Chinese characters."""
    words = "".join(part for turn in row.turns for part in turn.parts if isinstance(part, str))
    return Language.CHINESE if any("一" <= char <= "鿿" for char in words) else Language.ENGLISH
