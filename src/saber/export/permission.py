"""May these clips be passed on, and what of them must strangers not see?

Terms forbid two things apart from each other: passing on a corpus' media, and passing on what was written of
them. For oneself both are only said; for the public the export is refused, or what is forbidden left out.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from saber.core.errors import UsageError
from saber.export.row import Row, row_terms
from saber.export.settings import ExportSettings

__all__ = ["Survey", "for_strangers", "row_for_strangers", "survey"]

_PATH = re.compile(r"(?<![\w./~<-])(?:~|[A-Za-z]:)?(?:[/\\][^/\\\s:+\"']+)+[/\\]([^/\\\s:+\"']+)")
"""An absolute path, whose last part is kept: `hf:/home/me/model` becomes `hf:model`."""
_ADDRESS = re.compile(r"\bhttps?://[^\s\"']+")


@dataclass(frozen=True)
class Survey:
    """How many of the clips are under which terms, and which of these forbid what."""

    clips: Mapping[str, int]
    """Key of the terms -> clips."""
    no_texts: Mapping[str, int] = field(init=False)
    no_media: Mapping[str, int] = field(init=False)

    def __post_init__(self) -> None:
        terms = {key: row_terms(key) for key in self.clips}
        object.__setattr__(self, "no_texts", {k: n for k, n in self.clips.items() if not terms[k].texts})
        object.__setattr__(self, "no_media", {k: n for k, n in self.clips.items() if not terms[k].media})

    def allow(self, settings: ExportSettings) -> None:
        """Raises UsageError where the export is for the public and holds what may not go there."""
        if settings.audience != "public" or settings.drop_forbidden:
            return
        for what, forbidden in (
            ("texts", self.no_texts),
            ("media", self.no_media if settings.with_media else {}),
        ):
            if forbidden:
                raise UsageError(
                    f"The terms of {self._told(forbidden)} do not let their {what} be passed on.",
                    remedy="Leave those out with --drop-forbidden, or export for yourself: --audience self.",
                )

    def warnings(self, settings: ExportSettings) -> list[str]:
        """What somebody who exports for themselves should know, a sentence each."""
        if settings.audience == "public":
            return []
        if self.no_texts:
            return [
                f"The terms of {self._told(self.no_texts)} do not let texts written of them be passed on: "
                "keep this export to yourself."
            ]
        if self.no_media:
            return [f"The terms of {self._told(self.no_media)} do not let their media be passed on."]
        return []

    def _told(self, forbidden: Mapping[str, int]) -> str:
        names = ", ".join(f"{key}: {count:,}" for key, count in sorted(forbidden.items()))
        return f"{sum(forbidden.values()):,} of {sum(self.clips.values()):,} clips ({names})"


def survey(terms: Iterable[str]) -> Survey:
    """Of each clip's key of terms. Raises UsageError for one that is not in the table."""
    return Survey(dict(Counter(terms)))


def row_for_strangers(row: Row) -> Row:
    """The row without what tells of this machine; its media are those that are copied, so far none."""
    return row.model_copy(
        update={
            "media": None,
            "half_judges": tuple(for_strangers(row.half_judges)),
            "opinions": tuple(
                one.model_copy(update=for_strangers({"judge": one.judge, "reason": one.reason}))
                for one in row.opinions
            ),
            "checks": tuple(
                one.model_copy(update=for_strangers({"judge": one.judge, "detail": one.detail}))
                for one in row.checks
            ),
            "writers": tuple(
                one.model_copy(update={"model": for_strangers(one.model)}) for one in row.writers
            ),
            "provenance": json.dumps(for_strangers(json.loads(row.provenance)), ensure_ascii=False),
        }
    )


def for_strangers(value: Any) -> Any:
    """Plain values without paths of this machine and addresses of its servers, in whatever depth."""
    if isinstance(value, str):
        return _PATH.sub(r"\1", _ADDRESS.sub("(address)", value))
    if isinstance(value, dict):
        return {key: for_strangers(held) for key, held in value.items()}
    if isinstance(value, list | tuple):
        return [for_strangers(held) for held in value]
    return value
