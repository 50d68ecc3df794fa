"""Which clips does a MEAD download hold?

Read from the project's page and README (https://wywu.github.io/projects/MEAD/MEAD.html and
https://github.com/uniBruce/Mead: 60 actors in folders M003, W009 and so on, eight emotions, three levels,
seven views). The folders below an actor's are not described there; they are known from code that reads
them.

    M003/video/front/angry/level_1/001.mp4
    M003/audio/angry/level_1/001.m4a

The seven views of a performance show one moment, so all of an actor's clips stay in one split. Sound files
are read only where none of the views is there. Which sentence a number stands for is in the paper's
appendix, which could not be read: there are no transcripts. "contempt" is none of the seven emotions.

Not checked: anything, against a real download; nor whether the videos hold sound.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from saber.core.dataset import Source
from saber.core.taxonomy import emotion_from
from saber.corpora.layout import clip, folder_of, media_under, unlike
from saber.corpora.reading import LeftOut, Notes
from saber.corpora.settings import SourceSettings

__all__ = ["EMOTIONS", "read_mead"]

_KEY = "mead"
EMOTIONS = ("angry", "contempt", "disgusted", "fear", "happy", "neutral", "sad", "surprised")
_VIEWS = ("front", "left_30", "left_60", "right_30", "right_60", "top", "down")
# An archive is called M003_video or video.tar and is unpacked into a folder of its name by some.
_CLIP = re.compile(
    r"(?:.*/)?(?P<actor>[MW]\d{3})(?:_(?:video|audio))?/(?:.*/)?"
    rf"(?:video/(?P<view>{'|'.join(_VIEWS)})|audio)/"
    rf"(?P<emotion>{'|'.join(EMOTIONS)})/level_(?P<level>[1-3])/(?P<number>\d+)\.\w+"
)


def read_mead(folder: Path, settings: SourceSettings, notes: Notes) -> Iterator[Source]:
    """Every view of every performance that is there."""
    found = media_under(folder_of(folder))
    named = {path: parts for path in found if (parts := _CLIP.fullmatch(path))}
    if not named:
        raise unlike(folder, "MEAD", "M003/video/front/angry/level_1/001.mp4", _KEY)
    notes.left_out += [LeftOut(_KEY, path, "odd_name") for path in found if path not in named]
    seen = {_performance(parts) for parts in named.values() if parts["view"]}
    for path, parts in sorted(named.items()):
        if not parts["view"] and _performance(parts) in seen:
            notes.left_out.append(LeftOut(_KEY, path, "repeats", "a video of it is read"))
            continue
        yield clip(
            _KEY,
            settings,
            folder,
            path,
            speaker=f"{_KEY}:{parts['actor']}",
            language="en",
            label=emotion_from(parts["emotion"]),
            label_said=parts["emotion"],
            label_from="intended",
            extra={"intensity": float(parts["level"]), "view": parts["view"] or "none"},
        )


def _performance(parts: re.Match[str]) -> tuple[str, ...]:
    return parts["actor"], parts["emotion"], parts["level"], parts["number"]
