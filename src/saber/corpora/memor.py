"""Which moments does MEmoR label, and in which clips?

Read from the authors' code (https://github.com/sunlightsgy/MEmoR: `train.json`,
`data_loader/data_loaders.py`, `features/`), which names the files and the keys that it uses; no description
of the data is published.

    anno.json    {"primary": [{"clip", "character", "moment", "emotion"}], "fine_grained": [...]}
    data.json    {CLIP: {"start", "seg_start": [], "seg_end": [], "speakers": [], ...}}
    CLIP.mp4     anywhere below the folder

One label is of one character at one moment, in seconds of the episode, of a scene of The Big Bang Theory.
It becomes the stretch of the clip's segment that holds the moment, with the character as its speaker (who
need not speak in it: MEmoR asks for what can't be seen, too). The nine primary emotions are Plutchik's
eight and neutral, of which anticipation and trust are none of the seven; the finer label is in
`extra["fine_grained"]`. The part of a clip's name before `_` is its episode, and the group.

Not checked: anything, against a real download; nor whether it holds videos at all, because the code reads
frames (`clips_frames`) and features. How sentences belong to segments is not clear, so there are no
transcripts.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from saber.core.dataset import Source
from saber.core.errors import UsageError
from saber.core.taxonomy import emotion_from
from saber.corpora.layout import clip, find_file, folder_of, media_under, takes, unlike
from saber.corpora.reading import LeftOut, Missing, Notes
from saber.corpora.rows import json_of
from saber.corpora.settings import SourceSettings

__all__ = ["read_memor"]

_KEY = "memor"
Label = tuple[str, str, float]
"""Clip, character, moment in seconds of the episode."""


def read_memor(folder: Path, settings: SourceSettings, notes: Notes) -> Iterator[Source]:
    """A stretch for each labelled moment, one after the other by clip, character and moment."""
    annotations = find_file(folder_of(folder), "anno.json")
    if annotations is None or not annotations.with_name("data.json").is_file():
        raise unlike(folder, "MEmoR", "anno.json beside a data.json", _KEY)
    data = json_of(annotations.with_name("data.json"))
    kinds = json_of(annotations)
    where = annotations.relative_to(folder).as_posix()
    fine = dict(_labels(kinds, "fine_grained", annotations))
    chosen = takes(media_under(folder), _KEY, notes)
    used: set[str] = set()
    found: dict[Label, str] = {}
    for label, emotion in _labels(kinds, "primary", annotations):
        if label in found:
            notes.left_out.append(LeftOut(_KEY, _named(where, label), "repeated_row", emotion))
        else:
            found[label] = emotion
    sources = []
    for label, emotion in found.items():
        name, character, moment = label
        if name not in chosen:
            notes.missing.append(Missing(_KEY, where, f"{name}.mp4"))
            continue
        used.add(name)
        stretch = _stretch(data, name, moment, annotations.with_name("data.json"))
        if stretch is None:
            notes.left_out.append(LeftOut(_KEY, _named(where, label), "no_stretch"))
            continue
        sources.append(
            clip(
                _KEY,
                settings,
                folder,
                chosen[name],
                f"#t={stretch[0]:g}-{stretch[1]:g}/{character}@{moment:g}",
                start_s=stretch[0],
                end_s=stretch[1],
                speaker=f"{_KEY}:{character}",
                group=f"{_KEY}:{name.split('_')[0]}",
                language="en",
                label=emotion_from(emotion),
                label_said=emotion,
                label_from="annotators",
                extra={"fine_grained": fine[label]} if label in fine else {},
            )
        )
    unlisted = sorted(path for name, path in chosen.items() if name not in used)
    notes.left_out += [LeftOut(_KEY, path, "not_in_table", where) for path in unlisted]
    yield from sorted(sources, key=lambda source: source.id)


def _labels(kinds: dict[str, Any], kind: str, file: Path) -> Iterator[tuple[Label, str]]:
    for number, row in enumerate(kinds.get(kind, ()), 1):
        try:
            yield (str(row["clip"]), str(row["character"]), float(row["moment"])), str(row["emotion"])
        except (KeyError, TypeError, ValueError) as error:
            raise UsageError(
                f"Entry {number} of {kind!r} in {file} is not a clip, a character, a moment and an emotion."
            ) from error


def _stretch(data: dict[str, Any], name: str, moment: float, file: Path) -> tuple[float, float] | None:
    """Seconds from the clip's start of the segment that holds the moment; None where no segment does."""
    try:
        start = float(data[name]["start"])
        for low, high in zip(data[name]["seg_start"], data[name]["seg_end"], strict=True):
            if low <= moment < high and low >= start:
                return round(low - start, 3), round(high - start, 3)
    except (KeyError, TypeError, ValueError) as error:
        raise UsageError(f"{file} does not say when the segments of {name} are.") from error
    return None


def _named(where: str, label: Label) -> str:
    return f"{where}: {label[0]}, {label[1]} at {label[2]:g}"
